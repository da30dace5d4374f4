"""Answers that a writer put between the lines of unmarked history, told without that letter."""

from dataclasses import replace

import pytest

from bridge.parse.reply.new_words import new_words
from bridge.parse.reply.occasion import Occasion

ANSWER = Occasion(
    subject="Re: Order",
    writer="Иван Петров petrov@example.ru",
    people=frozenset({"petrov@example.ru", "иван петров", "support@yandex.ru", "служба поддержки"}),
)
ENGLISH = Occasion(
    subject="Re: Order",
    writer="Jane Roe jane@example.org",
    people=frozenset({"jane@example.org", "jane roe", "support@yandex.ru", "служба поддержки"}),
)
WHO = "Служба поддержки <support@yandex.ru>"
OUTLOOK = f"От: {WHO}\nОтправлено: 15 сентября 2025 г. 15:46\nКому: Иван\nТема: RE: Order\n\n"

# Language by language: Outlook's fields, words that announce answers, a greeting.
LANGUAGES = {
    "English": ("From|Sent|To|Subject", "Please see my comments below.", "Dear Anna,"),
    "English, in line": ("From|Sent|To|Subject", "My comments in line", "Good morning Anna,"),
    "English, alone": ("From|Sent|To|Subject", "Below.", "Hi,"),
    "German": (
        "Von|Gesendet|An|Betreff",
        "Antworten siehe unten im Text.",
        "Sehr geehrte Frau Roe,",
    ),
    "German, colour": ("Von|Gesendet|An|Betreff", "Meine Antwort ist rot markiert", "Hallo Anna,"),
    "French": ("De|Envoyé|À|Objet", "Voir mes réponses ci-dessous en rouge.", "Bonjour Madame,"),
    "Spanish": ("De|Enviado|Para|Asunto", "Respondo abajo en rojo.", "Estimada Anna:"),
    "Portuguese": ("De|Enviado|Para|Assunto", "Seguem as respostas abaixo.", "Bom dia Anna,"),
    "Italian": ("Da|Inviato|A|Oggetto", "Rispondo di seguito in rosso.", "Buongiorno Anna,"),
    "Dutch": ("Van|Verzonden|Aan|Onderwerp", "Zie mijn antwoorden hieronder.", "Beste Anna,"),
    "Polish": ("Od|Wysłano|Do|Temat", "Odpowiedzi poniżej na czerwono.", "Dzień dobry,"),
    "Czech": ("Od|Odesláno|Komu|Předmět", "Odpovědi níže červeně.", "Dobrý den,"),
    "Ukrainian": ("Від|Надіслано|Кому|Тема", "Відповіді нижче, у тексті.", "Добрий день!"),
    "Swedish": ("Från|Skickat|Till|Ämne", "Se mina svar nedan i rött.", "Hej Anna!"),
    "Norwegian": ("Fra|Sendt|Til|Emne", "Svar i teksten under hvert punkt.", "Hei,"),
    "Danish": ("Fra|Sendt|Til|Emne", "Se mine svar nedenfor med rødt.", "Kære Anna, god dag,"),
    "Finnish": ("Lähettäjä|Lähetetty|Vastaanottaja|Aihe", "Vastaukset alla punaisella.", "Hei,"),
    "Turkish": ("Kimden|Gönderildi|Kime|Konu", "Cevaplarım aşağıda kırmızı.", "Merhaba,"),
    "Chinese": ("发件人|发送时间|收件人|主题", "请看下面红色回复", "您好，"),
    "Japanese": (
        "差出人|送信日時|宛先|件名",
        "以下に赤字で回答します。",
        "お世話になっております。",
    ),
    "Korean": (
        "보낸 사람|보낸 날짜|받는 사람|제목",
        "아래 빨간색으로 답변드립니다.",
        "안녕하세요.",
    ),
    "Hebrew": ("מאת|נשלח|אל|נושא", "תשובות בגוף המייל באדום", "שלום,"),
    "Arabic": ("من|تم الإرسال|إلى|الموضوع", "الإجابات أدناه باللون الأحمر", "مرحبا،"),
    "Russian": ("От|Отправлено|Кому|Тема", "Ответил ниже по тексту", "Анна, добрый день!"),
    "Russian, marker": ("От|Отправлено|Кому|Тема", "Выделил маркером", "Здравствуйте"),
    "Russian, alone": ("От|Отправлено|Кому|Тема", "Ниже.", "Уважаемая Анна!"),
    "Russian, filled in": ("От|Отправлено|Кому|Тема", "Анкету заполнила.", "Доброго дня!"),
}


