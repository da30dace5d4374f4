"""A backup is restored where a receiver and a bridge have only started, and still run."""

from datetime import UTC, datetime
from pathlib import Path

from contract.bridge.report import BridgeReport
from receiver.bridges.bridges import Bridges
from receiver.hooks.alarms import Alarms
from receiver.store.mongo import Database
from tests import servers
from tests.receiver.running import Run
from tests.receiver.written import a_letter_with_bytes

NOW = datetime.now(UTC)


async def reported(database: Database, host: str) -> None:
    report = BridgeReport(
        bridge="0123456789", host=host, version="0", started=NOW, folders=[], letters=[], alarms=[]
    )
    await Bridges(database).take(report, NOW)
    await Alarms(database).raised("old letters", "it waits", ["*"], NOW, "0123456789")


async def test_what_has_only_started_keeps_no_backup_out(
    database: Database, run: Run, tmp_path: Path, mongo_uri: str, database_name: str
) -> None:
    await a_letter_with_bytes(database)
    await reported(database, "the host of then")
    assert run("backup", str(tmp_path / "backups"))[0] == 0
    settings = {"MONGO_DATABASE": database_name, "DATA_DIR": str(tmp_path)}
    new = database.client[database_name]
    directory = tmp_path / "receiver"
    directory.mkdir()
    service = servers.receiver(directory, mongo_uri, database_name)
    with servers.running(service):
        await reported(new, "the host of now")
        status, _, told = run("restore", str(tmp_path / "backups"), **settings)
        assert status == 0, told
        servers.wait_until(lambda: servers.is_ready(int(service.env["RECEIVER_PORT"])))
    assert await new.letters.count_documents({}) == 1
    assert [each["report"]["host"] for each in await Bridges(new).every()] == ["the host of now"]
    assert len(await Alarms(new).stand()) == 1
    status, _, told = run("restore", str(tmp_path / "backups"), **settings)
    assert (status, "is not empty" in told) == (78, True)
