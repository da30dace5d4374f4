"""``make run`` and ``make demo`` as a newcomer types them, without make."""

import fcntl
import os
import re
import signal
import smtplib
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymongo import MongoClient

from bridge.settings import BridgeSettings
from bridge.spool.envelope import Delivery, trace_block
from bridge.spool.spool import Spool, new_id
from contract.environment import of_make_run
from local.demo import mailbox, where_they_wait
from receiver.store.mongo import Document
from tests import servers
from tests.imap import dovecot
from tests.imap.conftest import running_dovecot
from tests.imap.mailbox import Mailbox
from tests.letters import START, letter
from tests.servers import ROOT, Service

__all__ = ["running_dovecot"]


@pytest.fixture
def more_settings() -> dict[str, str]:
    """What the environment says beside the ports."""
    return {}


@pytest.fixture
def everything(tmp_path: Path, more_settings: dict[str, str]) -> Iterator[Service]:
    """All that ``make run`` starts, on free ports, with nothing else set."""
    with started(tmp_path, more_settings) as service:
        yield service


@contextmanager
def started(directory: Path, more_settings: dict[str, str]) -> Iterator[Service]:
    """Give a running ``make run`` that keeps its data in the directory."""
    own = {
        "DATA_DIR": str(directory / "data"),
        "RECEIVER_PORT": str(servers.free_port()),
        "SMTP_PORT": str(servers.free_port()),
    }
    inherited = servers.environment(**own)
    inherited.pop("MONGO_URI", None)
    env = inherited | more_settings
    log = directory / "run.log"
    command = [sys.executable, "-m", "local.run"]
    service = Service(command, env, lambda: "dialogs in MongoDB" in log.read_text(), log)
    service.start()
    try:
        yield service
    finally:
        service.stop(signal.SIGINT)


def demo(service: Service, *words: str) -> str:
    done = servers.run("local.demo", *words, env=service.env)
    assert done.returncode == 0, done.stderr
    return done.stdout


def letters_in(shown: str) -> int:
    """Count the letters of a dialog that was printed."""
    return len(re.findall(r"^[←→] ", shown, re.M))


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


def test_where_containers_listen_a_letter_goes_to_their_mailbox(tmp_path: Path) -> None:
    bridge = servers.bridge(tmp_path, str(servers.free_port()))
    with servers.running(bridge):
        env = {name: bridge.env[name] for name in ("SMTP_PORT", "PATH")}
        command = [sys.executable, "-m", "local.demo", "letter", "Здравствуйте"]
        env |= {"DATA_DIR": str(tmp_path / "none"), "ENV_FILE": "", "LANG": "ru_RU.UTF-8"}
        said = subprocess.check_output(command, cwd=ROOT, text=True, env=env)
    assert re.search(r"^250 \S+: ", said)
    assert "docker-compose exec receiver" in said
    assert "Через мгновение" in said


@pytest.mark.parametrize("text", ["$HOME $$ `id` $(shell id) \"'# %s", ""])
def test_make_letter_takes_a_text_to_the_letter(tmp_path: Path, text: str) -> None:
    (tmp_path / "python").write_text('#!/bin/sh\nprintf %s "$4"\n')
    (tmp_path / "python").chmod(0o700)
    command = ["make", "-s", "-o", ".venv/installed", "letter", f"BIN={tmp_path}", f"TEXT={text}"]
    assert subprocess.check_output(command, cwd=ROOT, text=True) == text


