"""From the client's bytes to the stored document: what got 250 arrives, and arrives whole.

The service behind is the real one: door, spool, courier, parsers, receiver and database.
"""

import hashlib
import itertools
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pymongo import MongoClient

from tests import servers
from tests.bridge.ingress.test_any_dialogue import KEPT, LINES, TO_DATA, converse
from tests.whole.conftest import Whole

LONGEST = 1000
SECONDS = 20.0
DOMAIN = b"in.example"
NONCES = itertools.count()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, mongo_uri: str) -> Iterator[Whole]:
    """A service that takes whatever stands before ``@in.example``."""
    directory = tmp_path_factory.mktemp("any")
    name = f"any_{directory.name}"
    receiver = servers.receiver(directory, mongo_uri, name)
    mailboxes = '{"support@yandex.ru": ["support@yandex.ru", "in.example"]}'
    port = receiver.env["RECEIVER_PORT"]
    bridge = servers.bridge(directory, port, MAILBOXES=mailboxes)
    with MongoClient[dict[str, Any]](mongo_uri) as client, servers.running(receiver, bridge):
        yield Whole(bridge, receiver, client, name)
        for each in (bridge, receiver):
            assert "Traceback" not in each.log.read_text()
            assert "a parsing process ends" not in each.log.read_text()
        client.drop_database(name)


# All but what ends a line or a path; a path is trimmed of blanks, and a route is dropped.
OCTETS = st.binary().map(lambda raw: re.sub(rb'[\r\n<>"]', b"", raw))
LOCALS = st.one_of(
    OCTETS,
    st.text().map(lambda text: re.sub(rb'[\r\n<>"]', b"", text.encode("utf-8", "replace"))),
    st.integers(0, LONGEST + 50).flatmap(
        lambda size: st.sampled_from([b"a", b"\xff", b"\x00", b"\xd0\x96", b"\\", b"\x7f"]).map(
            lambda unit: (unit * LONGEST)[:size]
        )
    ),
)
PATHS = LOCALS.map(lambda local: local.strip(b" \t")).filter(lambda path: path[:1] != b"@")
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            [b"From", b"To", b"Subject", b"Date", b"Message-ID", b"References", b"Content-Type",
             b"Return-Path", b"Delivered-To", b"X-Source", b"Received", b"Content-Disposition"]
        ),
        OCTETS | st.sampled_from([b"<a@b>", b"a" * 2500, b"\xff" * 1500, b"=?utf-8?b?/w==?=",
                                  b"=?utf-8?q?<a=00=0Ab=E2=80=A8@c>?=", b"<%00@c>", b"<\xc2\xa0>",
                                  b"multipart/mixed; boundary=b", b"a@" + b"b" * 1200]),
    ).map(lambda field: field[0] + b": " + field[1] + b"\r\n"),
    max_size=6,
).map(b"".join)  # fmt: skip
BODIES = st.binary() | st.sampled_from([b"", b"--b\r\n\r\n--b--", b"\xff" * 3000])
LETTERS = st.tuples(HEADERS, BODIES).map(lambda parts: parts[0] + b"\r\n" + parts[1])


@given(OCTETS.filter(bytes.strip), PATHS, PATHS, LETTERS)
@example(b"x", b"a" * (LONGEST - 1), b"b" * (LONGEST - 1 - len(DOMAIN)), b"")
@example(b"x", b"\xff" * LONGEST, b"\xff" * (LONGEST - 1 - len(DOMAIN)), b"")
@example(b"x", b"\x01" * LONGEST, b"\x01" * (LONGEST - 1 - len(DOMAIN)), b"")
@example(b"x", b"a" * (LONGEST + 1), b"support", b"")
@example(b"x", b"i@a.ru", b"b" * (LONGEST - len(DOMAIN)), b"")
@settings(deadline=None)
def test_any_letter_is_refused_by_its_address_or_stored_whole(
    service: Whole, helo: bytes, sender: bytes, local: bytes, letter: bytes
) -> None:
    recipient = (local or b"x") + b"@" + DOMAIN
    nonce = f"\r\n{next(NONCES)}\r\n".encode()
    content = re.sub(rb"\r\n|\r|\n", b"\r\n", letter) + nonce
    with Client(service.smtp_port) as client:
        assert client.say(b"EHLO " + helo).startswith(b"250")
        answer = client.say(b"MAIL FROM:<" + sender + b">")
        assert answer.startswith(b"250" if len(sender) <= LONGEST else b"501"), answer
        if not answer.startswith(b"250"):
            return
        answer = client.say(b"RCPT TO:<" + recipient + b">")
        assert answer.startswith(b"250" if len(recipient) <= LONGEST else b"501"), answer
        if not answer.startswith(b"250"):
            return
        assert client.say(b"DATA").startswith(b"354")
        stuffed = re.sub(rb"(?m)^\.", b"..", content)
        assert client.say(stuffed + b".").startswith(b"250")
    kept = stored(service, content)
    [copy] = kept["copies"]
    assert copy["source"]["mail_from"] == shown(sender)
    assert copy["source"]["rcpt_to"] == [shown(recipient)]


@given(st.sampled_from([[], TO_DATA[:1], TO_DATA]), st.lists(LINES, max_size=12))
@settings(deadline=None)
def test_whatever_is_said_what_was_answered_250_arrives(
    service: Whole, start: list[tuple[bytes, ...]], lines: list[tuple[bytes, ...]]
) -> None:
    said = b"".join(b"".join(line) for line in (*start, *lines))
    answers = converse(service.bridge, said + b"\r\n.\r\nQUIT\r\n")
    kept = [letter_id.decode() for letter_id in KEPT.findall(answers)]
    servers.wait_until(lambda: all(has_left(service, each) for each in kept), SECONDS)


def stored(service: Whole, content: bytes) -> dict[str, Any]:
    """Return what is kept of the letter of these bytes, once a dialog shows it."""
    database = service.client[service.database]
    raw = {"content.raw.sha256": hashlib.sha256(content).hexdigest()}

    def times_shown() -> int:
        keys = [kept["key"] for kept in database.letters.find(raw)]
        shown = database.dialogs.find({"messages.key": {"$in": keys}})
        return sum(each["key"] in keys for dialog in shown for each in dialog["messages"])

    servers.wait_until(lambda: times_shown() > 0, SECONDS)
    assert times_shown() == 1
    [kept] = database.letters.find(raw)
    return kept


def has_left(service: Whole, letter_id: str) -> bool:
    """Tell whether the receiver has the letter, or a person is to look at it."""
    spool = Path(service.bridge.env["DATA_DIR"]) / "spool"
    delivered = f"letter {letter_id} delivered" in service.bridge.log.read_text()
    return delivered or (spool / "failed" / f"{letter_id}.json").exists()


def shown(path: bytes) -> str:
    """Return the path as it can be stored: stray bytes and control characters as ``\\xff``."""
    text = path.decode("utf-8", "backslashreplace")
    return re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\x{ord(found.group()):02x}", text)


class Client:
    """An SMTP client that says bytes."""

    def __init__(self, port: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", int(port)), 10)
        self._answers = self._socket.makefile("rb")
        self._answers.readline()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._answers.close()
        self._socket.close()

    def say(self, line: bytes) -> bytes:
        """Send a line and return the last line of the answer."""
        self._socket.sendall(line + b"\r\n")
        while (answer := self._answers.readline())[3:4] == b"-":
            continue
        return answer
