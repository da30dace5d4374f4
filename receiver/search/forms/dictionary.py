"""All forms of a Russian word, by the dictionary of OpenCorpora: for what is asked, once a search.

Stems alone part what a verb of few letters or a comparison becomes (``пропасть`` and ``пропал``,
``высокий`` and ``выше``). To look up each word of each letter would cost many times what its stem
costs; to look up the words of a question costs nothing, and the index stays as it is.
"""

from functools import lru_cache

from pymorphy3 import MorphAnalyzer

REMEMBERED = 2048


def all_forms(word: str) -> frozenset[str]:
    """Return the forms of each Russian word that this may be a form of; none if it is not known."""
    return _russian(word.casefold()) if not word.isascii() and word.isalpha() else frozenset()


@lru_cache(maxsize=REMEMBERED)
def _russian(word: str) -> frozenset[str]:
    known = [each for each in _analyzer().parse(word) if each.is_known]
    return frozenset(form.word for each in known for form in each.lexeme)


@lru_cache(maxsize=1)
def _analyzer() -> MorphAnalyzer:
    """Return the dictionary: 30 MiB, read within a tenth of a second by the first who searches."""
    return MorphAnalyzer(lang="ru")
