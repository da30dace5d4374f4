"""What stands under dashes, or under a client's tail: a card of the writer, or words that stay."""

from itertools import product

import pytest

from bridge.parse.reply.new_words import new_words
from bridge.parse.reply.occasion import Occasion

PEOPLE = frozenset({"ivan@example.ru", "иван петров", "support@yandex.ru", "служба поддержки"})
WRITER = "Иван Петров ivan@example.ru"
ANSWER = Occasion(subject="Re: Заказ", writer=WRITER, people=PEOPLE)
FRESH = Occasion(answers=False, subject="Заказ", writer=WRITER, people=PEOPLE)
HISTORY = '15.09.2025, 15:46, "Служба поддержки" <support@yandex.ru>:\n> Пришёл?\n> Ждём.'

SUBSTANCE = (
    "ИП Петров Иван Иванович\nИНН 770123456789",
    "Иван Петров\nкарта 2202 2001 1234 5678",
    "Иван Петров\n2202200112345678",
    "ООО «Ромашка»\nр/с 40702810900000012345\nБИК 044525225",
    "Петров Иван\nИНН 770123456789\nтел. +7 900 123-45-67",
    "Иван Петров\nдоговор 15/7",
    "Иван Петров\nпаспорт 92 05 123456",
    "Иван Петров\nСНИЛС 112-233-445 95",
    "Иван Петров\nвернуть 4300 руб.",
    "Петров Иван Иванович, 12.05.1980",
    "Иван Петров, заказ 5512",
    "Иван Петров\nт: 770123",
    "Ivan Petrov\nn: 7701234567",
    "Ivan Petrov\nIBAN DE89 3704 0044 0532 0130 00",
    "Ivan Petrov\ncard 4111 1111 1111 1111",
    "Petrov Ltd\nVAT GB123456789",
)


@pytest.mark.parametrize("text", SUBSTANCE)
@pytest.mark.parametrize("delimiter", ["--", "—", "–", "-- "])
def test_requisites_cards_papers_and_sums_stay(delimiter: str, text: str) -> None:
    body = f"Вот данные.\n\n{delimiter}\n{text}"
    assert new_words(body, ANSWER) == body
    assert new_words(body, FRESH) == body
    assert new_words(f"{body}\n\n{HISTORY}", ANSWER) == body


@pytest.mark.parametrize(
    "text", ["Иван Петров\nг. Казань, ул. Баумана, д. 3", "ИП Петров", "Иван Петров\nЦвет - белый"]
)
@pytest.mark.parametrize("delimiter", ["--", "—", "–"])
def test_under_a_bare_dash_an_address_or_a_firm_is_an_answer(delimiter: str, text: str) -> None:
    body = f"Вот данные.\n\n{delimiter}\n{text}"
    assert new_words(body, ANSWER) == body


@pytest.mark.parametrize("above", ["Выпишите счёт на", "Invoice to", "Получатель:", "Привет,"])
@pytest.mark.parametrize("delimiter", ["--", "—", "-- "])
def test_words_that_lead_on_to_a_name_keep_it(delimiter: str, above: str) -> None:
    body = f"{above}\n{delimiter}\nИван Петров"
    assert new_words(body, ANSWER) == body


