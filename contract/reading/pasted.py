"""The one address in what somebody pasted, as mail programs copy it: pure.

``Boris <boris@b.ru>``, ``<boris@b.ru>``, ``mailto:boris@b.ru?subject=…``, ``"boris@b.ru",`` and
``boris@b.ru (Boris)`` have one. What has two, or none, is no answer to the question of whom.
"""

import re
from urllib.parse import unquote

from contract.bounds import seen_ends
from contract.reading.addresses import canonical

_ENDS = " \t\r\n\xa0,;"
_FRAMES = ("<>", '""', "''", "``", "«»", "“”", "„“", "‘’", "()", "[]")
_MAILTO = re.compile(r"mailto:([^?]*)(?:\?.*)?", re.IGNORECASE | re.DOTALL)
_NAMED = re.compile(r"([^<>]*)<([^<>]*)>")
_COMMENTED = re.compile(r"(\S+)\s+\([^()@]*\)")
_WORD = r"[^\s\"<>,;@]+"
_ONE = re.compile(rf'(?:"(?:[^"\\]|\\.)*"|{_WORD})@{_WORD}')


class TwoAddresses(ValueError):
    """A text has more than one address."""


class NoAddress(ValueError):
    """A text has no address."""


def one_address(text: str) -> str:
    """Return the address in a text as it is spelt there; raises TwoAddresses, NoAddress."""
    bare = _bare(text)
    if _ONE.fullmatch(bare):
        return bare
    if named := _NAMED.fullmatch(bare):
        address = one_address(named[2])
        if "@" in named[1] and canonical(_bare(named[1])) != canonical(address):
            raise TwoAddresses(text)
        return address
    raise TwoAddresses(text) if bare.count("@") > 1 else NoAddress(text)


def _bare(text: str) -> str:
    """Return a text without what copying puts around an address."""
    before = None
    while text != before:
        before = text
        text = str(seen_ends(text)).strip(_ENDS)
        if mailto := _MAILTO.fullmatch(text):
            text = unquote(mailto[1])
        elif commented := _COMMENTED.fullmatch(text):
            text = commented[1]
        elif len(text) > 1 and text[0] + text[-1] in _FRAMES:
            text = text[1:-1]
    return text
