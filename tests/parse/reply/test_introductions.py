"""Lines and fields above a quotation, in the languages and by the programs of customers."""

import pytest

from bridge.parse.reply.new_words import new_words
from bridge.parse.reply.occasion import Occasion

NEW = "Yes, it did come, thank you.\nWhere is the bill?"
OLD = ("Good day, Peter!", "", "Has the order reached you?", "We wait for an answer.")
MARKED = "\n".join(f"> {line}" for line in OLD)
HELP = "Help Desk <help@example.ru>"
ANSWER = Occasion(
    subject="Re: Order",
    writer="Peter p@example.org",
    people=frozenset({"help desk", "help@example.ru", "peter", "p@example.org"}),
)

# What stands above lines that are marked.
ABOVE_MARKS = (
    "tors 6 dec. 2018 kl 13:30 skrev Help Desk <help@example.ru>:",
    "ons. 26. aug. 2026 kl. 14:05 skrev Help Desk <help@example.ru\n>:",
    "Dana sri, 15. svi 2019. u 14:05 Help Desk <help@example.ru> napisao je:",
    "Vào Th 4, 15 thg 5, 2019 vào lúc 14:05 Help Desk <help@example.ru> đã viết:",
    "เมื่อ พ. 15 พ.ค. 2019 เวลา 14:05 Help Desk <help@example.ru> เขียนว่า:",
    "2019年5月15日(水) 14:05 Help Desk <help@example.ru>:",
    "در تاریخ چهارشنبه ۱۵ مهٔ ۲۰۱۹، ۱۴:۰۵ Help Desk <help@example.ru> نوشت:",
    "Þann mið., 15. maí 2019 kl. 14:05 skrifaði Help Desk <help@example.ru>:",
    "El dc., 15 maig 2019, 14:05, Help Desk <help@example.ru> va escriure:",
    "Help Desk igorleak hau idatzi du (2019 mai. 15, az. (14:05)):",
    "бүгін, 2019 ж. 15 мам. 14:05 Help Desk <help@example.ru> жазды:",
    "Am 15.05.2019 um 14:05 schrieb help@other.example",
    "Help Desk (Wed, 15 May 2019 14:05:00 +0200):",
    "[Help Desk wrote on 15.05.2019 14:05:]",
    "+++ Help Desk [2019-05-15 14:05 +0200]:",
    "Help Desk @ 2019-05-15 (Wednesday), 14:05 (+0200)",
    "Help Desk <help@example.ru> 15.05.2019 14:05 >>>",
    "Help Desk | 15.05.2019 14:05 |:",
    "Help Desk, le 15/05/2019 à 14:05 :",
    "From the keyboard of Ann [15.05.19,14:05]:",
    "Thus spake Ann Lee (ann@example.org):",
    "In reply to Ann Lee's message from 15 May 2019:",
    "Excerpts from Ann Lee's message of May 15, 2019 2:05 pm:",
    "Message du 15/05/19 14:05",
    # Gmail's of 2016, where an archive took the address away
    "2019-05-15 14:05 GMT+02:00 Help Desk",
    # forums and groups, which write for somebody
    "ann_lee via Help Forum wrote:",
    # Horde
    "Cituji Help Desk <help@example.ru>:",
    "Цитую Help Desk <help@example.ru>:",
    "Cytowanie Help Desk <help@example.ru>:",
    "Lainaus Help Desk <help@example.ru>:",
    "Цитирование Help Desk <help@example.ru>:",
    # K-9, without a date
    "Help Desk <help@example.ru> піша:",
    "Help Desk <help@example.ru> ha escrit:",
    "Help Desk <help@example.ru> より:",
    "Sgrìobh Help Desk <help@example.ru>:",
    "Scríobh Help Desk <help@example.ru>:",
)

