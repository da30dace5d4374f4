"""A real start reports every kind of mistake in the settings in words, on one line."""

import os
import re
import signal
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from tests import servers
from tests.starts.launcher import start
from tests.starts.rows import ROWS, Row

# Words of Python, pydantic and OpenSSL that tell the reader of a line nothing.
VAGUE = re.compile(
    r"Error|Expecting|codec|pydantic|_ssl\.c|\[Errno|should be|valid (?:string|URL)|None"
)
PIECE = re.compile(r"""[^\s"\[\]{},:\\]+|\d+""")  # of a JSON text, one that is wrong is enough
SECRET = {
    *("IMAP_PASSWORD", "IMAP_ACCOUNTS", "IMAP_TOKEN_COMMAND", "MONGO_URI", "SMTP_USERS"),
    *("WEBHOOK_SECRETS", "WEBHOOK_URL", "BACKUP_KEY"),
}
HOME = ("PATH", "HOME", "VIRTUAL_ENV", "LANG", "TMPDIR")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates and other files, good ones and such as people name by mistake."""
    directory = tmp_path_factory.mktemp("files")
    authority, now = trustme.CA(), datetime.now(UTC)
    ends = {"good": 365, "other": 365, "soon": 3, "old": -1}
    for name, days in ends.items():
        end = now + timedelta(days=days)
        issued = authority.issue_cert("bridge.example", not_after=end)
        (directory / f"{name}.pem").write_bytes(issued.cert_chain_pems[0].bytes())
        issued.private_key_pem.write_to_path(directory / f"{name}.key")
    key = serialization.load_pem_private_key((directory / "good.key").read_bytes(), None)
    (directory / "encrypted.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"phrase"),
        )
    )
    begin, end_mark = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    (directory / "broken.pem").write_text(f"{begin}\nAAAA\n{end_mark}\n")
    (directory / "garbage").write_text("the name of a machine\n")
    (directory / "dangling").symlink_to("/nowhere/at/all")
    (directory / "empty").touch()
    (directory / "bytes").write_bytes(b"\xff\xfe\x00")
    (directory / "odd.env").write_text("A=1\n\nfoo bar\n")
    (directory / "env").write_text("PARSE_WORKERS=x\n")
    return directory


@pytest.fixture(scope="module")
def ports() -> Iterator[dict[str, str]]:
    """Ports that somebody has: one who says nothing, one who speaks without TLS."""
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        socket.create_server(("127.0.0.1", 0)) as plain,
    ):

        def greet() -> None:
            while True:
                try:
                    connection, _ = plain.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(b"* OK ready\r\n" * 100)
                    connection.recv(1000)

        threading.Thread(target=greet, daemon=True).start()
        port = str(silent.getsockname()[1])
        yield {"TAKEN": port, "SILENT": port, "PLAIN": str(plain.getsockname()[1])}
        plain.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_is_wrong_is_said(
    tmp_path: Path, files: Path, ports: dict[str, str], row: Row
) -> None:
    env = {name: os.environ[name] for name in HOME if name in os.environ}
    env |= {"DATA_DIR": str(tmp_path / "data"), "MAILBOXES": "support@yandex.ru"}
    env |= {"MONGO_URI": "mongodb://127.0.0.1:1", "MONGO_TIMEOUT": "1", "ENV_FILE": ""}
    env |= {name: str(servers.free_port()) for name in ("SMTP_PORT", "RECEIVER_PORT")}
    env |= {"HEALTH_PORT": "0", "PYTHONUNBUFFERED": "1"}
    said, given = row.said, {}
    for name, value in row.env.items():
        given[name] = value.replace("DIR/", f"{files}/")
    for word, port in ports.items():
        said = said.replace(word, port)
        given = {name: value.replace(word, port) for name, value in given.items()}
    assert servers.forks
    status, output, left = start(servers.forks, row.words, {**env, **given}, said, row.refused)
    assert re.search(said, output), output
    for more in row.also:
        assert re.search(more, output), output
    # A start that goes on may be told to stop before it listens to that.
    assert status in ([78] if row.refused else [0, -signal.SIGTERM]), output
    assert "Traceback" not in output
    assert "hunter2" not in output
    assert not left
    if row.refused:
        assert_said_alone(output)
        assert_quoted(output, given)


def assert_said_alone(output: str) -> None:
    """Nothing stands beside the reasons, each of which names its setting."""
    first, *lines = output.splitlines()
    if first.startswith("from "):  # which settings make run took from .env
        first, *lines = lines
    if first != "The settings are not usable:":
        _, start, reason = first.partition("cannot start: ")
        assert start, output
        lines = [reason, *lines]
        assert len(lines) == 1, output
    assert lines, output
    for line in lines:
        named = re.match(r" *((?:[A-Z][A-Z_]+(?:, )?)+): .{10}|.* is no setting and does", line)
        assert named, line
        assert not VAGUE.search(line), line


def assert_quoted(output: str, given: dict[str, str]) -> None:
    """A line about a setting shows of its value what is wrong, unless it may be a secret."""
    for line in output.splitlines():
        names = re.match(r" *((?:[A-Z][A-Z_]+(?:, )?)+): ", line)
        about = names[1].split(", ") if names else []
        values = [given[name] for name in about if given.get(name)]
        if values and not SECRET & {*about} and "is missing: " not in line:
            pieces = [piece for each in values for piece in PIECE.findall(each)]
            assert not pieces or any(piece.rstrip("/")[:40] in line for piece in pieces), line


def test_there_are_about_two_hundred() -> None:
    assert len(ROWS) > 200
