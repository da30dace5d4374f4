"""All forms of a Russian word, by the dictionary of OpenCorpora: for queries, once a search.

Stems alone separate forms of short verbs and comparatives (``пропасть`` and ``пропал``, ``высокий``
and ``выше``). Looking up each word of each letter would cost many times a stem; looking up the
words of a query costs nothing, and the index stays as it is.

Each further stem is a further piece of the index to read, so rare meanings are left out: ``день``
could also be the imperative of ``деть``.
"""

import logging
from collections.abc import Collection, Iterator
from functools import lru_cache

from pymorphy3 import MorphAnalyzer
from pymorphy3.analyzer import Parse

BESIDE = tuple(
    tuple(line.split())
    for line in """
рано раньше пораньше
поздно позже попозже
много больше побольше
мало меньше поменьше
старый старше постарше
молодой младше моложе помладше
рубль руб
копейка коп
штука шт
тысяча тыс
миллион млн
миллиард млрд
телефон тел
""".strip().splitlines()
)
"""Words with what the dictionary does not know for theirs: degrees, abbreviations."""
REMEMBERED = 2048
RARE = 0.01  # of the times that texts have a form


def all_forms(word: str) -> frozenset[str]:
    """Return the forms of each Russian word that this may be a form of; none if it is unknown."""
    return _russian(word.casefold()) if not word.isascii() and word.isalpha() else frozenset()


@lru_cache(maxsize=REMEMBERED)
def _russian(word: str) -> frozenset[str]:
    forms = {each.word: each for word_meant in _meant(word) for each in word_meant.lexeme}
    adverbs = [name for name, each in forms.items() if {"ADJS", "neut"} in each.tag]
    return frozenset(forms).union(_beside(word, forms)) | {
        form.word  # some degrees belong to the adverb: высоко, выше
        for adverb in adverbs
        for each in _meant(adverb)
        if each.tag.POS == "ADVB"
        for form in each.lexeme
    }


def _beside(word: str, forms: Collection[str]) -> Iterator[str]:
    """Yield the words that belong to a word by ``BESIDE``, and all forms of its base word."""
    for first, *others in BESIDE:
        if first in forms or word in others:
            yield from others
            for each in _meant(first):
                yield from (form.word for form in each.lexeme)


def _meant(form: str) -> Iterator[Parse]:
    """Yield each word that a form belongs to, once, as the form, without rare meanings."""
    same: dict[tuple[str, int], list[Parse]] = {}
    for each in _analyzer().parse(form):
        if each.is_known:
            paradigm = each.methods_stack[0][2]
            same.setdefault((each.normal_form, paradigm), []).append(each)
    for readings in same.values():
        if sum(each.score for each in readings) >= RARE:
            yield readings[0]


@lru_cache(maxsize=1)
def _analyzer() -> MorphAnalyzer:
    """Return the dictionary: 30 MiB, read within a tenth of a second by the first search."""
    logging.getLogger("pymorphy3").setLevel(logging.WARNING)  # a searcher is not told about files
    return MorphAnalyzer(lang="ru")
