"""``python -m bridge spool …``: what a person does with letters that wait or failed.

    list                 every letter, with counts and ages; --failed or --waiting only; --json
    show ID              envelope, header, and why it failed or waits; --json
    retry ID… | --all    have letters tried now: those in failed/ go back to new/
    drop ID…             delete letters from failed/ for good
    export DIR [ID…]     copy letters out as they were received; all of them if none is named

An id may be cut short as long as it is one letter's. All works while the bridge runs. Exit status:
0 done, 1 no such letter or one that cannot be read, 2 not understood.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from bridge.settings import BridgeSettings
from bridge.spool.attempts import note_beside
from bridge.spool.capacity import broken, places_of
from bridge.spool.deliveries import Delivered, Deliveries
from bridge.spool.envelope import NotATrace, read_trace
from bridge.spool.inventory import (
    SpooledLetter,
    all_listed,
    attempts_of,
    stored,
    take_inventory,
)
from bridge.spool.spool import HEAD_BYTES, Spool
from bridge.trace.dropped import NAME, remember
from bridge.trace.whose import whose
from bridge.words import texts
from contract.doctor.russian import spoken
from contract.language.speaking import speaking
from contract.language.system import said
from contract.process import is_directory


class NoSuchLetter(Exception):
    """An id matches no letter in the spool, or several."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands of ``spool``."""
    actions = parser.add_subparsers(dest="action", required=True)
    listing = actions.add_parser("list", help="every letter, with counts and ages")
    listing.add_argument("--failed", dest="state", action="store_const", const="failed")
    listing.add_argument("--waiting", dest="state", action="store_const", const="waiting")
    listing.add_argument("--json", action="store_true")
    show = actions.add_parser("show", help="one letter: envelope, header, why it failed")
    show.add_argument("id")
    show.add_argument("--json", action="store_true")
    retry = actions.add_parser("retry", help="have letters tried now")
    retry.add_argument("ids", nargs="*", metavar="ID")
    retry.add_argument("--all", action="store_true", help="all, failed and waiting")
    drop = actions.add_parser("drop", help="delete letters from failed/ for good")
    drop.add_argument("ids", nargs="+", metavar="ID")
    export = actions.add_parser("export", help="copy letters out as they were received")
    export.add_argument("directory", type=Path)
    export.add_argument("ids", nargs="*", metavar="ID")


def run(settings: BridgeSettings, arguments: argparse.Namespace) -> int:
    """Run the subcommand and return the exit status."""
    with speaking():
        return _run(settings, arguments)


def _run(settings: BridgeSettings, arguments: argparse.Namespace) -> int:
    if not is_directory(settings.spool):
        path = settings.spool.absolute()
        where = texts("there is no spool at {path}: look at DATA_DIR", path=path)
        print(where, file=sys.stderr)  # noqa: T201 - a command's output
        return 1
    spool = Spool(settings.spool)
    acts = {"list": _list, "show": _show, "retry": _retry, "drop": _drop, "export": _export}
    try:
        all_listed(spool.prepare())
        status = acts[arguments.action](spool, arguments)
    except NoSuchLetter as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command's output
        return 1
    except BrokenPipeError:
        raise
    except OSError as error:
        words = f"{error.filename or settings.spool}: {said(error)}"
        print(words, file=sys.stderr)  # noqa: T201 - a command's output
        return 1
    if why := takes_nothing(spool):
        print(why, file=sys.stderr)  # noqa: T201 - a command's output
    return status


def takes_nothing(spool: Spool) -> str:
    """Return that the spool's disk cannot be written, and why; mostly empty."""
    why = broken(places_of(spool))
    return texts("no letter is taken: {why}", why=spoken(why)) if why else ""


def _list(spool: Spool, arguments: argparse.Namespace) -> int:
    now = time.time()
    letters = [each for each in stored(spool, now) if arguments.state in (None, each.state)]
    totals = take_inventory(spool, now)
    if arguments.json:
        described = [_described(letter) for letter in letters]
        _say(json.dumps({"totals": asdict(totals), "letters": described}))
        return 0
    wide = max(len(texts.word(state)) for state in ("waiting", "failed"))
    for letter in letters:
        facts = _described(letter)
        told = _printable(facts["reason"])
        if letter.state == "waiting":
            span = _span(max(letter.due - now, 0))
            told = texts("next attempt in {span}", span=span) + (told and f": {told}")
        state, age = texts.word(letter.state), _span(letter.age)
        row = f"{letter.id}  {state:{wide}}  {age:>6}  {letter.size:>9}"
        _say(f"{row}  {facts['mail_from'] or '<>'} > {facts['mailbox']}: {told:.120}")
    _say(
        texts(
            "{waiting} waiting, {bytes} bytes, the oldest {span}; {failed} failed,"
            " {failed_bytes} bytes",
            waiting=totals.waiting,
            bytes=totals.waiting_bytes,
            span=_span(totals.oldest),
            failed=totals.failed,
            failed_bytes=totals.failed_bytes,
        )
    )
    return 0


def _show(spool: Spool, arguments: argparse.Namespace) -> int:
    [letter] = _find(spool, [arguments.id])
    facts = _described(letter)
    header, _ = _split(letter)
    if arguments.json:
        _say(json.dumps(facts | {"header": header}))
        return 0
    if letter.state == "waiting":
        facts["next_attempt"] = (
            datetime.fromtimestamp(letter.due).astimezone().isoformat(" ", "seconds")
        )
        facts["reason"] = facts["reason"] or texts("it has not been tried yet")
    facts["state"] = texts.word(letter.state)
    for name, value in facts.items():
        if value not in ("", None, []):
            _say(f"{texts.word(name)}: {_printable(str(value))}")
    _say("\n" + header)
    return 0


