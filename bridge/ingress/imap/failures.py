"""The failures of an IMAP connection, whatever the library calls them."""

from collections.abc import Iterator
from contextlib import contextmanager
from imaplib import IMAP4

from bridge.ingress.imap.settings import Account
from bridge.ingress.imap.trouble import CLOSED, in_short, no_imap, unreachable


class Lost(Exception):
    """The connection is gone or unusable; a new one is needed."""


class LoginRefused(Exception):
    """The server rejects the credentials; trying again may lock the account."""


class Refused(Exception):
    """The server said NO or BAD to one command; the connection goes on.

    ``cause`` is the exception behind the library's own, if there was one.
    """

    def __init__(self, words: str, cause: BaseException | None = None) -> None:
        super().__init__(words)
        self.cause = cause


@contextmanager
def translated() -> Iterator[None]:
    """Turn the library's many exceptions into ours."""
    try:
        yield
    except (Lost, Refused):
        raise
    except IMAP4.abort as error:
        closed = str(error).endswith("EOF")
        raise Lost(CLOSED if closed else in_short(error)) from None
    except IMAP4.error as error:
        raise Refused(in_short(error), error.__context__) from None
    except (
        OSError,
        EOFError,
        RecursionError,
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
    ) as error:
        raise Lost(f"{type(error).__name__}: {in_short(error)}") from None


@contextmanager
def reaching(account: Account) -> Iterator[None]:
    """Add host, port and remedy to network errors while connecting."""
    try:
        yield
    except OSError as error:
        raise Lost(unreachable(account, error)) from None


@contextmanager
def greeted(account: Account) -> Iterator[None]:
    """Turn errors while connecting into what is there instead of IMAP, and what would be right."""
    try:
        with translated(), reaching(account):
            yield
    except Lost as error:
        reached = not str(error).startswith(account.place)
        raise Lost(no_imap(account, str(error)) if reached else str(error)) from None
    except Refused as error:
        raise Refused(no_imap(account, str(error)), error.cause) from None


@contextmanager
def placed(account: Account, remedy: str = "") -> Iterator[None]:
    """Add host, port and ``remedy`` to whatever the server refuses while connecting."""
    place = f"{account.place}: "
    try:
        yield
    except (Lost, Refused, LoginRefused) as error:
        if str(error).startswith(place):
            raise
        words = f"{place}{error}{f': {remedy}' * bool(remedy)}"
        cause = error.cause if isinstance(error, Refused) else None
        placed = Refused(words, cause) if isinstance(error, Refused) else type(error)(words)
        raise placed from None
