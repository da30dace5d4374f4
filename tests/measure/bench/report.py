"""The printed figures: each round, the medians, and how ours compares with the others."""

from collections.abc import Iterable, Mapping, Sequence
from math import isnan
from statistics import median

from tests.measure.bench.rounds import RoundFigures

COLUMNS = (
    "accepted/s",
    "committed/s",
    "commit p50 ms",
    "commit p99 ms",
    "CPU ms/letter",
    "with database",
    "peak MiB",
)
WIDTH = 15
Round = Mapping[str, RoundFigures]


def heading(row: str) -> str:
    """Return the line that names the row of letters and the columns."""
    return _row(row, COLUMNS)


def line(name: str, figures: Iterable[float]) -> str:
    """Return one side's figures."""
    return _row(name, [_cell(figure, 1) for figure in figures])


def summary(row: str, rounds: Sequence[Round]) -> list[str]:
    """Return the medians of each side and of the ratios within each round, with their range.

    ``again`` is ours once more: how far that is from 1 is chance.
    """
    lines = [heading(row)]
    for side in rounds[0]:
        figures = zip(*(each[side].columns for each in rounds), strict=True)
        lines.append(line(side, map(median, figures)))
    for other in [side for side in rounds[0] if side != "ours"]:
        ratios = list(zip(*(_ratios(each, other) for each in rounds), strict=True))
        lines.append(_row(f"ours/{other}", [_cell(median(column), 2) for column in ratios]))
        spans = [f"{_cell(min(column), 2)}–{_cell(max(column), 2)}" for column in ratios]
        lines.append(_row("from–to", spans))
    for side, first in rounds[0].items():
        costs = _by_process([each[side].by_process for each in rounds], 2)
        lines.append(f"  {side}, CPU ms/letter: {costs}")
        if first.memory:
            memory = [each[side].memory for each in rounds]
            in_all = median(sum(each.values()) for each in memory)
            told = f"{_by_process(memory, 0)}; in all {in_all:.0f}"
            lines.append(f"  {side}, MiB when idle again: {told}")
    return lines


def calls_line(name: str, calls: Mapping[str, float]) -> str:
    """Return one side's database calls a letter, and of what they are made."""
    each = ", ".join(f"{command} {count:.2f}" for command, count in calls.items())
    return _row(name, [f"{sum(calls.values()):.2f}"]) + f"  ({each})"


def _by_process(rounds: Sequence[Mapping[str, float]], digits: int) -> str:
    """Return the medians of what each process took of something."""
    medians = {name: median(each[name] for each in rounds) for name in rounds[0]}
    return ", ".join(f"{name} {each:.{digits}f}" for name, each in medians.items() if each)


def _ratios(sides: Round, other: str) -> list[float]:
    pairs = zip(sides["ours"].columns, sides[other].columns, strict=True)
    return [ours / theirs for ours, theirs in pairs]


def _cell(figure: float, digits: int) -> str:
    return "–" if isnan(figure) else f"{figure:.{digits}f}"


def _row(name: str, cells: Sequence[str]) -> str:
    return f"  {name:<18}" + "".join(f"{cell:>{WIDTH}}" for cell in cells)
