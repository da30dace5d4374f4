"""Facts from a letter's header that tell history in its text from lookalikes."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bridge.parse.reply.said_day import day_of
from contract.subject import mark_of, outermost_prefix, prefix_of, visible

_WORD = re.compile(r"[^\W_]+")
_SOUNDS = str.maketrans({
    "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "ж": "z", "з": "z", "к": "k", "л": "l",
    "м": "m", "н": "n", "п": "p", "р": "r", "с": "s", "т": "t", "ф": "f", "х": "k", "ц": "ts",
    "ч": "k", "ш": "s", "щ": "sk", "w": "v", "c": "k", "q": "k", "x": "ks",
    **dict.fromkeys("аеёиійоуыэюяьъєїaeiouyhj", ""),
})  # fmt: skip
# «ИНН 7701234567», which sounds like Анна.
_NUMBER_OF = re.compile(r"\W*[^\W\d_a-zа-яё]{2,5}[.:]? ?№? ?\d{3}")
_MOST_PREFIXES = 10
_ZONES_APART = timedelta(days=1)
_LONGEST_HEAD = 200
_SHORTEST_WORD = 3


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a letter was written, as far as its header tells; the default is an answer by nobody.

    ``answers``: it has In-Reply-To, References or a reply prefix. ``forwarded``: its subject says
    so. ``writer`` is the sender's name and address with a blank between; ``people`` are the
    casefolded names and addresses of all participants. ``ruled_off`` has the first words of each
    copied From above which only the letter's HTML draws a rule; ``in_colour`` those of each
    coloured answer, with blanks around. ``sends_files``: it came with files besides the pictures in
    its text. ``day`` is the letter's own.
    """

    answers: bool = True
    forwarded: bool = False
    subject: str = ""
    writer: str = ""
    people: frozenset[str] = frozenset()
    ruled_off: frozenset[str] = frozenset()
    in_colour: frozenset[str] = frozenset()
    sends_files: bool = False
    day: date | None = None

    @property
    def replies(self) -> bool:
        """Whether the subject begins like an answer's: «Re: …», «Ответ: …»."""
        prefix = outermost_prefix(self.subject[:_LONGEST_HEAD]) if self.subject else None
        return prefix is not None and prefix.replies

    def is_stranger(self, text: str) -> bool:
        """Whether a From that a letter shows is certainly no participant."""
        shown = text.casefold()
        if not self.people or not shown:
            return False
        if "@" in shown:
            return not any(one in shown for one in self.people)
        known = {word for one in self.people for word in _words(one)}
        return not any(word in known for word in _words(shown))

    def is_of_subject(self, subject: str) -> bool:
        """Whether a copied subject may be this letter's; a longer one may have been cut."""
        ours, theirs = _base(self.subject), _base(subject)
        return not ours or not theirs or ours in theirs or theirs in ours

    def is_to_come(self, text: str) -> bool:
        """Whether a text names a day after the letter's, in any time zone."""
        said = day_of(text) if self.day else None
        return said is not None and self.day is not None and said > self.day + _ZONES_APART

    def has_subject(self, text: str) -> bool:
        """Whether a text is this letter's subject, both without prefixes."""
        ours = _base(self.subject)
        return bool(ours) and ours == _base(text)

    def names_person(self, line: str) -> bool:
        """Whether a line holds the whole name or the address of a participant."""
        shown = line.casefold()
        return any(one in shown for one in self.people)

    def names_writer(self, line: str) -> bool:
        """Whether a line begins with a word of the sender's name or address, in either alphabet."""
        if _NUMBER_OF.match(line):
            return False
        named = {_sound(word) for word in _words(self.writer.partition("@")[0])} - {""}
        return any(_sound(word) in named for word in _words(line)[:2])

    def is_first_name(self, text: str) -> bool:
        """Whether a text is only one or two words of the sender's name, as written."""
        named = self.writer.casefold().split(" ")[:-1]
        return all(word in named for word in text.casefold().split())

    def has_initials(self, text: str) -> bool:
        """Whether a text is the initials of the sender's names, in either order."""
        initials = "".join(word[0] for word in self.writer.casefold().split()[:-1])
        return len(initials) > 1 and text.casefold() in (initials, initials[::-1])

    def shows_in_colour(self, lines: list[str]) -> bool:
        """Whether an answer stands in the lines that the letter's HTML shows in a colour."""
        if not self.in_colour:
            return False
        said = f" {' '.join(_WORD.findall(' '.join(lines).casefold()))} "
        return any(answer in said for answer in self.in_colour)

    def shows_address(self, text: str) -> bool:
        """Whether a text holds the sender's address."""
        address = self.writer.casefold().split(" ")[-1]
        return "@" in address and address in text.casefold()


def first_words(text: str) -> str:
    """The first two words of a writer's name or address, the key of a copied header."""
    return " ".join(_WORD.findall(text.casefold())[:2])


def _base(subject: str) -> str:
    """The subject's letters and digits without prefixes and list names."""
    text = visible(subject)
    for _ in range(_MOST_PREFIXES):
        text = text[len(mark_of(text)) :]
        prefix = prefix_of(text)
        if prefix is None:
            break
        text = text[prefix.end :].lstrip()
    return "".join(_WORD.findall(text.casefold()))


def _words(text: str) -> list[str]:
    return [w for w in _WORD.findall(text.casefold()) if len(w) >= _SHORTEST_WORD]


def _sound(word: str) -> str:
    """A name's consonants in Latin letters, so that «Пётр» equals Petr and Pyotr; '' if too few."""
    sound = word.translate(_SOUNDS)
    return sound if len(sound) > 1 else ""
