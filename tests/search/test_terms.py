"""Which forms count as one word, and where words are in a text."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.search.forms import english
from receiver.search.forms.russian import IRREGULAR, LEAST_STEM, SNOWBALL, TO_GO, TO_SEE
from receiver.search.terms import RULE, is_within, spans_of, terms_of, words_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("возврат", "возвратили"),
        ("возврата", "ВОЗВРАТЫ"),
        ("ёлка", "елки"),
        ("ЁЛКУ", "ёлки"),
        ("договор", "догово\u0301р"),
        ("дово\u00adды", "доводы"),
        ("мои\u0306", "мой"),
        ("посылка", "посылок"),
        ("продавцу", "продавец"),
        ("звонок", "звонков"),
        ("срок", "сроки"),
        ("return", "Returned"),
        ("invoice", "invoices"),
        ("№12345", "12345"),
        ("заказ12345", "заказ 12345"),
        ("１２３", "123"),
        ("345,50", "345 50"),
        ("+7 (495) 123-45-67", "7.495.123.45.67"),
        ("Ivan.Petrov@Example.RU", "ivan petrov example ru"),
        ("договор_2026.pdf", "Договоры-2026 PDF"),
        ("straße", "STRASSE"),
        ("ivan@почта.рф", "Ivan@xn--80a1acny.xn--p1ai"),
        ("https://ПОЧТА.РФ/a", "https://XN--80A1ACNY.XN--P1AI/a"),
        ("мой-магазин24.рф", "xn---24-6cdar3aid3acre.xn--p1ai"),
        ("straße.de", "xn--strae-oqa.de"),
        ("xn--", "xn"),
        ("xn--1-zzzz24", "xn 1 zzzz 24"),
        ("ﬁle", "file"),
        ("café", "Cafe"),
        ("cafe\u0301", "café"),
        ("MÜLLER", "Muller"),
        ("naïve Nguyễn", "naive nguyen"),
        ("résumés", "resume"),
        ("Łódź Wałęsa Đặng", "lodz walesa dang"),
        ("İstanbul Kılıç", "istanbul kilic"),
        ("Smørrebrød Æsir œuvre Þórr", "smorrebrod aesir oeuvre thorr"),
        ("café2go", "cafe2go"),
        ("müller.de", "xn--mller-kva.de"),
    ],
)
def test_forms_of_one_word(one: str, other: str) -> None:
    assert terms_of(one) == terms_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("12345", "12346"), ("заказ", "указ"), ("мир", "mir"), ("карета", "карта")),
        *(("приём", "при"), ("маек", "мак"), ("домен", "дом"), ("заём", "за"), ("Иванов", "Иван")),
        *(("прошлый", "пройти"), ("ответ", "отвод"), ("земля", "зима"), ("вход", "выход")),
        *(("found", "foundation"), ("wrote", "wrought"), ("ground", "grind"), ("send", "sand")),
    ],
)
def test_other_words(one: str, other: str) -> None:
    assert terms_of(one) != terms_of(other)


@pytest.mark.parametrize(
    "forms",
    [
        # The form without an ending looks as if it had one.
        "кредит кредита кредитов",
        "проблема проблем проблемой",
        "система систему систем",
        "диван дивана диванами",
        "реквизит реквизиты",
        "зеркало зеркал зеркалом",
        "время времени времён",
        "лимит лимиту",
        # Vowels come and go.
        "кошелёк кошелька кошельки",
        "окно окон окна",
        "число чисел",
        "сестра сестёр",
        "деньги денег деньгами",
        "кольцо колец",
        "туфли туфель",
        "ковёр ковра",
        "настройка настроек",
        "майка маек",
        "боец бойцы",
        # Verbs whose endings are stressed, or that take an л.
        "вернуть вернёт верните вернули вернула вернём верну",
        "отправить отправлю отправьте отправил отправят отправлять",
        "доставить доставлю доставили доставляет",
        "открыть открыли откройте откроют откроет",
        "получить получу получат получил получите",
        # Participles, and what sounds as they do.
        "оплатить оплаченный оплачено оплачены оплачу оплатили",
        "отправить отправлено отправлен отправленная отправлю",
        "доставить доставлено доставлена",
        "купить куплено купленный куплю",
        "возвратить возвращено возвращу возвращение",
        "писать пишу писал",
        "подписать подпишите подписано",
        "дать дайте дал дадут",
        "брать беру брали",
        "убрать уберите убрали",
        "мочь может могли",
        "нажать нажмите нажал",
        "снять снимите сняли",
        "приехать приеду приехали",
        "стереть сотрите стёрли",
        "учесть учтите учтено",
        "год года лет",
        "посетить посещён посещение",
        "обсудить обсуждено обсуждение",
        "пропустить пропущено пропущу",
        "запустить запущен запущена",
        "разместить размещено размещение",
        "снизить снижено снижение снижу",
        "повысить повышен повышение",
        "пригласить приглашён приглашу",
        "показать покажите покажу",
        "перевести переведено перевёл перевела переведу",
        "принести принесу принесено принесла",
        "привезти привезёт привезено привезла",
        "выслать вышлите вышлю выслали высланный",
        "прислать пришлите пришлю прислано",
        "видеть видит видят",
        "передать передадут передаст передал",
        "встретить встреча встречен",
        # What is made of идти.
        "прийти пришло придёт пришёл придти пришедший приду",
        "найти нашли найду найдено нашёл",
        "перейти перешла перейдите перешедший",
        "произойти произошло произойдёт",
        "подойти подошёл подойдёт",
        # Irregular ones.
        "решить решение решено решён решу",
        "принять приму примите приняли",
        "взять возьму взяли возьмите",
        "искать ищу ищем",
        "помочь помощь помогите помогли поможет",
        "забыть забыл забуду забыли забыто",
        "жаловаться жалуюсь жалоба",
        "хотеть хочу хотели хотят",
        "отдать отдали отдам отдадут",
        "выдать выдали выдаст выдано",
        "вычесть вычли вычел вычтите",
        "понять поняла пойму поймите",
        "начать начали начнёт",
        "зависнуть зависла зависло",
        "заказать закажу закажите заказал",
        "написать напишу напишите написали",
        "оплатить оплачу оплатил",
        "ждать жду ждём ждите",
        "письмо писем письма",
        "день дня дней днём днями",
        "человек люди людей",
        "ребёнок дети детям",
        "запись записи записью",
        "печать печати",
        "приём приёма приёму приёмом",
        "заём займа",
        "Иван Ивана Ивану",
        "Елена Елену",
        "Смирнов Смирнова Смирновым",
        "Павел Павла Павлу",
        "pay paid pays paying",
        "send sent sending",
        "buy bought",
        "go went gone goes",
        "write wrote written writing",
        "get got gotten",
        "receive received receiving",
        "child children",
        "good better best",
        "analysis analyses",
    ],
)
def test_all_forms_are_one_word(forms: str) -> None:
    assert len(set(terms_of(forms))) == 1


@pytest.mark.parametrize(
    "forms",
    [
        # Roots that change.
        "пропасть пропал пропадёт пропали",
        "идти шёл шла иду идут шедший",
        "нести нёс несла несут",
        "красть крал крадут",
        "звать зову зовут звал",
        "лечь лёг лягу легли",
        "жечь жгут жёг",
        "сесть сел сяду сели",
        "расти рос растут",
        "есть ем едят ели",
        "быть будет были будут",
        "умереть умер умрут",
        "протереть протёр протрут",
        "петь пою пел поют",
        "мыть мою мыл моют",
        "пить пью пил пьют",
        # Degrees.
        "высокий высочайший высокие",
        "высокий выше высокая",
        "дорогой дороже дорогая дорог",
        "хороший лучше хорошая",
        "плохой хуже плохое",
        "быстрый быстрее быстрейший быстр",
        "красивый красивейший красивее",
        "низкий ниже низкую",
        # Names.
        "Лев Льва Львом",
        "Пётр Петра Петром",
        "Любовь Любови",
        "господин господа господ",
        # English degrees: y, e and doubled consonants.
        "big bigger biggest",
        "happy happier happiest",
        "EARLY earlier earliest",
        "large Larger largest",
        "late later latest",
        "cheap cheaper cheapest",
        "low lower lowest",
        "simple simpler simplest",
        "quiet quieter quietest",
        "stupid stupider stupidest",
        "well better best",
        # Plurals.
        "businessman businessmen",
        "leaf leaves",
        "leave leaves left",
        "grandchild grandchildren",
        "diagnosis diagnoses",
        "appendix appendices",
        "curriculum curricula",
        "quiz quizzes quizzed",
        "menu menus",
        "bus buses",
        "lens lenses",
        # Verbs.
        "do does did done doing",
        "have has had having",
        "be is are was were been",
        "found founded",
        "find found",
        "saw sawed",
        "see saw seen",
        "lie lay lain",
        "overhear overheard",
        "remake remade",
        "withstand withstood",
        "lay laid",
        "grind ground",
        "experience experienced",
        "staff staffed staffing",
        "queue queued",
        "panic panicked",
        "embed embedded",
        "overlay overlaid",
        # Pronouns, and abbreviations that no stem knows for plurals.
        "they them their",
        "he him his",
        "this these",
        "who whom whose",
        "PDF PDFs",
        "dvd DVDs",
        "dial dials dialled dialling",
        "initial initialled",
        "outdo outdid",
        "sneak snuck",
        # What the dictionary has for words of their own.
        "рано раньше пораньше",
        "поздно позже позднее",
        "много больше",
        "старый старше старого",
        "молодой младше моложе",
        "рубль рублей руб",
        "штука шт",
        "телефон тел",
    ],
)
def test_each_form_finds_the_others(forms: str) -> None:
    for asked in forms.split():
        for written in forms.split():
            assert is_within(words_of(asked), terms_of(written)), (asked, written)


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("заказ", "указ"),
        ("пропасть", "пропуск"),
        ("мир", "мера"),
        ("12", "123"),
        ("шить", "шинель"),
        ("день", "деть"),
        *(("leave", "leaf"), ("corn", "corner"), ("numb", "number")),
        *(("тело", "телефон"), ("US", "we"), ("css", "cs"), ("it", "they")),
        *(("human", "Oman"), ("off", "offer"), ("even", "evening"), ("game", "gamer")),
    ],
)
def test_other_words_are_not_found(asked: str, written: str) -> None:
    assert not is_within(words_of(asked), terms_of(written))


CYRILLIC = st.text("абвгдежзийклмнопрстуфхцчшщъыьэюя", min_size=1, max_size=14)


@given(CYRILLIC)
def test_a_form_without_an_ending_agrees_with_the_others(word: str) -> None:
    stem = str(SNOWBALL.stemWord(word))
    again = str(SNOWBALL.stemWord(stem))
    irregular = any(
        each in IRREGULAR or TO_GO.fullmatch(each) or TO_SEE.search(each) for each in (word, stem)
    )
    if (LEAST_STEM <= len(again) < len(stem) or again == stem) and not irregular:
        assert terms_of(stem) == terms_of(word)


def test_the_rule_has_another_number_when_words_get_other_terms() -> None:
    said = (
        " ".join(sorted(IRREGULAR) + sorted(english.IRREGULAR))
        + " кредита маек ёлки посылок вернёт отправлю договор_2026 Returned №12345"
        + " оплачено найти видеть перевести внесли передаст выслать вышлю пропущено размещено"
        + " посещение обсуждать повышен снижен куплено зависел xn--80a1acny.xn--p1ai résumés"
        + " Łódź İ café2go"
    )
    digest = hashlib.sha256(" ".join(terms_of(said)).encode()).hexdigest()
    assert (RULE, digest[:16]) == (10, "5c287ba8320cf3b7")


def test_a_text_without_words() -> None:
    assert terms_of(" — !?_ \u0301") == []


def test_words_are_where_their_terms_are() -> None:
    text = "Заказ12345, e-mail"
    assert [text[a:b] for a, b in spans_of(text)] == ["Заказ", "12345", "e", "mail"]


@pytest.mark.parametrize(
    "text", ["a xn---24-6cdar3aid3acre.xn--p1ai 12kg", "xn--1-zzzz24 XN-- xn--"]
)
def test_what_a_domain_in_ascii_stands_for_is_where_the_domain_is(text: str) -> None:
    spans = list(spans_of(text))
    assert len(spans) == len(terms_of(text))
    assert {text[a:b].casefold() for a, b in spans} <= {
        *("a", "12", "kg", "xn", "1", "zzzz", "24", "xn---24-6cdar3aid3acre", "xn--p1ai"),
    }