def outlook(fields: str) -> str:
    sender, sent, to, subject = fields.split("|")
    return (
        f"{sender}: {WHO}\n{sent}: 15.09.2025 15:46\n{to}: petrov@example.ru\n{subject}: Order\n\n"
    )


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES.keys())
def test_answers_that_the_words_above_announce_stay(language: tuple[str, str, str]) -> None:
    fields, said, _ = language
    body = f"{said}\n\n{outlook(fields)}Colour.\nred\nMany thanks"
    assert new_words(body, ENGLISH) == body


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES.keys())
def test_answers_below_nothing_but_a_greeting_stay(language: tuple[str, str, str]) -> None:
    fields, _, greeting = language
    body = f"{greeting}\n\n{outlook(fields)}Colour?\nred\nMany thanks"
    assert new_words(body, ENGLISH) == body


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES.keys())
def test_the_same_history_goes_where_nothing_speaks_for_answers(
    language: tuple[str, str, str],
) -> None:
    fields, _, greeting = language
    above = f"{greeting}\n\nThe order came."
    body = f"{above}\n\n{outlook(fields)}Has the order come?\nWe wait.\nMany thanks"
    assert new_words(body, ENGLISH) == above


# Where answers are, in other words than «below».
WITHIN = (
    "I've put my replies in the body of your email.",
    "Replied under each of your points.",
    "Answers in brackets.",
    "Inserted my replies into your original message.",
    "Прокомментировал каждый пункт.",
    "Мои пояснения в скобках.",
    "Ich antworte zwischen den Zeilen.",
    "Réponses à la suite de vos questions.",
    "Respondo dentro de su correo.",
    "Le risposte sono in corsivo.",
    "Respondi no próprio e-mail.",
    "Odpowiedziałem bezpośrednio w Państwa wiadomości.",
    "De antwoorden staan achter elke vraag.",
    "Відповів прямо у вашому листі.",
    "Mailinizin içinde cevapladım.",
    "我在您的邮件里直接回复了。",
    "每个问题后面是我的回答。",
    "メールの中に直接回答を記入しました。",
    "回答は括弧内です。",
)


@pytest.mark.parametrize("said", WITHIN)
def test_answers_that_are_announced_by_where_they_stand_stay(said: str) -> None:
    body = f"{said}\n\n{OUTLOOK}Colour.\nred\nMany thanks"
    assert new_words(body, ENGLISH) == body


@pytest.mark.parametrize(
    "said",
    [
        "Ваше письмо от 15.09.2025 получили, ответим завтра.",
        "Получили ваше письмо, спасибо.",
        "Спасибо за ваше письмо! Оплатим сегодня.",
        "Ваше сообщение передали менеджеру.",
        "Насос купили в вашем магазине на Ленина.",
        "I see the below in the log of the pump, where I have no idea what it means, and it stops "
        "again and again:\nfatal: no water\nAny help would be welcome, since the garden is dry.",
        "Мы оставили заявку в вашей компании вчера.",
        "I cannot open the link that I see in your email of Monday, it only shows an error page, "
        "and my colleagues cannot open it. Would you look into it, and say when it is mended?",
        "Я не нашёл в вашем прайсе насос, о котором мы говорили по телефону в понедельник, поэтому "
        "прошу ещё раз прислать его цену. Заодно напомните, пожалуйста, срок поставки шлангов.",
    ],
)
def test_a_letter_that_mentions_the_other_one_announces_nothing(said: str) -> None:
    assert new_words(f"{said}\n\n{OUTLOOK}Colour.\nred\nMany thanks", ENGLISH) == said


# Few words that name a place or a colour, with an abbreviation's dot or without a verb.
POINTING = (
    "Добрый день, см. ниже.",
    "Здравствуйте! Ответы – см. в тексте.",
    "Мои замечания внизу",
    "Ответы в конце письма.",
    "Ответ под Вашим текстом",
    "Указал ниже, красным",
    "Выделено жёлтым",
    "Заполненная форма ниже",
    "Всё указано в вашей форме",
    "Дополнил ваше письмо",
    "Читайте после вопросов.\n\nС уважением,\nИван Петров",
    "Replies at the bottom",
    "Done below",
    "Highlighted.",
    "Mine are in purple",
    "Please find them hereunder",
    "Kindly see inside",
    "PSB",
    "Bonjour, cf. ci-dessous.",
    "Voir ci-après",
    "J’ai tout mis dans votre message",
    "Bkz. aşağıda",
    "Sorularınızın altına yazdım",
    "Ich habe direkt in Ihre Mail geschrieben",
    "Angaben unten ergänzt",
)


