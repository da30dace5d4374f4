"""Mailboxes on a command line: one that never had a letter is most often mistyped."""

from collections.abc import Iterable

from contract.process import CannotStart
from receiver.access.grant import EVERY_MAILBOX
from receiver.commands.command import tell
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.nearest import never_had
from receiver.words import texts


async def known(kept: KeptMailboxes, named: str) -> str:
    """Return a mailbox as its letters spell it; raises CannotStart if it never had any."""
    every = await kept.every()
    for name, near in never_had([named], every).items():
        raise CannotStart(has_none(name, near))
    return await kept.spelt(named)


async def tell_of_unknown(kept: KeptMailboxes, named: Iterable[str]) -> None:
    """Say which mailboxes have no letters yet, unless none has: what is made may wait for one."""
    if every := await kept.every():
        for name, near in never_had(set(named) - {EVERY_MAILBOX}, every).items():
            tell(has_none(name, near), error=True)


def has_none(mailbox: str, near: str) -> str:
    """Return in words that a mailbox never had a letter, and which one is like it."""
    if near:
        nearest = "{mailbox} has no letters and never had; the nearest is {near}"
        return texts(nearest, mailbox=mailbox, near=near)
    return texts("{mailbox} has no letters and never had", mailbox=mailbox)
