"""``erase``: delete a person's waiting and failed letters from the spool.

His refusals at the door are forgotten, too, and an earlier archive does not bring his letters back
(``remembered``). Letters of others that mention his address stay: the receiver removes his address
from them once he is erased there. Those that failed do not get there by themselves, so the command
lists them.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from bridge.erasing.belonging import belongs_to, tells_of
from bridge.erasing.remembered import known, remember
from bridge.parse.message import read_letter
from bridge.reporting.refusals import forget_in
from bridge.settings import BridgeSettings
from bridge.spool.deliveries import Delivered, Deliveries
from bridge.spool.envelope import Delivery, NotATrace, read_trace
from bridge.spool.inventory import SpooledLetter, stored
from bridge.spool.spool import Spool, Waiting
from bridge.trace.dropped import forget_in as forget_dropped
from bridge.words import texts
from contract.language.system import said
from contract.process import CannotStart, is_directory, nothing_at
from contract.reading.addresses import canonical
from contract.reading.pasted import NoAddress, TwoAddresses, one_address

OF_OTHERS = (
    "{id} stays: a letter of somebody else that tells of him; it is kept without him",
    "{id} stays: a letter of somebody else that tells of him failed: spool retry {id}, or drop",
)
REFUSALS = "refusals*.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "addresses", nargs="+", metavar="ADDRESS", help="his, in any spelling; or several"
    )
    parser.add_argument("--yes", action="store_true", help="without this it only says which")


def erase(settings: BridgeSettings, arguments: argparse.Namespace) -> int:
    """Return 0; 1 if there are letters and ``--yes`` was not said, no DATA_DIR, or some stay.

    Raises CannotStart for what is no address.
    """
    addresses = frozenset(map(_address, arguments.addresses))
    if not is_directory(settings.data_dir):
        print(nothing_at(settings.data_dir), file=sys.stderr)  # noqa: T201 - a command's output
        return 1
    count, unread, kept = 0, list[OSError](), list[OSError]()
    try:
        known(settings.data_dir)  # nothing is erased that an earlier archive would bring back
    except OSError as refused:
        raise CannotStart(f"{refused.filename}: {said(refused)}") from None
    if is_directory(settings.spool):
        spool = Spool(settings.spool)
        for letter, his in _found(spool, addresses, unread):
            if not his:
                _say(texts(OF_OTHERS[letter.state == "failed"], id=letter.id))
                continue
            try:
                if arguments.yes:
                    _remove(spool, letter)
            except OSError as error:  # as in another user's directory
                kept.append(error)
                continue
            count += 1
            _say(f"{letter.id} {texts.word(letter.state)}")
    if arguments.yes:
        remember(settings.data_dir, addresses, time.time())
        for path in settings.data_dir.glob(REFUSALS):
            forget_in(path, addresses)
        forget_dropped(settings.data_dir, addresses)
    found = "{count} letters found; nothing was erased: say --yes"
    _say(texts("{count} letters erased" if arguments.yes else found, count=count))
    _complain("{path} is not looked into: {why}", unread)
    _complain("{path} is not erased: {why}", kept)
    return 0 if not unread and not kept and (arguments.yes or not count) else 1


def _address(pasted: str) -> str:
    """Return the canonical form of the one address of what was pasted; raises CannotStart."""
    try:
        return canonical(one_address(pasted))
    except NoAddress:
        raise CannotStart(texts("{address} is no address", address=pasted)) from None
    except TwoAddresses:
        several = "{address} is more than one address: name one"
        raise CannotStart(texts(several, address=pasted)) from None


def _found(
    spool: Spool, addresses: frozenset[str], unread: list[OSError]
) -> Iterator[tuple[SpooledLetter, bool]]:
    """Yield the letters that are his, or tell of him, each with whether it is his.

    One that cannot be read, as on a bad sector, goes to ``unread`` and hides no other.
    """
    for letter in _stored(spool, unread):
        try:
            content = letter.path.read_bytes()
        except FileNotFoundError:  # delivered meanwhile
            continue
        except OSError as error:
            error.filename = letter.path
            unread.append(error)
            continue
        try:
            delivery, start = read_trace(content, letter.id)
        except NotATrace:  # what is legible of it is a part of the header
            delivery, start = Delivery(letter.id, "", datetime.now(UTC)), 0
        read = read_letter(content[start:])
        his = belongs_to(read, delivery, addresses)
        if his or tells_of(read, delivery, addresses):
            yield letter, his


def _stored(spool: Spool, unread: list[OSError]) -> list[SpooledLetter]:
    try:
        spool.prepare()
    except OSError as error:
        unread.append(error)
        return []
    return list(stored(spool, time.time(), unread))


def _remove(spool: Spool, letter: SpooledLetter) -> None:
    """Remove a letter, then note it; raises OSError, and then it is still there."""
    if letter.state == "failed":
        letter.path.unlink(missing_ok=True)
        letter.path.with_suffix(".json").unlink(missing_ok=True)
    else:
        spool.remove(Waiting(letter.id, letter.path, letter.due))
    Deliveries.beside(spool.root).note(Delivered(letter.id, time.time(), ending="erased"))


def _complain(words: str, errors: Sequence[OSError]) -> None:
    for each in errors:
        told = texts(words, path=each.filename, why=said(each))
        print(told, file=sys.stderr)  # noqa: T201 - a command's output


def _say(line: str) -> None:
    print(line)  # noqa: T201 - a command's output
