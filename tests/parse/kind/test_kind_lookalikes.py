"""People whose letters look like a machine's, and machines whose letters look like a person's."""

import pytest

from tests.letters import lined_letter as letter
from tests.measure.fidelity.kinds import read

PERSON = "From: Иван <ivan@example.ru>\nReturn-Path: <ivan@example.ru>"
NOWHERE = "From: Иван <ivan@example.ru>\nReturn-Path: <>"
ANSWERS = "In-Reply-To: <9@yandex.ru>\nReferences: <9@yandex.ru>"
ANSWER = f"{NOWHERE}\n{ANSWERS}\nSubject: Re: Заказ"
REPORT = (
    "Reporting-MTA: dns; a.ru\n\nFinal-Recipient: rfc822; a@b.ru\nAction: failed\nStatus: 5.1.1\n"
)
UNKNOWN = "550 5.1.1 <a@b.ru> unknown\n"

PEOPLE = {
    "works at a mail server's firm": (
        "From: Иван <ivan@mdaemon.ru>\nSubject: Ошибка доставки",
        f"Наши письма не доставляются: {UNKNOWN}",
    ),
    "works at a firm with a daemon's name": (
        "From: Maildaemon Ltd, Jane <jane@example.org>\nSubject: Undelivered parcels",
        "The mail could not be delivered, 550 roubles to pay\n",
    ),
    "sells mail delivery systems": (
        "From: Mail Delivery System Sales <sales@mds.example>\nSubject: Undeliverable orders",
        f"Your mail could not be delivered to us {UNKNOWN}",
    ),
    "answers a bounce": (f"{PERSON}\nSubject: Re: Undelivered Mail\n{ANSWERS}", UNKNOWN),
    "asks about a delivery": (
        f"{PERSON}\nSubject: Delivery status of order 5.1.1",
        "The parcel could not be delivered. 550 USD\n",
    ),
    "wants a receipt": (f"{PERSON}\nDisposition-Notification-To: ivan@example.ru", "Прочтите\n"),
    "wants an older receipt": (f"{PERSON}\nReturn-Receipt-To: ivan@example.ru", "Прочтите\n"),
    "writes like a receipt": (f"{PERSON}\nSubject: Прочитано: договор\n{ANSWERS}", "Подписал\n"),
    "writes like a receipt in English": (f"{PERSON}\nSubject: Read: the contract", "Please\n"),
    "writes of leave": (f"{PERSON}\nSubject: Отпуск", "Я в отпуске, доставьте 15-го.\n"),
    "answers of leave": (f"{PERSON}\nSubject: Re: Срок\n{ANSWERS}", "Я в отпуске до 15.\n"),
    "asks from leave, without a path": (ANSWER, "Я сейчас в отпуске, доставите 16-го?\n"),
    "books a holiday, without a path": (ANSWER, "Please move our holiday booking to May.\n"),
    "got the ticket, without a path": (ANSWER, "We have received the ticket, thank you.\n"),
    "got no message, without a path": (ANSWER, "The second message has not been received.\n"),
    "complains, without a path": (ANSWER, "Моё обращение до сих пор не зарегистрировано.\n"),
    "asks, without a path": (ANSWER, "Заявка принята, а мастер когда будет?\n"),
    "quotes a responder, without a path": (ANSWER, "Спасибо.\n\n> Я в отпуске до 5 мая.\n"),
    "sells cars": (f"{PERSON}\nSubject: Auto: Toyota Camry\n{ANSWERS}", "Сколько стоит?\n"),
    "asks about absence": (f"{PERSON}\nSubject: Abwesenheit Frage\n{ANSWERS}", "Wie geht das?\n"),
    "asks about OOO": (f"{PERSON}\nSubject: OOO: настройка", "Как включить?\n"),
    "is told by Exchange to keep machines quiet": (
        f"{PERSON}\n{ANSWERS}\nSubject: RE: Вопрос\nX-Auto-Response-Suppress: DR, OOF, AutoReply",
        "Спасибо\n",
    ),
    "has a box for questions to an autoresponder": (
        f"{PERSON}\nDelivered-To: autoresponder-questions@example.ru",
        "Как его включить?\n",
    ),
    "says no to each": (
        f"{PERSON}\nAuto-Submitted: No\nX-Autoreply: NO\nX-Autoresponse: none",
        "Где заказ?\n",
    ),
    "leaves Auto-Submitted empty": (f"{PERSON}\nAuto-Submitted: ", "Где заказ?\n"),
    "has a loop mark": (f"{PERSON}\nX-Loop: ivan@example.ru", "Где заказ?\n"),
    "writes with a help desk": (f"{PERSON}\nX-Mailer: Zendesk Mailer\n{ANSWERS}", "Готово\n"),
    "writes with a CRM": (
        f"{PERSON}\n{ANSWERS}\nList-Unsubscribe: <mailto:u@example.ru>\nPrecedence: bulk",
        "Готово\n",
    ),
    "scanned something": (
        "From: scan@corp.example\nReply-To: ivan@corp.example\nAuto-Submitted: auto-generated",
        "Скан\n",
    ),
    "pastes a report": (f"{PERSON}\nSubject: Что значит отчёт?", f"{REPORT}\nЧто это?\n"),
    "attaches a report": (
        f"{PERSON}\nSubject: Отчёт\nContent-Type: multipart/mixed; boundary=b",
        f"--b\n\nЧто это?\n--b\nContent-Type: message/delivery-status\n\n{REPORT}--b--\n",
    ),
    "accepts an invitation": (
        f"{PERSON}\nSubject: Accepted: Встреча\nContent-Type: multipart/alternative; boundary=b",
        "--b\n\nок\n--b\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\n"
        "METHOD:REPLY\nEND:VCALENDAR\n--b--\n",
    ),
    "wants off a list": (f"{PERSON}\nSubject: unsubscribe", "Отпишите меня от рассылки\n"),
}

