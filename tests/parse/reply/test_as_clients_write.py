"""How clients copy and mark the letter they answer: languages, orders and frames of each kind."""

import pytest

from bridge.parse.message import read_letter
from bridge.parse.reply.new_words import new_words
from bridge.parse.reply.occasion import Occasion
from tests.letters import letter

WORDS = "Да, завтра удобно."
OLD = "Добрый день!\n\nКурьер приедет завтра с 10 до 12. Удобно ли вам?\n\nАнна"
MARKED = "\n".join(f"> {line}" for line in OLD.split("\n"))
WHO = "Анна <anna@shop.example>"
ANSWER = Occasion(
    subject="Re: Доставка",
    writer="Иван Петров ivan@home.example",
    people=frozenset({"ivan@home.example", "иван петров", "anna@shop.example", "анна"}),
)

# From, date, to and subject as Outlook, webmails and phones name them.
NAMES = (
    ("Nadawca", "Data", "Adresat", "Temat"),
    ("Odesílatel", "Datum", "Příjemce", "Předmět"),
    ("Expéditeur", "Date", "Destinataire", "Sujet"),
    ("Lähettäjä", "Päivämäärä", "Vastaanottaja", "Aihe"),
    ("Šalje", "Poslato", "Za", "Tema"),
    ("Пошиљалац", "Послато", "Прималац", "Тема"),
    ("Од", "Испратено", "До", "Предмет"),
    ("Відправник", "Дата", "Одержувач", "Тема"),
    ("Кімнен", "Жіберілген уақыты", "Кімге", "Тақырыбы"),
    ("De", "Enviat", "Per a", "Assumpte"),
    ("De", "Enviado o", "Para", "Asunto"),
    ("Nork", "Bidalia", "Nori", "Gaia"),
    ("Nga", "Dërguar", "Për", "Subjekti"),
    ("Siuntėjas", "Išsiųsta", "Gavėjas", "Tema"),
    ("Kimdən", "Göndərildi", "Kimə", "Mövzu"),
    ("Daripada", "Dihantar", "Kepada", "Subjek"),
    ("Mula sa", "Ipinadala", "Kay", "Paksa"),
    ("من", "التاريخ", "إلى", "الموضوع"),
    ("จาก", "ส่งเมื่อ", "ถึง", "เรื่อง"),
    ("प्रेषक", "भेजा गया", "प्रति", "विषय"),
    ("გამომგზავნი", "გაგზავნილია", "ადრესატი", "თემა"),
    ("From", "Sent on", "To", "Subject"),
)


@pytest.mark.parametrize("names", NAMES, ids=[" ".join(each[:2]) for each in NAMES])
def test_copied_fields_are_told_in_every_language(names: tuple[str, str, str, str]) -> None:
    sender, date, to, subject = names
    block = f"{sender}: {WHO}\n{date}: 15.9.2025 15:46\n{to}: Иван\n{subject}: Доставка"
    bold = f"*{sender}:* {WHO}\n*{date}:* 15.9.2025 15:46\n*{to}:* Иван"
    assert new_words(f"{WORDS}\n\n{block}\n\n{OLD}", ANSWER) == WORDS
    assert new_words(f"{WORDS}\n\n{bold}\n\n{OLD}") == WORDS


