"""Western text of DOS and of a Mac, Russian text of a Mac, under no label or a wrong one."""

import pytest

from bridge.parse.message import read_letter
from tests.letters import raw_letter

GERMAN = "Schöne Grüße aus München, die Größe für die Straße fehlt"
FRENCH = "J'ai reçu la facture, merci à vous, ça marche très bien"
SPANISH = "¿Cuándo llegará mi pedido? El señor Muñoz no está"
LABELS = ["", "; charset=utf-8", "; charset=iso-8859-1", "; charset=windows-1252"]


def text_of(content: bytes, label: str) -> str:
    raw = raw_letter(content, Content_Type=f"text/plain{label}", Content_Transfer_Encoding="8bit")
    return read_letter(raw).text


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("page", ["cp850", "cp437", "mac-roman"])
@pytest.mark.parametrize(
    "said", [GERMAN, FRENCH, SPANISH, "Größe", "Für", "élève", "Où est-elle passée ?"]
)
def test_western_text_of_dos_and_of_a_mac(said: str, page: str, label: str) -> None:
    content = said.encode(page, "ignore")
    assert text_of(content, label) == content.decode(page)


WINDOWS = [
    "He said “go home” and don’t wait – it’s late…",
    "„Schöne Grüße“, schrieb er — „bis bald“…",
    "prix: 100 € – «été» Œuvre naïve, Žižek",
    "a word”and another, “quoted”, it’s",
    "Windows™ 95, name† and other‡ notes",
]


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("said", WINDOWS)
def test_what_windows_writes_stays(said: str, label: str) -> None:
    assert text_of(said.encode("cp1252"), label) == said


# Words whose only letter above ASCII is one where Windows has a dash, a quote or a dot.
ONE_OF_MAC = [
    *("mañana", "España", "Señor Gómez", "niño", "2 años", "pequeño", "información"),
    *("compañía", "Reunión mañana", "dirección", "Noël", "naïve"),
]


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("said", ONE_OF_MAC)
def test_a_word_of_a_mac_with_what_windows_has_between_words(said: str, label: str) -> None:
    assert text_of(said.encode("mac-roman"), label) == said


BETWEEN_LETTERS = [
    *("Moskau–Berlin", "co–operate", "re–use", "pre–existing", "mother–daughter", "a–e", "a–o"),
    *("he said—and left", "plus d’argent", "l’année d’avant", "don‘t", "n’a pas d’un", "grandpa’s"),
]


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("said", BETWEEN_LETTERS)
def test_dashes_and_quotes_between_letters_stay(said: str, label: str) -> None:
    assert text_of(said.encode("cp1252"), label) == said


MAC = [
    *(
        "Акт сверки",
        "Жду ответа",
        "Где заказ",
        "Спасибо",
        "Лена",
        "Ольга",
        "Это важно",
        "Яна",
        "имя",
    ),
    *(
        "Иван Петров",
        "Добрый день",
        "Здравствуйте",
        "Договор № 15",
        "счёт на оплату",
        "Прошу помочь",
    ),
    "Добрый день, прошу прислать счёт за май",
    "Где мой заказ? Жду уже неделю",
    "Спасибо, получили всё, договор подписан",
]


@pytest.mark.parametrize("said", MAC)
def test_russian_of_a_mac_under_the_label_of_windows(said: str) -> None:
    assert text_of(said.encode("mac-cyrillic"), "; charset=windows-1251") == said


@pytest.mark.parametrize(
    "said",
    [
        *(
            "„привет“, – сказал он",
            "ѓаволски добро",
            "‘да’ и «нет»",
            "Ђорђе",
            "Љубав",
            "Њега",
            "Џеп",
        ),
        *("–да", "•пункт", "…но", "†примечание", "‘спасибо’", "„добрый“", "€вро", "Ћирилица је"),
    ],
)
def test_words_in_quotes_of_windows_are_no_macs(said: str) -> None:
    assert text_of(said.encode("cp1251"), "; charset=windows-1251") == said


def test_greek_in_capitals_beside_plain_words_stays_greek() -> None:
    said = "by ΠΑΝΑΓΙΩΤΗΣ ΚΑΤΣΙΚΟΓΙΑΝΝΗΣ, total 127,50 €"
    assert text_of(said.encode("cp1253"), "; charset=windows-1253") == said


@pytest.mark.parametrize("label", ["imap-utf-7", "utf-7-imap", "x-imap4-modified-utf7"])
def test_the_utf_7_of_folders(label: str) -> None:
    assert text_of(b"R&D: &BB8EQAQ4BDIENQRC-", f"; charset={label}") == "R&D: Привет"
    assert text_of(b"Tom & Jerry, A&B-C", f"; charset={label}") == "Tom & Jerry, A&B-C"