# What stands above lines without marks; the name may be folded off.
ABOVE_UNMARKED = (
    "Help Desk <help@example.ru>\n于2019年5月15日周三 14:05写道：",
    "Help Desk <help@example.ru> hat am\n15.05.2019 14:05 CEST geschrieben:",
    "Help Desk <help@example.ru>, 15 May 2019\nÇar, 14:05 tarihinde şunu yazdı:",
    # the verb apart, as a page has it
    "W dniu 15 maja 2019 14:05 użytkownik Help Desk <help@example.ru>\n\nnapisał:",
    # the link of the address on lines of its own
    "On Wed, May 15, 2019 at 2:05 PM Help Desk\n\n<\nmailto:help@example.ru\n> wrote:",
    "Am Mi., 15. Mai 2019 um 14:05 Uhr schrieb Help Desk\n\n<help@example.ru>:",
    # the name first, and no address
    "Wiadomość napisana przez Biuro Obsługi w dniu 15 maj 2019, o godz. 14:05:",
    "Asiakaspalvelu kirjoitti 15.5.2019 kello 14.05:",
    "Destek şunları yazdı (15 May 2019 14:05):",
    "Help Desk wrote on 15.05.2019 14:05:",
    "Help Desk a écrit le 15/05/2019 14:05 :",
    "Help Desk ha scritto il 15/05/2019 14:05:",
    "Help Desk napisał(a) w dniu 15.05.2019 14:05:",
    "Help Desk писал 15.05.2019 14:05:",
    # Zimbra
    "----- Help Desk help@example.ru a écrit le 15 mai 2019 à 14:05 :",
    "----- 15 May, 2019, 14:05, Help Desk help@example.ru 작성:",
    "----- Dne 15 May, 2019 ob 14:05 je Help Desk help@example.ru napisal(a):",
)

# Header fields; the letter below them is not marked.
FIELDS = (
    f"Gönderen: {HELP}\nGönderilen: 15 Mayıs 2019 14:05\nKime: p@example.org\nKonu: Order",
    f"발신: {HELP}\n보낸 날짜: 2019년 5월 15일 14:05\n받는 사람: p@example.org\n제목: Order",
    f"----- 원본 이메일 -----\n발신: {HELP}\n날짜: 19/5/15 14:05\n받은 사람: p@a.org\n제목: O",
    f"من: {HELP}\nتاريخ الإرسال: 15/مايو/2019 02:05 م\nإلى: p@example.org\nالموضوع: Order",
    f"Шаље: {HELP}\nПослато: 15. мај 2019. 14:05\nПрима: p@example.org\nТема: Order",
    f"Saatja: {HELP}\nSaadetud: 15. mai 2019 14:05\nAdressaat: p@example.org\nTeema: Order",
    f"Dari: {HELP}\nTerkirim: Rabu, 15 Mei 2019 14.05\nKepada: p@example.org\nSubjek: Order",
    f"از: {HELP}\nارسال شده: 15 مه 2019 14:05\nبه: p@example.org\nموضوع: Order",
    f"От: {HELP}\nЖіберілді: 2019 ж. 15 мамыр 14:05\nКімге: p@example.org\nТақырыбы: Order",
    f"-----Oprindelig meddelelse-----\nFra: {HELP}\nSendt: 15. maj 2019 14:05\nTil: p@a\nEmne: O",
    # a language that nobody knows here: the values tell
    f"Mula kay: {HELP}\nNaipadala: Mayo 15, 2019 14:05\nPara kay: p@example.org\nPaksa: RE: Order",
    # Lotus Notes
    f"Desk---05/15/2019 02:05:00 PM---Good\n\nFrom: {HELP}\nTo: p@a.org\nDate: 15.05.2019 14:05\n"
    "Subject: Order",
    f"{HELP}\n15.05.2019 14:05\n\n\nTo: p@example.org\ncc: \nSubject: Order",
    f"{HELP} \n05/15/2019 02:05 PM\n\nTo\np@example.org\ncc\n\nSubject\nOrder",
    f"{HELP} on 05/15/2019 02:05:31 PM\n\nTo: p@example.org\ncc:\n\nSubject: Order",
    "From: Help Desk on 05/15/2019 02:05 PM CDT\nTo: P/Sales/Acme@ACME\ncc: \nSubject: Order",
    "Help Desk/Sales/Acme@ACME       15.05.2019 14:05\nPlease respond to Help Desk\n\n"
    "To: p@example.org\nSubject: Order",
    "Help Desk\n15.05.2019 14:05\nTo: "
    + ",\n".join(f"{i}. Person/Sales/Acme@ACME" for i in range(20))
    + "\ncc:\nSubject: Order",
    # markers of other languages
    f"-------- Mensaxe orixinal --------\nDe: {HELP}\nData: 2019-05-15 14:05\nPara: p@a.org\n"
    "Asunto: Order",
    f"-------- Pesan Orisinal --------\nDari: {HELP}\nTerkirim: 15 Mei 2019 14.05\nSubjek: Order",
    f"-------- الرسالة الأصلية --------\nمن: {HELP}\nالتاريخ: 15.05.2019 14:05\nالموضوع: Order",
    f"-------- Оригинална порука --------\nОд: {HELP}\nДатум: 15.05.2019 14:05\nТема: Order",
    f"-------- Özgün İleti --------\nGönderici: {HELP}\nTarih: 15.05.2019 14:05\nKonu: Order",
    # a marker and names that nobody knows here: the values tell
    f"-------- Neges Wreiddiol --------\nOddi wrth: {HELP}\nAnfonwyd: 15 Mai 2019 14:05\n"
    "At: p@example.org\nPwnc: Re: Order",
    f"-----邮件原件-----\n发件人: {HELP} 代表 Desk\n发送时间: 2019年5月15日 14:05\n主题: O",
    # Zimbra, without a marker
    f"De: {HELP}\nPara: p@example.org\nEnviados: Miércoles, 15 de Mayo 2019 14:05:00\nAsunto: O",
    "Help Desk/Sales/Acme\n15.05.2019 14:05\n\nAn\np@example.org\nKopie\n\nBetreff\nOrder",
    f"{HELP}\n\n15.05.2019 14:05\nTo\tp@example.org\ncc\nSubject\tOrder",
    # eM Client, which writes no colons
    '------ Original Message ------\nFrom "Help Desk" <help@example.ru>\nTo "P" <p@a.org>\n'
    "Date 15.05.2019 14:05:00\nSubject Order",
    # Roundcube, where the marks were lost
    "Help Desk писал(а) 2019-05-15 14:05:",
    # The Bat! in HTML, which has no marks
    "Вы писали 15 мая 2019 г., 14:05:45:",
    "Среда, 15 мая 2019, 14:05:45, вы писали:",
    "Wednesday, May 15, 2019, 2:05:45 PM, you wrote:",
)


