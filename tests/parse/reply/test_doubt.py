"""Letters that only look as if there were something to cut, and signatures that are one."""

import pytest

from bridge.parse.reply.new_words import new_words

KEPT_WHOLE = {
    "what «you» wrote, told by the writer": "We ordered it.\nOn 6 May you wrote:\n- no\nSo?",
    "a comment's dashes in a block of code": "```\nselect 1;\n-- \nselect 2;\n```\nпочему?",
    "a sentence that names a date and a writer": (
        "12.03.2025 в 15:00 я написал вам на почту info@example.ru следующее:\n\n"
        "Верните деньги.\n\nОтвета нет."
    ),
    "an order's number and date": "Заказ 12 от 15.05.2024 11:57:\n\nстол",
    "the first person": "On 5 May 2024 at 10:00 I wrote:\n\nPlease refund me.\n\nNo answer.",
    "an excerpt the writer introduces": "Сервер пишет:\n> ошибка 500\n> нет места",
    "an excerpt between words": "Вижу такое:\n\n> ошибка 500\n\nЧто делать?",
    "a program's prompt at the top": (
        ">>> import order\n>>> order.pay(15)\n\nЧто я делаю не так?\n\nИван"
    ),
    "a program's prompt": "Запускаю так:\n>>> import order\n>>> order.pay()\nи ничего.",
    "a form's fields": "Имя: Пётр\nТема: доставка\nДата: завтра\n\nПозвоните.",
    "a form with a sender": "Я заполнял:\n\nОт: Пётр\nКому: вам\nТема: стул\n\nВерно?",
    "headers pasted as they came": (
        "Пришло таким:\n\n---\nReceived: from a by b\nFrom: a@example.org\nTo: b@example.org\n"
        "Subject: x\nDate: Mon, 15 Sep 2025 15:46:00 +0300\n\nПочему?"
    ),
    "a dash in a sentence": "Стул -- это хорошо.\n\nСтол — тоже.",
    "a rule between paragraphs": "Первое.\n\n---\n\nВторое.\n\n______\n\nТретье.",
    "a letter sent from a place": "Посылка цела.\n\nОтправлено из Москвы 12 мая",
    "a letter sent from a post office": "Трек 123.\n\nОтправлено из почтового отделения 105",
    "a letter sent by Russian Post": "Трек 123.\n\nОтправлено из почты России вчера",
    "a number behind an app's name": "Груз уехал.\n\nОтправлено через приложение, трек 1001",
    "a telephone that sent a message": "СМС пришло.\n\nОтправлено с телефона +79001234567",
    "a parcel's number": "On its way.\n\nSent with DHL Mobile tracking number 551",
    "a letter sent with an enclosure": "Цело.\n\nОтправлено с приложением документов",
    "two questions parted by dashes": "Где заказ?\n--\nИ где чек?",
    "a sentence about a phone": "Sent from my desk, is much easier then my mobile phone.",
    "a question about a phone": "Отправлено с телефона, но почему не дошло?",
    "a regard without the delimiter": "Спасибо.\n\nС уважением,\nПётр\n+7 900 000-00-00",
    "an English regard": "Thanks.\n\nBest regards,\nJane Roe\nExample Ltd.",
    "a greater-than sign, escaped by mbox": ">From the start it was so.\n\nAnd so it is.",
    "a time table": "2024-01-15 14:30\n15.01.2024 14:30\nJan 15, 2024 at 14:30\n\nКогда удобно?",
    "a colon after a time": "Вот лог за 15:30:\nстрока один\nстрока два",
    "an address and a colon": "Напишите Ивану <ivan@example.ru>:\nон знает.",
    "the word original between dashes": "--- original ---\nодно\n--- changed ---\nдругое",
    "one quotation after another, answered": "> Раз?\nДа.\n> Два?\nНет.\n> Три?\n",
    "an omission under the attribution": (
        "On 18.03.2024 18:42, Jane Roe wrote:\n[...]\n> Question one?\n\nYes.\n\n> Two?\n\nNo."
    ),
    "answers in an unmarked letter, said so": (
        "Отвечаю в тексте красным.\n\nОт: Имя <a@example.ru>\nОтправлено: 15.09.2025 15:46\n"
        "Кому: b@example.ru\nТема: Заказ\n\nПришёл?\nДа!\n\nЦел?\nДа!"
    ),
    "an attribution, words, then a quotation": (
        "On Mon, Sep 15, 2025 at 3:46 PM Jane Roe <a@example.org> wrote:\n\nI'll take it point by "
        "point.\n\n> One.\n\nNo.\n\n> Two.\n\nYes."
    ),
    "a marker in German": "---------- Weitergeleitete Nachricht ----------\nVon: a@b.de",
    "a sentence that ends in a verb of writing": (
        "15 марта 2025 в 10:00 мой муж вам написал\nи не получил ответа.\n\nЧто с заказом?"
    ),
    "a narrative that ends in a colon": (
        "15 марта 2025 в 10:00 ваш менеджер написал:\n\nждите.\n\nСколько ждать?"
    ),
    "a date and a writer, no hour": "15 марта Иван написал:\n\nждите.\n\nСколько ждать?",
    "a way-bill": (
        "Прошу отправить груз.\nОт: ООО «Стул»\nКому: ИП Петров\nДата: 15 мая\nТелефон: 123\n\nЖду."
    ),
    "a memorandum": (
        "Добрый день!\n\nКому: директору\nОт: Петрова\nТема: жалоба\n\nСтул сломан. Верните деньги."
    ),
    "a source and its words": "According to the manual:\n> turn it off\n> turn it on",
    "an item of a list": "* пункт за 12.05.2025 15:30:\n> ошибка 500",
    "what somebody said": "Я звонил, и вот.\n\nОн писал 12.05.2025 15:30:\n> деньги вернём",
    "marks and nothing else": "On 5 May 2024 at 10:00, Jane wrote:\n> a\n>>> >>>\n\nYes.\n> b",
    "a dash before the word original": "Прилагаю:\n\n-- the original receipt\n-- a copy of it",
    "a line that begins with greater-than": "Возраст покупателя\n> 18 лет",
    "one short word": "Да",
    "an emoji": "👍",
}

