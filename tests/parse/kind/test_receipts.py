"""What a receipt or a report of success answers."""

import pytest

from bridge.parse.message import read_letter
from contract.event import Address
from tests.letters import base64_part, multipart, part
from tests.parse.containers.test_winmail import attribute, winmail

RECEIPT = """\
--b
Content-Type: text/plain

Read.
--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822; ivan@example.ru
Original-Message-ID: {about}
Disposition: manual-action/MDN-sent-manually; displayed
--b--
"""


@pytest.mark.parametrize(
    ("about", "extra", "answers"),
    [
        ("<23b@yandex.ru>", "", ["23b@yandex.ru"]),
        ("23b@yandex.ru", "", ["23b@yandex.ru"]),
        ("<\n 23b@yandex.ru>", "", ["23b@yandex.ru"]),
        ("nothing", "", []),
        ("<23b@yandex.ru>", "In-Reply-To: <other@yandex.ru>\n", ["other@yandex.ru"]),
    ],
)
def test_a_receipt_answers_the_letter_that_it_is_about(
    about: str, extra: str, answers: list[str]
) -> None:
    kind = "multipart/report; report-type=disposition-notification; boundary=b"
    raw = f"From: ivan@example.ru\n{extra}Content-Type: {kind}\n\n{RECEIPT.format(about=about)}"
    read_as = read_letter(raw.encode())
    assert (read_as.kind, read_as.bounce) == ("auto-reply", None)
    assert read_as.in_reply_to == answers


@pytest.mark.parametrize(
    ("message_class", "kind"),
    [
        ("REPORT.IPM.Note.IPNRN", "auto-reply"),
        ("REPORT.IPM.Note.IPNNRN", "auto-reply"),
        ("REPORT.IPM.Note.DR", "auto-reply"),
        ("IPM.Microsoft Mail.Read Receipt", "auto-reply"),
        ("IPM.Microsoft Mail.Note", "letter"),
        ("IPM.Note", "letter"),
    ],
)
def test_a_receipt_in_outlooks_own_form(message_class: str, kind: str) -> None:
    tnef = winmail(attribute(0x00078008, message_class.encode() + b"\0", 1))
    raw = multipart(part("Gelesen"), base64_part(tnef, "application/ms-tnef"))
    assert read_letter(raw).kind == kind


def test_a_report_of_success_answers_the_letter_that_arrived() -> None:
    raw = (
        "From: MAILER-DAEMON@example.ru\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.ru\n\n"
        "Final-Recipient: rfc822; ivan@example.ru\nAction: delivered\nStatus: 2.0.0\n"
        "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <23b@yandex.ru>\n\n--b--\n"
    )
    read_as = read_letter(raw.encode())
    assert (read_as.kind, read_as.in_reply_to) == ("auto-reply", ["23b@yandex.ru"])
    assert read_as.original_from == Address(address="ivan@example.ru")
