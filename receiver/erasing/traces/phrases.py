"""What he wrote, recognised in a text however its lines are broken and quoted: pure.

There are two signs. Runs of words: four successive words of his, six if nothing shows that they are
quoted; an answer between two quoted lines breaks no run. And whole lines: a long one, or two
adjacent short ones, as in signatures. A single short line could be anybody's.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

LONG_LINE = 20
RUN, LEAST = 4, 6
STEP = LEAST - RUN + 1  # of six successive words four are met if each third run is asked
SHORT_LINES = 30  # characters of adjacent short lines, all together
GONE = "[erased]"

_QUOTED = re.compile(r"^[>|\s]+")
_WORD = re.compile(r"\w+")


class _Word(NamedTuple):
    line: int
    start: int
    end: int
    text: str
    quoted: bool


@dataclass(frozen=True)
class Phrases:
    """Runs of four words, and lines in the form of ``line_of``; ``least`` words are enough."""

    runs: Set[str] = frozenset()
    lines: Set[str] = frozenset()
    least: int = LEAST

    def without(self, text: str) -> str:
        """Return a text without what is his; the same object if nothing is."""
        lines = text.split("\n")
        gone, cuts = self._lines_of_his(lines), self._cuts(lines)
        for at, found in cuts.items():
            words = [each.span() for each in _WORD.finditer(lines[at])]
            covered = sum(any(one <= word[0] < end for one, end in found) for word in words)
            if covered == len(words) or (is_quoted(lines[at]) and 2 * covered >= len(words)):
                gone.add(at)
        if not gone and not cuts:
            return text
        gone |= {
            at for at, each in enumerate(lines) if is_quoted(each) and line_of(each) in self.lines
        }
        return "\n".join(
            _without(each, cuts.get(at, ())) for at, each in enumerate(lines) if at not in gone
        )

    def longest_in(self, text: str) -> int:
        """Return the number of words in the longest run in a text; short ones may be missed."""
        words = [each[0] for each in _WORD.finditer(text.casefold())]
        if not any(_run(words, at) in self.runs for at in range(0, len(words) - RUN + 1, STEP)):
            return 0
        met = [_run(words, at) in self.runs for at in range(len(words) - RUN + 1)]
        return max(
            (len(list(some)) + RUN - 1 for is_his, some in groupby(met) if is_his), default=0
        )

    def _lines_of_his(self, lines: Sequence[str]) -> set[int]:
        gone = set()
        told = [line_of(each) for each in lines]
        for is_his, some in groupby(range(len(lines)), key=lambda at: told[at] in self.lines):
            block = list(some) if is_his else []
            long = [at for at in block if len(told[at]) >= LONG_LINE]
            if long or (len(block) > 1 and sum(len(told[at]) for at in block) >= SHORT_LINES):
                gone |= set(block)
        return gone

    def _cuts(self, lines: Sequence[str]) -> dict[int, list[tuple[int, int]]]:
        """Return which parts of which lines are in runs of his: from and to."""
        cuts: dict[int, list[tuple[int, int]]] = {}
        words = list(_words(lines)) if self.runs else []
        for stream in (words, [each for each in words if each.quoted]):
            for run in self._runs(stream):
                for at, some in groupby(run, key=lambda each: each.line):
                    part = list(some)
                    cuts.setdefault(at, []).append((part[0].start, part[-1].end))
        return cuts

    def _runs(self, words: Sequence[_Word]) -> Iterator[Sequence[_Word]]:
        """Yield runs of his words that are long enough."""
        texts = [each.text for each in words]
        met = [_run(texts, at) in self.runs for at in range(len(texts) - RUN + 1)]
        for is_his, some in groupby(range(len(met)), key=met.__getitem__):
            places = list(some)
            run = words[places[0] : places[-1] + RUN]
            if is_his and (len(run) >= self.least or all(each.quoted for each in run)):
                yield run


def runs_in(text: str, step: int = 1) -> Iterator[str]:
    """Yield the runs of four words of a text, one every ``step`` words."""
    words = [each[0] for each in _WORD.finditer(text.casefold())]
    return (_run(words, at) for at in range(0, len(words) - RUN + 1, step))


def line_of(text: str) -> str:
    """Return a line for comparison: without quote marks."""
    return " ".join(_QUOTED.sub("", text).split()).casefold()


def is_quoted(line: str) -> bool:
    """Tell whether a line is marked as quoted."""
    return line.lstrip()[:1] in (">", "|")


def unquoted(text: str) -> str:
    """Return the lines of a text that are not marked as quoted."""
    return "\n".join(each for each in text.splitlines() if not is_quoted(each))


def _words(lines: Sequence[str]) -> Iterator[_Word]:
    for at, line in enumerate(lines):
        quoted = is_quoted(line)
        for each in _WORD.finditer(line):
            yield _Word(at, each.start(), each.end(), each[0].casefold(), quoted)


def _run(words: Sequence[str], at: int) -> str:
    return " ".join(words[at : at + RUN])


def _without(line: str, cuts: Sequence[tuple[int, int]]) -> str:
    kept, done = [], 0
    for start, end in sorted(cuts):
        if start >= done:
            kept += [line[done:start], GONE]
        done = max(done, end)
    return "".join([*kept, line[done:]])
