"""The connection against servers that send exactly what a test writes."""

import base64
import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NoReturn

import pytest
import trustme
from pydantic import SecretStr

from bridge.ingress.imap import extended_client
from bridge.ingress.imap.connection import Connection, OpenedFolder
from bridge.ingress.imap.failures import LoginRefused, Lost, Refused
from bridge.ingress.imap.settings import Account

Script = Callable[[BinaryIO], None]


@contextmanager
def speaking(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Run a server of one connection and give its port."""

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            accepted, _ = listener.accept()
            connection = tls.wrap_socket(accepted, server_side=True) if tls else accepted
            with closing(connection), connection.makefile("rwb", buffering=0) as stream:
                script(stream)  # type: ignore[arg-type]

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


def greet(stream: BinaryIO) -> None:
    """Send the greeting, and answer the library's first command."""
    stream.write(b"* OK ready\r\n")
    answer(stream, b"* CAPABILITY IMAP4rev1 IDLE", b"TAG OK done")


def answer(stream: BinaryIO, *lines: bytes) -> bytes:
    """Read one command and answer it with the lines, ``TAG`` standing for its tag."""
    command = stream.readline()
    tag = command.split(b" ")[0]
    stream.write(b"".join(line.replace(b"TAG", tag) + b"\r\n" for line in lines))
    return command


def account(port: int, **how: object) -> Account:
    given: dict[str, object] = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "user": "a@b.ru",
        "password": SecretStr("p"),
    }
    return Account.model_validate(given | how)


def opened(port: int, **how: object) -> Connection:
    return Connection.open(account(port, **how), "secret", None, 2.0)


def test_a_host_of_another_script_is_called_by_the_name_that_is_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Python's own encoding would connect to strasse.de, and give it the password of straße.de."""
    asked = list[object]()

    def getaddrinfo(host: object, *_how: object) -> NoReturn:
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(Lost, match=r"straße\.test:993: no such host"):
        opened(993, host="straße.test", security="tls")
    assert asked == ["xn--strae-oqa.test"]


def test_xoauth2_is_used_though_it_is_not_announced() -> None:
    said = []

    def script(stream: BinaryIO) -> None:
        greet(stream)
        said.append(answer(stream, b"+ "))
        said.append(base64.b64decode(stream.readline()))
        stream.write(b"X OK done\r\n".replace(b"X", said[0].split(b" ")[0]))
        answer(stream, b"* BYE", b"TAG OK done")

    with speaking(script) as port:
        opened(port, password=None, token_file=Path("/token")).close()
    assert said[0].split()[1:] == [b"AUTHENTICATE", b"XOAUTH2"]
    assert said[1] == b"user=a@b.ru\1auth=Bearer secret\1\1"


def test_an_expired_token_is_a_refusal() -> None:
    lines = []

    def script(stream: BinaryIO) -> None:
        greet(stream)
        tag = answer(stream, b"+ ").split(b" ")[0]
        stream.readline()
        stream.write(b"+ " + base64.b64encode(b'{"status": "401"}') + b"\r\n")
        lines.append(stream.readline())
        stream.write(tag + b" NO [AUTHENTICATIONFAILED] expired\r\n")
        answer(stream, b"* BYE", b"TAG OK done")

    with speaking(script) as port, pytest.raises(LoginRefused, match="expired"):
        opened(port, password=None, token_file=Path("/token"))
    assert lines == [b"\r\n"]


@pytest.mark.parametrize(
    ("refusal", "meaning"),
    [
        (b"TAG NO [AUTHENTICATIONFAILED] invalid credentials", LoginRefused),
        (b"TAG NO login failed", LoginRefused),
        (b"TAG NO [UNAVAILABLE] later", Refused),
        (b"TAG NO [LIMIT] too many connections", Refused),
        (b"* BYE going down", Lost),
    ],
)
def test_a_failed_login_is_for_good_or_for_now(refusal: bytes, meaning: type[Exception]) -> None:
    def script(stream: BinaryIO) -> None:
        greet(stream)
        answer(stream, refusal)
        answer(stream, b"TAG OK done")

    with speaking(script) as port, pytest.raises(meaning):
        opened(port)


IDLES: dict[str, tuple[bytes, ...]] = {
    "in one packet with the consent": (b"+ idling", b"* 5 EXISTS"),
    "before the consent": (b"* 5 EXISTS", b"+ idling"),
    "after other news": (b"+ idling", b"* OK still here", b"* 3 FETCH (FLAGS ())", b"* 5 EXISTS"),
}


