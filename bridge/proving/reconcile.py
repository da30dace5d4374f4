"""Comparing folders with what is stored: lists by IMAP, read-only, and asks the receiver.

The cursor is not asked whether a letter was taken, as it may be what is wrong. Each letter of the
folder is described by its header, as its event would be, and the receiver says whether it has that
letter, in the same way as it finds duplicates. Only letters without an id are fetched whole: they
are known by their parts, their words or their bytes.
"""

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bridge.courier.attempt import NotAnswered
from bridge.courier.event import email_received, event_body
from bridge.courier.receiver_client import ReceiverClient, line_of
from bridge.ingress.imap.connection import Connection, OpenedFolder, Summary
from bridge.ingress.imap.cursor import Cursor, cursor_path, load
from bridge.ingress.imap.failures import LoginRefused, Refused
from bridge.ingress.imap.folders import find_folder, goes_out
from bridge.ingress.imap.login import UNTRIED, credentials
from bridge.ingress.imap.settings import Account
from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from bridge.proving.result import named
from bridge.proving.spooled import names_of, own_id, spooled
from bridge.proving.verdict import FolderReport, Listed, Surroundings, judged
from bridge.settings import BridgeSettings
from bridge.spool.crlf import wire_form
from bridge.spool.envelope import Delivery
from contract.batch import (
    KNOWN,
    MAX_BATCH_BYTES,
    MAX_LINES,
    NDJSON,
    STORED,
    Known,
    StoredAsked,
    StoredLetter,
)
from contract.bounds import Direction
from contract.event import Blob

HEADERS_AT_ONCE = 50


class FolderNotThere(Exception):
    """The server has no such folder."""


class Reconciling:
    """Reconciles the folders of accounts; IMAP blocks, so it needs its own process or thread."""

    def __init__(
        self,
        settings: BridgeSettings,
        client: ReceiverClient,
        now: datetime,
        refused: dict[str, str] | None = None,
    ) -> None:
        self._settings = settings
        self._refused = {} if refused is None else refused
        self._client = client
        self._now = now
        # Cursors first: what they had passed by then is in the spool, or was delivered.
        self._cursors: dict[Path, Cursor | None] = {}
        for account in settings.accounts:
            with contextlib.suppress(OSError, ValueError):  # its own account shall report it
                self._load_cursors(account)
        self._spooled = spooled(settings)

    async def account(self, account: Account, days: int) -> list[FolderReport]:
        """Return a report for each folder.

        Raises Lost, Refused, LoginRefused, NoCredentials, FolderNotThere, NotAnswered, and OSError
        or ValueError of a cursor.
        """
        self._load_cursors(account)
        with contextlib.closing(self._connection(account)) as connection:
            listed = connection.folders()
            reports = []
            for wish in account.folders:
                name = find_folder(wish, listed, account.sent)
                if name is None:
                    raise FolderNotThere(f"{account.user}: no folder {wish}")
                out = goes_out(name, listed, account.sent)
                folder = _Folder(connection, connection.examine(name), "out" if out else "in")
                cursor = self._cursors[self._cursor_path(account, wish)]
                if cursor and (cursor.folder, cursor.uidvalidity) != folder.name_and_validity:
                    cursor = None
                around = Surroundings(cursor, self._spooled, self._settings.most_of_a_letter)
                reports.append(await self._folder(account, folder, around, days))
            return reports

    def _load_cursors(self, account: Account) -> None:
        for path in (self._cursor_path(account, wish) for wish in account.folders):
            if path not in self._cursors:
                self._cursors[path] = load(path)

    def _cursor_path(self, account: Account, wish: str) -> Path:
        return cursor_path(self._settings.imap_directory, account.host, account.user, wish)

    def _connection(self, account: Account) -> Connection:
        """Log in, but never twice with refused credentials: that locks the account."""
        imap, name, secret = self._settings.imap, named(account), credentials(account)
        if self._refused.get(name) == secret:
            raise LoginRefused(UNTRIED)
        try:
            return Connection.open(account, secret, imap.ca_file, imap.timeout)
        except LoginRefused:
            self._refused[name] = secret
            raise

    async def _folder(
        self, account: Account, folder: "_Folder", around: Surroundings, days: int
    ) -> FolderReport:
        since = (self._now - timedelta(days=days)).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        # One day more, as another copy of the letter may date what is stored.
        summaries = [
            each for each in folder.summaries() if each.received >= since - timedelta(days=1)
        ]
        letters: list[Listed] = []
        states: dict[int, tuple[str, str]] = {}
        for start in range(0, len(summaries), HEADERS_AT_ONCE):
            lines = []
            for summary, said, whole in folder.read(
                summaries[start : start + HEADERS_AT_ONCE], self._settings.smtp_max_size
            ):
                names = names_of(account.stands_for, said, whole) if said else frozenset()
                known = (summary.uid, summary.size, summary.received, own_id(said), names)
                letters.append(Listed(*known))
                if said is not None:
                    raw = _blob(whole) if whole is not None else None
                    lines.append(_line(account, folder, summary, said, raw))
            for told in await self._known(lines):
                states[int(told.id.removeprefix("uid-"))] = (told.state, told.key)
        stored = await self._stored(account.stands_for, folder.name, since)
        mailbox = account.stands_for
        return judged(mailbox, folder.name, letters, states, stored, around, since)

    async def _known(self, lines: Sequence[bytes]) -> list[Known]:
        found = []
        for some in _together(lines):
            answer = await self._client.ask_many(KNOWN, b"\n".join(some), NDJSON)
            found += [Known.model_validate_json(each) for each in answer]
        if len(found) != len(lines):
            raise NotAnswered("the receiver answers about other letters than it was asked")
        return found

    async def _stored(
        self, mailbox: str, folder: str, since: datetime
    ) -> dict[str, tuple[str, datetime]]:
        asked = StoredAsked(mailbox=mailbox, folder=folder, since=since, until=self._now)
        answer = await self._client.ask_many(
            STORED, asked.model_dump_json().encode(), "application/json"
        )
        letters = [StoredLetter.model_validate_json(each) for each in answer]
        return {each.key: (each.message_id, each.received.astimezone(UTC)) for each in letters}


