"""The rule that a client draws above the letter it answers; plain text loses it."""

import re
from html import unescape
from itertools import islice

from bridge.parse.reply.copied.field_names import field_of
from bridge.parse.reply.occasion import first_words
from contract.html.sanitise import RULE_MARK

_RULE = re.compile(rf'<(?:hr\b|div style="{RULE_MARK}")[^>]*>')
_LINE_END = re.compile(r"<br[^>]*>|</(?:p|div|tr|h\d)>")
_TAG = re.compile(r"<[^>]*>")
_MOST_RULES = 10
_LONGEST_HEAD = 3_000
_MOST_FIELDS = 4


def writers_ruled_off(page: str) -> frozenset[str]:
    """Return the first words of each copied From right below a rule of the page (sanitised HTML).

    The rule proves that a client put there what the plain text shows without it, and no person.
    """
    found: set[str] = set()
    for rule in islice(_RULE.finditer(page), _MOST_RULES):
        head = " ".join(page[rule.end() : rule.end() + _LONGEST_HEAD].split())
        lines = (unescape(_TAG.sub("", line)).strip() for line in _LINE_END.split(head))
        for line in islice(filter(None, lines), _MOST_FIELDS):
            named = field_of(line)
            if named is None:
                break
            if named == "from":
                found.add(first_words(line.partition(":")[2]))
                break
    return frozenset(found - {""})