# Under ``-- `` and in the letters that trust it most: an answer, in Latin letters, too.
TELLING = (
    "Иван Петров\nТел. +7 900 123-45-67 (после 18:00, днём не могу)",
    "Иван Петров\nТел. +7 900 123-45-67, звонить после шести",
    "Иван Петров\nWhatsApp +7 900 123-45-67, на почту не отвечаю",
    "Иван Петров\nСчета слать на buh@example.ru",
    "Иван Петров\nНовый телефон: +7 900 123-45-67",
    "Иван Петров\nЛогин: ivan_petrov",
    "Ivan Petrov\nS/N: ABC12345",
    "Ivan Petrov\nVIN XTA210990Y1234567",
    "Ivan Petrov\nIP 203.0.113.7",
    "Ivan Petrov\nserver 203.0.113.7",
    "Ivan Petrov\nLogin: ivan_petrov",
    "Ivan Petrov\nVersion 4.5.1, Ubuntu 22.04",
    "Ivan Petrov\nNew address: 5 Long Street",
    "Ivan Petrov\nNeue Adresse: Hauptstr. 5",
    "Jan Petrov\nNowy numer: 600 100 200",
    "Ivan Petrov\nKundennummer 4512345",
    "Ivan Petrov\nCommande 4512",
    "Ivan Petrov\nPhone +7 900 123-45-67, call after 6 pm only",
    "Send invoices to billing@example.org\nIvan Petrov",
    "Ivan Petrov\nBack on 25 November",
    "2 red boxes\n3 blue boxes",
)


@pytest.mark.parametrize("text", TELLING)
def test_a_line_that_tells_more_than_who_and_where_keeps_the_block(text: str) -> None:
    body = f"OK.\n\n-- \n{text}"
    assert new_words(body, ANSWER) == body
    assert new_words(f"{body}\n\n{HISTORY}", ANSWER) == body


@pytest.mark.parametrize(
    "body",
    [
        "First: cannot log in.\n-- \nSecond: no mail arrives.\n-- \nThird: slow.",
        "Items:\n-- \nRed box x2\n-- \nBlue box x3",
        "Please send\n-- \nRed boxes",
    ],
)
def test_who_parts_his_words_with_several_delimiters_loses_none(body: str) -> None:
    assert new_words(body, ANSWER) == body


# A line under the name that says neither who the writer is nor how to reach him may be a sentence.
GLUED = (
    "С уважением, Иван\nАдрес тот же",
    "Иван Петров\nАдрес прежний",
    "Иван Петров\nОплата прошла вчера",
    "Иван\nДокументы отправил",
    "С уважением,\nИван\nвозврат не нужен",
    "Иван Петров\n+7 900 123-45-67\nзвонить после шести",
    "Иван Петров\nООО «Лес»\nПришлите счёт на почту ivan@example.ru",
    "Иван Петров\nКвитанция приложена",
    "Иван Петров\nзабрал сам",
)


@pytest.mark.parametrize("text", GLUED)
@pytest.mark.parametrize("delimiter", ["--", "-- "])
def test_a_line_glued_under_the_name_stays(delimiter: str, text: str) -> None:
    body = f"Да.\n\n{delimiter}\n{text}"
    assert new_words(body, ANSWER) == body
    assert new_words(f"{body}\n\n{HISTORY}", ANSWER) == body


@pytest.mark.parametrize(
    "above", ["Телефон для связи", "Мой новый номер", "Адрес доставки", "My phone"]
)
def test_a_line_that_names_what_the_card_holds_keeps_it(above: str) -> None:
    body = f"{above}\n-- \n+7 900 123-45-67"
    assert new_words(body, ANSWER) == body


@pytest.mark.parametrize(
    "above", ["See below.", "The list is below", "Заказ ниже.", "Пришлите на адрес из подписи."]
)
def test_words_that_refer_to_what_stands_under_the_dashes_keep_it(above: str) -> None:
    body = f"{above}\n-- \nWidget x 20\nBolt x 40"
    assert new_words(body, ANSWER) == body


