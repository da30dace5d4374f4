"""``python -m tests.measure.fidelity [--show [WORD]] [--column NAME] [--corpus DIR]``."""

import argparse
import sys
import time
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from bridge.parse.message import read_letter
from tests.measure.fidelity.compare import COLUMNS, disagreements
from tests.measure.fidelity.sources import Sample, samples
from tests.real_mail import CORPUS

EXCEPTIONS = Path(__file__).with_name("exceptions.toml")


@dataclass
class Row:
    """The counts of one source under one judge."""

    letters: int = 0
    excepted: int = 0
    crashes: int = 0
    slowest: float = 0.0
    compared: Counter[str] = field(default_factory=Counter)
    agreed: Counter[str] = field(default_factory=Counter)
    forgiven: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Row") -> None:
        self.letters += other.letters
        self.excepted += other.excepted
        self.crashes += other.crashes
        self.slowest = max(self.slowest, other.slowest)
        self.compared += other.compared
        self.agreed += other.agreed
        self.forgiven += other.forgiven


def main() -> int:
    """Print the tables; the exit status is 1 where a letter crashed the reader."""
    options = _options()
    if not options.corpus.is_dir():
        print(f"no corpus at {options.corpus}: nothing measured")
        return 0
    rows = measure(options)
    for judge, by_source in rows.items():
        _print_table(judge, by_source, whole=options.show is None)
    _print_whole(rows)
    return int(any(row.crashes for by_source in rows.values() for row in by_source.values()))


def measure(options: argparse.Namespace) -> dict[str, dict[str, Row]]:
    """Read and compare every letter; return the counts by judge and source."""
    exceptions = _exceptions()
    rows: dict[str, dict[str, Row]] = defaultdict(lambda: defaultdict(Row))
    for sample in islice(samples(options.corpus), 0, None, options.every):
        if options.judge in ("", sample.judge):
            _measure(sample, rows[sample.judge][sample.source], exceptions, options)
    return rows


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fidelity")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--judge", default="", help="own or reference; both by default")
    parser.add_argument("--every", type=int, default=1, help="compare one letter in so many")
    parser.add_argument("--show", nargs="?", const="", help="print what disagrees (whose name has)")
    parser.add_argument("--column", default="", help="show this column only")
    return parser.parse_args()


def _exceptions() -> dict[tuple[str, str], set[str]]:
    """Return by judge and letter the columns in which the judge is wrong."""
    listed = tomllib.loads(EXCEPTIONS.read_text()).get("exception", [])
    return {
        (judge, f"{one['source']}/{path}"): set(one["columns"])
        for one in listed
        for path in one["letters"]
        for judge in one.get("judges", ["own"])
    }


def _measure(
    sample: Sample,
    row: Row,
    exceptions: dict[tuple[str, str], set[str]],
    options: argparse.Namespace,
) -> None:
    started = time.perf_counter()
    letter = read_letter(sample.raw)
    row.slowest = max(row.slowest, time.perf_counter() - started)
    row.letters += 1
    row.crashes += any(
        defect.startswith(("header not read", "body not read")) for defect in letter.defects
    )
    compared, found = disagreements(sample.expected, letter)
    forgiven = exceptions.get((sample.judge, sample.name), set()) & set(found)
    row.excepted += bool(forgiven)
    row.compared.update(compared)
    row.agreed.update(compared - set(found))
    row.forgiven.update(forgiven)
    if options.show is not None and options.show in sample.name:
        for column, (wanted, ours) in found.items():
            if column not in forgiven and options.column in ("", column):
                print(f"{sample.judge} {sample.name} {column}")
                print(f"    said {str(wanted)[:600]!r}\n    read {str(ours)[:600]!r}")


def _print_whole(rows: dict[str, dict[str, Row]]) -> None:
    total = Row()
    for by_source in rows.values():
        for row in by_source.values():
            total.add(row)
    print("\nboth judges")
    _print_row("all", total)
    share = 100 * total.excepted / max(total.letters, 1)
    print(f"exceptions: {total.excepted} of {total.letters} readings ({share:.2f}%)")


def _print_table(judge: str, by_source: dict[str, Row], whole: bool) -> None:
    print(f"\n{judge}: agreement in per cent, and in brackets with the listed exceptions left out")
    print(
        f"{'source':22}{'n':>6}{'exc':>5}{'crash':>6}{'max s':>7}", *(f"{c:>15}" for c in COLUMNS)
    )
    total = Row()
    for source, row in sorted(by_source.items()):
        if whole:
            _print_row(source, row)
        total.add(row)
    _print_row("all", total)


def _print_row(source: str, row: Row) -> None:
    cells = []
    for column in COLUMNS:
        compared, agreed = row.compared[column], row.agreed[column]
        if not compared:
            cells.append(f"{'-':>15}")
            continue
        left = compared - row.forgiven[column]
        share, fair = 100 * agreed / compared, 100 * agreed / left if left else 100.0
        cells.append(f"{share:>7.1f} ({fair:>5.1f})")
    head = f"{source:22}{row.letters:>6}{row.excepted:>5}{row.crashes:>6}{row.slowest:>7.2f}"
    print(head, *cells)


if __name__ == "__main__":
    sys.exit(main())
