"""Mistakes of every kind are said at once: values, files, and what another program has."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bridge.ingress.imap.states import LOCK as WATCHED
from bridge.spool.spool import Spool
from contract.door.listening import in_brackets, unbindable
from contract.environment import running
from contract.files.locks import taken
from tests import servers

SMTP, IMAP, RECEIVER, RUN = ["bridge", "smtp"], ["bridge", "imap"], ["receiver"], ["local.run"]
NUMBER = "PARSE_WORKERS: must be a whole number"
IN_USE = "DATA_DIR: another bridge or import works on"
POOL = "MONGO_POOL: must be a whole number"
ELSEWHERE = "{name}: 203.0.113.1 is no address of this machine"
ACCOUNT = {"IMAP_USER": "support@yandex.ru", "IMAP_PASSWORD": "hunter2", "IMAP_HOST": "127.0.0.1"}

# What is run, what is set, and what is said; TAKEN is a port, LOCKED a directory in use.
COMBINATIONS = [
    (SMTP, {"SMTP_HOST": "203.0.113.1", "PARSE_WORKERS": "x"}, [ELSEWHERE, NUMBER]),
    (SMTP, {"SMTP_PORT": "TAKEN", "PARSE_WORKERS": "x"}, ["SMTP_PORT: {taken} is in use", NUMBER]),
    (
        SMTP,
        {"DATA_DIR": "LOCKED", "HEALTH_PORT": "TAKEN"},
        [IN_USE, "HEALTH_PORT: {taken} is in use"],
    ),
    (
        SMTP,
        {"DATA_DIR": "LOCKED", "HEALTH_PORT": "TAKEN", "SMTP_PORT": "TAKEN2"},
        [IN_USE, "HEALTH_PORT: {taken} is in use", "SMTP_PORT: {taken2} is in use"],
    ),
    (
        SMTP,
        {"SMTP_TLS_CERT": "GARBAGE", "SMTP_TLS_KEY": "GARBAGE", "SMTP_PORT": "TAKEN"},
        ["SMTP_TLS_CERT: ", "SMTP_TLS_KEY: ", "SMTP_PORT: {taken} is in use"],
    ),
    (
        SMTP,
        {"MAILBOXES": "", "SMTP_PORT": "TAKEN", "HEALTH_PORT": "TAKEN"},
        ["MAILBOXES: names nobody", "SMTP_PORT: {taken} is in use"],
    ),
    (
        IMAP,
        {"DATA_DIR": "LOCKED", "HEALTH_PORT": "TAKEN", "PARSE_WORKERS": "x", **ACCOUNT},
        ["DATA_DIR: another bridge follows", "HEALTH_PORT: {taken} is in use", NUMBER],
    ),
    (
        RECEIVER,
        {"RECEIVER_PORT": "TAKEN", "MONGO_POOL": "x"},
        ["RECEIVER_PORT: {taken} is in use", POOL],
    ),
    (
        RECEIVER,
        {"RECEIVER_HOST": "203.0.113.1", "MONGO_URI": "foo://", "WEBHOOK_SECRETS_FILE": "GARBAGE"},
        [ELSEWHERE, "MONGO_URI: ", "WEBHOOK_SECRETS_FILE: "],
    ),
    (
        RUN,
        {"MONGO_URI": "foo://", "SMTP_TLS_CERT": "GARBAGE", "SMTP_TLS_KEY": "GARBAGE"}
        | {"RECEIVER_PORT": "TAKEN", "SMTP_PORT": "TAKEN2"},
        ["MONGO_URI: ", "SMTP_TLS_CERT: ", "RECEIVER_PORT: {taken}", "SMTP_PORT: {taken2}"],
    ),
    (
        RUN,
        {"DATA_DIR": "LOCKED", "HEALTH_PORT": "TAKEN", "RECEIVER_HOST": "203.0.113.1"},
        [IN_USE, "HEALTH_PORT: {taken} is in use", ELSEWHERE],
    ),
]


@pytest.fixture
def places(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Two ports, a directory and mailboxes that others have, and a file of garbage."""
    (tmp_path / "garbage").write_text("the name of a machine\n")
    data = tmp_path / "locked"
    (data / "imap").mkdir(parents=True)
    with ExitStack() as held:
        held.enter_context(Spool(data / "spool").prepare().locked())
        watched = held.enter_context((data / "imap" / WATCHED).open("wb"))
        assert taken(watched.fileno())
        ports = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        first, second = (str(each.getsockname()[1]) for each in ports)
        yield {
            **{"TAKEN": first, "TAKEN2": second, "LOCKED": str(data)},
            "GARBAGE": str(tmp_path / "garbage"),
        }