@pytest.mark.parametrize("said", POINTING)
def test_few_words_that_name_a_place_or_a_colour_keep_what_is_below(said: str) -> None:
    body = f"{said}\n\n{OUTLOOK}Какой цвет нужен, и куда везти.\nКрасный\nЛенина 5\nАнна"
    assert new_words(body, ANSWER) == body


@pytest.mark.parametrize(
    "said",
    [
        "Спасибо, всё получил.",
        "Ответ пришёл. Ящик стоял на полке вашего склада.",
        "Мы всё проверили, деньги получили, договор подписали. Цена стала ниже, и мы берём ещё два "
        "ящика, как и договаривались в понедельник.",
        "Thanks, all clear.",
    ],
)
def test_words_that_name_none_or_say_much_keep_nothing(said: str) -> None:
    body = f"{said}\n\n{OUTLOOK}Какой цвет нужен, и куда везти.\nЖдём.\nАнна"
    assert new_words(body, ANSWER) == said


SIGNS = {
    "a form filled in": "Просим указать:\nФИО: Петров Иван Иванович\nПаспорт: серия и номер",
    "a form filled in, English": "Please provide:\nName: Jane Roe\nTelephone: by mail only",
    "values behind what asks for them": "Сообщите цвет: красный\nСообщите число: пять\nЖдём.",
    "one labelled answer": "Укажите цвет.\nОтвет: красный\nЖдём.",
    "one labelled answer, German": "Farbe bitte.\nAntwort: rot\nDanke.",
    "the writer's initials": "Укажите цвет.\nИП: красный\nЖдём.",
    "initials in brackets": "Укажите цвет.\n[ИП] красный\nЖдём.",
    "initials and a dash": "Укажите цвет.\nИП – красный\nЖдём.",
    "the writer's first name": "Укажите цвет.\nИван: красный\nЖдём.",
    "the first name in brackets": "Укажите цвет.\n[Иван] красный\nЖдём.",
    "the whole name": "Укажите цвет.\nПетров Иван: красный\nЖдём.",
    "doubled signs": "Укажите цвет.\n** красный\nУкажите число.\n** пять",
    "doubled marks of quotation": "Укажите цвет.\n>> красный\nУкажите число.\n>> пять",
    "doubled slashes": "Укажите цвет.\n// красный\nУкажите число.\n// пять",
    "an arrow": "Укажите цвет.\n→ красный\nУкажите число.\n→ пять",
    "a dash behind one question": "Какой цвет? - красный\nЖдём.",
    "a long dash behind one question": "Какой цвет? — красный\nЖдём.",
    "words behind two questions": "Какой цвет? красный\nСколько штук? Пять\nЖдём.",
    "brackets behind two questions": "Какой цвет? (красный)\nСколько штук? [пять]\nЖдём.",
    "capitals behind two questions": "Какой цвет? КРАСНЫЙ\nСколько штук? ПЯТЬ\nЖдём.",
    "yes under a question": "Товар цел и упаковка не вскрыта?\nДа.\nЖдём ответа.",
    "no under a question, in Polish": "Czy paczka dotarła?\nNie\nCzekamy.",
    "yes and no behind what was asked": "Товар цел - да\nУпаковка вскрыта - нет\nЖдём.",
    "yes and no in brackets": "Товар цел (да)\nУпаковка вскрыта (нет)\nЖдём.",
    "pluses": "Товар цел +\nУпаковка цела +\nЖдём.",
    "a box ticked": "[x] Товар цел\n[ ] Упаковка цела\nЖдём.",
    "numbers and colons": "1. Номер заказа:\n551\n2. Дата:\nпятое мая",
    "a full-width question mark": "颜色？\n红色\n数量？\n五",
}


@pytest.mark.parametrize("history", SIGNS.values(), ids=SIGNS.keys())
def test_a_sign_of_answers_keeps_them(history: str) -> None:
    body = f"Всё готово.\n\n{OUTLOOK}{history}"
    occasion = ENGLISH if "Jane" in history else ANSWER
    assert new_words(body, occasion) == body