ORDERS = {
    "to first, all four": f"To: ivan@home.example\nFrom: {WHO}\nCC: b@c.example\n"
    "Subject: Доставка\nDate: Mon, 15 Sep 2025 15:46:31 -0800",
    "subject first, all four": f"Subject: Доставка\nFrom: {WHO}\nTo: ivan@home.example\n"
    "Date: Mon, 15 Sep 2025 15:46:31 +0000",
    "two, the date a program's": f"From: {WHO}\nDate: Mon, 15 Sep 2025 15:46:31 +0300",
    "two on one line": "From: anna@shop.example Date: Mon, 15 Sep 2025 15:46:31 -0700",
    "date and addressee": "Date: Mon, 15 Sep 2025 15:46:31 -0600\nTo: ivan@home.example",
    "behind the marker": f'-------- Original message --------From: "Анна" {WHO[5:]} Date: '
    "15/09/2025  15:46  (GMT+03:00) To: Иван Subject: Доставка",
    "behind the marker, German": f'-------- Ursprüngliche Nachricht --------Von: "Анна" {WHO[5:]} '
    "Datum: 15.09.25  15:46  (GMT+01:00) An: Иван Betreff: Доставка",
    "an address between, French": f"De : {WHO}\nRépondre à : Support <s@shop.example>\n"
    "Date : lundi 15 septembre 2025 15:46\nÀ : Иван\nObjet : Доставка",
    "an address between, of a name nobody knows": f"От: {WHO}\nОбратно: <s@shop.example>\n"
    "Дата: 15.09.2025 15:46\nТема: Доставка",
    "marker of three dashes": f"--- Исходное сообщение ---\nОт кого: {WHO}\nДата: 15.09.2025 15:46",
    "no hour, but who and what about": "От: Анна\nДата: 15 сентября 2025 г.\nТема: Доставка",
    "when it was received, Proton": f"--- Original Message ---\nFrom: {WHO}\n"
    "Received: 15 Sep 2025 15:46\nTo: Иван\nSubject: Доставка",
    "Lotus Notes, for another": f"{WHO}\nSent by: {WHO}\n15/09/25 15:46\n"
    f"Please respond to\n{WHO}\n\nTo\nИван <ivan@home.example>\ncc\n\nSubject\nДоставка",
    "marker without dashes": f"Original Message\n\nFrom: {WHO}\nSent: Monday, September 15, 2025 "
    "3:46 PM\nTo: Иван\nReply To: Анна\nSubject: Доставка",
    "marker without dashes, Chinese": f"原始邮件\n发件人：{WHO}\n发件时间：2025年9月15日 15:46\n"
    "收件人：ivan <ivan@home.example>\n主题：Доставка",
    "marker under the words": f"-----Original Message-----\nFrom: {WHO}\nSent: 15.09.2025 15:46",
}


@pytest.mark.parametrize("block", ORDERS.values(), ids=ORDERS.keys())
def test_copied_fields_are_told_in_every_order(block: str) -> None:
    assert new_words(f"{WORDS}\n\n{block}\n\n{OLD}", ANSWER) == WORDS


FORMS = (
    "Тема: заявка на пропуск\nКому: охрана\nДата: 15.09.2025 10:00",
    "Кому: Анна, склад\nОт: ИП Петров",
    "From: Moscow\nDate: 15 September, 10:30",
    "To: anna@shop.example\nFrom: our branch\nSubject: pallets",
    "Дата: 15.09.2025 15:46\nКому: anna@shop.example",
    "От: Иван Петров\nДата: 15.09.2025\nТема: Доставка",
    "От: Петров Иван, ivan@home.example\nКому: ООО «Лавка», anna@shop.example\nДата: 15.09.2025\n"
    "Тема: Доставка",
)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_the_writer_s_own_stays(form: str) -> None:
    body = f"Добрый день.\n\n{form}\n\nПрошу оформить."
    assert new_words(body, ANSWER) == body


STRANGER = (
    "From: Supplier <sales@other.example>\nSent: Monday, September 15, 2025 3:46 PM\n"
    "To: Somebody <s@else.example>\nSubject: Price list"
)
FRAMES = {
    "a rule": "_" * 32,
    "a rule of hyphens": "-" * 20,
    "a marker": "-----Original Message-----",
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES.keys())
def test_a_client_s_frame_proves_history_of_whomever(frame: str) -> None:
    framed = f"{frame}\n{STRANGER}\n\n{OLD}"
    assert new_words(f"{WORDS}\n\n{framed}", ANSWER) == WORDS
    for kept in (
        f"{WORDS}\n\n{STRANGER}\n\n{OLD}",  # no frame: he may have pasted it
        f"Вот что они ответили:\n\n{framed}",
        f"Here is their letter\n\n{framed}",
    ):
        assert new_words(kept, ANSWER) == kept
    fresh = Occasion(subject="Прайс-лист", people=ANSWER.people)  # no reply by its subject
    assert new_words(f"{WORDS}\n\n{framed}", fresh) == f"{WORDS}\n\n{framed}"