class _Folder:
    """An opened folder."""

    def __init__(self, connection: Connection, opened: OpenedFolder, direction: Direction) -> None:
        self._connection = connection
        self._opened = opened
        self.name = opened.name
        self.direction: Direction = direction

    @property
    def name_and_validity(self) -> tuple[str, int]:
        """The identity that a cursor must have."""
        return self._opened.name, self._opened.uidvalidity

    def summaries(self) -> Iterator[Summary]:
        """Yield every letter, with times in UTC."""
        for each in self._connection.summaries(1, self._opened.uidnext):
            yield Summary(each.uid, each.size, each.received.astimezone(UTC))

    def read(
        self, summaries: Sequence[Summary], max_size: int
    ) -> Iterator[tuple[Summary, ParsedLetter | None, bytes | None]]:
        """Yield each letter's header as read; without a Message-ID the whole letter is read.

        Then its bytes are returned, too: without a Date only they identify it.
        """
        headers = self._headers([each.uid for each in summaries])
        for each in summaries:
            said = read_letter(headers[each.uid]) if each.uid in headers else None
            whole = None
            if said and not own_id(said) and each.size <= max_size:
                content = None
                with contextlib.suppress(Refused):
                    content = self._connection.letter(each.uid, each.size)
                whole = wire_form(content) if content else None  # as the spool would keep it
                said = read_letter(whole) if whole else None
            yield each, said, whole

    def _headers(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Return headers; a letter that the server fails on does not cost the others."""
        try:
            return self._connection.headers(uids)
        except Refused:
            if len(uids) == 1:
                return {}
            half = len(uids) // 2
            return self._headers(uids[:half]) | self._headers(uids[half:])


def _line(
    account: Account, folder: _Folder, summary: Summary, said: ParsedLetter, raw: Blob | None
) -> bytes:
    """Return a letter's event as a line, with only the words that identify it."""
    delivery = Delivery(
        id=f"uid-{summary.uid}",
        mailbox=account.stands_for,
        received=summary.received,
        via="imap",
        folder=folder.name,
        direction=folder.direction,
    )
    words: dict[str, object] = {"html": "", "reply": "", "headers": []}
    if said.parts_sha256:  # otherwise text and files identify it
        words |= {"text": "", "attachments": []}
    event = email_received(delivery, said.model_copy(update=words), raw or _blob(b""))
    if raw is None:
        event = event.model_copy(update={"data": event.data.model_copy(update={"raw": None})})
    return line_of(delivery.id, event_body(event))


def _together(lines: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Yield the lines in as many requests as they need."""
    some: list[bytes] = []
    for line in lines:
        if len(some) == MAX_LINES or sum(map(len, some)) + len(line) > MAX_BATCH_BYTES - MAX_LINES:
            yield some
            some = []
        some.append(line)
    if some:
        yield some


def _blob(content: bytes) -> Blob:
    return Blob(sha256=hashlib.sha256(content).hexdigest(), size=len(content))