@pytest.mark.parametrize("lines", IDLES.values(), ids=IDLES.keys())
@pytest.mark.parametrize("encrypted", [False, True])
def test_an_arrival_is_heard(lines: tuple[bytes, ...], encrypted: bool, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    def script(stream: BinaryIO) -> None:
        greet(stream)
        answer(stream, b"TAG OK [CAPABILITY IMAP4rev1 IDLE] in")
        tag = answer(stream, *lines).split(b" ")[0]
        assert stream.readline() == b"DONE\r\n"
        stream.write(tag + b" OK done\r\n")
        answer(stream, b"* BYE", b"TAG OK done")

    with speaking(script, context if encrypted else None) as port:
        how = account(port, security="tls" if encrypted else "none")
        connection = Connection.open(how, "secret", tmp_path / "ca.pem", 3.0)
        assert connection.can_idle
        began = time.monotonic()
        connection.idle(20.0, lambda: False, time.monotonic)
        assert time.monotonic() - began < 2.0
        connection.close()


ENDS: dict[str, tuple[bytes, type[Exception]]] = {
    "a refusal": (b"TAG NO not now", Refused),
    "a goodbye": (b"* BYE idle for too long", Lost),
    "a closed connection": (b"+ idling", Lost),
    "no protocol": (b"+ idling\r\n)(", Lost),
}


@pytest.mark.parametrize(("line", "meaning"), ENDS.values(), ids=ENDS.keys())
def test_an_idle_that_ends_is_an_error(line: bytes, meaning: type[Exception]) -> None:
    def script(stream: BinaryIO) -> None:
        greet(stream)
        answer(stream, b"TAG OK [CAPABILITY IMAP4rev1 IDLE] in")
        answer(stream, line)

    with speaking(script) as port:
        connection = opened(port)
        with pytest.raises(meaning):
            connection.idle(10.0, lambda: False, time.monotonic)
        connection.close()


@pytest.mark.parametrize(
    "news", [b"* 7 FETCH (FLAGS (\\Seen))", b"* 5 EXISTS"], ids=["of flags", "of arrivals"]
)
def test_what_a_server_says_without_end_during_idle_is_not_kept(news: bytes) -> None:
    """Nor does the bridge wait for a pause: after the first arrival it sends DONE."""

    def script(stream: BinaryIO) -> None:
        greet(stream)
        answer(stream, b"TAG OK in")
        tag = answer(stream, b"+ idling").split(b" ")[0]
        for _ in range(100):
            stream.write((news + b"\r\n") * 1000)
        stream.write(b"* 6 EXISTS\r\n")
        assert stream.readline() == b"DONE\r\n"
        stream.write(tag + b" OK done\r\n")
        answer(stream, b"* BYE", b"TAG OK done")

    with speaking(script) as port:
        connection = opened(port)
        tracemalloc.start()
        try:
            connection.idle(60.0, lambda: False, time.monotonic)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        connection.close()
    assert most < 2_000_000


def test_a_silent_server_is_given_up() -> None:
    def script(stream: BinaryIO) -> None:
        greet(stream)
        answer(stream, b"TAG OK in")
        stream.readline()
        time.sleep(1.0)

    with speaking(script) as port:
        connection = Connection.open(account(port), "secret", None, 0.3)
        with pytest.raises(Lost):
            connection.examine("INBOX")
        connection.close()


def test_news_of_other_letters_are_not_taken_for_what_was_asked() -> None:
    def script(stream: BinaryIO) -> None:
        greet(stream)
        answer(stream, b"TAG OK in")
        answer(stream, b"* OK [UIDVALIDITY 7] valid", b"* 8 EXISTS", b"TAG OK done")
        answer(
            stream,
            b"* 7 FETCH (FLAGS (\\Seen))",
            b'* 3 FETCH (UID 40 INTERNALDATE "23-Nov-2026 10:00:00 +0300" RFC822.SIZE 5)',
            b'* 4 FETCH (RFC822.SIZE 6 UID 41 INTERNALDATE " 1-Nov-2026 10:00:00 +0300")',
            b"TAG OK done",
        )
        answer(stream, b"* BYE", b"TAG OK done")

    with speaking(script) as port:
        connection = opened(port)
        assert connection.examine("INBOX") == OpenedFolder("INBOX", 7, 0)
        found = list(connection.summaries(5, 42))
        connection.close()
    assert [(each.uid, each.size, each.received.isoformat()) for each in found] == [
        (40, 5, "2026-11-23T10:00:00+03:00"),
        (41, 6, "2026-11-01T10:00:00+03:00"),
    ]


def test_an_arrival_that_was_announced_beside_an_answer_is_no_reason_to_wait() -> None:
    commands = []

    def script(stream: BinaryIO) -> None:
        greet(stream)
        answer(stream, b"TAG OK in")
        answer(stream, b"* 4 EXISTS", b"* OK [UIDVALIDITY 7] valid", b"TAG OK done")
        answer(stream, b"* 1 FETCH (UID 1 BODY[] {1}", b"x)", b"* 5 EXISTS", b"TAG OK done")
        commands.append(answer(stream, b"* BYE", b"TAG OK done"))

    with speaking(script) as port:
        connection = opened(port)
        connection.examine("INBOX")
        assert connection.letter(1, 1) == b"x"
        connection.idle(20.0, lambda: False, time.monotonic)
        connection.close()
    assert b"LOGOUT" in commands[0]


def test_who_asks_hears_of_what_arrived_before_an_idle() -> None:
    commands = []

    def script(stream: BinaryIO) -> None:
        greet(stream)
        answer(stream, b"TAG OK in")
        answer(stream, b"* 4 EXISTS", b"* OK [UIDVALIDITY 7] valid", b"TAG OK done")
        commands.append(answer(stream, b"* 5 EXISTS", b"TAG OK done"))
        commands.append(answer(stream, b"* BYE", b"TAG OK done"))

    with speaking(script) as port:
        connection = opened(port)
        connection.examine("INBOX")
        connection.ask()
        connection.idle(20.0, lambda: False, time.monotonic)
        connection.close()
    assert [b"NOOP" in commands[0], b"LOGOUT" in commands[1]] == [True, True]


@pytest.mark.parametrize(
    "lines",
    [
        [b'* LIST () "/" {4000000000}'],
        [b'* LIST () "/" x'] * 5000,
        [b"* 1 FETCH (UID 1 BODY[] {200001}"],
        [b"* 1 FETCH " + b"(" * 50_000, b"TAG OK done"],
    ],
    ids=["a literal of 4 GB", "lines without end", "a letter larger than it said", "nesting"],
)
def test_an_answer_without_bounds_ends_the_connection(
    monkeypatch: pytest.MonkeyPatch, lines: list[bytes]
) -> None:
    """Otherwise it would fill the memory."""
    monkeypatch.setattr(extended_client, "ANSWER_BYTES", 100_000)

    def script(stream: BinaryIO) -> None:
        greet(stream)
        answer(stream, b"TAG OK in")
        answer(stream, b"* OK [UIDVALIDITY 7] valid", b"TAG OK done")
        answer(stream, *lines)
        answer(stream, b"* BYE", b"TAG OK done")

    with speaking(script) as port:
        connection = opened(port)
        connection.examine("INBOX")
        with pytest.raises(Lost):
            connection.folders() if b"LIST" in lines[0] else connection.letter(1, 100_000)
        connection.close()


def test_a_letter_may_be_as_large_as_it_was_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extended_client, "ANSWER_BYTES", 1000)

    def script(stream: BinaryIO) -> None:
        greet(stream)
        answer(stream, b"TAG OK in")
        answer(stream, b"* OK [UIDVALIDITY 7] valid", b"TAG OK done")
        answer(stream, b"* 1 FETCH (UID 1 BODY[] {200000}", b"x" * 200_000 + b")", b"TAG OK done")
        answer(stream, b"* BYE", b"TAG OK done")

    with speaking(script) as port:
        connection = opened(port)
        connection.examine("INBOX")
        assert connection.letter(1, 200_000) == b"x" * 200_000
        connection.close()


