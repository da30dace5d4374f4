"""``python -m bridge doctor``: each fault is found, with its remedy."""

import ast
import json
import os
import re
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import disk_usage
from tempfile import gettempdir
from typing import Any

import pytest
import trustme

from bridge.doctor.command import doctor as examined
from bridge.keeping.last import NAME, say_backed_up
from bridge.settings import BridgeSettings
from bridge.spool.spool import Spool, new_id
from contract.doctor.checkup import Finding, Said, of_clock, of_disk, status_of
from tests import servers


@pytest.fixture(scope="module")
def services(
    tmp_path_factory: pytest.TempPathFactory, mongo_uri: str
) -> Iterator[tuple[servers.Service, servers.Service]]:
    folder = tmp_path_factory.mktemp("doctor")
    receiver = servers.receiver(folder, mongo_uri, "test_doctor")
    bridge = servers.bridge(folder, receiver.env["RECEIVER_PORT"])
    with servers.running(receiver, bridge):
        yield receiver, bridge


@pytest.fixture
def doctor(
    services: tuple[servers.Service, servers.Service],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Any:
    """What runs the doctor beside the running services, and returns (status, {check: finding})."""

    def ask(door: str | None = None, **settings: str) -> tuple[int, dict[str, Any]]:
        with monkeypatch.context() as environment:
            for name, value in {**services[1].env, **settings}.items():
                environment.setitem(os.environ, name, value)
            status = examined(BridgeSettings(), Namespace(json=True, door=door))
        found = json.loads(capsys.readouterr().out)
        assert found["status"] == status
        return status, {each["check"]: each for each in found["checks"]}

    return ask


def test_where_all_is_well(services: tuple[servers.Service, servers.Service], doctor: Any) -> None:
    say_backed_up(Path(services[1].env["DATA_DIR"]))
    status, found = doctor()
    assert status == 0, found
    assert {
        "settings",
        "secret",
        "receiver",
        "clock",
        "smtp",
        "health",
        "disk",
        "spool",
    } <= found.keys()
    assert found["backup"]["state"] == "well"


@pytest.mark.parametrize(
    ("note", "says"),
    [(None, "there has never been one"), ({"when": 0}, "h old"), ({}, "there has never been one")],
)
def test_no_backup_and_an_old_one_are_found(
    doctor: Any, tmp_path: Path, note: dict[str, int] | None, says: str
) -> None:
    if note is not None:
        (tmp_path / NAME).write_text(json.dumps(note))
    status, found = doctor(DATA_DIR=str(tmp_path))
    assert status >= 1
    assert (found["backup"]["state"], says in found["backup"]["says"]) == ("look", True)
    assert "python -m bridge backup DIR" in found["backup"]["do"]


@pytest.mark.parametrize(
    ("settings", "check", "state", "says"),
    [
        ({"SMTP_PORT": "1"}, "smtp", "broken", "nobody answers"),
        ({"HEALTH_PORT": "1"}, "health", "look", "nobody answers"),
        ({"SMTP_MAX_SIZE": "x"}, "settings", "broken", "SMTP_MAX_SIZE"),
        ({"SMTP_PROT": "2"}, "settings", "look", "SMTP_PORT"),
        ({"MAILBOXES": ""}, "mailboxes", "broken", "no mailbox"),
        ({"WEBHOOK_SECRETS": ""}, "secret", "broken", "WEBHOOK_SECRETS_FILE: "),
        ({"WEBHOOK_SECRETS": "whsec_" + "A" * 32}, "receiver", "broken", "secrets do not fit"),
        ({"WEBHOOK_URL": "http://127.0.0.1:1/webhook/email"}, "receiver", "broken", "127.0.0.1:1"),
        ({"SPOOL_MIN_FREE": str(disk_usage(gettempdir()).total)}, "disk", "broken", "are free"),
        ({"SPOOL_MIN_FREE": str(2**61)}, "settings", "broken", "can never be free"),
        (
            {"IMAP_HOST": "127.0.0.1", "IMAP_PORT": "1", "IMAP_USER": "support@yandex.ru",
             "IMAP_PASSWORD": "secret-word"},
            "imap", "broken", "nobody listens there",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(
    doctor: Any, settings: dict[str, str], check: str, state: str, says: str
) -> None:
    status, found = doctor(**settings)
    assert "secret-word" not in json.dumps(found)
    assert (found[check]["state"], says in found[check]["says"]) == (state, True), found[check]
    assert found[check]["do"]
    assert status == (2 if state == "broken" else 1)


def test_failed_letters_are_told(doctor: Any, services: Any) -> None:
    spool = Spool(Path(services[1].env["DATA_DIR"]) / "spool")
    letter = spool.failed / f"{new_id()}.eml"
    letter.write_bytes(b"x")
    try:
        status, found = doctor()
        assert (status, found["failed"]["state"]) == (1, "look")
    finally:
        letter.unlink()


@pytest.mark.parametrize(
    ("days", "name", "state", "says"),
    [
        (90, "bridge.example", "well", "days"),
        (90, "*.example", "well", "days"),
        (90, "other.example", "look", "not for bridge.example"),
        (5, "bridge.example", "look", "good for"),
        (5, "other.example", "look", "good for 4 days; it is for other.example, not for bridge"),
        (-1, "bridge.example", "broken", "expired"),
    ],
)
def test_the_certificate(
    doctor: Any, tmp_path: Path, days: int, name: str, state: str, says: str
) -> None:
    now = datetime.now(UTC)
    issued = trustme.CA().issue_cert(
        name, not_before=now - timedelta(days=100), not_after=now + timedelta(days=days)
    )
    issued.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    issued.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    paths = {"SMTP_TLS_CERT": str(tmp_path / "cert.pem"), "SMTP_TLS_KEY": str(tmp_path / "key.pem")}
    _, found = doctor(**paths)
    certificate = found["certificate"]
    assert (certificate["state"], says in certificate["says"]) == (state, True), certificate


def test_of_one_door_the_other_is_not_asked(doctor: Any) -> None:
    """With compose each door is a container of its own, and both get MAILBOXES."""
    elsewhere = {"SMTP_PORT": str(servers.free_port()), "MAILBOXES": "support@yandex.ru"}
    status, found = doctor(**elsewhere)
    assert (status, found["smtp"]["state"]) == (2, "broken")
    status, found = doctor("imap", **elsewhere)
    assert (status < 2, "smtp" in found) == (True, False)


def test_it_speaks_russian(doctor: Any) -> None:
    _, found = doctor(LC_ALL="ru_RU.UTF-8", SMTP_MAX_SIZE="x")
    assert "принимает нашу подпись" in found["receiver"]["says"]
    assert found["settings"]["says"].startswith("SMTP_MAX_SIZE: нужно целое число")


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, "well"), (29, "well"), (-31, "look"), (299, "look"), (300, "broken")]
)
def test_a_clock_is_worth_a_look_before_it_breaks(seconds: float, state: str) -> None:
    assert of_clock("clock", Said("it", "он"), seconds, 300).state == state


@pytest.mark.parametrize(("free", "state"), [(99, "broken"), (100, "look"), (1000, "well")])
def test_a_disk_is_worth_a_look_before_it_is_full(free: int, state: str) -> None:
    assert of_disk("disk", "/", free, 100).state == state


def test_what_is_not_well_says_what_to_do() -> None:
    with pytest.raises(ValueError, match="to be done"):
        Finding("x", "look", Said("a", "б"))
    assert status_of([]) == 0


@pytest.mark.parametrize(
    "path",
    [
        *(servers.ROOT / "bridge/doctor").glob("*.py"),
        *(servers.ROOT / "receiver/doctor").glob("*.py"),
    ],
    ids=lambda path: f"{path.parent.parent.name}-{path.stem}",
)
def test_what_to_do_is_said_in_both_languages(path: Path) -> None:
    """Each finding has a remedy in both languages, with the same commands in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "Said":
            continue
        english, russian = (ast.unparse(each) for each in node.args)
        told = re.search("[а-яё]", russian, re.IGNORECASE) is not None
        assert told or english == russian, english
        assert not re.search("[а-яё]", english, re.IGNORECASE), english
