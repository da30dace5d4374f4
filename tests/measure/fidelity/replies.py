"""How truly new words are read: ``python -m tests.measure.fidelity.replies [--show]``.

Compared are the texts with every run of white space as one blank, nothing else: a reply that
has one word more or less disagrees. Measured against

- reply_trimmer: ``emails/X`` must read as ``trimmed/X`` says. An expectation that is itself at
  fault is named with its reason in ``reply_exceptions.txt`` and counted apart.
- talon: its standard replies say "Hello" by convention.
- crisp_reply: letters that begin with its five filler lines say those and nothing else.

Of each are counted the words of the writer's that are missing, the worst error, and the words left
in that are none of his. The other sources and the thread sets give what was cut, what was kept
whole and the slowest letter; the thread sets also both errors, by ``own_words``. The exit status
is 1 where a word of a writer's is missing.
"""

import argparse
import email
import email.policy
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from bridge.parse.reply.new_words import new_words
from tests.measure.fidelity.own_words import SETS, errors_in
from tests.real_mail import CORPUS

HERE = Path(__file__).parent
EXCEPTIONS = HERE / "reply_exceptions.txt"
FILLER = ("Fusce bibendum", "nec nibh.")
UNJUDGED = (
    *("crisp_reply", "email_reply_parser", "reply_parser_alfonsrv", "jetbrains", "gitlab"),
    *("lists-cyrillic", "threads/usrp-users", "threads/openbmc", "threads/spamassassin-ham"),
)


@dataclass
class Tally:
    """What one source gave; ``wrong`` holds (letter, reply, expected)."""

    source: str
    letters: int = 0
    excepted: int = 0
    whole: int = 0
    slowest: float = 0.0
    missing: int = 0
    left: int = 0
    wrong: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def agreement(self) -> float:
        """The share that agrees of the letters not excepted, in percent."""
        judged = self.letters - self.excepted
        return 100 * (judged - len(self.wrong)) / judged if judged else 0.0


def exceptions() -> dict[str, str]:
    """The excepted letters and why: lines of ``letter: reason``."""
    lines = EXCEPTIONS.read_text().splitlines()
    pairs = (line.partition(": ") for line in lines if line and not line.startswith("#"))
    return {letter: reason for letter, _, reason in pairs}


def same(one: str, other: str) -> bool:
    """Whether two texts are equal but for white space."""
    return one.split() == other.split()


def body_of(path: Path) -> str:
    """The plain text of a letter file; a ``.txt`` file is one already."""
    if path.suffix == ".txt":
        return path.read_text(errors="replace")
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    try:
        part = message.get_body(("plain",)) if isinstance(message, EmailMessage) else None
        return str(part.get_content()) if part else ""
    except (LookupError, ValueError, AttributeError):
        return ""


def judge(source: str, letters: Iterator[tuple[str, str, str | None]]) -> Tally:
    """Read each (letter, body, expected); ``None`` is expected where nobody says."""
    tally = Tally(source)
    excepted = exceptions()
    for letter, body, expected in letters:
        started = time.process_time()
        reply = new_words(body)
        tally.slowest = max(tally.slowest, time.process_time() - started)
        tally.letters += 1
        tally.whole += same(reply, body)
        if expected is None or same(reply, expected):
            continue
        if f"{source}/{letter}" in excepted:
            tally.excepted += 1
        else:
            tally.wrong.append((letter, reply, expected))
            said, wanted = Counter(reply.split()), Counter(expected.split())
            tally.missing += (wanted - said).total()
            tally.left += (said - wanted).total()
    return tally


def trimmed(root: Path) -> Iterator[tuple[str, str, str]]:
    """reply_trimmer's letters and what it makes of them."""
    for path in sorted((root / "emails").glob("*.txt")):
        yield path.name, body_of(path), (root / "trimmed" / path.name).read_text()


def hello(root: Path) -> Iterator[tuple[str, str, str]]:
    """talon's standard replies."""
    for path in sorted((root / "standard_replies").glob("*.eml")):
        yield path.name, body_of(path), "Hello"


def filler(root: Path) -> Iterator[tuple[str, str, str]]:
    """crisp_reply's letters that begin with its filler."""
    for path in sorted(root.glob("*.txt")):
        body = body_of(path)
        if body.startswith(FILLER[0]):
            end = body.index(FILLER[1]) + len(FILLER[1])
            yield path.name, body, body[:end]


def unjudged(root: Path) -> Iterator[tuple[str, str, None]]:
    """Letters whose reply nobody states."""
    for path in sorted(root.rglob("*")):
        if path.suffix in (".txt", ".eml") and (body := body_of(path)).strip():
            yield path.name, body, None


JUDGED: dict[str, Callable[[Path], Iterator[tuple[str, str, str]]]] = {
    "reply_trimmer": trimmed,
    "talon": hello,
    "crisp_reply": filler,
}


def main() -> int:
    """Print the table, and with ``--show`` each disagreement."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--show", action="store_true", help="print what disagrees")
    show = options.parse_args().show
    root = CORPUS
    if not root.is_dir():
        raise SystemExit(f"no corpus at {root}: set CORPUS")
    missing = _print_judged(root, show)
    print(f"\n{'nobody says':26}{'letters':>8}{'whole':>10}{'cut':>7}{'slowest':>17}")
    for source in UNJUDGED:
        tally = judge(source, iter(unjudged(root / source)))
        cut = tally.letters - tally.whole
        milliseconds = tally.slowest * 1000
        print(f"{source:26}{tally.letters:8}{tally.whole:10}{cut:7}{milliseconds:14.0f} ms")
    return int(missing + _print_own_words(root, show) > 0)


def _print_judged(root: Path, show: bool) -> int:
    """Print what the judged sources say; return how many words of writers are missing."""
    print(
        f"{'source':26}{'letters':>8}{'excepted':>10}{'wrong':>7}{'agree':>8}"
        f"{'missing':>9}{'left in':>9}{'slowest':>9}"
    )
    missing = 0
    for source, read in JUDGED.items():
        tally = judge(source, iter(read(root / source)))
        missing += tally.missing
        print(
            f"{source:26}{tally.letters:8}{tally.excepted:10}{len(tally.wrong):7}"
            f"{tally.agreement:7.1f}%{tally.missing:9}{tally.left:9}{tally.slowest * 1000:6.0f} ms"
        )
        for letter, reply, expected in tally.wrong if show else ():
            print(f"\n=== {source}/{letter}: read\n{reply}\n--- expected\n{expected}\n")
    return missing


def _print_own_words(root: Path, show: bool) -> int:
    """Print both errors on conversations; return how many words of writers are missing."""
    print(f"\n{'words in conversations':26}{'letters':>8}{'excepted':>10}", end="")
    print(f"{'own':>8}{'missing':>9}{'history':>9}{'left in':>9}")
    missing = 0
    for name in SETS:
        for where, found in zip(
            ("alone", "shown"), errors_in(root / "threads" / name), strict=True
        ):
            missing += found.missing
            print(f"{name + ', ' + where:26}{found.letters:8}{found.excepted:10}", end="")
            print(f"{found.own:8}{found.missing:9}{found.history:9}{found.left:9}")
            for letter, line in found.lines if show else ():
                print(f"    {letter}: {line}")
    return missing


if __name__ == "__main__":
    sys.exit(main())