@pytest.mark.parametrize("said", ABOVE_MARKS)
def test_what_stands_above_marked_lines(said: str) -> None:
    marked = "\n".join(f"> {line}".rstrip() for line in OLD)
    assert new_words(f"{NEW}\n\n{said}\n{marked}\n", ANSWER) == NEW


@pytest.mark.parametrize("said", ABOVE_UNMARKED)
def test_what_stands_above_lines_without_marks(said: str) -> None:
    unmarked = "\n".join(OLD)
    assert new_words(f"{NEW}\n\n{said}\n\n{unmarked}\n", ANSWER) == NEW


@pytest.mark.parametrize("said", FIELDS)
def test_fields_above_a_letter_without_marks(said: str) -> None:
    unmarked = "\n".join(OLD)
    assert new_words(f"{NEW}\n\n{said}\n\n{unmarked}\n", ANSWER) == NEW


@pytest.mark.parametrize(
    "said",
    [
        "Help Desk a écrit le 15/05/2019 14:05 :",
        "Help Desk ha scritto il 15/05/2019 14:05:",
        "Help Desk napisał(a) w dniu 15.05.2019 14:05:",
        "Help Desk wrote on 15.05.2019 14:05:",
    ],
)
@pytest.mark.parametrize("own", ["Order:\n- 5 pumps\n- 2 hoses", "Adresse:\n10115 Berlin", "1) да"])
def test_the_line_above_one_that_names_the_writer_first_is_no_part_of_it(
    own: str, said: str
) -> None:
    for old in (MARKED, "\n".join(OLD)):
        assert new_words(f"{own}\n{said}\n{old}\n", ANSWER) == own


