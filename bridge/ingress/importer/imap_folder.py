"""Letters in a folder of an IMAP server, since a date."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from bridge.ingress.imap.connection import Connection, OpenedFolder, Summary
from bridge.ingress.imap.failures import Lost, Refused
from bridge.ingress.imap.folders import find_folder, goes_out
from bridge.ingress.imap.login import Login
from bridge.ingress.imap.settings import Account
from bridge.ingress.importer.source import NoLetter, Past, Position
from contract.bounds import Direction

log = logging.getLogger(__name__)


class NoSuchFolder(Exception):
    """The server has no such folder."""


class Folder:
    """A folder's letters. A place in it is UIDVALIDITY and the last UID."""

    no_letters: tuple[NoLetter, ...] = ()  # everything in a mailbox is a letter

    def __init__(
        self, account: Account, login: Login, wish: str, since: datetime | None, max_size: int
    ) -> None:
        self._account = account
        self._login = login
        self._wish = wish
        self._since = since
        self._max_size = max_size
        self._sent = False
        with self._opened() as (connection, opened):
            self._validity = opened.uidvalidity
            self.direction: Direction = "out" if self._sent else "in"
            self._summaries = [
                letter
                for letter in connection.summaries(1, opened.uidnext)
                if since is None or letter.received >= since
            ]

    @property
    def size(self) -> int:
        """The bytes of all letters, as the server states them."""
        return sum(letter.size for letter in self._summaries)

    @property
    def fingerprint(self) -> str:
        """UIDVALIDITY: with another one, UIDs mean other letters."""
        return str(self._validity)

    def letters(self, after: Position | None) -> Iterator[Past]:
        """Yield the letters after the place; a lost connection is replaced."""
        last = after.position if after and after.file == self._validity else 0
        done = sum(letter.size for letter in self._summaries if letter.uid <= last)
        rest = [letter for letter in self._summaries if letter.uid > last]
        tried = 0
        while rest:
            try:
                with self._opened() as (connection, opened):
                    if opened.uidvalidity != self._validity:
                        raise NoSuchFolder("the server has renumbered the folder: import again")
                    while rest:
                        content = self._content(connection, rest[0])
                        letter, tried = rest.pop(0), 0
                        done += letter.size
                        place = Position(self._validity, letter.uid)
                        yield Past(content, letter.received, f"UID {letter.uid}", place, done)
            except Lost as error:
                tried += 1
                log.warning("%s: %s", self._account.user, error)
                if tried == 3:  # the server fails on this letter
                    letter, tried = rest.pop(0), 0
                    place = Position(self._validity, letter.uid)
                    yield Past(None, letter.received, f"UID {letter.uid}", place, done)

    def _content(self, connection: Connection, letter: Summary) -> bytes | None:
        try:
            if letter.size > self._max_size:
                return None
            return connection.letter(letter.uid, letter.size)
        except Refused as error:
            log.warning("UID %d: %s", letter.uid, error)
            return None

    @contextmanager
    def _opened(self) -> Iterator[tuple[Connection, OpenedFolder]]:
        connection = self._login.connect(f"{self._account.user} {self._wish}")
        try:
            found = find_folder(self._wish, listed := connection.folders(), self._account.sent)
            if found is None:
                names = ", ".join(name for _, _, name in listed)
                place = self._account.place
                raise NoSuchFolder(f"{place}: no folder {self._wish}; there are: {names}")
            self._sent = goes_out(found, listed, self._account.sent)
            yield connection, connection.examine(found)
        finally:
            connection.close()
