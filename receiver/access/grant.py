"""What an authenticated caller may do, and in which mailboxes."""

from dataclasses import dataclass
from typing import Literal, get_args

from contract.reading.domains import address_in_ascii

Right = Literal["read", "raw", "post", "correct", "erase", "admin"]
RIGHTS: tuple[Right, ...] = get_args(Right)
EVERY_MAILBOX = "*"


@dataclass(frozen=True)
class Grant:
    """The rights of a caller.

    ``name`` is a token's, or that of signed requests; ``mailboxes`` is ``*`` for all. ``by`` is the
    kind of authentication, since a token may have any name.
    """

    name: str
    rights: frozenset[str]
    mailboxes: frozenset[str]
    by: Literal["token", "signature", "link"] = "token"

    def may(self, right: Right) -> bool:
        """Tell whether the caller has a right."""
        return right in self.rights

    def covers(self, mailbox: str) -> bool:
        """Tell whether a mailbox is among the caller's."""
        return EVERY_MAILBOX in self.mailboxes or mailbox in self.mailboxes

    def own_spelling(self, mailbox: str) -> str | None:
        """Return a mailbox as the caller's rights spell it, None if it is not among them.

        A domain may be spelt in letters or in ASCII, and the rights use one of the two.
        """
        if self.covers(mailbox):
            return mailbox
        same = address_in_ascii(mailbox)
        return next((each for each in self.mailboxes if address_in_ascii(each) == same), None)

    @property
    def named(self) -> frozenset[str] | None:
        """The mailboxes, or None for all."""
        return None if EVERY_MAILBOX in self.mailboxes else self.mailboxes


SERVICE_NAME = "service"
"""As whom a signed request is noted; no new token may be named so."""
SERVICE = frozenset[str](("read", "raw", "post", "correct"))
"""What a request signed with the webhook's secret may do, in every mailbox."""