SIGNATURES = {
    "the delimiter": ("Да.\n\n-- \nПётр Иванов\nООО «Стул»", "Да."),
    "the delimiter without its blank": ("Да.\n--\nПётр Иванов", "Да."),
    "the delimiter as a dash": ("Да.\n\n—\nПётр", "Да."),
    "the delimiter with a hard blank": ("Да.\n\n--\xa0\nПётр", "Да."),
    "a regard after the delimiter": ("Да.\n\n-- \nС уважением,\nПётр", "Да."),
    "a regard before the delimiter": ("Да.\n\nВсего,\nП.\n\n-- \nООО", "Да.\n\nВсего,\nП."),
    "a list's footer": (
        "Да.\n_______________________________________________\nusers mailing list\n"
        "users@example.org\nhttps://example.org/users",
        "Да.",
    ),
    "a signature above the history": (
        "Да.\n\n-- \nПётр\n\n15.09.2025, 15:46, \"Имя\" <a@example.ru>:\n> Пришёл?",
        "Да.",
    ),
    "a signature below the answer": (
        "15.09.2025, 15:46, \"Имя\" <a@example.ru>:\n> Пришёл?\n\nДа.\n\n-- \nПётр",
        "Да.",
    ),
    "a tail above, words below": ("Да.\n\nОтправлено с iPhone\n\nИ чек.", "Да.\n\n\nИ чек."),
}  # fmt: skip

TAILS = (
    "Отправлено с iPhone",
    "Отправлено с моего iPhone",
    "Отправлено с iPad",
    "Отправлено из мобильной Яндекс Почты",
    "Отправлено из мобильного приложения Яндекс Почты",
    "Отправлено из Яндекс.Почты для мобильных",
    "Отправлено из Почты Mail",
    "Отправлено из мобильной Почты Mail",
    "Отправлено из Mail.ru для Android",
    "Отправлено из почты Mail.ru для iOS",
    "Отправлено из myMail для Android",
    "Отправлено из приложения myMail для iOS",
    "Отправлено из Outlook для iOS<https://aka.ms/o0ukef>",
    "Отправлено из Почты для Windows 10",
    "Отправлено с устройства Samsung Galaxy",
    "Отправлено со смартфона HUAWEI",
    "Отправлено с мобильного устройства",
    "Отправлено из Rambler Почты",
    "Отправлено через Gmail Mobile",
    "Скачать Outlook для Android<https://aka.ms/x>",
    "Простите за краткость, создано в K-9 Mail.",
    "Sent from my iPhone",
    "Sent from my Samsung Galaxy smartphone.",
    "Sent from Yandex.Mail for mobile",
    "Sent from Mail for Windows",
    "Sent from Outlook for iOS<https://aka.ms/o0ukef>",
    "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "Sent from my Verizon Wireless BlackBerry",
    "Gesendet von Mail für Windows",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Enviado do meu iPhone",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Skickat från min iPhone",
    "Sendt fra min iPad",
    "Lähetetty iPhonesta",
    "Wysłane z iPhone'a",
    "Odesláno z iPhonu",
    "Надіслано з iPhone",
    "iPhone'umdan gönderildi",
    "从我的iPhone发送",
    "iPhoneから送信",
)

