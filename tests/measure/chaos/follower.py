"""A program that follows ``/v1/changes`` while everything breaks, and must end with what exists."""

import json
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from pymongo.database import Database

from receiver.access.token import digest_of, new_token

Document = dict[str, Any]
Table = dict[str, int]

PAUSE_SECONDS = 0.5  # a token may ask 600 times a minute
FEW = 20  # a page, so that there are several


def give_token(database: Database[Document], mailboxes: Sequence[str]) -> str:
    """Return a token that may read these mailboxes."""
    token = new_token()
    document = {"_id": digest_of(token), "name": "follower", "rights": ["read"]}
    times = {"created": datetime.now(UTC), "expires": None, "revoked": None, "used": None}
    database.tokens.insert_one(document | times | {"mailboxes": list(mailboxes)})
    return token


class Follower:
    """Follows one mailbox, at whichever receiver answers."""

    def __init__(self, ports: Sequence[int], token: str, mailbox: str) -> None:
        self._ports = list(ports)
        self._token = token
        self._mailbox = mailbox
        self._state: str | None = None
        self._stopping = threading.Event()
        self.table: Table = {}
        self.answers = self.refusals = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self) -> None:
        """Follow by ``catch_up`` alone from now on."""
        self._stopping.set()
        self._thread.join(60)

    def catch_up(self, seconds: float = 60.0) -> None:
        """Ask until nothing more is told."""
        deadline = time.monotonic() + seconds
        while not self._step() and time.monotonic() < deadline:
            time.sleep(PAUSE_SECONDS)

    def wrong(self, database: Database[Document]) -> list[str]:
        """Catch up, and return where the table is not as the database is."""
        self.catch_up()
        query = {"mailbox": self._mailbox, "part_of": None}
        there = {str(each["_id"]): each["revision"] for each in database.dialogs.find(query)}
        return differences(self.table, there)

    def _run(self) -> None:
        while not self._stopping.wait(PAUSE_SECONDS):
            self._step()

    def _step(self) -> bool:
        """Ask once for changes; return True if all of them were told."""
        try:
            if self._state is None:
                self._begin()
            told = self._get("/v1/changes", since=self._state, limit=FEW)
        except HTTPError as error:
            self.refusals += 1
            if error.code == 410:
                self._state = None
        except (OSError, HTTPException, ValueError):  # refused, reset, cut off in the middle
            self.refusals += 1
        else:
            self.table |= {each["id"]: each["revision"] for each in told["changed"]}
            for each in told["gone"]:
                self.table.pop(each["id"], None)
            self._state = told["state"]
            self.answers += 1
            return not told["more"]
        self._ports.append(self._ports.pop(0))
        return False

    def _begin(self) -> None:
        state = self._get("/v1/changes")["state"]
        table: Table = {}
        cursor: str | None = ""
        while cursor is not None:
            page = self._get("/v1/dialogs", limit=FEW, **({"cursor": cursor} if cursor else {}))
            table |= {each["id"]: each["revision"] for each in page["items"]}
            cursor = page["next"]
        self.table, self._state = table, state

    def _get(self, path: str, **query: Any) -> Any:
        words = urlencode({"mailbox": self._mailbox} | query)
        headers = {"Authorization": f"Bearer {self._token}"}
        address = f"http://127.0.0.1:{self._ports[0]}{path}?{words}"
        with urlopen(Request(address, headers=headers), timeout=10) as answer:
            return json.load(answer)


def differences(table: Mapping[str, int], there: Mapping[str, int]) -> list[str]:
    """Return the differences between what was told and what exists."""
    return [
        *(f"{one} was never told of" for one in sorted(there.keys() - table.keys())),
        *(f"{one} is gone, which was not told" for one in sorted(table.keys() - there.keys())),
        *(
            f"{one} is known at revision {table[one]}, and is at {there[one]}"
            for one in sorted(table.keys() & there.keys())
            if table[one] != there[one]
        ),
    ]
