"""``python -m bridge spool …`` and the health port: what a person sees and can do."""

import json
import os
import re
import socket
import time
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from shutil import disk_usage
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from bridge.command_line import command_line
from bridge.settings import BridgeSettings
from bridge.spool.envelope import Delivery, trace_block
from bridge.spool.spool import Spool, new_id
from tests import servers
from tests.letters import START, letter

CONTENT = letter()


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool").prepare()


def put(spool: Spool, *, failed: str = "", mail_from: str = "ivan@example.ru") -> str:
    delivery = Delivery(new_id(), "support@yandex.ru", START, mail_from, ("in@b.example",))
    draft = spool.draft(delivery.id)
    draft.write(trace_block(delivery, "b.example") + CONTENT)
    draft.commit()
    if failed:
        [waiting] = [each for each in spool.waiting() if each.id == delivery.id]
        spool.fail(waiting, failed, time.time())
    return delivery.id


def run(spool: Spool, *words: str) -> tuple[int, str]:
    settings = BridgeSettings(data_dir=spool.root.parent)
    arguments = command_line().parse_args(["spool", *words])
    output = StringIO()
    with redirect_stdout(output), redirect_stderr(output):
        status = arguments.run(settings, arguments)
    return status, output.getvalue()


def test_why_a_letter_waits_is_told_until_it_leaves(spool: Spool) -> None:
    letter_id = put(spool)
    assert "it has not been tried yet" in run(spool, "show", letter_id)[1]
    [waiting] = spool.waiting()
    spool.explain(waiting, "503 the database is not ready")
    spool.defer(waiting, time.time() + 7190)
    [first, _] = run(spool, "list")[1].splitlines()
    assert "next attempt in 120 m: 503 the database is not ready" in first
    shown = run(spool, "show", letter_id)[1]
    assert "reason: 503 the database is not ready" in shown
    assert re.search(r"next_attempt: 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d", shown)
    spool.remove(waiting)
    assert list(spool.waits.iterdir()) == []


def test_a_file_that_the_disk_does_not_give_hides_no_other(spool: Spool, tmp_path: Path) -> None:
    """The file is the oldest, so it comes first; reading it fails as on a bad sector."""
    unread = spool.new / f"{0:016d}-{'0' * 16}.eml"
    unread.symlink_to(unread)
    ids = [put(spool), put(spool, failed="422")]
    status, said = run(spool, "list")
    assert (status, "Too many levels of symbolic links" in said) == (0, True)
    assert all(each in said for each in ids)
    status, said = run(spool, "export", str(tmp_path / "out"))
    assert (status, f"{unread}: Too many levels" in said) == (1, True)
    assert {each.stem for each in (tmp_path / "out").glob("*.eml")} == {*ids}
    status, said = run(spool, "retry", "--all")
    assert (status, f"{unread}: Too many levels" in said) == (1, True)
    assert {each.stem for each in spool.new.glob("*.eml")} == {unread.stem, *ids}


def test_where_there_is_no_spool_none_is_made(tmp_path: Path) -> None:
    status, output = run(Spool(tmp_path / "mistyped" / "spool"), "list")
    assert status == 1
    assert f"there is no spool at {tmp_path}/mistyped/spool: look at DATA_DIR" in output
    assert not (tmp_path / "mistyped").exists()


def test_a_directory_that_cannot_be_exported_to_is_said(spool: Spool, tmp_path: Path) -> None:
    put(spool)
    (tmp_path / "file").touch()
    status, output = run(spool, "export", str(tmp_path / "file" / "below"))
    assert status == 1
    assert "file/below: Not a directory" in output


def listed(spool: Spool, *words: str) -> dict[str, Any]:
    status, output = run(spool, "list", "--json", *words)
    assert status == 0
    found: dict[str, Any] = json.loads(output)
    return found


def test_list_tells_counts_ages_and_reasons(spool: Spool) -> None:
    waiting, failed = put(spool), put(spool, failed="422 data.from: required")
    status, output = run(spool, "list")
    assert status == 0
    first, second, totals = output.splitlines()
    assert first.startswith(f"{waiting}  waiting")
    assert "ivan@example.ru > support@yandex.ru" in first
    assert second.startswith(f"{failed}  failed")
    assert "422 data.from: required" in second
    assert totals.startswith("1 waiting, ")
    assert "1 failed, " in totals
    everything = listed(spool)
    assert everything["totals"]["waiting"] == everything["totals"]["failed"] == 1
    assert [each["id"] for each in everything["letters"]] == [waiting, failed]
    note = everything["letters"][1]
    assert note["first_attempt"] <= note["last_attempt"]
    assert [each["id"] for each in listed(spool, "--failed")["letters"]] == [failed]


def test_show_escapes_what_a_terminal_would_obey(spool: Spool) -> None:
    letter_id = put(spool, mail_from="a\x9b31m@b.ru", failed="422 \x1b[31m")
    status, output = run(spool, "show", letter_id[:-3])
    assert status == 0
    assert "Message-ID: <1@example.ru>" in output
    assert "\x1b" not in output
    assert "\x9b" not in output
    assert run(spool, "show", letter_id, "--json")[0] == 0