def started(tmp_path: Path, words: list[str], given: dict[str, str]) -> tuple[int, str]:
    """Return the status and the output of a start that must end by itself."""
    env = {"PATH": os.environ["PATH"], "ENV_FILE": "", "LC_ALL": "C.UTF-8"}
    env |= {"DATA_DIR": str(tmp_path / "data"), "MAILBOXES": "support@yandex.ru"}
    env |= {name: str(servers.free_port()) for name in ("SMTP_PORT", "RECEIVER_PORT")}
    env |= {"HEALTH_PORT": "0", "MONGO_URI": "mongodb://127.0.0.1:1"}
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=servers.ROOT,
        env=env | given,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "given", "said"),
    COMBINATIONS,
    ids=[f"{words[-1]} {' '.join(given)}" for words, given, _ in COMBINATIONS],
)
def test_mistakes_of_several_kinds_are_said_at_once(
    tmp_path: Path,
    places: dict[str, str],
    words: list[str],
    given: dict[str, str],
    said: list[str],
) -> None:
    env = {name: places.get(value, value) for name, value in given.items()}
    status, output = started(tmp_path, words, env)
    assert status == 78, output
    host = next((name for name in given if name.endswith("_HOST")), "")
    ports = {"taken": f"127.0.0.1:{places['TAKEN']}", "taken2": f"127.0.0.1:{places['TAKEN2']}"}
    for each in said:
        assert each.format(name=host, **ports) in output
    assert "Traceback" not in output
    assert len(output.splitlines()) - 1 >= len(said)


def test_the_port_of_a_wrong_host_is_not_judged(tmp_path: Path, places: dict[str, str]) -> None:
    """Which address is meant is not known, so neither is whether its port is free."""
    env = {"SMTP_HOST": "no host", "SMTP_PORT": places["TAKEN"]}
    status, output = started(tmp_path, SMTP, env)
    assert status == 78
    assert "SMTP_HOST" in output
    assert "in use" not in output


def test_a_second_make_run_is_told_of_ports_that_others_have(
    tmp_path: Path, places: dict[str, str]
) -> None:
    data = Path(places["LOCKED"])
    port = places["TAKEN2"]
    with running(data) as first:
        first.tell({"SMTP_PORT": port, "DATA_DIR": str(data)})
        env = {"DATA_DIR": str(data), "SMTP_PORT": port, "RECEIVER_PORT": places["TAKEN"]}
        status, output = started(tmp_path, RUN, env)
    assert status == 78
    assert "another make run works on" in output
    assert f"RECEIVER_PORT: 127.0.0.1:{places['TAKEN']} is in use" in output
    assert port not in output
    assert "another bridge" not in output


def test_where_a_program_reads_the_log_all_mistakes_are_one_object(
    tmp_path: Path, places: dict[str, str]
) -> None:
    env = {"LOG_FORMAT": "json", "SMTP_PORT": places["TAKEN"], "PARSE_WORKERS": "x"}
    status, output = started(tmp_path, SMTP, env | {"LC_ALL": "ru_RU.UTF-8"})
    assert status == 78
    [line] = output.splitlines()
    assert '"level": "ERROR"' in line
    assert f"SMTP_PORT: 127.0.0.1:{places['TAKEN']} is in use" in line
    assert NUMBER in line


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "::", "0.0.0.0"])
def test_a_free_port_is_found_free_and_a_taken_one_taken(host: str) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as other:
        other.bind((host, 0))
        port = other.getsockname()[1]
        other.listen()
        [wrong] = unbindable("SMTP_HOST", host, "SMTP_PORT", port)
        assert in_brackets(host, port) in str(wrong)
    assert not [*unbindable("SMTP_HOST", host, "SMTP_PORT", port)]


def test_a_directory_that_cannot_be_looked_into_is_not_called_in_use(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "spool").write_text("a file\n")
    status, output = started(tmp_path, SMTP, {})
    assert (status, "another bridge" in output, "Traceback" in output) == (78, False, False)
    assert f"cannot start: DATA_DIR: {tmp_path / 'data' / 'spool'}: " in output
