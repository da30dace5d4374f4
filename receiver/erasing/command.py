"""``person``: show what is held about somebody, ``export`` or ``erase`` it."""

import argparse
import json
import os
import shlex
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bson import ObjectId

from contract.process import CannotStart, is_directory, nothing_at
from contract.reading.addresses import canonical, stands_alone
from contract.reading.pasted import one_address
from receiver.commands.command import (
    Command,
    one_line,
    own_name,
    reading,
    tell,
    with_database,
)
from receiver.commands.mailboxes import known
from receiver.commands.terminal import harmless
from receiver.erasing import record
from receiver.erasing.act import Subject
from receiver.erasing.archive import archive, summary_of
from receiver.erasing.carrying import Carrying, NotRecorded, OnHold
from receiver.erasing.erase import Erasing
from receiver.erasing.order import Order
from receiver.erasing.survey import Held, held
from receiver.filing.collections import Store
from receiver.retaining.holds import Holds
from receiver.settings import ReceiverSettings
from receiver.store import schema, standing
from receiver.store.mongo import Database
from receiver.words import texts

ON_HOLD = "dialogs are on hold: {dialogs}; see: python -m receiver hold"


def add_person(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that all three share."""
    parser.add_argument("address", metavar="ADDRESS", help="his address, in any spelling")
    parser.add_argument("--mailbox", help="of one mailbox only")


def add_export(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``export``."""
    add_person(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="the archive, a zip")


def add_erase(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``erase``."""
    add_person(parser)
    such_as = "such as: consent withdrawn on 2026-11-26"
    parser.add_argument("--reason", type=one_line, required=True, help=such_as)
    parser.add_argument("--who", type=one_line, help="who does it, as the act says it")
    company = "the company and its address, for the act"
    parser.add_argument("--operator", type=one_line, help=company)
    parser.add_argument("--acts", type=Path, metavar="DIR", help="instead of DATA_DIR/erasures")
    parser.add_argument(
        "--yes", action="store_true", help="without this it only says what would go"
    )


def person(settings: ReceiverSettings, arguments: argparse.Namespace) -> int:
    """Return 0 if anything is held, 1 if nothing is."""
    _read_address(arguments)

    async def work(database: Database) -> int:
        found = await _held(Store.of(database), arguments)
        _tell(found)
        return 0 if any(not each.is_nothing for each in found) else _nothing(arguments)

    return reading(settings, work)


def export(settings: ReceiverSettings, arguments: argparse.Namespace) -> int:
    """Return 0, or 1 if nothing is held."""
    _read_address(arguments)
    path: Path = arguments.file
    if path.exists():
        raise CannotStart(f"{path} is there already")

    async def work(database: Database) -> int:
        store = Store.of(database)
        found = [each for each in await _held(store, arguments) if not each.is_nothing]
        _tell(found)
        if not found:
            return _nothing(arguments)
        draft = path.with_name(f".{path.name}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
                await archive(store, found, arguments.address, file)
            draft.rename(path)
        except BaseException:  # half an archive would be taken for all
            draft.unlink(missing_ok=True)
            raise
        tell(str(path), error=True)
        return 0

    return reading(settings, work)


def erase(settings: ReceiverSettings, arguments: argparse.Namespace) -> int:
    """Return 0; 1 if ``--yes`` was not given."""
    _read_address(arguments)

    async def work(database: Database) -> int:
        if refusal := await standing.refusal(database, settings.join_policy):
            raise CannotStart(refusal)
        store = Store.of(database, full_bytes=settings.dialog_part_bytes)
        found = await _held(store, arguments)
        _tell(found)
        now = await store.dialogs.now()
        if not arguments.yes:
            tell(texts("nothing was erased: say --yes"), error=True)
            if on_hold := await _on_hold(database, store, found, now):
                first = "and first end what holds them: {on_hold}"
                tell(texts(first, on_hold=on_hold), error=True)
            return 1
        await schema.ensure(database)
        order = Order(ObjectId(), arguments.who or own_name(), arguments.reason, now)
        erasing = Erasing(store, settings.join_policy)
        if not arguments.acts and not is_directory(settings.data_dir):
            raise CannotStart(nothing_at(settings.data_dir))
        place = arguments.acts or settings.data_dir / record.DIRECTORY
        carrying = Carrying(store, Holds(database, store.dialogs), erasing.erase, place)
        names = sorted({name for each in found for name in each.traces.names})
        subject = Subject(arguments.address, names, arguments.operator or "")
        everywhere = "" if arguments.mailbox else canonical(arguments.address)
        try:
            done = await carrying.carry_out(found, order, subject, everywhere=everywhere)
        except OnHold as error:
            raise CannotStart(texts(ON_HOLD, dialogs=error)) from None
        except NotRecorded as error:
            raise CannotStart(str(error)) from None
        tell(str(done.place))
        waits = "what waits at the bridge: python -m bridge erase {address}"
        tell(texts(waits, address=shlex.quote(arguments.address)), error=True)
        return 0

    return with_database(settings, work)


def _read_address(arguments: argparse.Namespace) -> None:
    """Leave the one address of what was pasted; raises CannotStart if there is no at sign.

    What has several, or an odd one, stays as it is: an odd address can be stored.
    """
    try:
        arguments.address = one_address(arguments.address)
    except ValueError as error:
        if "@" not in arguments.address:
            raise CannotStart(_is_none(arguments)) from error


def _is_none(arguments: argparse.Namespace) -> str:
    return texts("{address} is not one address", address=arguments.address)


def _nothing(arguments: argparse.Namespace) -> int:
    tell(texts("nothing is held of {address}", address=arguments.address), error=True)
    return 1


async def _on_hold(database: Database, store: Store, found: Sequence[Held], now: datetime) -> str:
    """Return in words which dialogs are on hold; nothing if there are none."""
    holds = Holds(database, store.dialogs)
    names = [
        str(one)
        for each in found
        for one in await holds.held(each.mailbox, now) & each.touched_dialogs
    ]
    return texts(ON_HOLD, dialogs=", ".join(sorted(names))) if names else ""


async def _held(store: Store, arguments: argparse.Namespace) -> list[Held]:
    name = canonical(arguments.address)
    one = arguments.mailbox
    mailboxes = [await known(store.mailboxes, one)] if one else await store.mailboxes.every()
    if name in {canonical(each) for each in mailboxes}:
        ours = "{address} is a mailbox of the company, not a person"
        raise CannotStart(texts(ours, address=arguments.address))
    found = await held(store, mailboxes, name)
    if not stands_alone(name) and all(each.is_nothing for each in found):
        raise CannotStart(_is_none(arguments))  # "nothing is held" would be wrong of several
    return found


def _tell(found: Sequence[Held]) -> None:
    """Print what is held, one JSON document for each mailbox."""
    for each in found:
        text = json.dumps(summary_of(each), ensure_ascii=False, indent=1)
        tell(harmless(text, lines=True))


PERSON = Command("person", "say what is held of somebody", person, add_person)
EXPORT = Command("export", "write all that is held of somebody to an archive", export, add_export)
ERASE = Command("erase", "erase a person, with an act; without --yes only say", erase, add_erase)
