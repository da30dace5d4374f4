"""Both errors of ``reply`` on real conversations, where the letters that one names are at hand.

A line is *history* if its words stand in a letter that this one names, or in one that that names;
it is the *writer's own* if it has no quote mark and hardly any of its words stand there in that
order. Left out of account are short lines, signatures (what stands under ``-- ``, OpenPGP's frame,
lines a sender or a list repeats) and lines that introduce a quotation (they name the other's
address or name, or are header fields). What is then neither in ``reply`` nor history is a
writer's word missing.

Both are counted twice: as the bridge reads a letter alone, and as its dialog shows it, where the
letters that it names are at hand.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from bridge.parse.reply.copied.field_names import field_of
from receiver.reply.history import without_history
from receiver.reply.new_words import MOST_NAMED
from receiver.reply.quotation import quotable

EXCEPTIONS = Path(__file__).with_name("own_words_exceptions.txt")
SETS = ("usrp-users", "openbmc", "spamassassin-ham")
SHORTEST = 4
"""A line of fewer words proves nothing."""

_WORD = re.compile(r"\w+")
_MANY = 3
_MOST = 10
_ATTRIBUTES = re.compile(
    r"\d\d:\d\d.*(?::|[<@]|wrote)|"
    r"(?:wrote|writes|escribió|écrit|schrieb|said|пишет|писал)\W*$|^On .*\d"
)
_UNWRITTEN = ("-- ", "-----BEGIN PGP SIGNATURE", "-----BEGIN PGP SIGNED")
_MARK = re.compile(r"\s?[A-Za-zА-Яа-я]{0,4}[>|]")


@dataclass
class Errors:
    """What one set of conversations gave; words, and for the first error the lines."""

    source: str
    letters: int = 0
    excepted: int = 0
    hurt: int = 0
    own: int = 0
    missing: int = 0
    history: int = 0
    left: int = 0
    lines: list[tuple[str, str]] = field(default_factory=list)


def exceptions() -> dict[str, str]:
    """The letters whose lines a person looked at, and what they are: ``set/letter``."""
    lines = EXCEPTIONS.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(": ") for line in lines if line and not line.startswith("#"))
    return {letter: reason for letter, _, reason in pairs}


def errors_in(folder: Path) -> tuple[Errors, Errors]:
    """Read a set of conversations and count both errors: read alone, and in their dialogs."""
    letters = dict(_letters(folder))
    by_id = {one.message_id: one for one in letters.values() if one.message_id}
    repeated = _repeated(iter(letters.values()))
    alone, shown, excepted = Errors(folder.name), Errors(folder.name), exceptions()
    for name, letter in letters.items():
        named = _named(letter, by_id)
        known = f"{folder.name}/{name}" in excepted
        for found, reply in ((alone, letter.reply), (shown, _in_dialog(letter, by_id))):
            if named:
                found.letters += 1
                found.excepted += known
                _count(name, letter, reply, named, repeated, found, known)
    return alone, shown


def _in_dialog(letter: ParsedLetter, by_id: dict[str, ParsedLetter]) -> str:
    """The new words as the dialog shows them, where the letters that are named are at hand."""
    ids = dict.fromkeys([*letter.in_reply_to, *reversed(letter.references)])
    named = [by_id[one] for one in list(ids)[:MOST_NAMED] if one in by_id]
    sources = [quotable(one.text, one.from_.name, one.from_.address) for one in named]
    return without_history(letter.text, letter.reply, sources)


def _letters(folder: Path) -> Iterator[tuple[str, ParsedLetter]]:
    for path in sorted(folder.glob("*.eml")):
        yield path.name, read_letter(path.read_bytes())


def _named(letter: ParsedLetter, by_id: dict[str, ParsedLetter]) -> list[ParsedLetter]:
    """The letters that ``letter`` names, and those that they name, nearest first."""
    if not all(one in by_id for one in letter.in_reply_to):
        return []  # what it quotes may be of a letter that is not at hand
    named: dict[str, ParsedLetter] = {}
    waiting = [*letter.in_reply_to, *reversed(letter.references)]
    while waiting and len(named) < _MOST:
        one = waiting.pop(0)
        if one in by_id and one not in named and one != letter.message_id:
            named[one] = by_id[one]
            waiting += [*by_id[one].in_reply_to, *reversed(by_id[one].references)]
    return list(named.values())


def _repeated(letters: Iterator[ParsedLetter]) -> set[tuple[str, str]]:
    """Lines that one sender (or, under ``""``, the whole set) writes again and again."""
    counts: Counter[tuple[str, str]] = Counter()
    senders: dict[str, set[str]] = defaultdict(set)
    for letter in letters:
        sender = letter.from_.address.casefold()
        for line in {one.strip() for one in letter.text.split("\n")}:
            counts[sender, line] += 1
            senders[line].add(sender)
    often = {key for key, times in counts.items() if times >= _MANY}
    return often | {("", line) for line, who in senders.items() if len(who) > _MOST}


def _count(
    name: str,
    letter: ParsedLetter,
    reply: str,
    named: list[ParsedLetter],
    repeated: set[tuple[str, str]],
    found: Errors,
    excepted: bool,
) -> None:
    known = {each for one in named for each in _runs(words_of(one.text))}
    kept = Counter(line.strip() for line in reply.split("\n"))
    people = {word for one in named for word in _who(one)}
    sender = letter.from_.address.casefold()
    missing = 0
    signed = False
    for line in letter.text.split("\n"):
        words = words_of(line)
        signed = line.startswith(_UNWRITTEN) or (signed and not _MARK.match(line))
        if (
            signed
            or len(words) < SHORTEST
            or {("", line.strip()), (sender, line.strip())} & repeated
        ):
            continue
        runs = _runs(words)
        share = sum(run in known for run in runs) / len(runs)
        here = kept[line.strip()] > 0
        if share >= 0.8:
            found.history += len(words)
            found.left += here * len(words)
        elif share <= 0.3 and not _MARK.match(line) and not _introduces(line, people):
            found.own += len(words)
            if not here and not excepted:
                missing += len(words)
                found.lines.append((name, line.strip()))
    found.missing += missing
    found.hurt += missing > 0


def words_of(text: str) -> list[str]:
    """The words of a text, without signs."""
    return _WORD.findall(text.casefold())


def _runs(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[i : i + 3]) for i in range(len(words) - 2)]


def _who(letter: ParsedLetter) -> set[str]:
    names = {letter.from_.address.casefold(), letter.from_.name.casefold()}
    return {one for one in names if len(one) > 3}


def _introduces(line: str, people: set[str]) -> bool:
    """Whether a line is a copied header field or tells who wrote."""
    if field_of(line.strip()) is not None or _ATTRIBUTES.search(line[:300]):
        return True
    return any(who in line.casefold() for who in people)
