"""A container's health check is cheap if all is well, and never reports health falsely."""

import ast
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest

import bridge.health_check
import receiver.health_check
from bridge.ingress.imap.states import HEALTH, FolderStates
from bridge.reach import REACHED, Reach
from contract.files.locks import taken
from tests.servers import ROOT, free_port

OK = b"250 2.0.0 OK\r\n"
READY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Answering(StreamRequestHandler):
    """Says its greeting, then one answer for each line that it is told."""

    greeting = b""
    answers: tuple[bytes, ...] = ()

    def handle(self) -> None:
        self.wfile.write(self.greeting)
        for answer in self.answers:
            self.rfile.readline()
            self.wfile.write(answer)


Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Have somebody listen who talks as told; return his port."""
    servers = []

    def begin(greeting: bytes, *answers: bytes) -> str:
        talks = type("Talks", (Answering,), {"greeting": greeting, "answers": answers})
        server = ThreadingTCPServer(("127.0.0.1", 0), talks)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return str(server.server_address[1])

    yield begin
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def ends() -> Iterator[ExitStack]:
    """What is let go when the bridge of the environment ends."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def environ(
    serve: Serve, ends: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """The environment of a container in which all is well on both sides."""
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "data"
    (data / "imap").mkdir(parents=True)
    Reach(data / REACHED, "http://receiver")
    FolderStates(data / HEALTH).say("support@example.ru INBOX", "watching")
    for name in ("spool/lock", "imap/lock"):
        (data / name).parent.mkdir(exist_ok=True)
        assert taken(ends.enter_context((data / name).open("wb")).fileno())
    return {
        "SMTP_HOST": "0.0.0.0",
        "SMTP_PORT": serve(b"220 bridge ESMTP\r\n", OK, OK, b"221 2.0.0 Bye\r\n"),
        "RECEIVER_HOST": "0.0.0.0",
        "RECEIVER_PORT": serve(b"", READY),
        "IMAP_USER": "support@example.ru",
        "PATH": os.environ["PATH"],
    }


def both(environ: dict[str, str]) -> tuple[bool, bool]:
    by_bridge = bridge.health_check.all_is_well(["ping"], environ)
    return by_bridge, receiver.health_check.all_is_well(["ping"], environ)


def test_what_is_well_is_said_to_be(environ: dict[str, str]) -> None:
    assert both(environ) == (True, True)
    for words in (["ping", "smtp"], ["ping", "imap"]):
        assert bridge.health_check.all_is_well(words, environ)
    assert both(environ | {"IMAP_USER": "", "IMAP_POLL": ""}) == (True, True)


@pytest.mark.parametrize("words", [[], ["ping", "x"], ["ping", "--help"], ["doctor"], ["ping", ""]])
def test_no_other_command_is_taken_for_it(environ: dict[str, str], words: list[str]) -> None:
    assert not bridge.health_check.all_is_well(words, environ)
    assert not receiver.health_check.all_is_well(words, environ)


@pytest.mark.parametrize(
    ("more", "well"),
    [
        ({"SMTP_PORT": "CLOSED"}, (False, True)),
        ({"RECEIVER_PORT": "CLOSED"}, (True, False)),
        ({"SMTP_PORT": "0", "RECEIVER_PORT": "65536"}, (False, False)),
        ({"SMTP_PORT": "x", "RECEIVER_PORT": "٣"}, (False, False)),
        ({"SMTP_HOST": "nowhere.invalid", "RECEIVER_HOST": "\0"}, (False, False)),
        ({"DATA_DIR": "elsewhere"}, (False, True)),
        ({"DATA_DIR": "\0"}, (False, False)),
        ({"WEBHOOK_URL": "http://receiver"}, (True, True)),
        ({"WEBHOOK_URL": "http://elsewhere"}, (False, True)),
        ({"IMAP_POLL": "nan"}, (False, True)),
        ({"IMAP_POLL": "x"}, (False, True)),
        ({"IMAP_USER": "sales@example.ru"}, (False, True)),
        ({"IMAP_ACCOUNTS": '[{"user": "sales@example.ru"}]'}, (False, True)),
        ({"IMAP_ACCOUNTS": '[{"user": "support@example.ru"}]'}, (True, True)),
        ({"IMAP_ACCOUNTS": '[{"name": "support@example.ru"}]'}, (False, True)),
        # where a file has a say, those who read files are asked
        ({"ENV_FILE": "elsewhere.env"}, (False, False)),
        ({"SMTP_PORT_FILE": "port"}, (False, True)),
        ({"RECEIVER_PORT_FILE": "port"}, (True, False)),
        ({"DATA_DIR_FILE": "directory"}, (False, False)),
    ],
)
def test_what_is_not_well_or_not_plain_is_left_to_others(
    environ: dict[str, str], more: dict[str, str], well: tuple[bool, bool]
) -> None:
    closed = str(free_port())
    assert (
        both(environ | {name: text.replace("CLOSED", closed) for name, text in more.items()})
        == well
    )


