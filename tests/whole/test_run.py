"""``make run`` and ``make demo`` as a newcomer types them, without make."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient

from bridge.settings import BridgeSettings
from contract.environment import of_make_run
from demo import mailbox
from receiver.store.mongo import Document
from tests import servers
from tests.imap import dovecot
from tests.imap.conftest import running_dovecot
from tests.imap.mailbox import Mailbox
from tests.letters import letter
from tests.servers import ROOT, Service

__all__ = ["running_dovecot"]


@pytest.fixture
def more_settings() -> dict[str, str]:
    """What the environment says beside the ports."""
    return {}


@pytest.fixture
def everything(tmp_path: Path, more_settings: dict[str, str]) -> Iterator[Service]:
    """All that ``make run`` starts, on free ports, with nothing else set."""
    port = str(servers.free_port())
    keep = {name: value for name, value in os.environ.items() if name != "MONGO_URI"}
    env = {
        **keep,
        "DATA_DIR": str(tmp_path / "data"),
        "RECEIVER_PORT": port,
        "SMTP_PORT": str(servers.free_port()),
        "PYTHONUNBUFFERED": "1",
        **more_settings,
    }
    log = tmp_path / "run.log"
    command = [sys.executable, "run.py"]
    service = Service(command, env, lambda: "make demo" in log.read_text(), log)
    service.start()
    try:
        yield service
    finally:
        service.stop(signal.SIGINT)


def demo(service: Service, *words: str) -> str:
    command = [sys.executable, "demo.py", *words]
    done = subprocess.run(
        command, cwd=ROOT, env=service.env, capture_output=True, timeout=90, check=True
    )
    return done.stdout.decode()


@pytest.mark.parametrize(
    ("mailboxes", "reached"),
    [
        ("a@yandex.ru b@yandex.ru", ("a@yandex.ru", "a@yandex.ru")),
        ('{"a@yandex.ru": [], "b@yandex.ru": ["b.example"]}', ("b@yandex.ru", "demo@b.example")),
    ],
)
def test_the_demo_writes_to_a_mailbox_of_the_settings(
    mailboxes: str, reached: tuple[str, str]
) -> None:
    env = {"IMAP_HOST": "imap.yandex.ru", "IMAP_USER": "a@yandex.ru", "IMAP_PASSWORD": "hunter2"}
    settings, _ = BridgeSettings.judged({**env, "MAILBOXES": mailboxes})
    assert mailbox(settings) == reached


def test_run_demo_and_stop(everything: Service) -> None:
    shown = demo(everything)
    assert shown.count("250: ") == 3
    assert "писем: 3" in shown
    assert re.search(r"Когда привезут\?[\s\S]+Курьер будет[\s\S]+Спасибо, жду!", shown)
    assert "250: " in demo(everything, "letter", "Здравствуйте!")

    secret = Path(everything.env["DATA_DIR"]) / "webhook.secret"
    assert secret.read_text().startswith("whsec_")
    assert secret.stat().st_mode & 0o077 == 0
    assert secret.read_text().strip() not in everything.log.read_text()

    assert everything.stop(signal.SIGINT) == 0
    assert not servers.listens(int(everything.env["SMTP_PORT"]))
    assert not servers.listens(int(everything.env["RECEIVER_PORT"]))


@pytest.fixture
def read_by_imap(running_dovecot: dovecot.Dovecot, more_settings: dict[str, str]) -> Mailbox:
    """A mailbox that the settings name."""
    more_settings |= {
        "IMAP_HOST": "127.0.0.1",
        "IMAP_PORT": str(running_dovecot.port),
        "IMAP_SECURITY": "none",
        "IMAP_USER": dovecot.USER,
        "IMAP_PASSWORD": dovecot.PASSWORD,
    }
    mailbox = Mailbox(running_dovecot.port, dovecot.SENT)
    mailbox.empty()
    return mailbox


def test_run_reads_a_mailbox_that_is_named(read_by_imap: Mailbox, everything: Service) -> None:
    read_by_imap.put(letter("1@example.ru"))
    answer = letter("2@y.ru", sender=dovecot.USER, to="ivan@example.ru", in_reply_to="1@example.ru")
    read_by_imap.put(answer, read_by_imap.sent)
    read_by_imap.close()
    uri = of_make_run(Path(everything.env["DATA_DIR"]))["MONGO_URI"]
    with MongoClient[Document](uri) as client:
        servers.wait_until(lambda: len(directions(client)) == 2)
        assert sorted(directions(client)) == ["in", "out"]


def directions(client: MongoClient[Document]) -> list[str]:
    """Return which way the letters of the only dialog went."""
    dialog = client.dialog.dialogs.find_one() or {"messages": []}
    return [message["direction"] for message in dialog["messages"]]


def test_a_port_in_use_is_named(everything: Service, tmp_path: Path) -> None:
    command = [sys.executable, "run.py"]
    env = {**everything.env, "DATA_DIR": str(tmp_path / "another")}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, timeout=30, check=False)
    assert done.returncode == 78
    for name in ("RECEIVER_PORT", "SMTP_PORT"):
        assert f"{name}: 127.0.0.1:{env[name]} is in use" in done.stderr.decode()