# The same in Latin letters: what is no name, post, firm, address or way to reach somebody stays.
LATIN = (
    "The second box never arrived\nIvan Petrov",
    "Door code 4512, second floor\nIvan Petrov",
    "Door code: 4512\nIvan Petrov",
    "Delivery address: 5 Long Street, Leeds",
    "Lieferadresse: Lange Str. 5, 10115 Berlin",
    "Neue Anschrift: Lange Str. 5, Berlin\nIvan",
    "Meeting moved to Tuesday\nIvan",
    "Falta la caja azul\nIvan",
    "Brakuje jednej paczki\nIvan Petrov",
    "İkinci kutu gelmedi\nIvan",
    "Mancano due scatole\nIvan",
    "Tilaan 3 tuolia ja 2 pöytää\nToimitus perjantaina",
    "3 Stühle, 2 Tische\nLieferung bis Freitag",
    "widget A x 10\nwidget B x 20",
    "widget A x 10\nIvan Petrov",
    "Room 12, boiler leaking",
    "Ivan Petrov\nNew phone: +44 20 7946 0000",
    "Ivan Petrov\nBooking ref KX7T2",
    "Ivan Petrov\nTransfer on 6 May",
    "Ivan Petrov\nRed Box 12",
    "Ivan Petrov\nStill not fixed",
    "But not before Friday.",
    "server: web3\nuptime: 12 days\nerror: disk full",
    "Old musicians never die, they decompose.",
)


@pytest.mark.parametrize("text", LATIN)
def test_latin_words_under_dashes_that_are_surely_no_card_s_stay(text: str) -> None:
    body = f"OK.\n\n-- \n{text}"
    assert new_words(body, ANSWER) == body
    assert new_words(body, FRESH) == body
    assert new_words(f"{body}\n\n{HISTORY}", ANSWER) == body


SEPARATED = (
    "Первый вопрос: где заказ 5\n-- \nВторой: цена стола\n-- \nТретий: адрес склада",
    "Здравствуйте.\nНе работает вход.\n\n-- \nТакже не приходит код.",
    "Список\n-- \nстол\nстул\nшкаф",
    "Ошибка\n-- \n2024-01-01 ERROR foo\n2024-01-02 ERROR bar",
    "Hello\n-- \nThe second item is broken as well.",
    "Hi\n\n-- \n\nOrder 77\n\n-- \n\nOrder 78",
    "Привет\n-- \nверните деньги",
    "Заявка\n-- \nМодель: X5\nСерийный номер: 1234",
    "Стих\n-- \nБелеет парус одинокий\nВ тумане моря голубом",
    "Нет в наличии\n-- \nстол дубовый, 2 шт",
)


@pytest.mark.parametrize("body", SEPARATED)
def test_dashes_of_a_writer_s_own_part_nothing_off(body: str) -> None:
    assert new_words(body, FRESH) == body


@pytest.mark.parametrize("body", [body for body in SEPARATED if not body.isascii()])
def test_neither_do_they_in_an_answer(body: str) -> None:
    assert new_words(body, ANSWER) == body


POSTSCRIPTS = (
    "ЗЫ: пришлите чек",
    "P.S. Чек ещё не пришёл",
    "PS чек не пришёл",
    "З.Ы. код не работает",
    "ПС. пришлите чек",
    "Постскриптум: чек",
    "P.P.S. всё",
    "P.S: send the bill",
    "Да, и чек.",
    "И адрес прежний.",
    "Забыл добавить: цвет красный.",
    "One more thing: the colour is red.",
    "Btw, it still crashes.",
    "Деньги так и не вернули.",
    "Жду",
    "UPD: нашёл",
    "Домофон 12К",
)
ENDS = (
    "-- \nИван Петров\n+7 900 123-45-67",
    "--\nИван Петров\n+7 900 123-45-67",
    "—\nС уважением, Иван Петров",
    "-- \nС уважением,\nИван Петров\nООО «Лес»\nпн-пт 9-18",
    "-- \nОтправлено из мобильной Яндекс Почты",
    "Отправлено из мобильной Почты Mail",
    "Отправлено с iPhone",
    "Sent from my iPhone",
    "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "С уважением,\nИван Петров\n+7 900 123-45-67",
)


@pytest.mark.parametrize(("end", "gap"), [*product(ENDS, ["\n", "\n\n"])])
def test_what_is_added_under_a_signature_or_a_tail_stays(end: str, gap: str) -> None:
    missing = [
        (more, name)
        for more in POSTSCRIPTS
        for name, occasion in (("answer", ANSWER), ("fresh", FRESH))
        if more not in new_words(f"Спасибо.\n\n{end}{gap}{more}", occasion)
        or more not in new_words(f"Спасибо.\n\n{end}{gap}{more}\n\n{HISTORY}", ANSWER)
    ]
    assert not missing


