"""The words of a text, each as the term that all its forms share: pure.

Russian and English words are reduced to stems (``receiver.search.forms``). Accents of Latin letters
do not count (``café``, ``cafe``). Numbers and words of other scripts stand for themselves. An
address, a file name or a number with punctuation is several successive words: a search for it is a
search for a phrase. An ASCII label of a domain (``xn--80a1acny``) is the words that it encodes
(``почта``).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain

from contract.reading.domains import label_in_letters
from receiver.search.forms.dictionary import all_forms
from receiver.search.forms.english import english_stem, prefixed_forms
from receiver.search.forms.families import english_forms
from receiver.search.forms.russian import russian_stem

RULE = 10
"""Another number whenever a word gets another term: indexes of before are made anew."""
LONGEST = 64
REMEMBERED = 32768
_RUN = re.compile(r"[^\W_]+")
_RUN_OR_LABEL = re.compile(r"[xX][nN]--[A-Za-z0-9-]{1,59}(?![\w-])|[^\W_]+")
_LETTERS_AND_NUMBER = re.compile(r"([^\W\d_]+)(\d+)|(\d+)([^\W\d_]+)")
# Invisible characters within a word: soft hyphens, zero widths, and stress accents.
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff\u0300\u0301]+")
# Latin letters whose accent is part of them: Unicode takes none apart.
_BARE = str.maketrans(
    {"ł": "l", "đ": "d", "ð": "d", "ø": "o", "ħ": "h", "ŧ": "t", "ŋ": "n", "ı": "i", "ĸ": "k"}
    | {"æ": "ae", "œ": "oe", "þ": "th", "ŀ": "l", "ɨ": "i", "ƶ": "z", "ə": "e"}
)
_CYRILLIC = re.compile("[\u0400-\u04ff]+")


def plain(text: str) -> str:
    """Return a text as it is searched for words: in NFKC, without invisible characters."""
    if text.isascii():
        return text
    if not unicodedata.is_normalized("NFKC", text):  # that would make two letters of a number sign
        text = "№".join(unicodedata.normalize("NFKC", each) for each in text.split("№"))
    return _UNSEEN.sub("", text)


class _TermsOfRuns(dict[str, tuple[str, ...]]):
    """Caches the terms of each run of letters and digits: most recur."""

    def __missing__(self, run: str) -> tuple[str, ...]:
        terms = tuple(term_of(each[:LONGEST]) for each in _pieces(run))
        if len(run) <= LONGEST:
            if len(self) >= REMEMBERED:
                self.clear()
            self[run] = terms
        return terms


_terms_of_run = _TermsOfRuns().__getitem__


def terms_of(text: str) -> list[str]:
    """Return the terms of a text in order."""
    return list(chain.from_iterable(map(_terms_of_run, _runs(plain(text)))))


def term_set(text: str) -> set[str]:
    """Return the terms of a text as a set: faster, as words recur."""
    return set(chain.from_iterable(map(_terms_of_run, set(_runs(plain(text))))))


def spans_of(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of the words of a ``plain`` text that have the terms."""
    for run in _pattern(text).finditer(text):
        if label := _words_of_label(run[0]):
            yield from [run.span()] * len(label)
            continue
        for part in _RUN.finditer(text, *run.span()):
            start = part.start()
            for piece in _number_apart(part[0]):
                yield start, start + len(piece)
                start += len(piece)


def _pattern(text: str) -> re.Pattern[str]:
    """Return the pattern for runs in a text: searching for labels costs, and few texts have any."""
    return _RUN_OR_LABEL if "n--" in text or "N--" in text else _RUN


def _runs(text: str) -> list[str]:
    return _pattern(text).findall(text)


def _pieces(run: str) -> list[str]:
    """Return the words of a run: those of a label, a number and its unit apart."""
    if run.isalnum():
        return _number_apart(run)
    return _words_of_label(run) or _words_apart(run)


def _words_of_label(run: str) -> list[str]:
    """Return the words that a domain's ASCII label encodes; none for other text."""
    if run.isalnum():
        return []
    try:
        return _words_apart(label_in_letters(run))
    except ValueError:
        return []


def _words_apart(text: str) -> list[str]:
    return [piece for run in _RUN.findall(text) for piece in _number_apart(run)]


def _number_apart(run: str) -> list[str]:
    if not run.isalpha() and (two := _LETTERS_AND_NUMBER.fullmatch(run)):
        return [each for each in two.groups() if each]
    return [run]


def term_of(word: str) -> str:
    """Return the term that all forms of a word share."""
    word = word.casefold().replace("ё", "е")
    if not word.isascii():
        if _CYRILLIC.fullmatch(word):
            return russian_stem(word)
        bare = _without_accents(word)
        if not bare.isascii():
            return word
        word = bare
    return english_stem(word) if word.isalpha() else word


def _without_accents(word: str) -> str:
    """Return a word of small letters without accents: ``łódź`` as ``lodz``."""
    signs = unicodedata.normalize("NFD", word.translate(_BARE))
    return "".join(each for each in signs if not unicodedata.combining(each))


def words_of(text: str) -> tuple[frozenset[str], ...]:
    """Return the words of a query, each as the terms of all its forms."""
    return tuple(
        frozenset(term_of(form[:LONGEST]) for form in [piece, *_forms(piece)])
        for run in _runs(plain(text))
        for piece in _pieces(run)
    )


def _forms(word: str) -> frozenset[str]:
    word = word.casefold()
    if not word.isascii():
        if not (bare := _without_accents(word)).isascii():
            return all_forms(word)
        word = bare
    return english_forms(word).union(prefixed_forms(word))


def is_within(phrase: Sequence[frozenset[str]], terms: list[str]) -> bool:
    """Tell whether the words follow each other somewhere among terms."""
    return next(places(phrase, terms), None) is not None


def places(phrase: Sequence[frozenset[str]], terms: list[str]) -> Iterator[int]:
    """Yield where a phrase begins among terms, looking at each once, despite near misses.

    Bit n of ``met`` tells that the terms up to here end with the first n + 1 words (Shift-And).
    """
    first = phrase[0]
    if first.isdisjoint(terms):
        return
    if len(phrase) == 1:
        yield from (at for at, term in enumerate(terms) if term in first)
        return
    bits: dict[str, int] = {}
    for step, word in enumerate(phrase):
        for term in word:
            bits[term] = bits.get(term, 0) | 1 << step
    last, met = len(phrase) - 1, 0
    for at, term in enumerate(terms):
        met = (met << 1 | 1) & bits.get(term, 0)
        if met >> last:
            yield at - last
