"""One IMAP connection, read-only.

Only what every server can do is used: LIST, EXAMINE, UID FETCH of ``INTERNALDATE``,
``RFC822.SIZE`` and ``BODY.PEEK[]``, and IDLE where it is offered. No SEARCH and no BODYSTRUCTURE,
which fail at Yandex; nothing that could change the mailbox.
"""

import contextlib
import logging
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from imaplib import IMAP4
from pathlib import Path

from bridge.ingress.imap.extended_client import ExtendedClient
from bridge.ingress.imap.failures import (
    LoginRefused,
    Lost,
    Refused,
    greeted,
    placed,
    reaching,
    translated,
)
from bridge.ingress.imap.settings import Account
from contract.reading.domains import in_ascii

TEMPORARY = re.compile(r"\[(UNAVAILABLE|SERVERBUG|INUSE|LIMIT)\]", re.IGNORECASE)
FIRST_STEP = 500
FEW, MANY = 100, 1000
MAX_REFUSALS = 60
SIZE = b"RFC822.SIZE"
EXISTS = re.compile(rb"\* \d+ EXISTS", re.IGNORECASE)
LAST_UID = 2**32 - 1  # RFC 3501 2.3.1.1
MOST_SIZE = 2**32 - 1  # RFC 3501 9: 32 bits; RFC 9051 allows more, but nobody has such letters
IDLE_SLICE_SECONDS = 1.0