def _retry(spool: Spool, arguments: argparse.Namespace) -> int:
    if bool(arguments.ids) == arguments.all:
        print(texts("name letters, or say --all"), file=sys.stderr)  # noqa: T201
        return 2
    chosen = stored(spool, time.time()) if arguments.all else _find(spool, arguments.ids)
    count = status = 0
    for letter in chosen:
        try:
            count += spool.try_again(letter.path)
        except OSError as error:  # as of another user's file
            status = _complain(letter, error)
    _say(texts("{count} to be tried now", count=count))
    return status


def _drop(spool: Spool, arguments: argparse.Namespace) -> int:
    chosen = _find(spool, arguments.ids)
    noted = Deliveries.beside(spool.root)
    for letter in chosen:
        if letter.state != "failed":
            told = "{id} still waits for its delivery; only failed/ is dropped"
            raise NoSuchLetter(texts(told, id=letter.id))
    status = 0
    for letter in chosen:
        known, now = whose(letter.path), time.time()
        letter.path.unlink(missing_ok=True)
        letter.path.with_suffix(".json").unlink(missing_ok=True)
        noted.note(Delivered(letter.id, now, known.mailbox, ending="dropped"))
        _say(texts("{id} dropped", id=letter.id))
        try:
            remember(spool.root.parent, letter.id, known, now)
        except OSError as error:  # as on a full disk, where people drop letters to make room
            print(f"{spool.root.parent / NAME}: {said(error)}", file=sys.stderr)  # noqa: T201
            status = 1
    return status


def _export(spool: Spool, arguments: argparse.Namespace) -> int:
    chosen = _find(spool, arguments.ids) if arguments.ids else stored(spool, time.time())
    arguments.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    count = status = 0
    for letter in chosen:
        target = arguments.directory / f"{letter.id}.eml"
        try:
            _, start = _split(letter)
            content = letter.path.read_bytes()[start:]
        except FileNotFoundError:  # delivered meanwhile
            continue
        except OSError as error:
            status = _complain(letter, error)
            continue
        with _private(target) as copy:
            copy.write(content)
        text = json.dumps(_described(letter), ensure_ascii=False, indent=1)
        with _private(target.with_suffix(".json")) as note:
            note.write(text.encode("utf-8", "backslashreplace") + b"\n")
        count += 1
    _say(texts("{count} copied to {directory}", count=count, directory=arguments.directory))
    return status


def _complain(letter: SpooledLetter, error: OSError) -> int:
    """Tell of a letter that the disk does not give, and return the status: others go on."""
    print(f"{letter.path}: {said(error)}", file=sys.stderr)  # noqa: T201 - a command's output
    return 1


def _private(path: Path) -> BinaryIO:
    """Open a file for writing that only its owner may read, even if others could before."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "wb")


def _find(spool: Spool, ids: Iterable[str]) -> list[SpooledLetter]:
    letters = list(stored(spool, time.time()))
    found = []
    for given in ids:
        matching = [letter for letter in letters if letter.id.startswith(given)]
        if len(matching) != 1:
            several, none = (
                "{given}: {count} letters in the spool",
                "{given}: no letters in the spool",
            )
            told = several if matching else none
            raise NoSuchLetter(texts(told, given=given, count=len(matching)))
        found += matching
    return found


def _described(letter: SpooledLetter) -> dict[str, Any]:
    """Return what is known of a letter without parsing it."""
    facts: dict[str, Any] = {
        "id": letter.id,
        "state": letter.state,
        "size": letter.size,
        "age": round(letter.age),
        "next_attempt": letter.due if letter.state == "waiting" else None,
        "mailbox": "",
        "mail_from": "",
        "rcpt_to": [],
        "peer": "",
        "reason": "",
        "attempts": "",
        "first_attempt": "",
        "last_attempt": "",
    }
    facts |= note_beside(letter.path) if letter.state == "failed" else {}
    tried = attempts_of(letter)
    facts |= {"reason": tried.reason, "attempts": tried.times or ""}
    try:
        with letter.path.open("rb") as file:
            delivery, _ = read_trace(file.read(HEAD_BYTES), letter.id)
    except (NotATrace, FileNotFoundError):
        return facts
    except OSError as error:  # a bad sector hides no other letter
        return facts | {"reason": facts["reason"] or said(error)}
    return facts | {
        "mailbox": delivery.mailbox,
        "mail_from": _printable(delivery.mail_from),
        "rcpt_to": [_printable(each) for each in delivery.rcpt_to],
        "peer": delivery.peer,
    }


def _split(letter: SpooledLetter) -> tuple[str, int]:
    """Return the letter's own header as text, and where the letter begins in its file."""
    with letter.path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    try:
        _, start = read_trace(head, letter.id)
    except NotATrace:
        start = 0
    header = head[start:].partition(b"\r\n\r\n")[0].decode("utf-8", "backslashreplace")
    return "\n".join(_printable(line) for line in header.split("\r\n")), start


def _printable(text: str) -> str:
    """Return text that a terminal only shows: control characters are escaped."""
    shown = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)


def _span(seconds: float) -> str:
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= 2 * length:
            return texts(f"{{number}} {unit}", number=f"{seconds / length:.0f}")
    return texts("{number} s", number=f"{seconds:.0f}")


def _say(line: str) -> None:
    print(line)  # noqa: T201 - a command's output
