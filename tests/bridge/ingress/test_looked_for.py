"""A session names to aiosmtpd only what it looks for: its tables are as if it had named all."""

from pathlib import Path

from bridge.ingress.smtp.door import Door
from bridge.ingress.smtp.session import Session
from bridge.settings import BridgeSettings
from bridge.spool.capacity import Capacity
from bridge.spool.intake import Intake
from bridge.spool.spool import Spool


class Plain(Session):
    """A session that names everything."""

    __dir__ = object.__dir__


async def test_a_session_finds_every_command_mechanism_and_hook(tmp_path: Path) -> None:
    users = {"ivan": "secret"}
    settings = BridgeSettings(data_dir=tmp_path, mailboxes="support@yandex.ru", smtp_users=users)
    spool = Spool(tmp_path / "spool").prepare()
    door = Door(settings, Intake(spool, Capacity(spool, 2**40, 0), "bridge.example"))
    few, all_of_them = vars(Session(door)), vars(Plain(door))
    for table in ("_smtp_methods", "_auth_methods", "_handle_hooks"):
        assert few[table].keys() == all_of_them[table].keys()
        assert few[table]
    assert {"MAIL", "RCPT", "DATA", "STARTTLS", "AUTH", "QUIT"} <= few["_smtp_methods"].keys()
    assert len(dir(Session(door))) < len(dir(Plain(door))) / 3
