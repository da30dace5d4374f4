"""SMTP as scripts on a real socket: ``C:`` is a line of the client, ``S:`` begins an answer."""

import re
import socket
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

import pytest

from bridge.ingress.smtp.places.making_room import IDLE_SECONDS
from bridge.spool.envelope import read_trace
from tests.servers import Service
from tests.smtp_client import HELLO, TO_DATA, SmtpDialogue

TOO_LONG = """
C: MAIL FROM:<{0}>
S: 501 5.5.4
C: MAIL FROM:<>
S: 250
C: RCPT TO:<{0}@yandex.ru>
S: 501 5.5.4
C: RSET
S: 250
"""

SCRIPTS: dict[str, tuple[str, int]] = {
    "an ordinary letter": (TO_DATA + "C: Subject: x\nC:\nC: Text\nC: .\nS: 250 2.0.0 OK", 1),
    "an empty letter": (TO_DATA + "C: .\nS: 250", 1),
    "a null sender, as of a bounce": (
        HELLO + "C: MAIL FROM:<>\nS: 250\nC: RCPT TO:<support@yandex.ru>\nS: 250\nC: DATA\nS: 354\n"
        "C: Subject: x\nC: .\nS: 250",
        1,
    ),
    "an SRS sender": (
        HELLO + "C: MAIL FROM:<SRS0=HHH=TT=example.ru=ivan@yandex.ru>\nS: 250",
        0,
    ),
    "a sender that no RFC allows": (HELLO + "C: MAIL FROM:<Ivan Petrov@@example>\nS: 250", 0),
    "a source route": (HELLO + "C: MAIL FROM:<@relay.example:ivan@example.ru>\nS: 250", 0),
    "a quoted local part with a bracket": (HELLO + 'C: MAIL FROM:<"a>b"@example.ru>\nS: 250', 0),
    "a sender in Cyrillic": (HELLO + "C: MAIL FROM:<иван@почта.рф> SMTPUTF8\nS: 250", 0),
    "8BITMIME and a size": (
        HELLO + "C: MAIL FROM:<ivan@example.ru> BODY=8BITMIME SIZE=1000\nS: 250",
        0,
    ),
    "words in whatever case": (
        "S: 220\nC: ehlo a\nS: 250\nC: mail from:<i@a.ru> body=8bitmime size=1 smtputf8\nS: 250\n"
        "C: Rcpt tO:<support@yandex.ru>\nS: 250\nC: dATA\nS: 354\nC: .\nS: 250\nC: quit\nS: 221",
        1,
    ),
    "a size beyond the limit": (HELLO + "C: MAIL FROM:<i@example.ru> SIZE=1048577\nS: 552", 0),
    "a size that is no number": (HELLO + "C: MAIL FROM:<i@example.ru> SIZE=²\nS: 501", 0),
    "a size beyond all numbers": (
        HELLO + f"C: MAIL FROM:<i@example.ru> SIZE={'9' * 3000}\nS: 501",
        0,
    ),
    "an address of a thousand octets": (
        HELLO + f"C: MAIL FROM:<{'ж' * 500}>\nS: 250\nC: RCPT TO:<{'a' * 1000}>\nS: 550",
        0,
    ),
    "an address of more": (
        HELLO + f"C: MAIL FROM:<{'ж' * 500}a>\nS: 501 5.5.4\nC: MAIL FROM:<>\nS: 250\n"
        f"C: RCPT TO:<{'a' * 1001}>\nS: 501 5.5.4",
        0,
    ),
    "addresses of any length": (
        HELLO + "".join(TOO_LONG.format("a" * size) for size in (4085, 4100, 140_000, 400_000)),
        0,
    ),
    "the same from a client of 1982": (
        "S: 220\nC: HELO example.ru\nS: 250\n" + TOO_LONG.format("a" * 5000),
        0,
    ),
    "a bracket that a thousand octets do not close": (
        HELLO + f"C: MAIL FROM:<{'a' * 2000}\nS: 501 5.5.4",
        0,
    ),
    "another line that is too long": (
        HELLO + f"C: NOOP {'a' * 200_000}\nS: 500\nC: NOOP {'a' * 4090}\nS: 250\n"
        f"C: NOOP {'a' * 4092}\nS: 500\nC: NOOP\nS: 250",
        0,
    ),
    "an address without brackets": (HELLO + "C: MAIL FROM:i@example.ru SIZE=1\nS: 250", 0),
    "half a bracket": (HELLO + "C: MAIL FROM:<i@example.ru\nS: 553", 0),
    "a recipient who is not ours": (
        HELLO + "C: MAIL FROM:<i@example.ru>\nS: 250\nC: RCPT TO:<ivan@example.ru>\nS: 550 5.1.1",
        0,
    ),
    "the postmaster, without a domain": (
        HELLO + "C: MAIL FROM:<>\nS: 250\nC: RCPT TO:<Postmaster>\nS: 250\nC: DATA\nS: 354\n"
        "C: Subject: x\nC: .\nS: 250",
        1,
    ),
    "a recipient in capitals": (
        HELLO + "C: MAIL FROM:<i@example.ru>\nS: 250\nC: RCPT TO:<SUPPORT@Yandex.RU>\nS: 250",
        0,
    ),
    "DATA without a recipient": (
        HELLO + "C: MAIL FROM:<i@example.ru>\nS: 250\nC: DATA\nS: 503",
        0,
    ),
    "one good recipient of two": (
        HELLO + "C: MAIL FROM:<i@example.ru>\nS: 250\nC: RCPT TO:<ivan@example.ru>\nS: 550\n"
        "C: RCPT TO:<support@yandex.ru>\nS: 250\nC: DATA\nS: 354\nC: .\nS: 250",
        1,
    ),
    "two letters on one connection": (
        TO_DATA + "C: One\nC: .\nS: 250" + TO_DATA.removeprefix(HELLO) + "C: Two\nC: .\nS: 250",
        2,
    ),
    "a command after the letter": (
        TO_DATA + "C: x\nC: .\nS: 250\nC: NOOP\nS: 250\nC: QUIT\nS: 221",
        1,
    ),
    "STARTTLS is not offered": (HELLO + "C: STARTTLS\nS: 454", 0),
    "AUTH is not offered": (HELLO + "C: AUTH PLAIN AGEAYg==\nS: 5", 0),
    "HELO instead of EHLO": (
        "S: 220\nC: HELO client.example\nS: 250\nC: MAIL FROM:<i@example.ru>\nS: 250\n"
        "C: RCPT TO:<support@yandex.ru>\nS: 250\nC: DATA\nS: 354\nC: .\nS: 250",
        1,
    ),
}


