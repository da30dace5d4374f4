"""Ctrl-C, or a pipe closed by its reader, ends any command without a traceback."""

import os
import select
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.spool.deliveries import Delivered, Deliveries
from bridge.spool.envelope import Delivery, trace_block
from bridge.spool.spool import Spool, new_id
from contract.process import INTERRUPTED, NOT_READ
from local import supervisor
from tests import servers
from tests.letters import START, letter
from tests.servers import ROOT

DIALOG = "6b089f68b1aef26c5d253515"
READ = ["bridge spool list", "bridge trace 2"]
WAITS = [
    "bridge trace 17-a",
    "bridge doctor",
    "local.demo letter x",
    "receiver list",
    "receiver fsck",
]


@pytest.fixture(scope="module")
def silent() -> Iterator[socket.socket]:
    """A server that takes connections and never says a word: receiver, door and database."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory, silent: socket.socket) -> dict[str, str]:
    """The settings of a bridge and a receiver that have something to tell, or to ask for."""
    data = tmp_path_factory.mktemp("ends")
    spool = Spool(data / "spool").prepare()
    for _ in range(20):
        delivery = Delivery(new_id(), "support@yandex.ru", START, "a@b.ru", ("in@b.example",))
        draft = spool.draft(delivery.id)
        draft.write(trace_block(delivery, "b.example") + letter())
        draft.commit()
    told = Delivered("17-a", time.time(), "support@yandex.ru", "a@b", DIALOG, "created", "new", "k")
    Deliveries.beside(spool.root).note(told)
    port = str(silent.getsockname()[1])
    url = f"http://127.0.0.1:{port}/webhook/email"
    return servers.environment(
        DATA_DIR=str(data), MAILBOXES="support@yandex.ru", ENV_FILE="", DNS_CHECKS="false",
        WEBHOOK_SECRETS=servers.SECRET, WEBHOOK_URL=url, MONGO_URI=f"mongodb://127.0.0.1:{port}",
        SMTP_PORT=port, RECEIVER_PORT=port,
    )  # fmt: skip


def started(words: str, env: dict[str, str]) -> subprocess.Popen[str]:
    command = ["-m", *words.split()]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=env, stdout=pipe, stderr=pipe, text=True
    )


@pytest.mark.parametrize("words", READ)
def test_whoever_reads_no_further_gets_no_traceback(env: dict[str, str], words: str) -> None:
    with started(words, env) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == NOT_READ


def test_a_terminal_of_few_signs_is_told_all_the_same(env: dict[str, str]) -> None:
    narrow = env | {"PYTHONIOENCODING": "ascii", "LC_ALL": "ru_RU.UTF-8"}
    with started("bridge trace 2", narrow) as process:
        output, errors = process.communicate(timeout=servers.START_SECONDS)
    assert (process.returncode, errors) == (1, "")
    assert "python -m receiver find 2" in output
    assert "\\u" in output


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_before_it_starts_end_nothing(
    env: dict[str, str], closed: str
) -> None:
    command = f"exec {shlex.quote(sys.executable)} -m bridge spool list {closed}"
    done = subprocess.run(
        ["sh", "-c", command], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stderr == ""


@pytest.mark.parametrize("words", WAITS)
def test_ctrl_c_ends_what_waits(env: dict[str, str], words: str, silent: socket.socket) -> None:
    with started(words, env) as process:
        servers.wait_until(lambda: process.poll() is not None or is_called(silent))
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=servers.START_SECONDS)
    assert "Traceback" not in output + errors, errors
    assert process.returncode == INTERRUPTED
    _forget(silent)


def is_called(server: socket.socket) -> bool:
    """Tell whether somebody has connected."""
    return bool(select.select([server], [], [], 0)[0])


def _forget(server: socket.socket) -> None:
    """Take what was connected meanwhile, so that the next test sees its own."""
    while is_called(server):
        server.accept()[0].close()


SUITE = """
import os, tests.dispositions
tests.dispositions.of_a_terminal()
os.kill(os.getpid(), {number})
os.execvp("sh", ["sh", "-c", "kill -{number} $$; echo it goes on"])
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
def test_what_the_tests_start_can_be_stopped_wherever_they_run(number: int) -> None:
    """``make test &`` in a script, and nohup, ignore signals; the programs must still stop."""
    suite = shlex.join([sys.executable, "-c", SUITE.format(number=int(number))])
    words = ["sh", "-c", f"trap '' {int(number)}; exec {suite}"]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
    assert (ended.returncode, ended.stdout) == (-number, b""), ended.stderr


PARTS = """
import asyncio, os
from local import supervisor
words = ["sh", "-c", "echo $$; while :; do echo again; sleep 0.1; done"]
status = asyncio.run(supervisor.supervise([supervisor.Part("part", words)], os.environ))
raise SystemExit(status)
"""


def test_make_run_ends_with_whoever_reads_its_lines() -> None:
    """``make run | head -1`` does so; everything that it started ends with it."""
    with subprocess.Popen(
        [sys.executable, "-c", PARTS], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        part = int(process.stdout.readline().split()[-1])
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == NOT_READ
    servers.wait_until(lambda: not is_alive(part))


BLOCKS = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, {blocked})
print("now", flush=True)
signal.pause()
"""


@pytest.mark.parametrize(
    ("blocked", "told"),
    [
        ("[]", set()),
        ("[signal.SIGTERM]", {signal.SIGTERM}),
        ("[signal.SIGHUP]", {signal.SIGHUP}),
        ("signal.valid_signals()", set()),
    ],
    ids=["nothing", "SIGTERM", "SIGHUP", "all, as while it starts a process"],
)
def test_what_make_was_told_is_seen_by_what_it_blocks(
    blocked: str, told: set[signal.Signals]
) -> None:
    """While it handles one signal, the system holds back others of that kind."""
    command = [sys.executable, "-c", BLOCKS.format(blocked=blocked)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as make:
        assert make.stdout
        try:
            assert make.stdout.readline() == b"now\n"
            assert supervisor.told_to_end(make.pid) == told
        finally:
            make.kill()


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


INTERRUPTED_AT = """
import atexit, os, signal, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Finder())
if {module!r} == "the end":
    atexit.register(os.kill, os.getpid(), signal.SIGINT)
"""


@pytest.mark.parametrize(
    ("words", "module"),
    [
        *(
            (words, "pydantic")
            for words in [
                *("bridge smtp", "bridge spool list", "receiver", "receiver list"),
                *("local.run", "local.demo letter x", "bridge.courier.parsing.parse_worker 1024"),
            ]
        ),
        ("bridge ping", "bridge.ingress.imap.states"),
        ("receiver ping", "contract.health_check.plain_environment"),
        ("bridge spool list", "the end"),
        ("receiver find", "the end"),
    ],
)
def test_ctrl_c_while_it_loads_or_ends_leaves_no_traceback(
    env: dict[str, str], tmp_path: Path, words: str, module: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text(INTERRUPTED_AT.format(module=module))
    with started(words, env | {"PYTHONPATH": str(tmp_path)}) as process:
        _, errors = process.communicate(timeout=servers.START_SECONDS)
    assert process.returncode == -signal.SIGINT
    assert "Traceback" not in errors
    assert "KeyboardInterrupt" not in errors
