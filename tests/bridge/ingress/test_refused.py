"""Which answers of the door are remembered, to whom, and how many."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bridge.ingress.smtp.door import Door
from bridge.ingress.smtp.limits import RECIPIENTS
from bridge.ingress.smtp.refused import FREE, SECONDS, DoorAnswers
from bridge.ingress.smtp.replies import NOT_OURS
from bridge.ingress.smtp.session import Session
from bridge.reporting.refusals import Refusals
from bridge.settings import BridgeSettings
from bridge.spool.capacity import Capacity
from bridge.spool.intake import Intake
from bridge.spool.spool import Spool

MAIL, RCPT = "MAIL FROM:<i@a.ru>", "RCPT TO:<support@yandex.ru>"
SENT = ("i@a.ru", "support@yandex.ru")


@asynccontextmanager
async def door_of(directory: Path) -> AsyncIterator[tuple[Door, int]]:
    """A door with one mailbox, and its port."""
    settings = BridgeSettings(
        data_dir=directory,
        mailboxes="support@yandex.ru",
        smtp_users={"ivan": "secret"},
        smtp_auth_without_tls=True,
        smtp_max_size=65536,
    )
    spool = Spool(directory / "spool").prepare()
    door = Door(settings, Intake(spool, Capacity(spool, 2**40, 0), "bridge.example"))
    loop = asyncio.get_running_loop()
    async with await loop.create_server(lambda: Session(door), "127.0.0.1", 0) as server:
        yield door, server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("lines", "answer", "who"),
    [
        (["MAIL FROM:<big@a.ru> SIZE=999999999"], "552", ("big@a.ru", "")),
        (["MAIL FROM:<a@a.ru> BODY=9BIT"], "501", ("a@a.ru", "")),
        (["MAIL FROM:<a@a.ru> NEW=1"], "555", ("a@a.ru", "")),
        (["MAIL FROM:<a b"], "553", ("a", "")),
        ([f"MAIL FROM:<{'a' * 1001}>"], "501 5.5.4", ("a" * 300, "")),
        ([MAIL, "MAIL FROM:<again@a.ru>"], "503", ("again@a.ru", "")),
        ([MAIL, "RCPT TO:<suport@yandex.ru>"], "550", ("i@a.ru", "suport@yandex.ru")),
        ([MAIL, f"RCPT TO:<{'b' * 1001}>"], "501 5.5.4", ("i@a.ru", "b" * 300)),
        ([MAIL, *([RCPT] * (RECIPIENTS + 1))], "452 4.5.3", SENT),
        (["RCPT TO:<support@yandex.ru>"], "503", ("", "support@yandex.ru")),
        ([MAIL, "DATA"], "503", ("i@a.ru", "")),
        ([MAIL, RCPT, "DATA", ("x" * 990 + "\r\n") * 70 + "\r\n."], "552 5.3.4", SENT),
        ([MAIL, RCPT, "DATA now"], "501", SENT),
    ],
)
async def test_every_no_to_a_letter_is_remembered_with_its_addresses(
    tmp_path: Path, lines: list[str], answer: str, who: tuple[str, str]
) -> None:
    async with door_of(tmp_path) as (door, port):
        await say(port, ["EHLO client.example", *lines])
    [told] = door.refusals.since(-1)
    assert told.answer.startswith(answer)
    assert (told.mail_from, told.rcpt_to, told.peer) == (*who, "127.0.0.1")


@pytest.mark.parametrize(
    "lines",
    [
        ["AUTH PLAIN AGl2YW4Ad3Jvbmc="],
        ["AUTH LOGIN", "aXZhbg==", "d3Jvbmc="],
        ["NONSENSE", "VRFY", "RSET x", MAIL, RCPT, "RSET"],
        [MAIL, RCPT, "DATA", "x\r\n."],
    ],
)
async def test_nothing_else_is_remembered(tmp_path: Path, lines: list[str]) -> None:
    async with door_of(tmp_path) as (door, port):
        await say(port, ["EHLO client.example", *lines])
        await asyncio.gather(*(each.dismiss("421 4.4.2 Later") for each in door.sessions))
    assert door.refusals.since(-1) == []


async def test_a_letter_whose_connection_is_ended_is_remembered(tmp_path: Path) -> None:
    async with door_of(tmp_path) as (door, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"EHLO client.example\r\n{MAIL}\r\n{RCPT}\r\n".encode())
        while not (await reader.readline()).startswith(b"250 2.1.5"):
            pass
        await asyncio.gather(*(each.dismiss("421 4.4.2 Later") for each in door.sessions))
        writer.close()
    [told] = door.refusals.since(-1)
    assert (told.answer, told.mail_from, told.rcpt_to) == ("421 4.4.2 Later", *SENT)


def test_a_flood_that_costs_nothing_pushes_few_out(tmp_path: Path) -> None:
    refusals = Refusals(tmp_path / "refusals.json")
    answered = DoorAnswers(refusals)
    for second in range(1000):
        for peer in ("2001:db8::1", "2001:db8::2"):
            at = second / 100
            answered.note("501 Syntax", peer, "MAIL FROM:<a", at, "", [])
    flooded = len(refusals.since(-1))
    assert FREE <= flooded <= FREE + 10 / SECONDS + 1
    answered.note(NOT_OURS, "203.0.113.7", "RCPT TO:<b@b.ru>", 10.0, "a@a.ru", [])
    assert refusals.since(-1)[-1].rcpt_to == "b@b.ru"


async def say(port: int, lines: list[str]) -> None:
    """Say each line once the one before is answered, or QUIT."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for line in [*lines, "NOOP"]:
        while (await reader.readline())[3:4] == b"-":
            pass
        writer.write(f"{line}\r\n".encode())
    while (await reader.readline())[3:4] == b"-":
        pass
    writer.close()


async def test_what_only_follows_a_refusal_is_no_refusal_of_its_own(tmp_path: Path) -> None:
    """A client that pipelines its commands (RFC 2920) sends DATA whatever the answer to RCPT is."""
    async with door_of(tmp_path) as (door, port):
        await say(port, ["EHLO client.example", MAIL, "RCPT TO:<nobody@a.ru>", "DATA"])
        await say(port, ["EHLO client.example", RCPT])
    told = [(each.answer, each.rcpt_to) for each in door.refusals.since(-1)]
    assert told == [(NOT_OURS, "nobody@a.ru"), ("503 Error: need MAIL command", SENT[1])]
