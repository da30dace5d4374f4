"""A bridge's alarms reach the receiver, signed, and so its hooks."""

from pathlib import Path

import pytest

from bridge.alarm_reports import report_of, reporting
from bridge.settings import BridgeSettings
from receiver.hooks.alarms import Alarms
from receiver.hooks.event import EventKind
from receiver.hooks.manage.managing import HookManaging
from receiver.store.mongo import Database
from tests.hooks.listening import listening
from tests.servers import SECRET, Service
from tests.webhook_client import Client

SUPPORT = "support@yandex.ru"


def settings_for(receiver: Service, directory: Path) -> BridgeSettings:
    return BridgeSettings(
        webhook_url=f"http://127.0.0.1:{receiver.env['RECEIVER_PORT']}/webhook/email",
        webhook_secrets=SECRET,
        data_dir=directory,
        mailboxes={SUPPORT: [SUPPORT]},
        smtp_hostname="mx.example.ru",
    )


async def test_what_stands_at_the_bridge_is_told_by_a_hook(
    receiver: Service, database: Database, tmp_path: Path
) -> None:
    stand = ["failed letters"]
    managing = HookManaging(database, private=True)
    kinds: tuple[EventKind, ...] = ("alarm.raised", "alarm.cleared")
    async with listening() as target, reporting(settings_for(receiver, tmp_path), lambda: [*stand]):
        await managing.make(target.url, "", [SUPPORT], kinds, full=False, who="a test")
        await target.until(lambda: len(target.heard) == 1)
        assert target.types() == ["alarm.raised"]
        assert target.heard[0].data["alarm"] == "failed letters at mx.example.ru"
        stand.clear()
        await target.until(lambda: len(target.heard) == 2)
        assert target.types() == ["alarm.raised", "alarm.cleared"]
    assert await Alarms(database).stand() == []


@pytest.mark.parametrize(
    ("body", "status"), [(b"{}", 422), (b"x", 400), (b'{"source": "a", "host": ""}', 422)]
)
async def test_what_is_no_report_is_refused(client: Client, body: bytes, status: int) -> None:
    async with client.session.post(
        f"{client.base}/webhook/alarms", data=body, headers={"content-type": "application/json"}
    ) as got:
        assert got.status == 401
    said, _ = await client.post_to("/webhook/alarms", body)
    assert said == status


def test_two_bridges_of_one_name_are_told_apart(receiver: Service, tmp_path: Path) -> None:
    one, other = (
        report_of(settings_for(receiver, tmp_path / name), ["no room"]) for name in ("a", "b")
    )
    assert one.host == other.host
    assert one.source != other.source
    assert one.mailboxes == [SUPPORT]