ABOVE = (
    "[Please reply above this line]",
    "—-—-—-—\nReply above this line.",
    "—-—-—-— Отвечайте выше этой строки.",
    "--------\nПишите ответ выше этой линии",
    "##- Please type your reply above this line -##",
    "##- Bitte geben Sie Ihre Antwort oberhalb dieser Zeile ein -##",
    "##- Veuillez saisir votre réponse au-dessus de cette ligne -##",
    "##- Por favor, escriba su respuesta por encima de esta línea -##",
    "##- Digita la risposta sopra questa riga -##",
    "##- Digite a resposta acima desta linha -##",
    "##- Typ uw antwoord boven deze regel -##",
    "##- Wpisz odpowiedź powyżej tego wiersza -##",
    "##- Введите ответ над этой строкой -##",
    "##- Введіть відповідь над цим рядком -##",
    "##- Skriv dit svar over denne linje -##",
    "##- Skriv ditt svar ovanför den här raden -##",
    "##- Kirjoita vastauksesi tämän rivin yläpuolelle -##",
    "##- Odpověď napište nad tento řádek -##",
    "##- Yanıtınızı bu satırın üstüne yazın -##",
    "##- Írja válaszát e sor fölé -##",
    "##- Vă rugăm să răspundeți deasupra acestei linii -##",
    "##- 请在此行上方键入您的回复 -##",
    "##- この行より上に返信を記入してください -##",
    "##- 이 줄 위에 회신을 입력하십시오 -##",
    "##- הקלד את תגובתך מעל שורה זו -##",
    "##- اكتب ردك فوق هذا السطر -##",
    "=-=-=-= Pour répondre par courriel, écrivez au dessus de cette ligne =-=-=-=",
    "=-=-=-= Um per E-Mail zu antworten, schreiben Sie bitte über diese Zeile =-=-=-=",
    "=-=-=-= Para responder por correo electrónico, escriba encima de esta línea =-=-=-=",
    "=-=-=-= Чтобы ответить по электронной почте, пишите выше этой строки =-=-=-=",
)


@pytest.mark.parametrize("line", ABOVE)
def test_what_a_help_desk_asks_to_write_above_ends_the_answer(line: str) -> None:
    assert new_words(f"{WORDS}\n\n{line}\n\n{OLD}", ANSWER) == WORDS
    said = line.strip("#=- ")
    asked = f"В вашем письме написано:\n\n{line}\n\nЧто это значит?"
    for sentence in (f"В вашем письме написано: {said}. Что это значит?", asked):
        assert new_words(sentence, ANSWER) == sentence


LINES = (
    "On Sep 15, 2025, at 3:46 PM, Anna <anna@shop.example<mailto:anna@shop.example>> wrote:",
    'Am 15.09.2025 um 15:46 schrieb "me@our.example<mailto:me@our.example>" '
    "<me@our.example<mailto:me@our.example>>:",
    "На 15.09.2025 во 15:46, Ана напиша:",
    "Дана 15.09.2025. у 15:46, Ана је написала:",
    "في 15‏/9‏/2025 15:46، كتب Anna:",
    f"---- 在 星期一, 15 九月 2025 15:46:32 +0800 {WHO} 撰写 ----",
    f"星期一, 九月 15, 2025 3:46 下午，{WHO} 来信：",
    "25. 9. 15. 15:46에 Anna 이(가) 쓴 글:",
    f"Wiadomość napisana przez {WHO} w dniu 15 wrz 2025, o godz. 15:46:",
)


@pytest.mark.parametrize("line", LINES)
def test_a_line_that_says_who_wrote_opens_history_in_more_languages(line: str) -> None:
    assert new_words(f"{WORDS}\n\n{line}\n\n{MARKED}", ANSWER) == WORDS
    assert new_words(f"{WORDS}\n\n{line}\n\n{OLD}", ANSWER) == WORDS


