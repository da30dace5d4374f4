"""The printed figures: each round, the medians, and how ours compares with the peer."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from statistics import median

from tests.measure.bench.rounds import RoundFigures

COLUMNS = (
    "accepted/s",
    "committed/s",
    "commit p50 ms",
    "commit p99 ms",
    "CPU ms/letter",
    "peak MiB",
)
WIDTH = 15
Round = Mapping[str, RoundFigures]


def heading() -> str:
    """Return the line that names the columns."""
    return _row("", COLUMNS)


def line(name: str, figures: Sequence[float]) -> str:
    """Return one side's figures."""
    return _row(name, [f"{figure:.1f}" for figure in figures])


def summary(rounds: Sequence[Round]) -> list[str]:
    """Return the medians of each side and of the ratios within each round, with their range."""
    lines = [f"medians, rounds: {len(rounds)}", heading()]
    for side in rounds[0]:
        figures = zip(*(astuple(each[side]) for each in rounds), strict=True)
        lines.append(line(side, [median(column) for column in figures]))
    if "peer" in rounds[0]:
        ratios = list(zip(*map(_ratios, rounds), strict=True))
        lines.append(_row("ours/peer", [f"{median(column):.2f}" for column in ratios]))
        spans = [f"{min(column):.2f}–{max(column):.2f}" for column in ratios]
        lines.append(_row("from–to", spans))
    return lines


def calls_line(name: str, calls: Mapping[str, float]) -> str:
    """Return one side's database calls a letter, and of what they are made."""
    each = ", ".join(f"{command} {count:.2f}" for command, count in calls.items())
    return _row(name, [f"{sum(calls.values()):.2f}"]) + f"  ({each})"


def _ratios(sides: Round) -> list[float]:
    pairs = zip(astuple(sides["ours"]), astuple(sides["peer"]), strict=True)
    return [ours / peer for ours, peer in pairs]


def _row(name: str, cells: Sequence[str]) -> str:
    return f"  {name:<10}" + "".join(f"{cell:>{WIDTH}}" for cell in cells)
