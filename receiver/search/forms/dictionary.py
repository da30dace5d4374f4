"""All forms of a Russian word, by the dictionary of OpenCorpora: for what is asked, once a search.

Stems alone part what a verb of few letters or a comparison becomes (``пропасть`` and ``пропал``,
``высокий`` and ``выше``). To look up each word of each letter would cost many times what its stem
costs; to look up the words of a question costs nothing, and the index stays as it is.

Each stem more is a piece of the index more to read, so what is hardly ever meant is left out:
``день`` could be said to somebody who is to put something away (``деть``).
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
    """Return the forms of each Russian word that this may be a form of; none if it is not known."""
    return _russian(word.casefold()) if not word.isascii() and word.isalpha() else frozenset()


@lru_cache(maxsize=REMEMBERED)
def _russian(word: str) -> frozenset[str]:
    forms = {each.word: each for word_meant in _meant(word) for each in word_meant.lexeme}
    adverbs = [name for name, each in forms.items() if {"ADJS", "neut"} in each.tag]
    return frozenset(forms).union(_beside(word, forms)) | {
        form.word  # the degrees of some are its adverb's: высоко, выше
        for adverb in adverbs
        for each in _meant(adverb)
        if each.tag.POS == "ADVB"
        for form in each.lexeme
    }


def _beside(word: str, forms: Collection[str]) -> Iterator[str]:
    """Yield what belongs to a word by ``BESIDE``, and all forms of the word that it belongs to."""
    for first, *others in BESIDE:
        if first in forms or word in others:
            yield from others
            for each in _meant(first):
                yield from (form.word for form in each.lexeme)


def _meant(form: str) -> Iterator[Parse]:
    """Yield each word that a form is of, once, as the form; not what it hardly ever means."""
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
    """Return the dictionary: 30 MiB, read within a tenth of a second by the first who searches."""
    logging.getLogger("pymorphy3").setLevel(logging.WARNING)  # who searches is not told of files
    return MorphAnalyzer(lang="ru")
