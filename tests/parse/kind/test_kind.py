"""What sort of letter it is, as a table of letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.parse.header.block import read_block
from bridge.parse.kind.kind import kind_of
from bridge.parse.message import read_letter
from bridge.parse.structure.mime import cut
from tests.letters import lined_letter as letter
from tests.measure.fidelity.kinds import read

DSN = """\
--b
Content-Type: text/plain; charset=utf-8

{text}
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.ru

Final-Recipient: rfc822; ivan@example.ru
Action: {action}
Status: {status}
--b--
"""


ANSWERS = "In-Reply-To: <9@yandex.ru>\nReferences: <9@yandex.ru>"
FORM = "From: Сайт <noreply@shop.example>\nReply-To: petr@mail.ru\nAuto-Submitted: auto-generated"
# What a person's letter may have of a machine's.
OF_PEOPLE = [
    *(
        (f"{ANSWERS}\nSubject: {subject}", "Добрый день, подтверждаю.\n")
        for subject in (
            *("Автоматический ответ: Заказ 15", "Автоответ: Заказ", "Вне офиса: заказ"),
            *("Out of office: order", "Automatic reply: Order", "Automatische Antwort: Frage"),
        )
    ),
    (FORM, "Имя: Пётр\nГде мой заказ\n"),
    (f"{FORM}\nPrecedence: bulk", "Где мой заказ\n"),
    (f"{FORM}\nX-Auto-Response-Suppress: All", "Где мой заказ\n"),
    (f"{FORM}\nReturn-Path: <>", "Где мой заказ\n"),
    (f"{FORM}\nList-Unsubscribe: <https://form.example/u>", "Где мой заказ\n"),
    ("From: petr@mail.ru\nReply-To: petr@mail.ru\nAuto-Submitted: auto-generated", "Где заказ\n"),
    *(
        (f"Return-Path: <>\n{ANSWERS}\nSubject: Re: Заказ", text)
        for text in (
            "Спасибо, всё получил, очень доволен.\n",
            "Когда будет заказ?\n",
            "Спасибо.\n\n> Ваш заказ 15 отправлен\n",
            "Добрый день! Оплатил счёт, чек во вложении.\n\nС уважением,\nИван\n",
        )
    ),
    ("Return-Path: <>\nSubject: Заказ не доставлен", "550 5.1.1 user unknown. Что мне делать\n"),
    ("Return-Path: <>\nSubject: Undelivered mail", "Мы получили ошибку: 550 5.1.1 user unknown\n"),
    ("Return-Path: <>\nSubject: Delivery failed", "I get this: 550 5.1.1 user unknown\n"),
    *(
        (f"{name}: {value}", "Где заказ\n")
        for name in ("X-Autoreply", "X-Autorespond", "X-Vacation", "X-Mail-Autoreply")
        for value in ("no", "false", "0")
    ),
    ("X-Auto-Response-Suppress: All", "Где заказ\n"),
    (f"{ANSWERS}\nAuto-Submitted: auto-forwarded", "Где заказ\n"),
]


@pytest.mark.parametrize(("fields", "text"), OF_PEOPLE)
def test_a_person_is_a_person(fields: str, text: str) -> None:
    assert read(letter(fields, text))[0] == "letter"


def report(fields: str, action: str, status: str, text: str = "О доставке") -> bytes:
    kind = "Content-Type: multipart/report; report-type=delivery-status; boundary=b"
    return letter(f"{fields}\n{kind}", DSN.format(action=action, status=status, text=text))


DAEMON = "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.ru"
LIST = "List-Id: <talk.example.org>\nReturn-Path: <talk-bounces@example.org>"
YANDEX_LINK = "https://mail.yandex.ru/confirm?id=1"
YANDEX_CONFIRMS = f"Чтобы подтвердить пересылку писем, перейдите по ссылке {YANDEX_LINK}\n"

LETTERS = {
    "a plain question": letter(""),
    "a question about a delivery, in a bounce's words": letter(
        "Subject: Заказ не доставлен", "Мой заказ не может быть доставлен? Номер 5.1.1\n"
    ),
    "a shop writes of a parcel": letter(
        "From: no-reply@shop.example\nSubject: Не удалось доставить заказ",
        "Не удалось доставить ваш заказ. К оплате 450 руб.\n",
    ),
    "a question about auto-replies": letter("Subject: Автоответ не приходит"),
    "an answer to an auto-reply": letter("Subject: Re: Автоответ: в отпуске"),
    "a bounce forwarded by hand": letter(
        "Subject: Fwd: Undelivered Mail Returned to Sender",
        "Что это?\n\nThis is the mail system at host mx.example.ru.\n<a@b.ru>: 550 5.1.1 no\n",
    ),
    "a bounce forwarded as an attachment": letter(
        "Subject: Что это?\nContent-Type: multipart/mixed; boundary=o",
        "--o\n\nПришло вот это.\n--o\nContent-Type: message/rfc822\n\n"
        + report(DAEMON, "failed", "5.1.1").decode()
        + "\n--o--\n",
    ),
    "Exchange asks not to be answered": letter("X-Auto-Response-Suppress: All"),
    "an inbox rule redirected it": letter("X-MS-Exchange-Inbox-Rules-Loop: ivan@example.ru"),
    "said not to be automatic": letter("Auto-Submitted: no"),
    "a web form speaks for a person": letter(
        "Auto-Submitted: auto-generated\nFrom: form@shop.example\nReply-To: ivan@example.ru"
    ),
    "the postmaster of a company asks": letter("From: postmaster@example.ru"),
    "a person at Yandex asks to confirm": letter(
        "From: ivan@yandex.ru\nIn-Reply-To: <1@example.ru>", YANDEX_CONFIRMS
    ),
    "a person writes in Yandex's web client": letter(
        "From: ivan@yandex.ru\nX-Mailer: Yamail [ http://yandex.ru ] 5.0", YANDEX_CONFIRMS
    ),
    "a stranger asks to confirm": letter("From: noreply@yandex.ru.example", YANDEX_CONFIRMS),
    "a forger's link": letter(
        "From: noreply@yandex.ru",
        "Подтвердите пересылку: https://yandex.ru.example/confirm\n",
    ),
    "a null reverse path alone": letter("Return-Path: <>"),
    "a question that begins like an auto-reply's": letter("Subject: Вне офиса: не работает VPN"),
    "an answer under such a subject": letter(
        "Subject: Вне офиса: не работает VPN\nIn-Reply-To: <1@yandex.ru>"
    ),
    "a question about auto-replies, with a dash": letter("Subject: Автоответ - не приходит"),
    "a question of one word": letter("Subject: Автоответ"),
    "an order for leave": letter("Subject: Отсутствие на рабочем месте: шаблон приказа"),
    "a question about the office": letter("Subject: Out of office - how do I switch it on?"),
    "Exchange asks, of an office": letter(
        "Subject: Вне офиса: не работает VPN\nX-Auto-Response-Suppress: All"
    ),
    "a person's CRM says bulk": letter("From: snab@stroy.example\nPrecedence: bulk"),
    "a system administrator quotes a code": letter(
        "From: Пётр, системный администратор <p@client.example>\nReturn-Path: <p@client.example>\n"
        "Subject: Ошибка доставки писем на ваш адрес",
        "Наши письма не доставляются, сервер отвечает:\n\n550 5.7.1 Message rejected: policy\n",
    ),
    "a postmaster asks for the right address": letter(
        "From: postmaster@client.example\nReturn-Path: <postmaster@client.example>\n"
        "Subject: Не удаётся доставить письмо вашему отделу",
        "Добрый день. Ваш sales@ отвергает нас:\n\n550 5.1.1 user unknown\n\nКакой верный?\n",
    ),
    "a postmaster writes tersely": letter(
        "From: postmaster@client.example\nSubject: Undeliverable mail",
        "Your server rejects our mail: 550 5.7.1 blocked. Our address is 203.0.113.9.\n",
    ),
    "an administrator pastes a whole bounce": letter(
        "From: admin@client.example\nReturn-Path: <admin@client.example>\n"
        "Subject: Письмо не доставлено",
        "Пришло от вашего сервера:\n\nThis is the mail system at host mx.example.ru.\n"
        "Your message could not be delivered.\n<a@b.ru>: 550 5.1.1 no\n\n"
        "Received: from a by b\nMessage-ID: <1@client.example>\n",
    ),
    "a person with a postmaster's address, with the letter": letter(
        "From: postmaster@client.example\nSubject: Письмо не доставлено\n"
        "Content-Type: multipart/mixed; boundary=o",
        "--o\n\nЗдравствуйте, почему письмо не было доставлено?\n--o\n"
        "Content-Type: message/rfc822\n\nMessage-ID: <1@client.example>\n\nТекст\n--o--\n",
    ),
    "a delivery firm": letter(
        "From: Система доставки «Стул» <info@stul.example>\nSubject: Не удалось доставить заказ",
        "Заказ 5.1.1 не доставлен, 450 руб. к возврату.\n",
    ),
    "a forwarder blanked the reverse path": letter(
        "Return-Path: <>\nSubject: Не удалось доставить заказ",
        "Здравствуйте! Заказ не доставлен, верните 450 руб.\n",
    ),
    "a shop's program writes of an order with such a number": letter(
        "From: no-reply@shop.example\nSubject: Не удалось доставить заказ 5.1.1",
        "Не удалось доставить ваш заказ 5.1.1.\n",
    ),
}

CONFIRMATIONS = {
    "Yandex, in Russian": letter("From: Яндекс.Почта <noreply@mail.yandex.ru>", YANDEX_CONFIRMS),
    "Yandex, automatic": letter(
        "From: noreply@yandex.ru\nAuto-Submitted: auto-generated\nReturn-Path: <>\n"
        "Subject: Подтвердите пересылку",
        f"Ссылка: {YANDEX_LINK}\n",
    ),
    "Yandex, in English": letter(
        "From: noreply@yandex.com",
        "Please confirm the forwarding: https://mail.yandex.com/x\n",
    ),
}

BOUNCES = {
    "a delivery report": report(DAEMON, "failed", "5.1.1"),
    "a delay": report(DAEMON, "delayed", "4.4.1"),
    "a report within a multipart/mixed": letter(
        f"{DAEMON}\nContent-Type: multipart/mixed; boundary=b",
        DSN.format(action="failed", status="5.1.1", text="x"),
    ),
    "a report sent to our address, which is a list's": report(
        f"{DAEMON}\nList-Id: <support.example.ru>", "failed", "5.1.1"
    ),
    "Yandex": letter(
        "From: mailer-daemon@yandex.ru\nSubject: Недоставленное сообщение\n"
        "X-Yandex-Queue-ID: 4F1B2C3D",
        "Это письмо отправлено почтовым сервером yandex.ru.\n\n"
        "К сожалению, мы вынуждены сообщить Вам о том, что Ваше письмо не может быть отправлено\n"
        "одному или нескольким адресатам.\n\n<ivan@example.ru>: 550 5.1.1 no such user\n",
    ),
    "Mail.ru": letter(
        "From: mailer-daemon@corp.mail.ru\nSubject: Ваше сообщение не доставлено. Mail failure.",
        "Это письмо создано автоматически сервером Mail.Ru, отвечать на него не нужно.\n",
    ),
    "qmail": letter(
        "Return-Path: <>\nFrom: postmaster@example.ru\nSubject: failure notice",
        "Hi. This is the qmail-send program at example.ru.\n\n<a@b.ru>:\nno mailbox here\n",
    ),
    "Exchange, in Russian": letter(
        "Return-Path: <>\nFrom: Microsoft Outlook <postmaster@example.ru>\n"
        "Subject: Не удается доставить: Счёт",
        "Не удалось выполнить доставку следующим получателям или группам:\n\nivan@example.ru\n",
    ),
    "Exim by its header": letter("X-Failed-Recipients: ivan@example.ru\nFrom: mail@example.ru"),
    "a mail system without a name": letter("From: <>\nSubject: failure notice", "550 no such user"),
    "Amazon SES": letter(
        "From: no-reply@sns.amazonaws.com", '{"notificationType":"Bounce","bounce":{}}\n'
    ),
    "a relay that names itself": letter(
        "From: POSTMASTER <postmaster@example.co.jp>\nReturn-Path: <postmaster@example.co.jp>\n"
        "X-Mailer: m-FILTER\nSubject: failure notice",
        "550 5.1.1 <a@example.co.jp>: user unknown\n",
    ),
    "a postmaster's program that speaks of itself": letter(
        "From: postmaster@example.ru\nSubject: Delivery failure",
        "This notification is sent from the MTA.\n\nDelivery failed: a@example.ru\n554 5.4.14\n",
    ),
    "a complaint": letter(
        "From: fbl@example.ru\nContent-Type: multipart/report; report-type=feedback-report;"
        " boundary=b",
        "--b\n\nA complaint.\n--b\nContent-Type: message/feedback-report\n\n"
        "Feedback-Type: abuse\n--b--\n",
    ),
    "Microsoft's complaint": letter(
        "From: staff@hotmail.com\nSubject: complaint about message from 192.0.2.1\n"
        "Content-Type: multipart/mixed; boundary=b",
        "--b\nContent-Type: message/rfc822\n\nMessage-ID: <1@example.ru>\n\nx\n--b--\n",
    ),
}

AUTO_REPLIES = {
    "RFC 3834": letter("Auto-Submitted: auto-replied"),
    "with a comment": letter("Auto-Submitted: auto-replied (vacation)"),
    "made by a program": letter("Auto-Submitted: auto-generated"),
    "made by a program that answers nobody": letter(
        "Auto-Submitted: auto-generated\nReply-To: no-reply@shop.example"
    ),
    "Outlook in Russian": letter(
        "Subject: Автоматический ответ: Вопрос\nX-Auto-Response-Suppress: All"
    ),
    "Автоответ": letter("Subject: Автоответ: Вопрос\nPrecedence: junk"),
    "Автоответ alone": letter("Return-Path: <>\nSubject: Автоответ"),
    "Нет на месте": letter("Return-Path: <>\nSubject: Нет на месте: Вопрос"),
    "Exchange 2007 in Russian": letter(
        "Subject: Нет на рабочем месте: Вопрос\nIn-Reply-To: <1@yandex.ru>\n"
        "X-Auto-Response-Suppress: DR, OOF, AutoReply"
    ),
    "Outlook": letter("Subject: Automatic reply: Question\nX-Auto-Response-Suppress: All"),
    "Outlook in German": letter(
        "Subject: Automatische Antwort: Frage\nX-Auto-Response-Suppress: DR, OOF, AutoReply"
    ),
    "out of office": letter("Return-Path: <>\nSubject: Out of Office: Question"),
    "a responder that says bulk": letter("Subject: Auto-Reply: Question\nPrecedence: bulk"),
    "Gmail": letter("X-Autoreply: yes\nPrecedence: bulk"),
    "cPanel": letter("Precedence: auto_reply"),
    "an answer with a null reverse path that says so": letter(
        "Return-Path: <>\nSubject: Re: Вопрос", "Я в отпуске до понедельника.\n"
    ),
    "an answer of a desk with its own address in Reply-To": letter(
        "In-Reply-To: <1@yandex.ru>\nAuto-Submitted: auto-generated\nReply-To: Ivan@example.ru"
    ),
    "a success": report(DAEMON, "delivered", "2.0.0"),
    "passed on to a system without reports": report(DAEMON, "relayed", "2.0.0"),
    "a receipt": letter(
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
        "--b\n\nПрочитано.\n--b\nContent-Type: message/disposition-notification\n\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\n--b--\n",
    ),
}

LISTS = {
    "a person writes through a list": letter(LIST),
    "vger": letter("X-Mailing-List: linux-kernel@vger.kernel.org"),
    "Mailman": letter("Precedence: list"),
    "majordomo": letter("Sender: owner-talk@example.org"),
    "bulk mail by nobody": letter("From: no-reply@shop.example\nPrecedence: bulk"),
    "a newsletter": letter("List-Unsubscribe: <https://shop.example/u>\nPrecedence: bulk"),
    "a bounce that a list passed on": report(
        f"{LIST}\nFrom: MAILER-DAEMON@mx.example.ru", "failed", "5.1.1"
    ),
    "an out-of-office note that a list passed on": letter(f"{LIST}\nAuto-Submitted: auto-replied"),
}

TABLE = [
    pytest.param(raw, kind, id=f"{kind}: {name}")
    for kind, letters in {
        "letter": LETTERS,
        "confirmation": CONFIRMATIONS,
        "bounce": BOUNCES,
        "auto-reply": AUTO_REPLIES,
        "list": LISTS,
    }.items()
    for name, raw in letters.items()
]


@pytest.mark.parametrize(("raw", "kind"), TABLE)
def test_kind(raw: bytes, kind: str) -> None:
    assert read(raw)[0] == kind


def test_a_null_envelope_sender_supports_other_signs() -> None:
    raw = letter("From: info@example.ru\nSubject: failure notice", "Sorry: 550 no such user\n")
    read_as = read_letter(raw)
    root, _ = cut(raw, read_block(raw))
    row = (root, read_as.headers, read_as.subject, read_as.text)
    assert [kind_of(*row), kind_of(*row, "ivan@example.ru"), kind_of(*row, "")] == [
        "letter",
        "letter",
        "bounce",
    ]


SCRAPS = st.sampled_from(
    [
        *(raw for parameter in TABLE for raw in parameter.values if isinstance(raw, bytes)),
        b"Content-Type: multipart/report; boundary=\n\n",
        b"Content-Type: message/delivery-status\n\n\n\n:\n",
        b"Content-Type: \xff/\xfe; boundary*0*=\xd0\n",
        b"Content-Transfer-Encoding: base64\n\n=\xff\n",
        b'{"notificationType":"Bounce","bounce":[{"bouncedRecipients":{}}]}',
        b"From: no-reply@sns.amazonaws.com\n\n" + b"[" * 5000,
        b"Final-Recipient: rfc822;+FF@+00\nStatus: 9.9.9\n\n",
        b"Message-ID: <\xff\x00>\n",
        b"\n--b\n",
    ]
)


@given(st.lists(st.one_of(SCRAPS, st.binary(max_size=200)), max_size=6))
def test_any_bytes_are_of_some_kind(scraps: list[bytes]) -> None:
    kind, bounce = read(b"".join(scraps))
    assert kind in {"letter", "list", "bounce", "auto-reply", "confirmation"}
    assert (bounce is not None) == (kind == "bounce")