def test_retry_puts_failed_letters_back_and_waiting_ones_first(spool: Spool) -> None:
    waiting, failed, other = put(spool), put(spool, failed="422"), put(spool, failed="422")
    later = time.time() + 3600
    os.utime(spool.new / f"{waiting}.eml", (later, later))
    assert run(spool, "retry", failed, waiting) == (0, "2 to be tried now\n")
    assert {each.id: each.due for each in spool.waiting()} == {waiting: 0.0, failed: 0.0}
    assert sorted(path.name for path in spool.failed.iterdir()) == [f"{other}.eml", f"{other}.json"]
    assert run(spool, "retry", "--all") == (0, "3 to be tried now\n")
    assert list(spool.failed.iterdir()) == []
    assert run(spool, "retry")[0] == 2


def test_only_what_has_failed_can_be_dropped(spool: Spool) -> None:
    waiting, failed = put(spool), put(spool, failed="422")
    status, output = run(spool, "drop", waiting, failed)
    assert (status, "still waits" in output) == (1, True)
    assert listed(spool)["totals"]["failed"] == 1
    assert run(spool, "drop", failed)[0] == 0
    assert listed(spool)["totals"] | {"waiting_bytes": 0, "oldest": 0} == {
        "waiting": 1,
        "waiting_bytes": 0,
        "oldest": 0,
        "failed": 0,
        "failed_bytes": 0,
    }


def test_export_gives_the_letter_as_it_was_received(spool: Spool, tmp_path: Path) -> None:
    letter_id = put(spool, failed="422")
    put(spool)
    assert run(spool, "export", str(tmp_path / "out"), letter_id)[0] == 0
    assert (tmp_path / "out" / f"{letter_id}.eml").read_bytes() == CONTENT
    assert json.loads((tmp_path / "out" / f"{letter_id}.json").read_text())["reason"] == "422"
    assert run(spool, "export", str(tmp_path / "all"))[1].startswith("2 copied")


def test_only_its_owner_may_read_what_was_exported(spool: Spool, tmp_path: Path) -> None:
    put(spool)
    before = os.umask(0)
    try:
        run(spool, "export", str(tmp_path / "out"))
        for path in (tmp_path / "out").iterdir():
            path.chmod(0o644)
        run(spool, "export", str(tmp_path / "out"))
    finally:
        os.umask(before)
    found = [tmp_path / "out", *(tmp_path / "out").iterdir()]
    assert [path.stat().st_mode & 0o777 for path in found] == [0o700, 0o600, 0o600]


@pytest.mark.parametrize("given", ["nothing", "1", ""])
def test_an_id_must_be_one_letters(spool: Spool, given: str) -> None:
    put(spool)
    put(spool)
    assert run(spool, "show", "x" + given)[0] == 1
    assert run(spool, "show", "1")[0] == 1


def get(service: servers.Service, path: str) -> tuple[int, str]:
    try:
        with urlopen(f"http://127.0.0.1:{service.env['HEALTH_PORT']}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def test_health_and_metrics_tell_of_the_spool(spool: Spool) -> None:
    put(spool, failed="422")
    put(spool)
    settings = {"SPOOL_ALARM_AGE": "0.001", "SPOOL_MIN_FREE": str(disk_usage(spool.root).total)}
    nowhere = str(servers.free_port())
    with servers.running(service := servers.bridge(spool.root.parent, nowhere, **settings)):
        status, metrics = get(service, "/metrics")
        assert status == 200
        for line in (
            "bridge_spool_letters 1.0",
            "bridge_spool_failed_letters 1.0",
            "bridge_letters_accepted_total 0.0",
            "bridge_letters_delivered_total 0.0",
            'bridge_alarm{reason="failed letters"} 1.0',
            'bridge_alarm{reason="old letters"} 1.0',
            'bridge_alarm{reason="no room"} 1.0',
        ):
            assert line in metrics.splitlines()
        assert "bridge_spool_oldest_seconds" in metrics
        status, health = get(service, "/healthz")
        assert status == 200
        assert json.loads(health)["alarms"][:3] == ["failed letters", "old letters", "no room"]
        assert get(service, "/readyz")[0] == 503


def test_health_of_an_empty_spool(tmp_path: Path) -> None:
    with servers.running(service := servers.bridge(tmp_path, str(servers.free_port()))):
        assert get(service, "/readyz") == (200, '{"status": "ready"}')
        health = json.loads(get(service, "/healthz")[1])
        assert set(health["alarms"]) <= {"receiver not reached"}
        assert (health["status"], health["mailboxes"]) == ("alive", [])
        assert 'bridge_alarm{reason="no room"} 0.0' in get(service, "/metrics")[1]


def test_a_health_port_that_is_taken_keeps_no_mail_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        nowhere = str(servers.free_port())
        with servers.running(service := servers.bridge(tmp_path, nowhere, HEALTH_PORT=port)):
            assert "HEALTH_PORT: 127.0.0.1" in service.log.read_text()
