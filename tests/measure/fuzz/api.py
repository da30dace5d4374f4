"""Schemathesis on ``/v1`` of a running receiver: nothing undocumented, no 500, whatever is asked.

It brings twenty packages and a pytest plugin of its own, so it lives apart; ``make fuzz`` installs
it. What it asks is made of ``/openapi.json``, with ids of what is there. The stream, which does not
end, is left to its own tests.
"""

import asyncio
import hashlib
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from receiver.database import opened
from receiver.hooks.event import KINDS
from receiver.hooks.manage.managing import HookManaging
from receiver.settings import ReceiverSettings
from tests import servers, webhook_client
from tests.receiver.api_client import make_token

PROGRAM = servers.ROOT / ".venv/schemathesis/bin/st"
DATABASE = "fuzzed"
NOBODY = "http://127.0.0.1:1/hook"  # which the receiver, by its settings, does not call
FEW = ("--max-examples", "3", "--phases", "fuzzing", "--no-shrink")
A_MINUTE = 540  # below what a token may ask, or most answers would be 429


def fuzz_api(seed: int, *bounds: str) -> bool:
    """Ask within bounds; False if an answer breaks what is documented.

    ``bounds`` are options of Schemathesis: those of ``for_seconds``, or ``FEW`` of each operation,
    which is False, too, if there was one that it did not come to.
    """
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        with servers.mongo(directory) as uri:
            service = servers.receiver(directory, uri, DATABASE)
            with servers.running(service):
                port = service.env["RECEIVER_PORT"]
                token, there = asyncio.run(_filled(uri, port))
                words = "".join(f'{name} = "{value}"\n' for name, value in there.items())
                (directory / "schemathesis.toml").write_text(f"[parameters]\n{words}")
                return _ask(port, token, seed, directory, bounds)


async def _filled(uri: str, port: str) -> tuple[str, dict[str, str]]:
    """Post some letters; return a token, and what a path may name of them."""
    settings = ReceiverSettings(mongo_uri=uri, mongo_database=DATABASE)
    async with webhook_client.connected(port) as client:
        for number in range(5):
            await client.post(webhook_client.event(message_id=f"{number}@a.ru"))
        content = b"a file"
        file = {"filename": "a.txt", "content_type": "text/plain", "size": len(content)}
        digest = hashlib.sha256(content).hexdigest()
        await client.put(content)
        _, said = await client.post(
            webhook_client.event(
                html="<p>x</p>",
                raw={"sha256": digest, "size": len(content)},
                attachments=[file | {"sha256": digest}],
            )
        )
    async with opened(settings) as database:
        token = await make_token(database, "read raw correct erase admin", "support@yandex.ru")
        managing = HookManaging(database, private=True)
        hook = await managing.make(
            NOBODY, "fuzzed", ["support@yandex.ru"], KINDS, full=False, who="fuzz"
        )
        letter = await database["letters"].find_one({"digests": digest}) or {}
    there = {"id": said["dialog"], "key": letter["key"], "sha256": digest}
    return token, there | {"hook": str(hook["_id"])}


def for_seconds(seconds: float) -> tuple[str, ...]:
    """Return the bounds of a run that may take so long, below what one token may ask."""
    return ("--rate-limit", f"{A_MINUTE}/m", "--max-time", str(int(seconds)))


def _ask(port: str, token: str, seed: int, directory: Path, bounds: Sequence[str]) -> bool:
    base = f"http://127.0.0.1:{port}"
    line = [str(PROGRAM), "run", f"{base}/openapi.json", "--url", base]
    line += ["-H", f"Authorization: Bearer {token}", *bounds]
    line += ["--exclude-operation-id", "stream"]
    line += ["--exclude-operation-id", "remove_hook"]  # of the one that is there
    line += ["--exclude-path-regex", "^/(webhook|dialogs)/"]  # what is signed has its own fuzzing
    line += ["--seed", str(seed), "--generation-database", "none", "--no-color"]
    line += ["--exclude-checks", "positive_data_acceptance"]
    done = subprocess.run(line, cwd=directory, check=False, stdout=subprocess.PIPE, text=True)
    print(done.stdout)
    return done.returncode == 0 and (bounds != FEW or every_one_was_tested(done.stdout))


def every_one_was_tested(summary: str) -> bool:
    """Tell whether Schemathesis asked for each operation that it was to ask for."""
    found = re.search(r"Selected: (\d+)/\d+\s+Tested: (\d+)\s", summary)
    return found is not None and found[1] == found[2] != "0"