def test_a_line_of_the_writer_s_with_an_address_and_an_hour_stays_above_marks() -> None:
    line = "Пишите на anna@shop.example, буду 15 сентября 2025 г. в 15:46"
    shown = new_words(f"{WORDS}\n\n{line}\n\n{MARKED}", ANSWER)
    assert shown.startswith(f"{WORDS}\n\n{line}")


def test_a_quotation_that_begins_with_name_and_day_is_no_excerpt_of_the_writer_s() -> None:
    quote = "> Anna Ivanova\n> 15 September 2025 at 3:46 pm\n> Will you be there?"
    assert new_words(f"{WORDS}\n\n{quote}", ANSWER) == WORDS


@pytest.mark.parametrize("line", ["Forwarded message:", "Пересылаемое сообщение:"])
def test_a_letter_passed_on_without_dashes_stays(line: str) -> None:
    for body in (
        f"Смотрите.\n\n{line}\n\n> From: {WHO}\n> Subject: Прайс\n>\n> Цены ниже.",
        f"Смотрите.\n\n{line}\n\nFrom: {WHO}\nDate: 15.09.2025 15:46\nTo: b@c.example\n\nЦены.",
    ):
        assert new_words(body, ANSWER) == body


GLUED = (
    f"On Mon, Sep 15, 2025 at 3:46 PM, {WHO} wrote:",
    "On Monday, September 15, 2025, Anna wrote:",
    f"Am Mo., 15. Sept. 2025 um 15:46 Uhr schrieb {WHO}:",
    f"Le lun. 15 sept. 2025 à 15:46, {WHO} a écrit :",
    f"El lun, 15 sept 2025 a las 15:46, {WHO} escribió:",
    f"пн, 15 сент. 2025 г. в 15:46, {WHO}:",
)


@pytest.mark.parametrize("line", GLUED)
@pytest.mark.parametrize("gap", ["", " ", " --- "])
def test_a_client_s_line_that_lost_its_line_end_is_still_told(line: str, gap: str) -> None:
    assert new_words(f"{WORDS}{gap}{line}\n{MARKED}", ANSWER) == WORDS
    between = f"{WORDS}{gap}{line}\n> Завтра?\n\nДа.\n\n> С 10 до 12?"
    assert new_words(between, ANSWER) == between


PARTED = (
    f"15.09.2025, 15:46, {WHO}:",
    f"15 сент. 2025 г., в 15:46, {WHO} написал(а):",
    f"Понедельник, 15 сентября 2025, 15:46 +03:00 от {WHO}:",
    f"{WHO} писал(а) 15.09.2025 15:46:",
    f"On Sep 15, 2025, at 3:46 PM, {WHO} wrote:",
    "On Mon, Sep 15, 2025 at 3:46 PM Anna Ivanova\n<anna@shop.example> wrote:",
    "-----Original message----- From: anna@shop.example Sent: Monday, September 15, 2025 3:46 PM "
    "To: ivan@home.example Subject: Доставка",
)


@pytest.mark.parametrize("line", PARTED)
@pytest.mark.parametrize("said", [WORDS, "Подходит, спасибо!", "On Tuesday, I am offline."])
def test_the_words_on_the_line_that_says_who_wrote_are_the_writer_s(said: str, line: str) -> None:
    for below in (f"\n{MARKED}", f"\n\n{OLD}"):
        assert new_words(f"{said} {line}{below}", ANSWER) == said
        assert new_words(f"Добрый день.\n{said} {line}{below}", ANSWER) == f"Добрый день.\n{said}"


def test_an_abbreviation_in_a_client_s_line_parts_nothing() -> None:
    for line in (
        "On Mon. Sep 15, 2025 at 3:46 PM, Dr. Roe <roe@shop.example> wrote:",
        f"Le 15 sept. 2025 à 15:46, {WHO} a écrit :",
        f"Em seg. 15 de set. de 2025 às 15:46, {WHO} escreveu:",
    ):
        assert new_words(f"{WORDS}\n\n{line}\n{MARKED}", ANSWER) == WORDS
        assert new_words(f"{WORDS}\n\n{line}\n\n{OLD}", ANSWER) == WORDS


