"""What a person leaves in letters of others, and how it is removed: pure.

Others' letters stay, without him: he is removed from the address fields; the quoted history is
removed (``reply`` is what is new in a letter), then every line that he wrote, his address, his full
name, and a subject that he chose. HTML and original are removed, as both repeat all of that, and so
are header fields that name him. Letters that only name an id of his are not changed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from contract.reading.addresses import canonical, is_his
from contract.reading.written import Sought
from contract.subject import outermost_prefix
from receiver.erasing.traces.phrases import GONE, LEAST, LONG_LINE, Phrases
from receiver.letters.letter import Letter
from receiver.letters.subject import base_subject
from receiver.store.mongo import Document

ERASED = GONE
IN_FILE = 12  # words of his in one run
MOST_LABELLED = 1000
_LABELLED = re.compile(r"[>|\s*_]*\w[\w -]{0,20}:[*_]*[ \t]*(?P<said>\S.*)")


@dataclass(frozen=True)
class Traces:
    """What mentions a person: canonical address, full names, lines, subjects, ids of letters.

    ``said`` are runs of words from the new words of his letters, ``signed`` from all but
    quotations, ``tiles`` each fourth of these, to be remembered; ``least`` words in one run are
    enough. ``first`` is the date of his first letter, ``others`` are addresses that end like his.
    """

    person: str
    names: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    said: frozenset[str] = frozenset()
    signed: frozenset[str] = frozenset()
    tiles: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    least: int = LEAST
    first: datetime | None = None

    @cached_property
    def _sought(self) -> Sought:
        return Sought(self.person, self.others)

    def mentioned_in(self, text: str) -> bool:
        """Tell whether a text has his address, however spelt."""
        return self._sought.is_in(text)

    def names_him(self, text: str) -> bool:
        """Tell whether a text has something of his that would be removed."""
        return self.cleaned(text) != text

    def forwarded_in(self, letter: Letter) -> bool:
        """Tell whether a letter unrelated to his passes his words on all the same.

        Words alone prove nothing: texts of web forms and newsletters stand in many people's
        letters.
        """
        if not self.said or self.first is None or letter.created < self.first:
            return False
        subject, body = str(letter.message["subject"]), str(letter.message["body"])
        prefix = outermost_prefix(subject)
        passed_on = prefix is not None and prefix.forwards and letter.base_subject in self.subjects
        named = self._named is not None and self._named.search(f"{subject}\n{body}") is not None
        return (passed_on or named) and Phrases(self.said).longest_in(body) >= LEAST

    def told_in(self, text: str, least: int = LEAST) -> bool:
        """Tell whether a text beside his letters has his address, or this many words of his."""
        return self.mentioned_in(text) or self._phrases.longest_in(text) >= least

    def told_in_file(self, text: str) -> bool:
        """Tell this of a file or original: he may have copied a few words from others' letters."""
        return self.told_in(text, IN_FILE)

    def cleaned(self, text: str) -> str:
        """Return a text without his words and names."""
        text = self._without_subjects(self._phrases.without(text))
        text = self._sought.replaced(text, ERASED)
        return self._named.sub(ERASED, text) if self._named else text

    def told_by(self, spooled: Document) -> bool:
        """Tell whether a letter in a spool, as its bridge reported it, mentions him."""
        subject, words = spooled["subject"], (spooled["subject"], spooled["reason"])
        return (
            spooled["message_id"].strip("<> ") in self.ids
            or base_subject(subject) in self.subjects
            or any(map(self.names_him, words))
        )

    def without(self, value: Any) -> Any:
        """Return a value of any shape without what names him."""
        if isinstance(value, str):
            return self.cleaned(value)
        if isinstance(value, list):
            return [self.without(each) for each in value if not self._is_him(each)]
        if isinstance(value, dict):
            return {
                name: self._file_name(each) if name == "filename" else self.without(each)
                for name, each in value.items()
            }
        return value

    def _is_him(self, value: Any) -> bool:
        if isinstance(value, dict):
            value = value.get("address", value.get("recipient"))
        return isinstance(value, str) and "@" in value and is_his(canonical(value), self.person)

    def _file_name(self, name: str) -> str:
        """Return a file's name without him; its extension, whatever it is, belongs to no domain."""
        stem, dot, ending = self.cleaned(name).rpartition(".")
        return f"{self.cleaned(stem)}{dot}{ending}"

    def _without_subjects(self, text: str) -> str:
        """Return a text without subjects of his: behind a label, and long ones anywhere."""
        if not self.subjects:
            return text
        kept = [each for each in text.split("\n") if not self._is_subject(each)]
        text = "\n".join(kept)
        return self._long_subjects.sub(ERASED, text) if self._long_subjects else text

    def _is_subject(self, line: str) -> bool:
        found = _LABELLED.fullmatch(line.rstrip()[:MOST_LABELLED])
        return found is not None and base_subject(found["said"]) in self.subjects

    @cached_property
    def _phrases(self) -> Phrases:
        return Phrases(self.said | self.signed, self.lines, self.least)

    @cached_property
    def _long_subjects(self) -> re.Pattern[str] | None:
        return _either(each for each in self.subjects if len(each) >= LONG_LINE and " " in each)

    @cached_property
    def _named(self) -> re.Pattern[str] | None:
        return _either(order for each in self.names for order in orders_of(each))


def orders_of(name: str) -> Iterator[str]:
    """Yield a full name as it stands, and with its surname (first or last word) moved."""
    words = name.replace(",", " ").split()
    yield name
    if not words:
        return
    yield " ".join(words)
    first, last = words[0], words[-1]
    yield " ".join([last, *words[:-1]])
    yield " ".join([f"{last},", *words[:-1]])
    yield " ".join([*words[1:], first])


def _either(texts: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern for any of these texts as whole words, however spaced; None for none."""
    found = sorted({*texts}, key=len, reverse=True)
    if not found:
        return None
    either = "|".join(r"\s+".join(map(re.escape, each.split())) for each in found)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
