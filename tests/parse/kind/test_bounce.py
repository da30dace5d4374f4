"""What a bounce is about, as a table of bounces: whom, which code, why, which letter."""

import time

import pytest

from contract.bounds import MAX_ADDRESSES
from tests.measure.fidelity.kinds import read

OURS = "Message-ID: <ours@example.ru>\nFrom: info@example.ru\nTo: ivan@example.com\nSubject: Счёт"


def plain(text: str, fields: str = "") -> bytes:
    """Write a bounce in words only."""
    head = "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.ru\nTo: info@example.ru\n"
    kind = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit"
    return "\n".join([f"{head}{fields}{kind}", "", text]).encode()


def report(
    status: str, returned: str = "", text: str = "Не доставлено.", fields: str = ""
) -> bytes:
    """Write a bounce as RFC 3464 has it; ``returned`` is a whole part."""
    head = (
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.ru\nTo: info@example.ru\n"
        f"{fields}Content-Type: multipart/report; report-type=delivery-status; boundary=b"
    )
    parts = [
        f"Content-Type: text/plain; charset=utf-8\n\n{text}\n",
        f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.ru\n\n{status}\n",
        *([returned] if returned else []),
    ]
    body = "".join(f"--b\n{part}\n" for part in parts)
    return f"{head}\n\n{body}--b--\n".encode()


WHOLE = f"Content-Type: message/rfc822\n\n{OURS}\n\nЗдравствуйте!"
HEADER = f"Content-Type: text/rfc822-headers\n\n{OURS}"
UNKNOWN = "Final-Recipient: rfc822; ivan@example.com\nAction: failed\nStatus: 5.1.1\n"

TABLE = {
    "a report with the letter": (
        report(f"{UNKNOWN}Diagnostic-Code: smtp; 550 5.1.1 no such user", WHOLE),
        [("ivan@example.com", "5.1.1", "550 5.1.1 no such user")],
        "ours@example.ru",
    ),
    "a report with the letter's header": (
        report(UNKNOWN, HEADER),
        [("ivan@example.com", "5.1.1", "Не доставлено.")],
        "ours@example.ru",
    ),
    "two recipients, one of them reached": (
        report(
            f"{UNKNOWN}\nFinal-Recipient: rfc822; petr@example.com\nAction: delivered\n"
            "Status: 2.0.0\n\nFinal-Recipient: rfc822; anna@example.com\nAction: failed\n"
            "Status: 5.2.2\nDiagnostic-Code: X-Unix; full",
            WHOLE,
        ),
        [("ivan@example.com", "5.1.1", "Не доставлено."), ("anna@example.com", "5.2.2", "full")],
        "ours@example.ru",
    ),
    "the address that we wrote to, not the one it was forwarded to": (
        report(f"Original-Recipient: rfc822;anna+2Bshop@example.com\n{UNKNOWN}"),
        [("anna+shop@example.com", "5.1.1", "Не доставлено.")],
        None,
    ),
    "a more exact code from the remote server": (
        report(
            "Final-Recipient: rfc822; ivan@example.com\nAction: failed\nStatus: 5.0.0\n"
            "Diagnostic-Code: smtp; 552 5.2.2 mailbox full"
        ),
        [("ivan@example.com", "5.2.2", "552 5.2.2 mailbox full")],
        None,
    ),
    "a delay": (
        report("Final-Recipient: rfc822; ivan@example.com\nAction: delayed\nStatus: 4.4.1", HEADER),
        [("ivan@example.com", "4.4.1", "Не доставлено.")],
        "ours@example.ru",
    ),
    "the id only in what the bounce answers": (
        report(UNKNOWN, fields="In-Reply-To: <ours@example.ru>\n"),
        [("ivan@example.com", "5.1.1", "Не доставлено.")],
        "ours@example.ru",
    ),
    "Exim": (
        plain(
            "This message was created automatically by mail delivery software.\n\n"
            "A message that you sent could not be delivered to one or more of its\n"
            "recipients. This is a permanent error. The following address(es) failed:\n\n"
            "  ivan@example.com\n    host mx.example.com [192.0.2.1]:\n"
            "    550 5.1.1 <ivan@example.com>: no such user\n\n"
            f"------ This is a copy of the message, including all the headers. ------\n\n{OURS}\n",
            "X-Failed-Recipients: ivan@example.com\n",
        ),
        [
            (
                "ivan@example.com",
                "5.1.1",
                "host mx.example.com [192.0.2.1]: 550 5.1.1 <ivan@example.com>: no such user",
            )
        ],
        "ours@example.ru",
    ),
    "qmail, two recipients": (
        plain(
            "Hi. This is the qmail-send program at example.ru.\n"
            "I'm afraid I wasn't able to deliver your message to the following addresses.\n\n"
            "<ivan@example.com>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
            "<anna@example.com>:\n192.0.2.1 does not like recipient.\n"
            "Remote host said: 450 4.2.2 mailbox full\n\n"
            f"--- Below this line is a copy of the message.\n\nReturn-Path: <>\n{OURS}"
        ),
        [
            ("ivan@example.com", "5.1.1", "Sorry, no mailbox here by that name. (#5.1.1)"),
            (
                "anna@example.com",
                "4.2.2",
                "192.0.2.1 does not like recipient. Remote host said: 450 4.2.2 mailbox full",
            ),
        ],
        "ours@example.ru",
    ),
    "Google, plain": (
        plain(
            "Delivery to the following recipient failed permanently:\n\n     ivan@example.com\n\n"
            "Technical details of permanent failure:\nGoogle tried to deliver your message.\n\n"
            "The error that the other server returned was:\n550 5.1.1 no such user\n\n"
            f"----- Original message -----\n\nReceived: by 10.0.0.1\n{OURS}\n",
            "X-Failed-Recipients: ivan@example.com\n",
        ),
        [("ivan@example.com", "5.1.1", "550 5.1.1 no such user")],
        "ours@example.ru",
    ),
    "Exchange 2003": (
        plain(
            "Your message\n\n  To:      ivan@example.com\n  Subject: Счёт\n\n"
            "did not reach the following recipient(s):\n\n"
            "ivan@example.com on Thu, 29 Apr 2010 00:00:00 -0000\n"
            "    The recipient name is not recognized\n"
        ),
        [
            (
                "ivan@example.com",
                "5.1.1",
                "on Thu, 29 Apr 2010 00:00:00 -0000 The recipient name is not recognized",
            )
        ],
        None,
    ),
    "Yandex": (
        plain(
            "Это письмо отправлено почтовым сервером yandex.ru.\n\n"
            "К сожалению, ваше письмо не может быть отправлено одному или нескольким адресатам.\n\n"
            "<ivan@example.com>: host mx.example.com[192.0.2.1] said:\n"
            "    550 5.7.1 Message rejected (in reply to end of DATA command)\n",
        ),
        [
            (
                "ivan@example.com",
                "5.7.1",
                "host mx.example.com[192.0.2.1] said: 550 5.7.1 Message rejected "
                "(in reply to end of DATA command)",
            )
        ],
        None,
    ),
    "Yandex, a report": (
        report(
            f"{UNKNOWN}Diagnostic-Code: smtp; 550 5.1.1 no such user\n"
            "X-Yandex-Queue-ID: 4F1B2C3D\nX-Yandex-Sender: rfc822; info@example.ru",
            HEADER,
        ),
        [("ivan@example.com", "5.1.1", "550 5.1.1 no such user")],
        "ours@example.ru",
    ),
    "Mail.ru": (
        plain(
            "Это письмо создано автоматически сервером Mail.Ru, отвечать на него не нужно.\n\n"
            "К сожалению, Ваше письмо не может быть доставлено одному или нескольким "
            "получателям:\n\n  ivan@example.com\n    ящик получателя переполнен\n"
        ),
        [("ivan@example.com", "5.2.2", "ящик получателя переполнен")],
        None,
    ),
    "words that name nobody": (
        plain(
            "The message could not be delivered: connection refused.\n\n"
            f"--- Original message follows.\n\nReceived: by mx.example.ru\n{OURS}\n"
        ),
        [
            (
                "ivan@example.com",
                "4.4.1",
                "The message could not be delivered: connection refused.",
            )
        ],
        "ours@example.ru",
    ),
    "a letter to oneself": (
        plain("<info@example.ru>: 552 5.2.2 mailbox full\n"),
        [("info@example.ru", "5.2.2", "552 5.2.2 mailbox full")],
        None,
    ),
    "a complaint": (
        (
            "From: fbl@example.com\nTo: info@example.ru\n"
            "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
            "--b\n\nA complaint.\n--b\nContent-Type: message/feedback-report\n\n"
            "Feedback-Type: abuse\nOriginal-Rcpt-To: <ivan@example.com>\n"
            f"--b\n{WHOLE}\n--b--\n"
        ).encode(),
        [("ivan@example.com", "", "feedback: abuse")],
        "ours@example.ru",
    ),
    "Amazon SES": (
        (
            b"From: no-reply@sns.amazonaws.com\nSubject: AWS Notification Message\n\n"
            b'{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":'
            b'"ivan@example.com","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 no"}]},'
            b'"mail":{"messageId":"0100","headers":[{"name":"Message-ID","value":'
            b'"<ours@example.ru>"}]}}\n\n--\nUnsubscribe\n'
        ),
        [("ivan@example.com", "5.1.1", "smtp; 550 5.1.1 no")],
        "ours@example.ru",
    ),
}