# Letters that support people write themselves; nobody has answered in them.
UNANSWERED = {
    "a letter": "Здравствуйте, Иван!\n\nКакой цвет нужен?\n\nЖдём ответа.\nС уважением, служба",
    "a question and its answer": "Вопрос: как оплатить?\nОтвет: картой.\nЖдём.",
    "questions and thanks": "Как дела? Спасибо за заказ.\nВсё ли пришло? Заранее спасибо!",
    "buttons": "Вы довольны?\nДа\nНет\nСпасибо за оценку.",
    "a chat": "Иван: где заказ\nОлег: едет\nИван: когда\nАнна: завтра",
    "an order": "Ваш заказ:\nПолучатель: Иван Петров\nГород: Москва\nСумма: 300",
    "a form not filled in": "Просим указать:\nФИО:\nТелефон:\nЖдём.",
    "a list": "Нам нужны:\n- паспорт\n- договор\n- чек",
    "headings": "Добрый день.\n## Доставка\nЗавтра.\n## Оплата\nКартой.",
    "a request and a card": "Сообщите о решении.\nТел.: 8 800 100-20-30\nE-mail: a@example.ru",
    "steps": "1. Откройте меню.\nОно слева.\n2. Нажмите кнопку.\nГотово.",
    "a name in a sentence": "Иван, ваш заказ едет.\nПолучатель - Иван.",
    "an older letter": f"Едет.\n\nОт: Иван\nДата: 5 мая 12:00\nКому: {WHO}\nТема: O\n\nЦел?\nДа",
    "two questions, each with what the asker goes on with": (
        "Какой адрес?\nНужна ли доверенность?\nУкажите время доставки.\nКто примет?\nЖдём ответа."
    ),
    "two questions in German": "Welche Farbe?\nBitte kurz antworten.\nWie viele?\nVielen Dank",
    "examples and choices in brackets": (
        "Какой адрес? (например, Ленина 5)\nКакой цвет? (красный/синий)\nКакой размер? (M, или L?)"
    ),
    "the subject repeated by a help desk": "Logo\nGuten Tag!\nAntwort: Order\nDie Ware kommt.",
    "a ticket, whose older entries hold answers": (
        f"Заявка 15.\n{WHO}, 15 сентября 2025, 15:46\nПриняли.\n"
        "petrov@example.ru, 14 сентября 2025, 12:00\nОтвет: красный\nОтвет: пять"
    ),
    "a letter within, whose writer answered": (
        f"Едет.\n\n14 сентября 2025 г., 12:00 пользователь {WHO} написал:\n\nЦел?\nДа"
    ),
    "addresses with a question mark": "Фото: /picture?id=15\nФото: /picture?id=16\nЖдём.",
    "the writer, addressed": "Иван: стул едет.\nЖдём.",
    "a footnote": "Скидка 10% *\n* только по карте\nЖдём.",
}


@pytest.mark.parametrize("history", UNANSWERED.values(), ids=UNANSWERED.keys())
def test_history_in_which_nobody_answered_goes(history: str) -> None:
    assert new_words(f"Всё пришло.\n\n{OUTLOOK}{history}", ANSWER) == "Всё пришло."


@pytest.mark.parametrize("above", ["Добрый день!", "Hello Anna,", "С уважением,\nИван Петров"])
def test_words_below_history_stay_where_nothing_is_said_above(above: str) -> None:
    body = f"{above}\n\n{OUTLOOK}Пришлите скан.\nС уважением, служба\n\nСкан во вложении."
    assert new_words(body, ANSWER) == body


@pytest.mark.parametrize("behind", ["(красный)", "[красный]", "КРАСНЫЙ"])
def test_one_answer_behind_a_question_is_enough_below_a_greeting(behind: str) -> None:
    body = f"Добрый день!\n\n{OUTLOOK}Нам нужен ещё цвет.\nКакой цвет? {behind}\nЖдём."
    assert new_words(body, ANSWER) == body
    assert new_words(f"Готово.\n\n{OUTLOOK}Какой цвет? {behind}\nЖдём.", ANSWER) == "Готово."


