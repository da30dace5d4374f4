"""Following one folder: a new letter goes to the spool, and only then the cursor moves.

If we crash between the two, the letter is fetched once more and the receiver recognises it by its
key. The other order would lose it.

The highest UID alone does not tell which letters are new: servers list a letter late, and renumber.
So a window below the highest UID is listed each time, and the cursor remembers which letters in it
were taken.

A letter that the server does not give must not hold up the rest: it is skipped, asked for again at
growing intervals, and in the end given up with an error in the log; it stays in the mailbox.
Several in a row mean that the server is at fault, and end the connection.
"""

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bridge.ingress.imap.connection import Connection, OpenedFolder, Summary
from bridge.ingress.imap.cursor import Cursor, load, save
from bridge.ingress.imap.failures import Lost, Refused
from bridge.ingress.imap.folders import find_folder, goes_out
from bridge.ingress.imap.login import Login, Stopped
from bridge.ingress.imap.settings import SENT, Account
from bridge.ingress.imap.states import FolderStates
from bridge.ingress.imap.trouble import printable
from bridge.spool.envelope import Delivery
from bridge.spool.intake import Intake
from bridge.spool.spool import new_id
from contract.bounds import Direction

log = logging.getLogger(__name__)

SAVE_EVERY = 500
REFUSALS_IN_A_ROW = 3
# A server that announces arrivals without end must not be asked without a pause.
LOOKS_APART_SECONDS = 0.25


class NoFolder(Exception):
    """The server has no such folder."""


class TooLarge(Refused):
    """The letter is larger than what is taken, which says nothing about the server."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How a watcher behaves: see the settings of the same names; times in s.

    ``most`` maps a setting to the bytes that it allows a letter.
    """

    rescan_days: int
    poll: float
    backoff: float
    most: Mapping[str, int]