@pytest.mark.parametrize(
    ("path", "text", "well"),
    [
        (".env", "SMTP_PORT=25\n", (False, False)),
        ("data/make-run.json", "{}", (False, False)),
        ("data/make-run.json", "", (True, True)),
        (f"data/{REACHED}", '{"complaint": "the secrets do not fit", "url": ""}', (False, True)),
        (f"data/{REACHED}", '{"complaint', (False, True)),
        (f"data/{REACHED}", "[]", (False, True)),
        (f"data/{HEALTH}", "{", (False, True)),
        (f"data/{HEALTH}", "{}", (False, True)),
        (f"data/{HEALTH}", '{"INBOX": {"state": "watching", "odd": 1}}', (False, True)),
        (f"data/{HEALTH}", '{"INBOX": 1}', (False, True)),
        (f"data/{HEALTH}", '{"INBOX": {"state": "refused", "since": 1, "seen": 1}}', (False, True)),
        (
            f"data/{HEALTH}",
            '{"INBOX": {"state": "watching", "since": 1, "seen": 1}}',
            (False, True),
        ),
    ],
)
def test_so_are_files_that_say_otherwise(
    environ: dict[str, str], path: str, text: str, well: tuple[bool, bool]
) -> None:
    Path(path).write_text(text)
    assert both(environ) == well


@pytest.mark.parametrize(
    "talk",
    [
        (b"",),
        (b"421 4.3.2 Too many connections\r\n", OK, OK, b"221 Bye\r\n"),
        (b"220 bridge\r\n", b"500 What?\r\n", OK, b"221 Bye\r\n"),
        (b"220 bridge\r\n", OK, b"452 4.3.1 Come later\r\n", b"221 Bye\r\n"),
        (b"220 bridge\r\n", OK, OK),
        (READY,),
    ],
)
def test_a_door_that_is_no_door_of_ours(
    environ: dict[str, str], serve: Serve, talk: tuple[bytes, ...]
) -> None:
    assert both(environ | {"SMTP_PORT": serve(*talk)}) == (False, True)


@pytest.mark.parametrize(
    "talk",
    [
        (b"",),
        (b"", b"HTTP/1.1 503 Service Unavailable\r\n\r\n"),
        (b"220 bridge\r\n", b"250 OK\r\n"),
    ],
)
def test_a_receiver_that_is_not_ready(
    environ: dict[str, str], serve: Serve, talk: tuple[bytes, ...]
) -> None:
    assert both(environ | {"RECEIVER_PORT": serve(*talk)}) == (True, False)


def test_what_a_bridge_said_that_has_ended_is_nothing(
    environ: dict[str, str], ends: ExitStack
) -> None:
    ends.close()
    for words in (["ping"], ["ping", "smtp"], ["ping", "imap"]):
        assert not bridge.health_check.all_is_well(words, environ)


def test_no_mailbox_is_no_answer_about_mailboxes(environ: dict[str, str]) -> None:
    assert not bridge.health_check.all_is_well(["ping", "imap"], environ | {"IMAP_USER": ""})


@pytest.mark.parametrize("side", ["bridge", "receiver"])
def test_it_loads_the_standard_library_and_a_few_files_of_ours(side: str) -> None:
    loaded, unread = set[str](), [f"{side}.health_check"]
    while unread:
        name = unread.pop()
        loaded.add(name)
        tree = ast.parse((ROOT / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8"))
        named = [each for each in ast.walk(tree) if isinstance(each, ast.ImportFrom | ast.Import)]
        for each in named:
            modules = (
                [each.module] if isinstance(each, ast.ImportFrom) else [a.name for a in each.names]
            )
            for module in filter(None, modules):
                if module.partition(".")[0] in ("bridge", "receiver", "contract"):
                    unread += {module} - loaded
                else:
                    assert module.partition(".")[0] in sys.stdlib_module_names, (name, module)
    assert len(loaded) <= 6


@pytest.mark.parametrize("side", ["bridge", "receiver"])
def test_the_command_ends_by_it(environ: dict[str, str], side: str) -> None:
    """It needs nothing else: the libraries of the other commands are missing here."""
    environ |= {"PYTHONPATH": str(ROOT)}
    alone = [sys.executable, "-S", "-m", side, "ping"]
    assert subprocess.run(alone, env=environ, timeout=60, check=False).returncode == 0