def letters(new: Path) -> list[bytes]:
    """Return the letters in the spool without their trace blocks, oldest first."""
    contents = [path.read_bytes() for path in sorted(new.iterdir())]
    return [content[read_trace(content)[1] :] for content in contents]


@pytest.mark.parametrize(("script", "kept"), SCRIPTS.values(), ids=SCRIPTS.keys())
def test_dialogue(lonely_bridge: Service, new_letters: Path, script: str, kept: int) -> None:
    with SmtpDialogue(lonely_bridge) as client:
        client.play(script)
        assert len(letters(new_letters)) == kept


EXACT: dict[str, tuple[bytes, bytes]] = {
    "dots are unstuffed": (b"..a\r\n.b\r\na.b\r\n", b".a\r\nb\r\na.b\r\n"),
    "8-bit bytes stay": ("Тема: ё\r\n".encode("koi8-r"), "Тема: ё\r\n".encode("koi8-r")),
    "NUL stays": (b"a\x00b\r\n", b"a\x00b\r\n"),
    "a line of 900,000 bytes": (b"x" * 900_000 + b"\r\n", b"x" * 900_000 + b"\r\n"),
    "a long line that begins with a dot": (
        b".." + b"x" * 300_000 + b"\r\n",
        b"." + b"x" * 300_000 + b"\r\n",
    ),
    "many dots at a line's end": (b"x" * 131_071 + b"\r\n..\r\n", b"x" * 131_071 + b"\r\n.\r\n"),
}
# What must not end a letter: https://sec-consult.com/blog/detail/smtp-smuggling-spoofing-e-mails
for shape in (b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\r\n\x00.\r\n", b"\r.\r\n"):
    whole = b"a" + shape + b"MAIL FROM:<evil@example.ru>\r\n"
    EXACT[f"{shape!r} is text"] = (whole, re.sub(rb"(^|\r\n)\.", rb"\1", whole))


@pytest.mark.parametrize(("sent", "kept"), EXACT.values(), ids=EXACT.keys())
def test_the_letter_is_kept_to_the_byte(
    lonely_bridge: Service, new_letters: Path, sent: bytes, kept: bytes
) -> None:
    with SmtpDialogue(lonely_bridge) as client:
        client.play(TO_DATA)
        client.send(sent + b".\r\n")
        assert client.answer().startswith("250")
        assert letters(new_letters) == [kept]


def test_a_letter_beyond_the_limit_is_refused_and_the_connection_goes_on(
    lonely_bridge: Service, new_letters: Path
) -> None:
    with SmtpDialogue(lonely_bridge) as client:
        client.play(TO_DATA)
        client.send(b"x" * 78 + b"\r\n" + b"y\r\n" * 400_000 + b".\r\n")
        assert client.answer().startswith("552 5.3.4")
        assert letters(new_letters) == []
        client.play("C: NOOP\nS: 250")


def test_a_client_that_leaves_in_data_leaves_nothing(
    lonely_bridge: Service, new_letters: Path
) -> None:
    with SmtpDialogue(lonely_bridge) as client:
        client.play(TO_DATA)
        client.send(b"Subject: half a let")
    with SmtpDialogue(lonely_bridge) as client:
        client.play(TO_DATA + "C: whole\nC: .\nS: 250")
    assert letters(new_letters) == [b"whole\r\n"]
    assert list((new_letters.parent / "tmp").iterdir()) == []


def test_the_envelope_is_kept_as_mtas_keep_it(lonely_bridge: Service, new_letters: Path) -> None:
    with SmtpDialogue(lonely_bridge) as client:
        client.play(TO_DATA + "C: Subject: x\nC: .\nS: 250")
    [path] = new_letters.iterdir()
    delivery, _ = read_trace(path.read_bytes())
    assert delivery.mailbox == "support@yandex.ru"
    assert delivery.rcpt_to == ("support@yandex.ru",)
    assert delivery.mail_from == "ivan@example.ru"
    assert (delivery.helo, delivery.peer) == ("client.example", "127.0.0.1")
    assert (delivery.protocol, delivery.direction) == ("ESMTP", "in")
    assert path.name == f"{delivery.id}.eml"


def test_one_connection_too_many_is_told_so(lonely_bridge: Service) -> None:
    clients = [SmtpDialogue(lonely_bridge) for _ in range(20)]
    try:
        assert all(client.answer().startswith("220") for client in clients)
        with SmtpDialogue(lonely_bridge) as late:
            assert late.answer().startswith("421 4.3.2")
    finally:
        for client in clients:
            client.__exit__()


def test_no_answer_is_split_by_what_the_client_said(lonely_bridge: Service) -> None:
    with socket.create_connection(("127.0.0.1", int(lonely_bridge.env["SMTP_PORT"])), 10) as client:
        client.sendall(b"EHLO\rEHLO x\r\nQUIT\r\n")
        answers = b""
        while more := client.recv(65536):
            answers += more
    assert b"\r" not in answers.replace(b"\r\n", b"")
    assert b'"EHLO?EHLO"' in answers


def test_who_is_taken_and_who_was_refused_is_said(lonely_bridge: Service) -> None:
    assert (
        "mail to support@yandex.ru is taken for support@yandex.ru" in lonely_bridge.log.read_text()
    )
    before = refused(lonely_bridge)
    strangers = "".join(
        f"C: RCPT TO:<guess-{each}@guess-{each}.ru>\nS: 550\n" for each in range(12)
    )
    with SmtpDialogue(lonely_bridge) as client:
        client.play(HELLO + "C: MAIL FROM:<i@example.ru>\nS: 250\n" + strangers)
    assert refused(lonely_bridge) == before + 12
    log = lonely_bridge.log.read_text()
    told = re.findall(r"a recipient at '(.*)' is not in MAILBOXES.*/trace", log)
    assert 0 < sum(each.startswith("guess-") for each in told) <= 10
    assert not re.search(r"guess-\d+@", log)  # nobody can be erased from it


def test_addresses_are_guessed_slowly_whatever_the_number_of_connections(
    lonely_bridge: Service,
) -> None:
    """Twenty are answered at once, then ever more slowly; in the end the client is sent away."""
    with ExitStack() as stack:
        clients = [stack.enter_context(SmtpDialogue(lonely_bridge, "127.0.0.2")) for _ in range(20)]
        for client in clients:
            client.play(HELLO + "C: MAIL FROM:<i@a.ru>\nS: 250\nC: RCPT TO:<a@b.ru>\nS: 550")
        for client in clients:
            client.send(b"RCPT TO:<a@b.ru>\r\n")
        answers = [client.said_within(0.2) for client in clients]
        assert sum(line.startswith("421 4.7.0") for line in answers) >= 8
        with SmtpDialogue(lonely_bridge) as other:
            other.play(
                HELLO + "C: MAIL FROM:<i@a.ru>\nS: 250\nC: RCPT TO:<support@yandex.ru>\nS: 250"
            )


def test_who_is_idle_for_longest_makes_room(lonely_bridge: Service) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(SmtpDialogue(lonely_bridge, "127.0.0.3")) for _ in range(20)]
        for client in clients:
            client.play(HELLO)
        time.sleep(IDLE_SECONDS + 0.1)
        for client in clients[1:]:
            client.play("C: NOOP\nS: 250")
        with SmtpDialogue(lonely_bridge, "127.0.0.4") as late:
            late.play("S: 220")
            clients[0].play("S: 421 4.4.2")
        with SmtpDialogue(lonely_bridge, "127.0.0.4") as later:
            later.play("S: 220")


def test_a_few_who_come_again_and_again_keep_nobody_out(lonely_bridge: Service) -> None:
    """None of them is idle for long, and none sends a letter."""
    with ExitStack() as stack:
        for number in range(20):
            address = f"127.0.0.{5 + number % 2}"
            stack.enter_context(SmtpDialogue(lonely_bridge, address)).play("S: 220")
        with SmtpDialogue(lonely_bridge, "127.0.0.7") as honest:
            honest.play(HELLO + "C: MAIL FROM:<i@a.ru>\nS: 250")


def refused(service: Service) -> float:
    with urlopen(f"http://127.0.0.1:{service.env['HEALTH_PORT']}/metrics", timeout=10) as answer:
        [count] = re.findall(
            r"^bridge_recipients_refused_total (\S+)$", answer.read().decode(), re.M
        )
    return float(count)
