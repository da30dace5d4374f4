"""The words of a text, each as the term that all its forms share: pure.

Russian and English words are brought to their stem by Snowball (snowballstem.org); ``ё`` is ``е``.

Of Russian words that is not enough, for four reasons. A form without an ending is the very stem of
the others, but Snowball takes its last letters for an ending where they look like one: ``кредита``
becomes ``кредит``, and ``кредит`` ``кред``. So a stem is brought to its stem again, until nothing
more goes: then the two agree. Snowball leaves the endings of verbs that are stressed, or behind a
consonant (``вернёт``, ``откроем``), and the ``л`` that comes into some (``отправлю``): they go,
too. Vowels come and go (``письмо`` and ``писем``, ``майка`` and ``маек``,
``конец`` and ``конца``), so they go from every stem. And a few words of every day are irregular.

Numbers and words of other scripts stand for themselves. An address, a file name or a number with
signs in it is several words that follow each other: whoever looks for it looks for a phrase.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain

import Stemmer

RULE = 3
"""Another number whenever a word gets another term: indexes of before are made anew."""
LONGEST = 64
REMEMBERED = 32768
_RUN = re.compile(r"[^\W_]+")
_LETTERS_AND_NUMBER = re.compile(r"([^\W\d_]+)(\d+)|(\d+)([^\W\d_]+)")
# Signs that are not seen within a word: soft hyphens, zero widths, and accents that mark a stress.
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff\u0300\u0301]+")
_CYRILLIC = re.compile("[\u0400-\u04ff]+")
LEAST_STEM = 4  # letters; what is left of a stem that is brought to its stem again
_ENDING_OF_VERB = re.compile("(?:(?<=н)ул|е(?:м|ш|м?т)|имт|[уюьй]т|(?<=[жчшщ])ат|(?<=[бпвмф])л)$")
_VOWELS, _COMES_BEFORE = "аеиоуыэюя", "бвгклмнрсц"
# Forms whose stem is another word's, or none; and a form of the same word that has the right one.
IRREGULAR = {
    form: model
    for model, forms in {
        "дням": "день дня дню днем дне дни дней днями днях",
        "письма": "писем",
        "записи": "запись",
        "подписи": "подпись",
        "печати": "печать",
        "кровати": "кровать",
        "перечни": "перечень",
        "камни": "камень",
        "матери": "мать",
        "дочери": "дочь дочерьми",
        "двери": "дверьми",
        "песни": "песен",
        "пятна": "пятен",
        "сотни": "сотен",
        "друга": "друзья друзей друзьям друзьями друзьях",
        "человека": "люди людей людям людьми людях",
        "ребенка": "дети детей детям детьми детях",
        "имени": "имя имена имен",
        "памяти": "память",
        "церкви": "церковь церковью",
        "доменов": "домен домена домене домены",
        "токенов": "токен токена токене токены",
        "отменой": "отмена отмены отмен",
        "заменой": "замена замены замен",
        "основы": "основ",
        "вызова": "вызов",
        "отзыва": "отзыв",
        "обрыва": "обрыв",
        "архива": "архив",
        "режима": "режим",
        "приемов": "прием приему приеме",
        "объемов": "объем объему объеме",
        "лимита": "лимит лимите",
        "визита": "визит визите",
        "ивана": "ивану иваном иване",
        "артема": "артем артему",
        "вадима": "вадим",
        "никиты": "никите никит",
        "еленой": "елена елены",
        "придет": "пришел пришла пришло пришли прийти придти",
        "заказал": "закажу закажи закажет закажем закажете закажите закажешь закажут",
        "написал": "напишу напиши напишет напишем напишете напишите напишешь напишут",
        "оплатить": "оплачу",
        "платить": "плачу",
        "ответить": "отвечу",
        "возвратить": "возвращу",
        "подтвердить": "подтвержу",
        "купить": "куплю",
        "удалить": "удали",
        "ждал": "жду жди ждет ждем ждете ждите ждешь ждут ждать",
        "займа": "заем",
        "найма": "наем",
    }.items()
    for form in forms.split()
}
# Without caches of their own: ``_TermsOfRuns`` is one for all.
SNOWBALL = Stemmer.Stemmer("russian", 0)
_ENGLISH = Stemmer.Stemmer("english", 0)


def plain(text: str) -> str:
    """Return a text as words are looked for in it: one form for each sign (NFKC), none unseen."""
    if text.isascii():
        return text
    if not unicodedata.is_normalized("NFKC", text):  # that would make two letters of a number sign
        text = "№".join(unicodedata.normalize("NFKC", each) for each in text.split("№"))
    return _UNSEEN.sub("", text)


class _TermsOfRuns(dict[str, tuple[str, ...]]):
    """The terms of each run of letters and digits, kept once they were made: most come again."""

    def __missing__(self, run: str) -> tuple[str, ...]:
        terms = tuple(term_of(each[:LONGEST]) for each in _pieces(run))
        if len(run) <= LONGEST:
            if len(self) >= REMEMBERED:
                self.clear()
            self[run] = terms
        return terms


_terms_of_run = _TermsOfRuns().__getitem__


def terms_of(text: str) -> list[str]:
    """Return the terms of a text in their order."""
    return list(chain.from_iterable(map(_terms_of_run, _RUN.findall(plain(text)))))


def term_set(text: str) -> set[str]:
    """Return the terms of a text without their order: sooner, as words come again and again."""
    return set(chain.from_iterable(map(_terms_of_run, set(_RUN.findall(plain(text))))))


def spans_of(text: str) -> Iterator[tuple[int, int]]:
    """Yield from where to where the words of a ``plain`` text are: those that have the terms."""
    for run in _RUN.finditer(text):
        if run[0].isalpha():
            yield run.span()
            continue
        start = run.start()
        for piece in _pieces(run[0]):
            yield start, start + len(piece)
            start += len(piece)


def _pieces(run: str) -> tuple[str, ...]:
    """Return a number and its unit apart, all else as it is."""
    if not run.isalpha() and (two := _LETTERS_AND_NUMBER.fullmatch(run)):
        return tuple(each for each in two.groups() if each)
    return (run,)


def term_of(word: str) -> str:
    """Return what all forms of a word share."""
    word = word.casefold().replace("ё", "е")
    if not word.isalpha():
        return word
    if word.isascii():
        return str(_ENGLISH.stemWord(word))
    return _russian_stem(word) if _CYRILLIC.fullmatch(word) else word


def _shorter(stem: str) -> str:
    """Return what a stem has for its stem, which is itself where too little would be left."""
    for found in (str(SNOWBALL.stemWord(stem)), _ENDING_OF_VERB.sub("", stem)):
        if LEAST_STEM <= len(found) < len(stem):
            return found
    return stem


def _russian_stem(word: str) -> str:
    stem = str(SNOWBALL.stemWord(IRREGULAR.get(word, word)))
    while (shorter := _shorter(stem)) != stem:
        stem = shorter
    if len(stem) < LEAST_STEM or stem[-1] not in _COMES_BEFORE:
        return stem
    before, between, last = stem[-3], stem[-2], stem[-1]
    if last in "кц" and between == "е" and before in _VOWELS:
        return f"{stem[:-2]}й{last}"
    if between == "ь" or (between in "ое" and before not in _VOWELS):
        return stem[:-2] + last
    return stem


def is_within(phrase: tuple[str, ...], terms: list[str]) -> bool:
    """Tell whether terms follow each other somewhere among others."""
    return next(places(phrase, terms), None) is not None


def places(phrase: tuple[str, ...], terms: list[str]) -> Iterator[int]:
    """Yield where a phrase begins among terms."""
    at, length = -1, len(phrase)
    try:
        while True:
            at = terms.index(phrase[0], at + 1)
            if tuple(terms[at : at + length]) == phrase:
                yield at
    except ValueError:
        return
