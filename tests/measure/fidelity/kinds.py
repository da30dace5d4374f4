"""How truly kinds and bounces are told: ``python -m tests.measure.fidelity.kinds [--show]``.

Labels: sisimai's by file name (``lhost-``, ``rhost-``, ``rfc3464-`` bounce, ``arf-`` complaint,
``rfc3834-`` auto-reply, folder ``not`` anything but a bounce), emailengine's by folder. A complaint
is expected to be of kind ``bounce`` (see ``kind``). No letter of the thread sets may be a
bounce or an auto-reply. Agreement is told with and without ``kind_exceptions.txt``.
Exit code 1 below 97% of sisimai's labels or with a false alarm in the threads.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bridge.parse.message import read_letter
from contract.bounds import Kind
from contract.event import Bounce
from tests.real_mail import CORPUS

HERE = Path(__file__).parent
TARGET = 0.97
BY_NAME = {
    "lhost": "bounce",
    "rhost": "bounce",
    "rfc3464": "bounce",
    "arf": "complaint",
    "rfc3834": "auto-reply",
}
BY_FOLDER = {"autoreply": "auto-reply", "complaints": "complaint", "bounces": "bounce"}


@dataclass(frozen=True)
class Case:
    """One labelled letter and what was read in it."""

    path: str
    label: str
    kind: Kind
    bounce: Bounce | None

    @property
    def agrees(self) -> bool:
        if self.label == "no bounce":
            return self.kind != "bounce"
        return self.kind == ("bounce" if self.label == "complaint" else self.label)


def read(raw: bytes) -> tuple[Kind, Bounce | None]:
    """Tell the kind of a letter, and what a bounce is about."""
    letter = read_letter(raw)
    return letter.kind, letter.bounce


def label_of(path: Path) -> str | None:
    if path.parent.name == "not":
        return "no bounce"
    return BY_FOLDER.get(path.parent.name) or BY_NAME.get(path.name.partition("-")[0])


def cases(corpus: Path, source: str) -> Iterator[Case]:
    for path in sorted((corpus / source).rglob("*.eml")):
        label = label_of(path)
        if label is not None:
            kind, bounce = read(path.read_bytes())
            yield Case(path.relative_to(corpus).as_posix(), label, kind, bounce)


def exceptions() -> set[str]:
    lines = (HERE / "kind_exceptions.txt").read_text(encoding="utf-8").splitlines()
    return {line.partition(": ")[0] for line in lines if line and not line.startswith("#")}


def share(part: int, whole: int) -> str:
    return f"{part}/{whole} ({100 * part / whole:.1f}%)" if whole else "0/0"


def print_labels(source: str, found: list[Case], show: bool) -> float:
    """Print the agreement per label, and return the whole's without exceptions listed."""
    excepted = exceptions()
    print(f"{source}: kind")
    for label in sorted({case.label for case in found}):
        group = [case for case in found if case.label == label]
        print(f"  {label:<11} {share(sum(case.agrees for case in group), len(group))}")
    agreeing = sum(case.agrees for case in found)
    judged = [case for case in found if case.path not in excepted]
    rest = sum(case.agrees for case in judged)
    without = f"less {len(found) - len(judged)} exceptions: {share(rest, len(judged))}"
    print(f"  all         {share(agreeing, len(found))}; {without}")
    for case in found:
        if show and not case.agrees:
            mark = " (exception)" if case.path in excepted else ""
            print(f"    {case.path}: {case.label}, read as {case.kind}{mark}")
    return agreeing / len(found) if found else 1.0


def print_bounces(found: list[Case], show: bool) -> None:
    """Print how much is known of the bounces; a complaint has no status."""
    bounces = [(case, case.bounce) for case in found if case.bounce is not None]
    failed = [bounce for case, bounce in bounces if case.label != "complaint"]
    named = sum(bool(bounce.failures) for _, bounce in bounces)
    coded = sum(bool(b.failures) and all(f.status for f in b.failures) for b in failed)
    reasoned = sum(bool(b.failures) and all(f.reason for f in b.failures) for _, b in bounces)
    known = sum(bounce.message_id is not None for _, bounce in bounces)
    print("bounces: what they are about")
    print(f"  recipient   {share(named, len(bounces))}")
    print(f"  reason      {share(reasoned, len(bounces))}")
    print(f"  status      {share(coded, len(failed))} of those that are no complaints")
    print(f"  Message-ID  {share(known, len(bounces))}; many return no letter at all")
    for case, bounce in bounces:
        if show and (not bounce.failures or bounce.message_id is None):
            lacks = "recipient" if not bounce.failures else "Message-ID"
            print(f"    {case.path}: no {lacks}")


def print_threads(corpus: Path, step: int = 1) -> int:
    """Print the kinds of the thread sets, and every letter called a machine's; return how many.

    Of every ``step`` letters one is read.
    """
    alarms = 0
    print("threads: kind")
    for folder in sorted(path for path in (corpus / "threads").glob("*") if path.is_dir()):
        counts: dict[str, int] = {}
        for path in letters_in(folder)[::step]:
            kind, _ = read(path.read_bytes())
            counts[kind] = counts.get(kind, 0) + 1
            if kind in {"bounce", "auto-reply", "confirmation"}:
                alarms += 1
                print(f"    {path.relative_to(corpus).as_posix()}: read as {kind}")
        print(f"  {folder.name:<17} {', '.join(f'{k} {n}' for k, n in sorted(counts.items()))}")
    print(f"  called a bounce, an auto-reply or a confirmation: {alarms}")
    return alarms


def letters_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def main() -> int:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--show", action="store_true", help="name the letters that disagree")
    arguments = parser.parse_args()
    if not arguments.corpus.is_dir():
        print(f"there is no corpus at {arguments.corpus}", file=sys.stderr)
        return 2
    sisimai = list(cases(arguments.corpus, "sisimai"))
    agreement = print_labels("sisimai", sisimai, arguments.show)
    print_labels("emailengine", list(cases(arguments.corpus, "emailengine")), arguments.show)
    print_bounces(sisimai, arguments.show)
    alarms = print_threads(arguments.corpus)
    return int(agreement < TARGET or alarms > 0)


if __name__ == "__main__":
    sys.exit(main())