# The writer's own last lines, which look like the beginning of what a client copies.
LOOKS_COPIED = (
    "1. yes\n2. no\n3. on 5 June 2019, 10:00",
    "Иван Петров\n5 июня 2019, 10:00",
    "Peter Roe\n05.06.2019 10:00\nTo: hall 5",
    "Temat: zwrot\nImię: Nowak",
    "The truck goes\n\nfrom: Berlin\nto: Vienna",
    "Перевозка:\n\nОт: Москва\nКому: Вена",
    "Subject: pump\nQuantity: 5\nDate: 5 June",
    "Тема: насос\nКоличество: 5\nДата: 5 июня",
)
COPIED = (
    f"From: {HELP}\nSent: Wednesday, May 15, 2019 2:05 PM\nTo: Peter\nSubject: Order",
    f"Von: {HELP}\nGesendet: Mittwoch, 15. Mai 2019 14:05\nAn: Peter\nBetreff: Order",
    f"De : {HELP}\nEnvoyé : mercredi 15 mai 2019 14:05\nÀ : Peter\nObjet : Order",
    f"От: {HELP}\nОтправлено: 15 мая 2019 г. 14:05\nКому: Пётр\nТема: Order",
    f"-----Original Message-----\nFrom: {HELP}\nSent: 15 May 2019 14:05\nTo: Peter\nSubject: Order",
    f"______________________________\nFrom: {HELP}\nSent: 15 May 2019 14:05\nTo: P\nSubject: Order",
)


@pytest.mark.parametrize("own", LOOKS_COPIED)
@pytest.mark.parametrize("fields", COPIED)
def test_lines_that_look_like_fields_above_a_client_s_stay(own: str, fields: str) -> None:
    unmarked = "\n".join(OLD)
    assert new_words(f"{own}\n\n{fields}\n\n{unmarked}\n", ANSWER) == own


@pytest.mark.parametrize("own", ["好的。\n地址：北京\n电话：123", "Ja.\nAdresse: Wien\nTel: 0123"])
def test_labels_right_above_a_client_s_fields_stay(own: str) -> None:
    fields = (
        f"Gesendet: Mittwoch, 15. Mai 2019 um 14:05 Uhr\nVon: {HELP}\nAn: p@a.org\nBetreff: Order"
    )
    assert new_words(f"{own}\n{fields}\n" + "\n".join(OLD), ANSWER) == own


@pytest.mark.parametrize("above", ["Здравствуйте, Help.", "", "Добрый день!"])
def test_the_bat_whose_user_answers_below(above: str) -> None:
    said = "Вы писали 15 мая 2019 г., 14:05:45:\n\nHas it come?\n\nIt has, thanks."
    words = new_words(f"{above}\n\n{said}", ANSWER)
    assert "It has, thanks." in words


@pytest.mark.parametrize(
    "body",
    [
        # a form, whose values are not a letter's
        "Посылаю:\n\nPangalan: Peter\nPetsa: Mayo 15, 2019 14:05\nEmail: p@example.org\n\nOk",
        "Данные\n\nИмя: Пётр\nПочта: p@example.org\nКогда: 15.05.2019 14:05\nЗаказ: 17\n\nЖду.",
        # a heading of the writer's own above them
        "Посылаю.\n\n------ Данные заказа ------\nИмя: Пётр\nПочта: p@example.org\nЗаказ: 17",
        # a year and an address above a colon
        "Removed.\n\n- * Copyright (C) 2016 Help Desk <help@example.ru>\n- * based on this:\n- * x",
        # somebody to write to, and a dated note
        "Напишите им <sales@other.example>\n15.05.2019, 14:05 Иван Петров звонил и сказал, что да.",
        # an hour below a name, and nobody addressed
        "Встреча:\n\nИван Петров\n15.05.2019 14:05\n\nПриду с паспортом.",
        # a sentence with a day, and a list
        "Как обсуждали 15.05.2019 14:05\n> три стола\n> два стула\n\nЖду счёт.",
        "Вы писали 15 мая 2019 г., что заказ готов:\n\nя приехал, его нет.",
        # what the writer cites or was told
        "Цитирую договор:\n> 5.1 Доставка за три дня.\n\nПрошу вернуть деньги.",
        "Вы писали, что:\n> доставка бесплатна\n\nЭто правда?",
        # what somebody did, with a day and an hour before it
        "25.05.2026 в 14:30 приходил мастер и написал:\n\nнужна замена.\n\nКогда замените?",
        "15.05.2019 в 10:00 звонил Иван Петров, который написал:\nоплаты нет.\n\nПроверьте.",
        "On 15 May 2019 at 14:30 the driver came and wrote:\n\nNobody at home.\n\nI was here!",
        "Am 15.05.2019 um 14:30 kam der Fahrer und schrieb:\n\nNiemand da.\n\nIch war da!",
        "Le 15/05/2019 à 14:30 le livreur est venu et a écrit :\n\npersonne.\n\nC'est faux.",
        "El 15/05/2019 a las 14:30 vino el chófer y escribió:\n\nnadie.\n\nNo es cierto.",
        "Dnia 15.05.2019 o 14:30 przyjechał kierowca i napisał:\n\nnikogo.\n\nByłam w domu.",
        "Il 15/05/2019 alle 14:30 è venuto il corriere e ha scritto:\n\nnessuno.\n\nC'ero.",
        # a stranger, whom no client answers here
        "Директор писал 15.05.2019 14:05:\n\nПлатить не будем.\n\nЧто мне делать?",
        "My boss wrote on 15.05.2019 14:05:\n\nWe do not pay.\n\nWhat shall I do?",
        # a verb alone below an address to which somebody is to write
        "Напишите им <sales@other.example>\n\nПишет:\n\nзаказ готов, приезжайте.",
    ],
)
def test_what_only_looks_like_them_stays(body: str) -> None:
    assert new_words(body, ANSWER) == body