OTHER_LANGUAGES = (
    "Am Mo., 15. Sept. 2025 um 15:46 Uhr schrieb Jane Roe <\njane@example.org>:",
    "Jane Roe <jane@example.org> schrieb am Mo., 15. Sept. 2025, 15:46:",
    "Le lun. 15 sept. 2025 à 15:46, Jane Roe <jane@example.org> a\nécrit :",
    "El lun, 15 sept 2025 a las 15:46, Jane Roe (<jane@example.org>)\nescribió:",
    "Il giorno lun 15 set 2025 alle ore 15:46 Jane Roe <jane@example.org>\nha scritto:",
    "Em seg., 15 de set. de 2025 às 15:46, Jane Roe <jane@example.org>\nescreveu:",
    "Op ma 15 sep 2025 om 15:46 schreef Jane Roe <jane@example.org>:",
    "Den mån 15 sep. 2025 kl 15:46 skrev Jane Roe <jane@example.org>:",
    "man. 15. sep. 2025 kl. 15.46 skrev Jane Roe <jane@example.org>:",
    "ma 15. syysk. 2025 klo 15.46 Jane Roe (jane@example.org) kirjoitti:",
    "pon., 15 wrz 2025 o 15:46 Jane Roe <jane@example.org> napisał(a):",
    "W dniu 15.09.2025 o 15:46, Jane Roe pisze:",
    "po 15. 9. 2025 v 15:46 odesílatel Jane Roe <jane@example.org> napsal:",
    "po 15. 9. 2025 o 15:46 Jane Roe <jane@example.org> napísal(a):",
    "Jane Roe <jane@example.org> ezt írta (időpont: 2025. szept. 15., H, 15:46):",
    "Jane Roe <jane@example.org>, 15 Eyl 2025 Pzt, 15:46 tarihinde şunu yazdı:",
    "În lun., 15 sept. 2025 la 15:46, Jane Roe <jane@example.org> a scris:",
    "Στις Δευ 15 Σεπ 2025 στις 3:46 μ.μ., ο χρήστης Jane Roe <jane@example.org>\nέγραψε:",
    "пн, 15 вер. 2025 р. о 15:46 Jane Roe <jane@example.org> пише:",
    "На пн, 15.09.2025 г. в 15:46 Jane Roe <jane@example.org> написа:",
    "2025年9月15日(月) 15:46 Jane Roe <jane@example.org>:",
    "Jane Roe <jane@example.org> 于2025年9月15日周一 15:46写道：",
    "在 2025年9月15日，15:46，Jane Roe <jane@example.org> 写道：",
    "2025년 9월 15일 (월) 오후 3:46, Jane Roe <jane@example.org>님이 작성:",
    "‫בתאריך יום ב׳, 15 בספט׳ 2025 ב-15:46 מאת ‪Jane Roe‬‏ <‪jane@example.org‬‏>:‬",
    "Pada Sen, 15 Sep 2025 pukul 15.46 Jane Roe <jane@example.org> menulis:",
    "Vào Th 2, 15 thg 9, 2025 vào lúc 15:46 Jane Roe <jane@example.org> đã viết:",
    "E, 15. september 2025 kell 15:46 Jane Roe (<jane@example.org>) kirjutas:",
)


@pytest.mark.parametrize("body", KEPT_WHOLE.values(), ids=KEPT_WHOLE.keys())
def test_in_doubt_nothing_is_cut(body: str) -> None:
    assert new_words(body) == body.rstrip()


def test_an_answer_that_looks_like_a_header_is_kept_above_a_quotation() -> None:
    answers = "Кому: Петру\nДо: пятницы\nТема: стул"
    body = f'{answers}\n\n15.09.2025, 15:46, "Имя" <a@example.ru>:\n> Кому, к какому дню и что?'
    assert new_words(body) == answers


@pytest.mark.parametrize(("body", "reply"), SIGNATURES.values(), ids=SIGNATURES.keys())
def test_a_signature_goes(body: str, reply: str) -> None:
    assert new_words(body) == reply


@pytest.mark.parametrize("tail", TAILS)
def test_a_mobile_tail_goes_above_history_and_at_the_end(tail: str) -> None:
    history = '15.09.2025, 15:46, "Имя" <a@example.ru>:\n> Пришёл?'
    assert new_words(f"Да.\n\n{tail}") == "Да."
    assert new_words(f"Да.\n\n{tail}\n\n{history}") == "Да."
    assert new_words(f"{history}\n\nДа.\n\n{tail}\n") == "Да."


@pytest.mark.parametrize("attribution", OTHER_LANGUAGES)
@pytest.mark.parametrize("mark", ["> ", ""], ids=["marked", "unmarked"])
def test_an_attribution_in_another_language_opens_history(attribution: str, mark: str) -> None:
    assert new_words(f"Yes.\n\n{attribution}\n\n{mark}Has it come?\n{mark}Jane") == "Yes."