def test_a_folder_whose_name_cannot_be_read_hides_no_other() -> None:
    def script(stream: BinaryIO) -> None:
        greet(stream)
        answer(stream, b"TAG OK in")
        answer(
            stream,
            b'* LIST () "/" "a&zz-b"',
            b'* LIST (\\Sent) "/" "&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-"',
            b'* LIST () "/" 2026',
            b'* LIST () "/" INBOX',
            b"TAG OK done",
        )
        commands.append(answer(stream, b"TAG OK done"))
        answer(stream, b"* BYE", b"TAG OK done")

    commands = list[bytes]()
    with speaking(script) as port:
        connection = opened(port)
        assert [name for _, _, name in connection.folders()] == ["Отправленные", "2026", "INBOX"]
        connection.examine("Отправленные")
        connection.close()
    assert b'"&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-"' in commands[0]


def test_uids_that_cannot_be_are_no_letters() -> None:
    """With them the cursor would pass all letters that are still to come."""
    lines = [
        b"* %d FETCH (UID %d RFC822.SIZE 5)" % (n, uid)
        for n, uid in enumerate([0, 2**32, 10**20, 7, 600], 1)
    ]

    def script(stream: BinaryIO) -> None:
        greet(stream)
        answer(stream, b"TAG OK in")
        answer(stream, b"* OK [UIDVALIDITY 7] valid", b"TAG OK done")
        answer(stream, *lines, b"TAG OK done")
        answer(stream, *lines[:3], b"TAG OK done")
        answer(stream, b"* BYE", b"TAG OK done")

    with speaking(script) as port:
        connection = opened(port)
        connection.examine("INBOX")
        assert [each.uid for each in connection.summaries(1, 502)] == [7]
        connection.close()


