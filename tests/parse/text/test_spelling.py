"""A few words of a Latin language in a page that nothing names, and Western ones beside them."""

import pytest

from bridge.parse.message import read_letter
from bridge.parse.text.alphabets.spelling import spelt_page
from bridge.parse.text.charset import read_text
from tests.letters import multipart, part, raw_letter

CENTRAL: dict[str, tuple[str, ...]] = {
    "cp1250": (
        "Děkuji", "Řím", "Účet č. 5", "účtenka", "Zásilka nedorazila", "Ďakujem",
        "Číslo objednávky?", "Dziękuję", "Łódź", "proszę o fakturę", "pilne: płatność",
        "Időpontot kérek", "időpont", "Köszönöm szépen", "Plaću", "Pozdrav, šaljem", "Mulţumesc",
        "până la ora 5", "Zażółć gęślą", "Żółw", "mąż i książka", "ČPP - žádost",
    ),
    "iso8859-2": (
        "Děkuji", "Řím", "Číslo objednávky?", "Žádost o účet", "Dziękuję", "płatność",
        "Időpontot kérek", "Święta", "Żółw", "późno, źle",
    ),
    "cp1254": ("Teşekkürler", "Sipariş", "Işık", "Müşteri hizmetleri", "Fatura geldi mi, lütfen"),
    "cp1257": (
        "Pasūtījums", "Paldies, gaidīšu", "Ačiū už greitą atsakymą", "Sąskaitą siųskite",
        "Ačiū labai",
    ),
}  # fmt: skip
WESTERN = (
    "Café", "déjà reçu", "où", "Noël", "naïve", "façade", "côté", "bûche", "maître", "âge",
    "Größe", "Rückgabe", "Ähnlich", "Straße 5", "Öl", "für", "così", "perché", "lunedì", "più",
    "Não recebi", "mãe", "coração", "três pães", "amanhã", "avô", "mañana", "Niño", "¿Cuándo?",
    "Århus", "Smørrebrød", "Øl", "på gensyn", "ære", "Kött", "Företag", "Íslandsbanki", "það",
    "cinquième élève", "cœur", "5 m³", "siehe unten¹", "£5", "½ kg", "nº 5", "you¿ll see",
    "là-bas", "Sí", "Þór", "d´accord",
    "¦ 5 ¯ 3", "Perché è è", "MÉCS - été",
    "conèixer", "këtu", "jõudis", "älä", "ça va", "50 µg", "«oui»", "l¿eau", "français¡",
)  # fmt: skip


@pytest.mark.parametrize(
    ("page", "words"), [(page, words) for page, each in CENTRAL.items() for words in each]
)
def test_a_few_words_without_a_label(page: str, words: str) -> None:
    raw = words.encode(page)
    assert read_text(raw) == words
    assert read_letter(raw_letter(raw, Content_Type="text/plain")).text.strip() == words


@pytest.mark.parametrize("words", WESTERN)
def test_western_words_stay_western(words: str) -> None:
    assert spelt_page(words.encode("cp1252")) is None
    assert read_text(words.encode("cp1252")) == words


@pytest.mark.parametrize("words", ["Děkuji", "Időpont", "Łódź"])
def test_a_western_label_is_believed(words: str) -> None:
    """A single letter of the alphabet is too little evidence against a sender's label."""
    raw = words.encode("cp1250")
    assert read_text(raw, "windows-1252") == raw.decode("cp1252")


def test_one_letter_unheard_of_in_a_long_text() -> None:
    text = "Où est ma commande ? Déjà payée, livrée à Noël. " * 5 + "Pìyn"
    assert read_text(text.encode("cp1252")) == text


def test_a_file_s_name_beside_a_text_that_says_nothing() -> None:
    name = "účtenka č. 5.pdf".encode("cp1250")
    file = part("%PDF-", "application/pdf", Content_Disposition="attachment; filename=NAME")
    letter = read_letter(multipart(part("x", "text/plain"), file.replace(b"NAME", b'"%s"' % name)))
    assert letter.attachments[0].filename == "účtenka č. 5.pdf"