class Watcher:
    """One folder of one account, followed in a thread of its own."""

    def __init__(
        self,
        account: Account,
        wish: str,
        *,
        login: Login,
        cursor_path: Path,
        intake: Intake,
        health: FolderStates,
        stop: threading.Event,
        rules: Rules,
    ) -> None:
        self.name = f"{account.user} {wish}"
        self._account = account
        self._wish = wish
        self._login = login
        self._cursor_path = cursor_path
        self._intake = intake
        self._health = health
        self._stop = stop
        self._rules = rules
        self._refusals = 0
        self._trouble = ""
        self._direction: Direction = "in"

    def run(self) -> None:
        """Follow the folder until stopped; no fault of a server or disk ends this."""
        while not self._stop.is_set():
            connection, began = None, 0.0
            try:
                connection = self._login.connect(self.name)
                began = time.monotonic()
                self._follow(connection)
            except Stopped:
                return
            except Exception as error:
                if not self._stop.is_set():
                    self._report(error)
                    lived = time.monotonic() - began if connection else 0.0
                    self._login.lost(lived, error, is_told=isinstance(error, NoFolder))
            finally:
                if connection:
                    connection.close()

    def _report(self, error: Exception) -> None:
        if isinstance(error, NoFolder):
            log.error("%s: %s", self.name, error)
            self._health.say(self.name, "no folder", str(error))
        elif isinstance(error, Lost | Refused):
            self._health.say(self.name, "waiting", str(error))
        else:
            log.error("%s: a fault of ours", self.name, exc_info=error)
            self._health.say(self.name, "waiting", f"a fault of ours: {type(error).__name__}")

    def _follow(self, connection: Connection) -> None:
        folder = find_folder(self._wish, listed := connection.folders(), self._account.sent)
        if folder is None:
            names = ", ".join(printable(name) for _, _, name in listed)
            wish, place = self._wish, self._account.place
            setting = "IMAP_SENT" if wish == SENT else "IMAP_FOLDERS"
            raise NoFolder(f"{place}: no folder {wish}: look at {setting}; there are: {names}")
        self._direction = "out" if goes_out(folder, listed, self._account.sent) else "in"
        idles = connection.can_idle
        log.info("%s: following %s, %s IDLE", self.name, folder, "with" if idles else "without")
        while not self._stop.is_set():
            try:
                self._intake.recount()
                unreadable = self._look(connection, connection.examine(folder))
            except OSError as error:
                self._tell_once(f"the spool takes no letters: {error.strerror or error}")
                self._health.say(self.name, "waiting", f"disk: {error.strerror}")
                self._stop.wait(self._rules.backoff / 6)
                continue
            self._tell_once("")
            self._health.say(self.name, "watching", unreadable=unreadable)
            self._stop.wait(LOOKS_APART_SECONDS)
            if idles:
                connection.ask()
                connection.idle(self._rules.poll, self._stop.is_set, time.monotonic)
            else:
                self._stop.wait(self._rules.poll)

    def _tell_once(self, trouble: str) -> None:
        """Log why no letters are taken, or that they are taken again; each only once."""
        if trouble != self._trouble:
            how, words = (log.error, trouble) if trouble else (log.info, "letters are taken again")
            how("%s: %s", self.name, words)
            self._trouble = trouble

    def _look(self, connection: Connection, opened: OpenedFolder) -> int:
        """Take the new letters; return how many were given up."""
        cursor = self._cursor(opened)
        passed = 0
        for letter in connection.summaries(cursor.first_to_list, opened.uidnext):
            if self._stop.is_set():
                break
            if cursor.wants(letter):
                self._take(connection, cursor, letter)
            elif letter.uid not in cursor.recent:
                cursor.settle(letter)
                passed += 1
                if passed % SAVE_EVERY == 0:
                    save(self._cursor_path, cursor)
        for letter in cursor.due(time.time(), self._rules.backoff):
            self._retake(connection, cursor, letter)
        save(self._cursor_path, cursor)
        return cursor.unreadable

    def _cursor(self, opened: OpenedFolder) -> Cursor:
        now, days = datetime.now(UTC), self._rules.rescan_days
        try:
            cursor = load(self._cursor_path)
        except ValueError as error:
            log.error("%s: %s; looking back %d days", self.name, error, days)
            cursor = None
        if cursor is None:
            return Cursor.begin(opened, now, days)
        if (cursor.uidvalidity, cursor.folder) != (opened.uidvalidity, opened.name):
            log.warning("%s: the server has renumbered the folder; looking back", self.name)
            cursor = cursor.renumbered(opened, now, days)
            save(self._cursor_path, cursor)
        return cursor

    def _take(self, connection: Connection, cursor: Cursor, letter: Summary) -> None:
        try:
            self._refuse_too_large(letter.size)
            self._intake.require(letter.size)  # until there is room, the mailbox keeps its letters
            content = self._fetch(connection, letter)
        except (Lost, Refused) as error:
            self._skip(cursor, letter, error)
            self._refusals += not isinstance(error, TooLarge)
            # One refusal is the letter's fault, several in a row are the server's.
            if isinstance(error, Lost) or self._refusals >= REFUSALS_IN_A_ROW:
                self._refusals = 0
                raise
            return
        self._refusals = 0
        if content is None:
            cursor.gone(letter)
            return
        delivery = Delivery(
            id=new_id(),
            mailbox=self._account.stands_for,
            received=letter.received,
            helo=self._account.host,
            protocol="IMAP",
            via="imap",
            folder=cursor.folder,
            direction=self._direction,
        )
        self._intake.keep(delivery, content)
        cursor.took(letter)
        save(self._cursor_path, cursor)
        log.info("%s: UID %d is letter %s", self.name, letter.uid, delivery.id)

    def _fetch(self, connection: Connection, letter: Summary) -> bytes | None:
        """Return the letter's bytes, None if it was removed since it was listed."""
        content = connection.letter(letter.uid, letter.size)
        if content is None and connection.still(letter) is not None:
            raise Refused("the server gave no bytes")
        self._refuse_too_large(len(content or b""))  # the announced size may be wrong
        return content

    def _refuse_too_large(self, size: int) -> None:
        """Raise TooLarge for a letter that would never fit: it would hold up the rest for good."""
        for setting, most in self._rules.most.items():
            if size > most:
                raise TooLarge(f"{size} bytes are more than {setting}")

    def _skip(self, cursor: Cursor, letter: Summary, error: Exception) -> None:
        skipped = cursor.skip(letter, time.time(), self._rules.backoff)
        save(self._cursor_path, cursor)
        if skipped.given_up:
            log.error("%s: UID %d is given up, it stays there: %s", self.name, letter.uid, error)
        else:
            pause = skipped.next - time.time()
            log.warning("%s: UID %d again in %.0f s: %s", self.name, letter.uid, pause, error)

    def _retake(self, connection: Connection, cursor: Cursor, letter: Summary) -> None:
        found = connection.still(letter)
        if found is None:
            cursor.gone(letter)
        else:
            self._take(connection, cursor, found)