# Behind words on one line, as gateways and phones leave it; nothing but its wording tells.
ON_ONE_LINE = (
    "On Mon, Sep 15, 2025 at 3:46 PM Help Desk <help@example.ru> wrote:",
    "On Sep 15, 2025, at 3:46 PM, Help Desk <help@example.ru> wrote:",
    "On 9/15/25 3:46 PM, Help Desk wrote:",
    "Am Mo., 15. Sept. 2025 um 15:46 Uhr schrieb Help Desk <help@example.ru>:",
    "Am 15.09.2025 um 15:46 schrieb Help Desk <help@example.ru>:",
    "Help Desk <help@example.ru> schrieb am Mo., 15. Sept. 2025, 15:46:",
    "Le lun. 15 sept. 2025 à 15:46, Help Desk <help@example.ru> a écrit :",
    "El lun, 15 sept 2025 a las 15:46, Help Desk (<help@example.ru>) escribió:",
    "Em seg., 15 de set. de 2025 às 15:46, Help Desk <help@example.ru> escreveu:",
    "Il giorno lun 15 set 2025 alle ore 15:46 Help Desk <help@example.ru> ha scritto:",
    "Op ma 15 sep 2025 om 15:46 schreef Help Desk <help@example.ru>:",
    "pon., 15 wrz 2025 o 15:46 Help Desk <help@example.ru> napisał(a):",
    "пн, 15 сент. 2025 г. в 15:46, Help Desk <help@example.ru>:",
    '15.09.2025, 15:46, "Help Desk" <help@example.ru>:',
    "15 сент. 2025 г., в 15:46, Help Desk <help@example.ru> написал(а):",
    "Понедельник, 15 сентября 2025, 15:46 +03:00 от Help Desk <help@example.ru>:",
    "Help Desk <help@example.ru>, 15 Eyl 2025 Pzt, 15:46 tarihinde şunu yazdı:",
    "2025年9月15日(月) 15:46 Help Desk <help@example.ru>:",
    "Help Desk <help@example.ru> 于2025年9月15日周一 15:46写道：",
    "2025년 9월 15일 (월) 오후 3:46, Help Desk <help@example.ru>님이 작성:",
)


@pytest.mark.parametrize("line", ON_ONE_LINE)
@pytest.mark.parametrize(
    "words", ["Yes", "Да, подходит", "Tak, dziękuję", "On Monday it can be done"]
)
def test_words_before_a_client_s_line_are_the_writer_s(words: str, line: str) -> None:
    for old in (OLD, [f"> {each}".rstrip() for each in OLD]):
        history = "\n".join(old)
        assert new_words(f"{words} {line}\n\n{history}", ANSWER) == words


def test_words_that_introduce_a_letter_are_kept_with_it() -> None:
    body = f"This is what they say: {ON_ONE_LINE[0]}\n\n" + "\n".join(OLD)
    assert "This is what they say:" in new_words(body, ANSWER)


