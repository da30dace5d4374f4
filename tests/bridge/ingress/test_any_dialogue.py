"""Whatever an SMTP client says: each answer is valid, reveals nothing, and 250 means stored."""

import re
import socket
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.servers import Service

ANSWER = re.compile(rb"[2-5][0-9]{2}[ -][^\r\n]*\r\n")
KEPT = re.compile(rb"250 2\.0\.0 OK ([\w.-]+)\r\n")
INTERNALS = re.compile(rb"Traceback|Exception|\w+Error\b(?!:)|\.py")

WORDS = st.sampled_from(
    [b"EHLO", b"HELO", b"MAIL", b"RCPT", b"DATA", b"RSET", b"NOOP", b"VRFY", b"HELP", b"EXPN",
     b"AUTH", b"STARTTLS", b"BDAT", b"XCLIENT", b".", b"..", b""]
)  # fmt: skip
ARGUMENTS = st.sampled_from(
    [b"", b" x.example", b" FROM:<ivan@example.ru>", b" TO:<support@yandex.ru>", b" FROM:<>",
     b" TO:<@a:support@yandex.ru>", b" FROM:<a@b> SIZE=99999999999", b" FROM:<a@b> BODY=8BITMIME",
     b" FROM:<a@b> SIZE=\xc2\xb2",
     b" PLAIN AGEAYg==", b" PLAIN", b" 10 LAST", b" TO:<" + b"a" * 300 + b"@b.ru>"]
)  # fmt: skip
ENDS = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b"\r\n.\r\n", b"\x00\r\n"])
LINES = st.tuples(WORDS | st.binary(max_size=30), ARGUMENTS | st.binary(max_size=60), ENDS)
HELLO = [(b"EHLO", b" x.example", b"\r\n")]
TO_DATA = [
    *HELLO,
    (b"MAIL", b" FROM:<ivan@example.ru>", b"\r\n"),
    (b"RCPT", b" TO:<support@yandex.ru>", b"\r\n"),
    (b"DATA", b"", b"\r\n"),
]


@given(st.sampled_from([[], HELLO, TO_DATA[:-1], TO_DATA]), st.lists(LINES, max_size=12))
@settings(deadline=None)
def test_any_dialogue(
    lonely_bridge: Service, start: list[tuple[bytes, ...]], lines: list[tuple[bytes, ...]]
) -> None:
    said = b"".join(b"".join(line) for line in (*start, *lines))
    answers = converse(lonely_bridge, said + b"\r\n.\r\nQUIT\r\n")
    assert answers.startswith(b"220")
    assert ANSWER.sub(b"", answers) == b"", answers
    assert not INTERNALS.search(answers), answers
    spool = Path(lonely_bridge.env["DATA_DIR"]) / "spool"
    for letter_id in KEPT.findall(answers):
        [path] = (path for path in spool.glob(f"[nc]*/{letter_id.decode()}*"))
        path.unlink()
    assert "Traceback" not in lonely_bridge.log.read_text()


def converse(service: Service, said: bytes) -> bytes:
    """Send all at once, and return every answer until the other side is done."""
    port = int(service.env["SMTP_PORT"])
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        client.sendall(said)
        client.shutdown(socket.SHUT_WR)
        answers = b""
        while more := client.recv(65536):
            answers += more
        return answers