def test_a_letter_of_which_the_server_knows_nothing_holds_up_no_other() -> None:
    lines = [
        b"* 1 FETCH (UID 1 INTERNALDATE NIL RFC822.SIZE NIL)",
        b'* 2 FETCH (UID 2 RFC822.SIZE "many")',
        b"* 3 FETCH (UID 3 RFC822.SIZE -5)",
        b"* 4 FETCH (UID 4 RFC822.SIZE 7)",
        b"* 5 FETCH (UID 5 RFC822.SIZE %d)" % 10**30,
        b"* 6 FETCH (UID 6 RFC822.SIZE %d)" % 2**32,
    ]

    def script(stream: BinaryIO) -> None:
        greet(stream)
        answer(stream, b"TAG OK in")
        answer(stream, b"* OK [UIDVALIDITY 7] valid", b"TAG OK done")
        answer(stream, *lines, b"TAG OK done")
        answer(stream, b"* BYE", b"TAG OK done")

    with speaking(script) as port:
        connection = opened(port)
        connection.examine("INBOX")
        found = [(each.uid, each.size) for each in connection.summaries(1, 7)]
        connection.close()
    assert found == [(1, 0), (2, 0), (3, 0), (4, 7), (5, 0), (6, 0)]


def test_what_a_server_says_commands_no_terminal() -> None:
    def script(stream: BinaryIO) -> None:
        greet(stream)
        answer(stream, b"TAG OK in")
        answer(stream, b"TAG NO no \x1b[2J\x07\x9b such folder")
        answer(stream, b"* BYE", b"TAG OK done")

    with speaking(script) as port:
        connection = opened(port)
        with pytest.raises(Refused) as refusal:
            connection.examine("INBOX")
        connection.close()
    assert str(refusal.value).isprintable()
    assert "such folder" in str(refusal.value)


def test_a_range_that_is_refused_is_halved_down_to_the_letter() -> None:
    def script(stream: BinaryIO) -> None:
        greet(stream)
        answer(stream, b"TAG OK in")
        answer(stream, b"* OK [UIDVALIDITY 7] valid", b"* OK [UIDNEXT 9] next", b"TAG OK done")
        while (command := stream.readline()).strip():
            tag, words = command.split(b" ", 1)
            if not words.startswith(b"UID FETCH"):
                stream.write(b"* BYE\r\n" + tag + b" OK done\r\n")
                return
            first, last = words.split(b" ")[2].split(b":")
            if int(first) <= 3 and (last == b"*" or int(last) >= 3):
                stream.write(tag + b" NO [UNAVAILABLE] Backend error\r\n")
                continue
            for uid in range(int(first), min(int(last), 8) + 1):
                stream.write(
                    b'* %d FETCH (UID %d INTERNALDATE "23-Nov-2026 10:00:00 +0300"'
                    b" RFC822.SIZE 5)\r\n" % (uid, uid)
                )
            stream.write(tag + b" OK done\r\n")

    with speaking(script) as port:
        connection = opened(port)
        assert connection.examine("INBOX") == OpenedFolder("INBOX", 7, 9)
        assert [each.uid for each in connection.summaries(1, 9)] == list(range(1, 9))
        connection.close()