# The library's debug log would hold letters.
logging.getLogger("imapclient").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class OpenedFolder:
    """A folder as EXAMINE shows it; ``uidnext`` is 0 where the server does not say."""

    name: str
    uidvalidity: int
    uidnext: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A letter in a folder: its UID, its size in bytes, and when it came (INTERNALDATE)."""

    uid: int
    size: int
    received: datetime


class Connection:
    """A logged-in connection; every method raises Lost when the server is gone."""

    def __init__(self, client: ExtendedClient) -> None:
        self._client = client
        self._opened_with: int | None = None

    @classmethod
    def open(
        cls, account: Account, secret: str, ca_file: Path | None, timeout: float
    ) -> "Connection":
        """Connect and log in; raises Lost, Refused (for now) or LoginRefused (for good)."""
        with greeted(account):
            context = ssl.create_default_context(cafile=ca_file)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            client = ExtendedClient(
                in_ascii(account.host),
                account.port,
                ssl=account.security == "tls",
                ssl_context=context,
                timeout=timeout,
            )
        try:
            with placed(account, "look at IMAP_SECURITY"), translated(), reaching(account):
                if account.security == "starttls":
                    client.starttls(context)
            with placed(account):
                _log_in(client, account, secret)
        except BaseException:
            Connection(client).close()
            raise
        return cls(client)

    def close(self) -> None:
        """Send LOGOUT if the server still listens."""
        try:
            self._client.logout()
        except Exception:
            with contextlib.suppress(Exception):
                self._client.shutdown()

    def folders(self) -> list[tuple[tuple[str, ...], str, str]]:
        """Return each folder's flags, hierarchy delimiter and decoded name."""
        with translated():
            found = [*self._client.listed()]
        return [
            (tuple(map(_text, flags)), _text(delimiter or b""), _text(name))
            for flags, delimiter, name in found
        ]

    def examine(self, folder: str) -> OpenedFolder:
        """Open the folder read-only."""
        with translated():
            answer = self._client.select_folder(folder, readonly=True)
            self._opened_with = self._client.announced()
        return OpenedFolder(
            folder, int(answer.get(b"UIDVALIDITY") or 0), int(answer.get(b"UIDNEXT") or 0)
        )

    def summaries(self, first: int, uidnext: int) -> Iterator[Summary]:
        """Yield the letters from UID ``first`` on, in order, in steps that bound the memory.

        Steps are wide where UIDs are sparse. Letters from ``uidnext`` on come with the last step. A
        range that the server refuses is halved, down to the one letter that it fails on.
        """
        step = FIRST_STEP
        while first + step < uidnext:
            found = list(self._halving(first, first + step - 1))
            yield from found
            first += step
            step = step * 2 if len(found) < FEW else step // 2 if len(found) > MANY else step
        try:
            yield from self._listed(first, "*")
        except Refused:
            if uidnext <= first:
                raise
            yield from self._halving(first, uidnext - 1)

    def _halving(self, first: int, last: int) -> Iterator[Summary]:
        ranges, refusals = [(first, last)], 0
        while ranges:
            low, high = ranges.pop()
            try:
                yield from self._listed(low, str(high))
            except Refused:
                refusals += 1
                if refusals > MAX_REFUSALS:
                    raise
                if low == high:
                    yield Summary(low, 0, datetime.now(UTC))
                else:
                    middle = (low + high) // 2
                    ranges += [(middle + 1, high), (low, middle)]

    def _listed(self, first: int, last: str) -> list[Summary]:
        with translated():
            found = self._client.fetch_range(first, last, "UID INTERNALDATE RFC822.SIZE")
        highest = LAST_UID if last == "*" else int(last)
        return [
            Summary(uid, _size(said[SIZE]), _aware(said.get(b"INTERNALDATE")))
            for uid, said in sorted(found.items())
            # "n:*" gives the last letter even if its UID is lower (RFC 3501 6.4.8); an answer
            # without a size is to another question; and an impossible UID would end the folder for
            # the cursor.
            if first <= uid <= highest and SIZE in said
        ]

    def still(self, letter: Summary) -> Summary | None:
        """Return the letter as the folder has it now, None if it is gone; unchanged if in doubt."""
        try:
            found = self._listed(letter.uid, str(letter.uid))
        except Refused:
            return letter
        return next((each for each in found if each.uid == letter.uid), None)

    def letter(self, uid: int, size: int) -> bytes | None:
        """Return the letter's bytes without marking it as read; None if the server gives none."""
        with translated():
            content = self._client.letter(uid, size)
        return bytes(content) if isinstance(content, bytes) and content else None

    def headers(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Return the headers that the server gives, by UID."""
        with translated():
            said = self._client.fetch(list(uids), ["BODY.PEEK[HEADER]"])
        found = {int(uid): each.get(b"BODY[HEADER]") for uid, each in said.items()}
        return {uid: bytes(each) for uid, each in found.items() if isinstance(each, bytes)}

    @property
    def can_idle(self) -> bool:
        """Whether the server announces arrivals by itself (RFC 2177)."""
        with translated():
            return bool(self._client.has_capability("IDLE"))

    def ask(self) -> None:
        """Have the server announce what has arrived (NOOP).

        During IDLE some servers announce only new arrivals, not those of shortly before.
        """
        with translated():
            self._client.noop()

    def idle(self, seconds: float, stopped: Callable[[], bool], now: Callable[[], float]) -> None:
        """Wait until the open folder grows, the time is up, or ``stopped`` returns True.

        Returns at once if letters were announced since the folder was opened: they will not be
        announced again.
        """
        if self._client.announced() != self._opened_with:
            return
        with translated():
            announced = False
            for line in self._client.idle_starts():
                announced = _announces(line) or announced
            deadline = now() + seconds
            while not announced and not stopped() and now() < deadline:
                announced = _announces(self._client.idle_line(IDLE_SLICE_SECONDS))
            self._client.idle_ends()


def _announces(line: bytes) -> bool:
    """Tell whether a line during IDLE announces an arrival; raises Lost if the server says BYE."""
    if line.upper().startswith(b"* BYE"):
        raise Lost("the server said BYE")
    if line and not line.startswith((b"* ", b"+")):
        raise Lost("the server says what is no IMAP")
    return bool(EXISTS.match(line))


def _log_in(client: ExtendedClient, account: Account, secret: str) -> None:
    try:
        with translated():
            if account.by_token:
                # XOAUTH2: the client answers an error message with an empty line.
                answers = iter([f"user={account.user}\1auth=Bearer {secret}\1\1"])
                client.sasl_login("XOAUTH2", lambda _challenge: next(answers, ""))
            else:
                client.login(account.user, secret)
    except Refused as refusal:
        # The library raises LoginError for every error of a login, even a broken connection.
        if isinstance(refusal.cause, IMAP4.abort):
            raise Lost(str(refusal)) from None
        if TEMPORARY.search(str(refusal)):
            raise
        raise LoginRefused(str(refusal)) from None


def _size(value: object) -> int:
    """Return a size, 0 if the server's is impossible: that must not end the folder."""
    return value if isinstance(value, int) and 0 < value <= MOST_SIZE else 0


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _aware(value: object) -> datetime:
    if not isinstance(value, datetime):
        return datetime.now(UTC)
    return value if value.tzinfo else value.replace(tzinfo=UTC)