def test_answers_on_the_lines_of_a_quotation_marked_twice_stay() -> None:
    said = f"15.09.2025, 15:46, {WHO}:"
    body = f"Добрый день.\n\n{said}\n>> Какой цвет? - красный\n>> Сколько? - пять\n>> Ждём."
    assert new_words(body, ANSWER) == body


@pytest.mark.parametrize("signed", ["Иван", "Иван Петров"])
def test_words_below_history_stay_where_its_reader_signed_them(signed: str) -> None:
    body = f"Анна, здравствуйте!\n\n{OUTLOOK}Пришлите скан.\nАнна\n\nСкан во вложении.\n{signed}"
    assert new_words(body, ANSWER) == body
    assert new_words(f"Всё готово.\n\n{OUTLOOK}Пришлите скан.\n\n{signed}", ANSWER) == "Всё готово."


def test_answers_on_the_lines_of_a_marked_quotation_stay_below_a_greeting() -> None:
    quotation = f"15.09.2025, 15:46, {WHO}:\n> 1. Какой цвет?\n> красный\n> 2. Сколько?\n> пять"
    assert (
        new_words(f"Анна, добрый день!\n{quotation}", ANSWER) == f"Анна, добрый день!\n{quotation}"
    )
    assert new_words(f"Всё готово.\n{quotation}", ANSWER) == "Всё готово."


NOT_ANNOUNCED = (
    "Please reply within two days.",
    "Жду ответа, нужен красный.",
    "Merci de votre réponse, la chaise en rouge svp.",
    "Форма заполнена, скан во вложении.",
    "Danke für die Antwort.",
    "This is in line with our order.",
    "Ответьте, пожалуйста, до пятницы.",
    "Das Formular ist ausgefüllt, siehe Anhang.",
    "Gracias por su respuesta.",
)


@pytest.mark.parametrize("said", NOT_ANNOUNCED)
def test_words_that_only_sound_alike_announce_nothing(said: str) -> None:
    assert new_words(f"{said}\n\n{OUTLOOK}Цвет.\nЖдём.", ANSWER) == said


# Answers that no sign tells from what an asker may have written himself.
UNTOLD = {
    "capitals": "1. Обновить сервер\nСДЕЛАНО\n2. Перенести базу\nНЕТ ПАРОЛЯ",
    "ticks": "1. Обновить сервер\n✅ вчера\n2. Перенести базу\n❌ нет пароля",
    "in brackets": "- обновить сервер [done]\n- перенести базу [no password]",
    "behind a dash": "Обновить сервер - сделано\nПеренести базу - нужен пароль",
    "values in a table": "Цвет | синий\nРазмер | 42\nКуда | Ленина 5",
    "a few words below": "Назовите время.\nПосле шести\nИ подъезд.\nВторой",
}
GREETINGS = (
    "Добрый день!",
    "Анна, здравствуйте!\n\nС уважением,\nИван Петров",
    "Уважаемые коллеги, добрый день!",
    "Hello Anna,\n\nИван",
    "Hi all,",
    "Sehr geehrte Damen und Herren,",
    "Dzień dobry Pani Anno,",
    "您好，",
)


@pytest.mark.parametrize("history", UNTOLD.values(), ids=UNTOLD.keys())
@pytest.mark.parametrize("greeting", GREETINGS)
def test_a_letter_that_only_greets_was_written_below(greeting: str, history: str) -> None:
    body = f"{greeting}\n\n{OUTLOOK}{history}"
    assert new_words(body, ANSWER) == body


@pytest.mark.parametrize(
    "said",
    [
        "Добрый день! Сделаем завтра.",
        "Hi Anna, order received.",
        "Thanks!",
        "С благодарностью,\nИван",
        "С уважением,\nИван\n\nДеньги пришли вчера.",
    ],
)
def test_a_word_besides_the_greeting_is_the_answer(said: str) -> None:
    body = f"{said}\n\n{OUTLOOK}1. Обновить сервер\n2. Перенести базу\nСрок: завтра"
    assert new_words(body, ANSWER) == said


def test_a_greeting_that_brings_a_file_or_answers_a_greeting_is_the_letter() -> None:
    body = f"Добрый день!\n\n{OUTLOOK}1. Пришлите скан\n2. Пришлите договор"
    assert new_words(body, replace(ANSWER, sends_files=True)) == "Добрый день!"
    assert new_words(f"Hi Anna,\n\n{OUTLOOK}Hello", ANSWER) == "Hi Anna,"
    assert new_words(f"Hello\n\n{OUTLOOK}Price: 300\nColour: red\nWe wait.", ANSWER) == "Hello"


