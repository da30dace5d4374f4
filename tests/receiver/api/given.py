"""Letters with which the tests of ``/v1`` begin."""

from typing import Any

from tests.receiver.api_client import Caller
from tests.webhook_client import Client, event

SUPPORT, SALES = "support@yandex.ru", "sales@yandex.ru"
ORIGINAL = b"From: ivan@example.ru\r\nSubject: x\r\n\r\nFrom here on\r\n>From there\r\n"


def by_token(document: dict[str, Any]) -> dict[str, Any]:
    """Return the part of the description that is for tokens alone."""
    paths = {
        path: {method: one for method, one in methods.items() if "security" not in one}
        for path, methods in document["paths"].items()
    }
    return document | {"paths": {path: methods for path, methods in paths.items() if methods}}


async def posted(client: Client, number: int, **fields: Any) -> str:
    """Post a letter and return its dialog."""
    ordinary = {"message_id": f"{number}@a.ru", "text": str(number)}
    ordinary |= {"date": f"2026-11-23T10:{number:02}:00Z", "received_at": "2026-11-23T12:00:00Z"}
    _, answer = await client.post(event(**(ordinary | fields)), event_id=f"event-{number}")
    return str(answer["dialog"])


async def listed(caller: Caller, query: str) -> list[str]:
    said = await caller.get(f"/v1/dialogs?mailbox={SUPPORT}&{query}")
    assert said.status == 200, said.content
    return [each["id"] for each in said.json["items"]]