def test_a_letter_that_does_not_come_is_looked_for_in_the_spool(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spool = Spool(tmp_path / "spool").prepare()
    delivery = Delivery(new_id(), "support@yandex.ru", START, "ivan@example.ru", ("in@b.example",))
    draft = spool.draft(delivery.id)
    draft.write(trace_block(delivery, "b.example") + letter())
    draft.commit()
    [waiting] = spool.waiting()
    spool.explain(waiting, "503 the database is not ready")

    where_they_wait(BridgeSettings(data_dir=tmp_path), [delivery.id, "no-letters-id"])
    shown, complaints = capsys.readouterr()
    assert delivery.id in shown
    assert "503 the database is not ready" in shown
    assert "no-letters-id: no letters in the spool" in complaints


def test_run_demo_and_stop(everything: Service) -> None:
    shown = demo(everything)
    assert len(re.findall(r"^250 \S+: ", shown, re.M)) == 10
    assert letters_in(shown) == 3
    assert re.search(r"Когда привезут\?[\s\S]+Курьер будет[\s\S]+Спасибо, жду!", shown)
    shown = demo(everything, "letter", "Здравствуйте, это я!")
    assert letters_in(shown) == 1
    assert "  Здравствуйте, это я!\n" in shown
    [letter_id] = re.findall(r"^250 (\S+): ", shown, re.M)
    [dialog] = re.findall(r"^([0-9a-f]{24})  ", shown, re.M)
    told = rf"event {letter_id}: letter [0-9a-f]{{64}}: dialog {dialog} created"
    assert re.search(told, everything.log.read_text())

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


def processes_of(directory: Path) -> list[int]:
    """Return the processes whose environment names the data directory."""
    if not Path("/proc/self/environ").exists():
        pytest.skip("there is no /proc to look for processes in")
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"DATA_DIR={directory}".encode() in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
        except OSError:  # it ended, or is another user's
            continue
    return found


def test_nothing_is_left_of_make_run(everything: Service) -> None:
    data = Path(everything.env["DATA_DIR"])
    for number in (signal.SIGTERM, signal.SIGKILL):  # SIGHUP is what a closed terminal sends
        assert len(processes_of(data)) > 4  # with the parsers
        assert everything.process
        everything.process.send_signal(number)
        everything.process.wait(timeout=40)
        everything.process = None
        servers.wait_until(lambda: processes_of(data) == [])
        assert of_make_run(data) == {}, number
        everything.log.write_text("")
        everything.start()  # what was left behind does not hinder the next one


LEADERS = {
    "it leads the session itself": [sys.executable, "-m", "local.run"],
    "make does, which passes nothing on": ["make", "-s", "run"],
}


@pytest.mark.parametrize("command", LEADERS.values(), ids=LEADERS.keys())
def test_a_closed_terminal_ends_make_run(tmp_path: Path, command: list[str]) -> None:
    with in_terminal(tmp_path / "data", command) as (process, terminal):
        os.close(terminal)
        servers.wait_until(lambda: processes_of(tmp_path / "data") == [])
        process.wait(timeout=40)


def test_make_run_ends_with_its_make(tmp_path: Path) -> None:
    with in_terminal(tmp_path / "data", ["make", "-s", "run"]) as (process, terminal):
        process.kill()
        process.wait(timeout=40)
        servers.wait_until(lambda: processes_of(tmp_path / "data") == [])
        os.close(terminal)


@contextmanager
def in_terminal(data: Path, command: list[str]) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Start ``make run`` in a terminal of its own; give process and terminal once it is up."""
    env = servers.environment(DATA_DIR=str(data), MONGO_URI="", HEALTH_PORT="0")
    env |= {name: str(servers.free_port()) for name in ("RECEIVER_PORT", "SMTP_PORT")}
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    try:
        said = b""
        while b"make demo" not in said:
            try:
                said += os.read(ours, 65536)
            except OSError:  # it ended by itself
                raise ChildProcessError(said.decode()) from None
        yield process, ours
    finally:
        for pid in processes_of(data):
            os.kill(pid, signal.SIGKILL)


def test_under_nohup_a_closed_terminal_ends_nothing(tmp_path: Path) -> None:
    service = servers.receiver(tmp_path, "mongodb://127.0.0.1:1", "none")
    service.command = ["nohup", *service.command]
    service.ready = lambda: "HTTP on" in service.log.read_text()
    with servers.running(service):
        assert service.process
        service.process.send_signal(signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            service.process.wait(timeout=1)
        assert service.stop() == 0


@pytest.fixture
def in_files(
    tmp_path: Path, mongo_uri: str, database_name: str, more_settings: dict[str, str]
) -> dict[str, str]:
    """Settings that lie in files, and in a .env of which one name is overruled."""
    texts = {
        "MONGO_URI": mongo_uri,
        "MAILBOXES": "sales@yandex.ru",
        "SMTP_USERS": '{"olga": "hunter2"}',
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text + "\n")
        more_settings[f"{name}_FILE"] = str(tmp_path / name)
    (tmp_path / ".env").write_text(
        f"MONGO_DATABASE={database_name}\nSMTP_AUTH_WITHOUT_TLS=true\nSMTP_PORT=1\nMAILBOX=x\n"
    )
    more_settings["ENV_FILE"] = str(tmp_path / ".env")
    return more_settings


def test_make_run_takes_settings_from_files(
    in_files: dict[str, str], everything: Service, mongo_uri: str
) -> None:
    assert "sales@yandex.ru" in everything.log.read_text()
    assert (
        "MAILBOX is no setting and does nothing; is MAILBOXES meant?" in everything.log.read_text()
    )
    with smtplib.SMTP("127.0.0.1", int(everything.env["SMTP_PORT"])) as client:
        client.login("olga", "hunter2")
        client.sendmail(
            "ivan@example.ru", "sales@yandex.ru", letter("1@a.ru", to="sales@yandex.ru")
        )
    env_file = Path(in_files["ENV_FILE"]).read_text()
    name = env_file.partition("\n")[0].partition("=")[2]
    with MongoClient[Document](mongo_uri) as client:
        servers.wait_until(lambda: client[name].dialogs.count_documents({}) == 1)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """What ``make run`` starts, for tests after which it runs as before."""
    with started(tmp_path_factory.mktemp("undisturbed"), {}) as service:
        yield service


def test_a_second_make_run_leaves_the_first_alone(undisturbed: Service) -> None:
    data = Path(undisturbed.env["DATA_DIR"])
    before = of_make_run(data)
    env = {**undisturbed.env, "RECEIVER_PORT": str(servers.free_port())}
    env["SMTP_PORT"] = str(servers.free_port())
    done = servers.run("local.run", env=env)
    assert done.returncode == 78
    assert f"DATA_DIR: another make run works on {data}" in done.stderr
    assert "Traceback" not in done.stderr
    assert of_make_run(data) == before
    assert letters_in(demo(undisturbed)) == 3


def test_a_second_terminal_knows_what_make_run_runs_with(undisturbed: Service) -> None:
    env = {**os.environ, "DATA_DIR": undisturbed.env["DATA_DIR"]}
    for words in (["bridge", "ping"], ["receiver", "ping"], ["local.demo"]):
        done = servers.run(*words, env=env)
        assert done.returncode == 0, done.stderr
    assert "WARNING" not in undisturbed.log.read_text()


def test_a_port_in_use_is_named(undisturbed: Service, tmp_path: Path) -> None:
    env = {**undisturbed.env, "DATA_DIR": str(tmp_path / "another")}
    done = servers.run("local.run", env=env)
    assert done.returncode == 78
    for name in ("RECEIVER_PORT", "SMTP_PORT"):
        assert f"{name}: 127.0.0.1:{env[name]} is in use" in done.stderr