@pytest.mark.parametrize("tail", ["Sent from my iPhone", "Verzonden vanuit Outlook voor iOS"])
def test_an_address_that_wrote_is_history_under_a_tail_alone(tail: str) -> None:
    history = f"anna@shop.example wrote:\n{OLD}"
    assert new_words(f"{WORDS}\n\n{tail}\n\n{history}", ANSWER) == WORDS
    assert new_words(f"{WORDS}\n\n{history}", ANSWER) == f"{WORDS}\n\n{history}"


def test_a_link_that_a_client_wrote_out_does_not_break_a_quotation() -> None:
    quote = "> Ваша заявка\n (https://desk.example/t/15?a=1) >\n> принята\n> Анна"
    assert new_words(f"{WORDS}\n\n{WHO}, 15.09.2025 15:46:\n{quote}", ANSWER) == WORDS


@pytest.mark.parametrize("rule", ["====", "----", "****", "____"])
def test_a_short_rule_above_history_goes_with_it(rule: str) -> None:
    history = f"15.09.2025, 15:46, {WHO}:\n{MARKED}"
    assert new_words(f"{WORDS}\n\n{rule}\n\n{history}", ANSWER) == WORDS
    list_ = f"{WORDS}\n{rule}\nПодъезд 3"
    assert new_words(f"{list_}\n\n{history}", ANSWER) == list_


LISTED = "users mailing list\nusers@lists.example\nhttps://lists.example/info/users"


@pytest.mark.parametrize("rule", ["__", "_" * 47])
def test_a_list_s_footer_goes_however_long_its_rule_is(rule: str) -> None:
    assert new_words(f"{WORDS}\n\n{rule}\n{LISTED}", ANSWER) == WORDS


@pytest.mark.parametrize("unseen", ["\u200b", "\u200e\u200f", "\xa0", "\ufeff"])
def test_what_nobody_sees_below_a_tail_hides_it_not(unseen: str) -> None:
    assert new_words(f"{WORDS}\n\nSent from my iPhone\n{unseen}\n", ANSWER) == WORDS


def test_a_delimiter_in_bold_letters_is_one() -> None:
    card = "Ivan Petrov\nHead of Sales\nHome Ltd.\n+7 495 000-00-00"
    assert new_words(f"Yes.\n\n*-- *\n{card}", ANSWER) == "Yes."
    assert new_words("Yes.\n\n*-- *\nПришлите счёт.", ANSWER).endswith("Пришлите счёт.")


INDENTS = (
    "margin-top:0;margin-bottom:0",
    "margin-top: 0px; margin-bottom: 0px; margin-left: 40px",
)


@pytest.mark.parametrize("style", INDENTS)
def test_what_outlook_s_editor_indents_is_no_quotation(style: str) -> None:
    lines = "".join(f"<div>{i}. Паллета, {i} кг</div>" for i in range(1, 16))
    indented = f"<blockquote class='elementToProof' style='{style}'>{lines}</blockquote>"
    page = f"<div>Везём</div>{indented}"
    raw = letter(text="-", html=page, subject="Re: Доставка")
    read = read_letter(raw.replace(b"text/plain", b"text/x-nothing"))
    assert ">" not in read.text
    assert "15. Паллета, 15 кг" in read.reply


DELIMITERS = (
    "<div>-- <br></div>",
    "<span class='gmail_signature_prefix'>-- </span><br>",
    "--&nbsp;<br>",
    "<p>--&nbsp;</p>",
)


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_a_page_s_delimiter_keeps_its_blank(delimiter: str) -> None:
    card = "<div>Ivan Petrov<br>Head of Sales<br>Home Ltd.<br>+7 495 000-00-00</div>"
    page = f"<p>Yes, tomorrow.</p>{delimiter}{card}"
    raw = letter(text="-", html=page, subject="Re: Delivery", sender="Ivan Petrov <i@home.example>")
    read = read_letter(raw.replace(b"text/plain", b"text/x-nothing"))
    assert "-- " in read.text.split("\n")
    assert read.reply.strip() == "Yes, tomorrow."