STOCK = (
    "Automatic reply: Order",
    "[Auto-Reply] Order",
    "(Autoreply) Order",
    "Automatische Antwort: Order",
    "Réponse automatique : Order",
    "Respuesta automática: Order",
    "Risposta automatica: Order",
    "Resposta automática: Order",
    "Resposta automàtica: Order",
    "Automatisch antwoord: Order",
    "Automatiskt svar: Order",
    "Automatisk svar: Order",
    "Automaattinen vastaus: Order",
    "Sjálfvirkt svar: Order",
    "Automaatne vastus: Order",
    "Automātiska atbilde: Order",
    "Automatinis atsakymas: Order",
    "Odpowiedź automatyczna: Order",
    "Automatická odpověď: Order",
    "Automatická odpoveď: Order",
    "Automatikus válasz: Order",
    "Răspuns automat: Order",
    "Automatski odgovor: Order",
    "Samodejni odgovor: Order",
    "Автоматичен отговор: Order",
    "Аутоматски одговор: Order",
    "Автоматична відповідь: Order",
    "Автоматты жауап: Order",
    "Αυτόματη απάντηση: Order",
    "Otomatik yanıt: Order",
    "מענה אוטומטי: Order",
    "رد تلقائي: Order",
    "自动答复: Order",
    "自動回覆: Order",
    "自動返信: Order",
    "자동 회신: Order",
    "Trả lời tự động: Order",
    "Balasan otomatis: Order",
    "ตอบกลับอัตโนมัติ: Order",
    "AUTO: Jane Roe is out of the office (returning 15.09.2025)",
    "AUTO: Jane Roe ist außer Haus (Rückkehr am 15.09.2025)",
    "AUTO: Иван Петров вне офиса (возврат 15.09.2025)",
)
AWAY = (
    "I am on leave until Monday.",
    "Ich bin bis Montag in Urlaub.",
    "Je suis en congés.",
    "Estoy ausente hasta el lunes.",
    "Sono in ferie.",
    "Estou de férias.",
    "Ik ben met vakantie.",
    "Jestem na urlopie.",
    "Jsem na dovolené.",
    "Я у відпустці.",
    "Olen lomalla.",
    "Ben izindeyim.",
    "我正在休假。",
    "ただいま不在です。",
    "휴가 중입니다.",
    "אני בחופשה.",
    "أنا في إجازة.",
    "Ваше обращение № 15 зарегистрировано.",
)
MACHINES = {
    "osTicket": "X-Autoresponse: auto",
    "a panel": "X-Auto-Reply-From: ivan@example.ru",
    "cPanel": "X-Precedence: auto_reply",
    "an older vacation program": "Precedence: Vacation",
    "Postfix Admin": "X-Loop: Postfix Admin Virtual Vacation",
    "TMDA": "Message-ID: <2025.123@example.org-tmda-confirm>",
    "Active Spam Killer": "X-AskVersion: 2.5.3",
    "qmail's autorespond": "Delivered-To: Autoresponder",
    "Pigeonhole": "Auto-Submitted: auto-replied (vacation)\nX-Sieve: Pigeonhole Sieve 0.5",
    "Exchange Online": (
        "Auto-Submitted: auto-generated\n"
        "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\nSubject: Automatic reply: A"
    ),
}
BOUNCES = {
    "James, under our subject": ("Re: Order", f"Hi. This is the James mail server.\n{UNKNOWN}"),
    "Czech": ("Nedoručitelná zpráva", f"Zprávu se nepodařilo doručit: {UNKNOWN}"),
    "Swedish": ("Kan inte levereras", f"Det gick inte att leverera meddelandet: {UNKNOWN}"),
    "Norwegian": ("Kan ikke leveres", f"Meldingen kunne ikke leveres: {UNKNOWN}"),
    "Finnish": ("Ei voi toimittaa", f"Viestiä ei voitu toimittaa: {UNKNOWN}"),
    "Turkish": ("Teslim edilemedi", f"İletiniz teslim edilemedi: {UNKNOWN}"),
    "Hungarian": ("Kézbesíthetetlen", f"Nem sikerült kézbesíteni: {UNKNOWN}"),
    "Hebrew": ("לא ניתן למסור", f"לא ניתן היה למסור את ההודעה {UNKNOWN}"),
    "Arabic": ("تعذر تسليم الرسالة", f"تعذر تسليم رسالتك {UNKNOWN}"),
    "Korean": ("메일 발송 실패", f"메일이 배달되지 않았습니다 {UNKNOWN}"),
}