CARDS = (
    "-- \nИван Петров\nменеджер\n+7 900 123-45-67",
    "-- \nС уважением,\nИван Петров\n\nООО «Лес»\nwww.les.example.ru",
    "-- \nотдел продаж\nпн–пт 9–18",
    "-- \nИван Петров\n8 (900) 123-45-67\nг. Казань, ул. Баумана",
    "--\nИван Петров\nмаркетолог",
    "—\nIvan Petrov",
    "-- \nС уважением, Иван Петров\nзаместитель начальника отдела закупок",
    "-- \nИван Петров\nглавный бухгалтер\nООО «Ромашка»\n+7 900 123-45-67",
    "-- \nИван Петров\nкандидат технических наук\nкафедра физики",
    "-- \nС уважением,\nИван Петров\nслужба доставки\nг. Казань",
    '-- \n"Old musicians never die, they decompose."\n    -- Dr Who',
    "-- \nIvan Petrov\nSoftware Engineer,\nPetrov Woods Ltd.,\n5 Long Street,\nLeeds",
    "-- \nIvan Petrov      +1 512 374 0500\n716 Congress     Austin, TX 78701",
    '-- \nIvan\n"Never interrupt your enemy." - Napoleon',
    "-- \n2.25.1",
    "-- \nИван Петров\nмоб. тел. +7 900 123-45-67, доб. 12",
    "-- \nИван Петров\nэл. почта: ivan@example.ru",
    '-- \n"To err is human." -- Alexander Pope\n\n-- \nBirders: birders@example.org\nhttps://example.org/listinfo/b',
    "-- \nIvan Petrov\nCall centre, tel. 021.692.41.55",
    "-- \nIvan Petrov, New York\nhttps://example.org/new",
    "-- \nIvan Petrov\n512-255-9797",
    "--\N{NO-BREAK SPACE}\nMr. Petrov\nCEO, Petrov Woods\nt: 5122559797",
    "--\nIvan Petrov\nm: +44 20 7946 0018\nф. 88432000000",
    "-- \nИван Петров\n\nПисьмо предназначено только вам. Если вы не адресат, удалите его.",
)


@pytest.mark.parametrize("card", CARDS)
def test_the_card_of_a_writer_goes(card: str) -> None:
    assert new_words(f"Спасибо.\n\n{card}", ANSWER) == "Спасибо."


RULE = "_" * 47
SENTENCES = (
    "Список рассылки news@example.ru мне больше не нужен.",
    "Please drop me from the mailing list users@example.org",
    "mailing list: users@example.org\nI never asked for it",
    "Mailman https://lists.example.org не пускает",
    "В списке рассылки ошибка: https://example.ru/l",
    "Список рассылки\nanna@example.ru\npetr@example.ru",
    "To unsubscribe from the mailing list I visited https://example.org/u and got error 500",
    "You are receiving this message because your pump at https://example.org leaks, right?",
    "To leave the group I wrote to a@example.org",
    "This message was automatically generated by JIRA.",
    "Unsubscribe: does not work\n\nПодскажите, что делать с https://example.org/u",
    "You received this message because you are subscribed to news@example.org\n\nWe did not ask.",
)
FOOTERS = (
    "users mailing list\nusers@example.org\nhttps://example.org/users",
    "users mailing list -- users@example.org\nTo unsubscribe send an email to users-leave@a.org",
    "RPM-List mailing list <RPM-List@example.net>\nhttp://lists.example.net/listinfo/rpm-list",
    "Irish Users mailing list\nIrish Users@example.org\nhttp://example.org/listinfo/iu",
    "Pump development discussion mailing list\ndev@lists.example.org\n"
    "http://lists.example.org/mailman/listinfo/dev",
    'You received this message because you are subscribed to the Google Groups "Pumps" group.\n'
    "To unsubscribe from this group and stop receiving emails from it, send an email to "
    "pumps+unsubscribe@googlegroups.com.\nTo view this discussion visit https://groups.example/d/1.",
    'Вы получили это сообщение, поскольку подписаны на группу "Насосы".\n'
    "Чтобы отменить подписку, отправьте письмо на pumps+unsubscribe@googlegroups.com.",
    "Sie erhalten diese Nachricht, weil Sie in Google Groups E-Mails der Gruppe „Pumpen“ abonniert "
    "haben.\nhttps://groups.example/d/1",
    "You are receiving this mail because:\nYou are watching https://bugs.example.org/15.",
    "To unsubscribe, e-mail: dev-unsubscribe@example.org\n"
    "For additional commands, e-mail: dev-help@example.org",
    "This message is automatically generated by JIRA.\n-\nIf you think it was sent incorrectly "
    "contact one of the administrators: https://jira.example.org/a",
    "Groups.io Links: You receive all messages sent to this group.\nhttps://pumps.groups.io/g/1",
)


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_about_a_list_is_no_footer(text: str) -> None:
    body = f"Вопрос.\n{RULE}\n{text}"
    assert new_words(body, ANSWER) == body
    assert new_words(body, FRESH) == body