@pytest.mark.parametrize(
    ("raw", "failures", "message_id"), [pytest.param(*row, id=name) for name, row in TABLE.items()]
)
def test_bounce(raw: bytes, failures: list[tuple[str, str, str]], message_id: str | None) -> None:
    kind, bounce = read(raw)
    assert kind == "bounce"
    assert bounce is not None
    assert [(x.recipient, x.status, x.reason) for x in bounce.failures] == failures
    assert bounce.message_id == message_id


def test_a_bounce_never_takes_its_own_id_for_ours() -> None:
    _, bounce = read(report(UNKNOWN, fields="Message-ID: <theirs@mx.example.ru>\n"))
    assert bounce is not None
    assert bounce.message_id is None


def test_a_report_is_bounded() -> None:
    block = "Final-Recipient: rfc822; u{}@example.com\nAction: failed\nStatus: 5.1.1\n"
    _, bounce = read(report("\n".join(block.format(number) for number in range(5000))))
    assert bounce is not None
    assert 0 < len(bounce.failures) <= MAX_ADDRESSES


HOSTILE = {
    "blanks": " " * 300_000,
    "one endless word": "a" * 300_000,
    "ats": "@" * 300_000,
    "addresses": "a@b.ru " * 40_000,
    "opened brackets": "<" * 300_000,
    "dotted numbers": "5." * 150_000,
    "headings": "to to to " * 30_000,
    "lines": "<a@b.ru>:\n" * 30_000,
    "headers": "Message-ID:\n " * 20_000,
    "half a bounce": "message mail e-mail was has could not " * 8_000,
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in HOSTILE.items()])
def test_hostile_words_take_no_time(text: str) -> None:
    raw = plain(text)
    started = time.process_time()
    _, bounce = read(raw)
    assert time.process_time() - started < 2
    assert bounce is not None
    assert len(bounce.failures) <= 100