@pytest.mark.parametrize(
    "said",
    [
        "Внесла правки.",
        "Исправил, проверьте.\n\nС уважением,\nИван Петров",
        "I've updated the numbers.",
        "I made a few corrections.",
        "Habe es ergänzt.",
        "J'ai corrigé.",
        "已修改。",
    ],
)
def test_what_was_corrected_below_stays(said: str) -> None:
    body = f"{said}\n\n{OUTLOOK}Адрес: Ленина 5, кв. 7\nЦвет: красный"
    assert new_words(body, ANSWER) == body


@pytest.mark.parametrize(
    "said",
    [
        "Внёс правки в договор, файл во вложении.",
        "Исправил ошибку на сайте.",
        "I updated the invoice.",
        "Corrected in the attached file.",
    ],
)
def test_what_was_corrected_elsewhere_keeps_nothing_below(said: str) -> None:
    assert new_words(f"{said}\n\n{OUTLOOK}Цвет: красный\nЖдём.", ANSWER) == said


def test_a_marked_quotation_below_a_mere_greeting_stays_unless_it_only_greets() -> None:
    said = f"15.09.2025, 15:46, {WHO}:"
    body = f"Добрый день.\n\n{said}\n> Цвет.\n> Красный, кв. 7\n> И срок.\n> К пятнице"
    assert new_words(body, ANSWER) == body
    assert new_words(f"Hello\n\n{said}\n> Hi", ANSWER) == "Hello"


ANSWERED = "1. Price 500 EUR\ntoo high\n2. Delivery in 4 weeks\nagreed"


@pytest.mark.parametrize(
    "said",
    [
        "Направляю ответы.",
        "Добрый день, направляю комментарии.",
        "Отправляю анкету.",
        "Hi Anna, feedback from our side.",
        "My comments.\n\nBest regards,\nJane",
        "Hallo, meine Anmerkungen dazu.",
        "Voici nos remarques.",
        "Moje uwagi.",
        "以下のとおりです。回答",
    ],
)
def test_answers_that_few_words_name_without_a_place_stay(said: str) -> None:
    body = f"{said}\n\n{OUTLOOK}{ANSWERED}"
    assert new_words(body, ANSWER) == body


@pytest.mark.parametrize(
    "said",
    [
        "Спасибо за ответы.",
        "Жду комментарии.",
        "Замечания есть?",
        "Мы без замечаний: нет, комментарии не нужны.",
        "Thanks for the feedback.",
        "Looking forward to comments.",
        "No comments.",
        "Vielen Dank, keine Anmerkungen.",
        "Ответы в приложенном файле.",
        "The date is changed. Let me know what other comments you have.",
    ],
)
def test_answers_of_another_or_in_a_file_keep_nothing_below(said: str) -> None:
    assert new_words(f"{said}\n\n{OUTLOOK}{ANSWERED}", ANSWER) == said
    files = replace(ANSWER, sends_files=True)
    assert new_words(f"Направляю ответы.\n\n{OUTLOOK}{ANSWERED}", files) == "Направляю ответы."


@pytest.mark.parametrize(
    "history",
    [
        "1. Обновить сервер\nСДЕЛАНО\n2. Перенести базу\nНЕТ ПАРОЛЯ\n3. Настроить почту",
        "1) Обновить сервер\n✅ вчера\n2) Перенести базу\n❌ нет пароля",
    ],
)
def test_what_stands_out_under_numbered_items_is_an_answer(history: str) -> None:
    body = f"Спасибо за письмо.\n\n{OUTLOOK}{history}"
    assert new_words(body, ANSWER) == body


@pytest.mark.parametrize(
    "history",
    [
        "ВНИМАНИЕ\n1. Не открывайте коробку\nВАЖНО\nЖдём.",
        "1. ДОСТАВКА\nЗавтра\n2. ОПЛАТА\nКартой",
        "✅ Оплачено\n✅ Собрано\n❌ Не доставлено",
        "1. ✅ Оплачено\n2. ✅ Собрано",
    ],
)
def test_what_an_asker_writes_in_capitals_or_ticks_off_goes(history: str) -> None:
    assert new_words(f"Всё пришло.\n\n{OUTLOOK}{history}", ANSWER) == "Всё пришло."