@pytest.mark.parametrize(("fields", "text"), PEOPLE.values(), ids=PEOPLE.keys())
def test_a_person_who_looks_like_a_machine_is_a_person(fields: str, text: str) -> None:
    assert read(letter(fields, text))[0] == "letter"


@pytest.mark.parametrize("subject", STOCK)
def test_a_responder_s_subject_counts_beside_a_machine_s_sign_only(subject: str) -> None:
    said = f"{ANSWERS}\nSubject: {subject}"
    quiet = "X-Auto-Response-Suppress: All"
    assert read(letter(f"{PERSON}\n{said}\n{quiet}", "Hi\n"))[0] == "auto-reply"
    assert read(letter(f"{NOWHERE}\n{said}", "Hi\n"))[0] == "auto-reply"
    assert read(letter(f"{PERSON}\n{said}", "Hi\n"))[0] == "letter"


@pytest.mark.parametrize("text", AWAY)
def test_words_of_absence_count_beside_a_null_reverse_path_only(text: str) -> None:
    assert read(letter(ANSWER, f"{text}\n"))[0] == "auto-reply"
    assert read(letter(ANSWER.replace("<>", "<ivan@example.ru>"), f"{text}\n"))[0] == "letter"


@pytest.mark.parametrize("fields", MACHINES.values(), ids=MACHINES.keys())
def test_a_machine_that_looks_like_a_person_is_a_machine(fields: str) -> None:
    assert read(letter(f"{PERSON}\n{fields}\n{ANSWERS}", "Спасибо\n"))[0] == "auto-reply"


@pytest.mark.parametrize(("subject", "text"), BOUNCES.values(), ids=BOUNCES.keys())
def test_a_bounce_in_another_language(subject: str, text: str) -> None:
    fields = f"From: postmaster@example.org\nReturn-Path: <>\nSubject: {subject}"
    assert read(letter(fields, text))[0] == "bounce"
    assert read(letter(fields.replace("<>", "<postmaster@example.org>"), "Hi\n"))[0] == "letter"


SMARTERMAIL = """Could not deliver message to the following recipient(s):

Failed Recipient: petr@example.com
Reason: Remote host said: 550 5.1.1 The account that you tried to reach does not exist.
"""


def test_a_program_that_writes_of_recipients_in_brackets_speaks_of_itself() -> None:
    """MailBounceDetector#10: from an administrator's address, with a reverse path."""
    for sender in ("postmaster@example.org", "System Administrator <sysadmin@example.org>"):
        fields = f"From: {sender}\nReturn-Path: <{sender}>\nSubject: Delivery Failure"
        assert read(letter(fields, SMARTERMAIL))[0] == "bounce"
        quoted = f"Здравствуйте! Что значит этот ответ?\n\n{SMARTERMAIL}"
        assert read(letter(fields, quoted))[0] == "letter"


RULES = """Auto-Submitted: auto-generated
X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent
X-MS-Exchange-Inbox-Rules-Loop: ivan@example.org"""


@pytest.mark.parametrize("field", ["Resent-From: <ivan@example.org>", "Resent-To: <a@example.org>"])
def test_what_a_rule_redirects_somebody_wrote(field: str) -> None:
    """zammad#6025: the subject stays as it was."""
    fields = f"From: Anna <anna@example.com>\nSubject: Заказ\n{RULES}"
    assert read(letter(f"{fields}\n{field}", "Где мой заказ?\n"))[0] == "letter"
    assert read(letter(fields, "Спасибо, получили.\n"))[0] == "auto-reply"


def test_a_form_that_names_the_person_in_from_and_itself_in_sender() -> None:
    fields = "From: Anna <anna@example.com>\nSender: www@shop.example.org\nSubject: Вопрос"
    made = f"{fields}\nAuto-Submitted: auto-generated"
    assert read(letter(made, "Когда доставка?\n"))[0] == "letter"
    for sign in ("Precedence: bulk", "In-Reply-To: <a@example.org>", "List-Unsubscribe: <x:y>"):
        assert read(letter(f"{made}\n{sign}", "Когда доставка?\n"))[0] != "letter"
    own = made.replace("www@shop.example.org", "robot@example.com")
    assert read(letter(own, "Disk full\n"))[0] == "auto-reply"