@pytest.mark.parametrize(
    "words",
    [
        "That being said, I see no problem.\nAcked-by: Peter Roe <p@example.org>",
        "It was written on 15.05.2019.\nTested-by: Peter Roe <p@example.org>",
        "Как и писала Анна, всё теперь работает.\nПётр <p@example.org>",
        "So we said that it is to be paid.\nPeter Roe <p@example.org>",
    ],
)
def test_a_name_under_a_sentence_introduces_no_quotation(words: str) -> None:
    said = f"On Mon, 15 Sep 2025, {HELP} wrote:\n> Good day.\n\nHello.\n\n> It is done.\n\n"
    below = "\n".join(f"> line {number}" for number in range(15))
    assert words in new_words(f"{said}{words}\n\n{below}", ANSWER)
    assert words in new_words(f"Hello.\n{words}\n\n{below}\n", ANSWER)


FOLDED = (
    f"su 15. syysk. 2025 klo|15.46 {HELP} kirjoitti:",
    f"Op ma 15 sep 2025|om 15:46 schreef {HELP}:",
    f"Em seg., 15 de set. de|2025 às 15:46, {HELP} escreveu:",
    f"пн, 15 сент. 2025 г.|в 15:46, {HELP}:",
    f"Понедельник, 15 сентября 2025,|15:46 +03:00 от {HELP}:",
    f"Dne 15. 09. 25|v 15:46 {HELP} napsal(a):",
    f"در تاریخ دوشنبه ۱۵ سپتامبر|۲۰۲۵،‏ ۱۵:۴۶ {HELP} نوشت:",
    "Help Desk|<help@example.ru> 于2025年9月15日周一 15:46写道：",
    f"{HELP}|於 2025年9月15日 週一 下午3:46寫道：",
)


@pytest.mark.parametrize("line", FOLDED)
def test_a_client_s_line_is_folded_at_any_blank(line: str) -> None:
    folded = line.replace("|", "\n")
    assert new_words(f"{NEW}\n\n{folded}\n\n{MARKED}", ANSWER) == NEW
    assert new_words(f"{folded}\n{MARKED}\n\n{NEW}", ANSWER) == NEW


@pytest.mark.parametrize(
    "above", ["15 сентября 2025 года везите.", "Итак: 15.09.2025!", "15.09.2025:"]
)
def test_a_day_of_the_writer_s_own_above_a_client_s_line_stays(above: str) -> None:
    line = f"в 15:46, {HELP} написал(а):"
    assert new_words(f"{above}\n{line}\n\n{MARKED}", ANSWER) == above
    dated = f"15.09.2025, 15:46, {HELP}:"
    assert new_words(f"Везите 15 сентября 2025\n{dated}\n{MARKED}", ANSWER) == (
        "Везите 15 сентября 2025"
    )


@pytest.mark.parametrize("gap", ["  ", "   "])
def test_yahoo_s_line_holds_the_first_words_of_the_letter_below_it(gap: str) -> None:
    line = f"  On Mon, Sep 15, 2025 at 3:46 PM, Help Desk<help@example.ru> wrote:{gap}Добрый день!"
    assert new_words(f"{NEW}\n\n{line}\n\nУдобно ли завтра?", ANSWER) == NEW


@pytest.mark.parametrize(
    "line",
    [
        f"Missatge de {HELP} del dia dl., 15 de set. 2025 a les 15:46:",
        "Pe 15.09.2025 15:46, Help Desk a scris:",
    ],
)
def test_what_leads_to_a_name_or_a_day_is_of_the_client_s_line(line: str) -> None:
    assert new_words(f"{NEW}\n\n{line}\n{MARKED}", ANSWER) == NEW


def test_fields_under_a_client_s_line_make_sure_of_what_is_below() -> None:
    history = "Hello,\n> Did you send it?\nYes.\n> When?"
    fields = f"From: {HELP}\nSubject: Order\nTo: p@example.org\nDate: May 15, 2019, 2:05 PM"
    said = f"--- On Wed, 5/15/19, {HELP} wrote:"
    assert new_words(f"{NEW}\n\n{said}\n\n{fields}\n\n{history}", ANSWER) == NEW
