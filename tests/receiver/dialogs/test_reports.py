"""What a mail system says of our letter is in our letter's dialog, whatever it says."""

from datetime import timedelta
from hashlib import sha256

import pytest

from bridge.courier.event import email_received
from bridge.parse.message import read_letter
from bridge.spool.envelope import Delivery
from contract.bounds import Direction
from contract.event import Blob
from receiver.letters.arrival import Arrival, arrival_of
from receiver.store.mongo import Database
from tests.letters import START, letter
from tests.receiver.written import dialogs, filing

OURS = letter("ours@yandex.ru", sender="support@yandex.ru", to="ivan@example.ru")
REPORT = """\
From: {sender}
Subject: {action}
Message-ID: <{action}@mx.example.ru>
Date: Mon, 23 Nov 2026 13:05:00 +0300
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

See below.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.ru

{recipients}
--b
Content-Type: text/rfc822-headers

From: support@yandex.ru
To: ivan@example.ru
Message-ID: <{about}>

--b--
"""
DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.example.ru>"
EXCHANGE = "Microsoft Outlook <MicrosoftExchange329e71ec@example.ru>"


def came(raw: bytes, number: int, direction: Direction = "in") -> Arrival:
    when = START + timedelta(minutes=number)
    delivery = Delivery(f"{number}-a", "support@yandex.ru", when, direction=direction)
    blob = Blob(sha256=sha256(raw).hexdigest(), size=len(raw), content=raw)
    return arrival_of(f"{number}-a", email_received(delivery, read_letter(raw), blob).data, when)


def report(action: str, *recipients: str, about: str, sender: str) -> bytes:
    told = "\n\n".join(
        f"Final-Recipient: rfc822; {each}\nAction: {action}\nStatus: 2.0.0" for each in recipients
    )
    return REPORT.format(sender=sender, action=action, recipients=told, about=about).encode()


@pytest.mark.parametrize("sender", [DAEMON, EXCHANGE])
@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", "delayed", "failed"])
async def test_a_report_joins_the_letter_that_it_is_about(
    database: Database, action: str, sender: str
) -> None:
    files = filing(database)
    await files.file([came(OURS, 1, direction="out")])
    about = report(action, "ivan@example.ru", about="ours@yandex.ru", sender=sender)
    [answer] = await files.file([came(about, 2)])
    assert answer.outcome == "appended"
    assert len(await dialogs(database)) == 1


@pytest.mark.parametrize(
    ("recipients", "about"),
    [
        (["olga@example.ru"], "ours@yandex.ru"),
        (["ivan@example.ru"], "unseen@yandex.ru"),
    ],
)
async def test_a_report_about_another_letter_or_another_person_does_not(
    database: Database, recipients: list[str], about: str
) -> None:
    files = filing(database)
    await files.file([came(OURS, 1, direction="out")])
    raw = report("delivered", *recipients, about=about, sender=DAEMON)
    [answer] = await files.file([came(raw, 2)])
    assert answer.outcome == "created"
    assert len(await dialogs(database)) == 2