@pytest.mark.parametrize("footer", FOOTERS)
def test_the_footer_of_a_list_goes(footer: str) -> None:
    assert new_words(f"Да.\n{RULE}\n{footer}", ANSWER) == "Да."


@pytest.mark.parametrize("rule", ["-- ", "--", "--~--~---------~--~----~", "-=-=-=-=-", "*****"])
@pytest.mark.parametrize("footer", FOOTERS[4:])
def test_the_footer_of_a_program_goes_under_any_rule(footer: str, rule: str) -> None:
    below = f"{RULE}\n{FOOTERS[0]}"
    assert new_words(f"Да.\n\n{rule}\n{footer}\n\n{rule}", ANSWER) == "Да."
    assert new_words(f"Да.\n\n{rule}\n{footer}\n{below}", FRESH) == "Да."


def test_a_card_that_a_client_put_there_twice_goes() -> None:
    card = "-- \nIvan Petrov\nSc.B., Chemistry\nSome University | Class of 2028"
    assert new_words(f"Yes, thanks.\n\n{card}\n\n{card}\n", ANSWER) == "Yes, thanks."
    parted = "Yes.\n\n-- \nthe red one\n\n-- \nthe blue one"
    assert new_words(parted, ANSWER) == parted


LIST_FOOTERS = (
    'To unsubscribe from this list: send the line "unsubscribe users" in\n'
    "the body of a message to majordomo@lists.example",
    "To unsubscribe, e-mail: users-unsubscribe@lists.example\n"
    "For additional commands, e-mail: users-help@lists.example",
)


@pytest.mark.parametrize("footer", LIST_FOOTERS)
def test_a_list_s_small_print_under_a_bare_dash_goes(footer: str) -> None:
    assert new_words(f"Yes.\n\n--\n{footer}\n", ANSWER) == "Yes."
    said = "Yes.\n\n--\nHow do I unsubscribe from this list? Write me: ivan@example.ru"
    assert new_words(said, ANSWER) == said


@pytest.mark.parametrize(
    "below",
    [
        "The second pump still leaks.\nCan you send a seal?",
        "We need the seal by Friday.",
        "Along with the seal change all rings.\n\n--- a/rings.c\tThu Mar  6 2003\n"
        "+++ b/rings.c\tThu Mar  6 2003\n@@ -1,2 +1,2 @@\n     int rings;\n-    rings = 1;",
    ],
)
def test_words_and_patches_below_a_card_drawn_in_columns_stay(below: str) -> None:
    body = f"Thanks.\n\n-- \nIvan Petrov      +1 512 374 0500\n\n{below}"
    assert new_words(body, ANSWER) == body
