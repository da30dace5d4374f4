"""A person who corrects dialogs while everything breaks, at either receiver.

The letters are apart from the ledger's, and of people whom nobody erases. In the end each must be
there once, and the dialogs must be what the rule makes of all letters and of the corrections in
force: ``wholeness`` checks that.
"""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from bson import ObjectId
from pymongo.database import Database
from pymongo.errors import PyMongoError

from contract.signature import parse_keys, sign
from tests.letters import letter
from tests.measure.chaos.leaving import DOMAIN, taken
from tests.measure.chaos.ledger import MAILBOXES
from tests.servers import SECRET

Document = dict[str, Any]
PEOPLE = 6
PAUSE_SECONDS = 0.3
TIMEOUT_SECONDS = 10.0
AT_FIRST = 8
STORED_SECONDS = 4.0


class Correcting(threading.Thread):
    """Lets a few people write, and somebody split, merge, move and undo; remembers the letters."""

    def __init__(
        self, database: Database[Document], smtp_port: int, ports: Sequence[int], seed: int
    ) -> None:
        super().__init__(daemon=True)
        self._database = database
        self._smtp_port = smtp_port
        self._ports = list(ports)
        self._rng = random.Random(seed)
        self._stopping = threading.Event()
        self._sent: list[tuple[str, str]] = []
        self.promised: set[tuple[str, str]] = set()
        self.answers: Counter[str] = Counter()

    def stop(self) -> None:
        """Finish the present step."""
        self._stopping.set()
        self.join(120)

    def start(self) -> None:
        """Write and correct a few times while nothing breaks yet, then begin."""
        for _ in range(AT_FIRST):
            self._write()
        self._stopping.wait(STORED_SECONDS)
        for _ in range(AT_FIRST):
            self._correct()
        super().start()

    def run(self) -> None:
        """Write, correct, and so on until stopped."""
        while not self._stopping.wait(PAUSE_SECONDS):
            self._rng.choice([self._write, self._correct, self._correct])()

    def lost(self) -> list[str]:
        """Return the letters that were taken and are not there."""
        there = {
            (each["mailbox"], each["message"]["message_id"])
            for each in self._database.letters.find({}, {"mailbox": 1, "message.message_id": 1})
        }
        return sorted(one for _, one in self.promised - there)

    def _write(self) -> None:
        """Write as one of a few, naming up to three letters of any of them in the mailbox."""
        mailbox = self._rng.choice(list(MAILBOXES))
        known = [one for box, one in self._sent if box == mailbox]
        named = self._rng.sample(known, min(len(known), self._rng.choice([0, 1, 1, 2, 3])))
        sender, other = self._rng.sample(range(PEOPLE), 2)
        one = f"corrected.{len(self._sent)}@{DOMAIN}"
        self._sent.append((mailbox, one))
        content = letter(
            one,
            sender=f"writer{sender}@corrected.example",
            cc=f"writer{other}@corrected.example",
            subject="Исправления",
            text=f"letter {one}\r\n",
            references=tuple(named),
        )
        if taken(self._smtp_port, MAILBOXES[mailbox], content, self._stopping):
            self.promised.add((mailbox, one))

    def _correct(self) -> None:
        query = {"email_from": {"$regex": "@corrected.example$"}, "part_of": None}
        try:
            heads = list(self._database.dialogs.find(query, {"mailbox": 1, "messages.key": 1}))
        except PyMongoError:
            return
        if not heads:
            return
        one = self._rng.choice(heads)
        others = [each for each in heads if each["mailbox"] == one["mailbox"] and each is not one]
        keys = [each["key"] for each in one["messages"]]
        some = self._rng.sample(keys, self._rng.randint(1, len(keys)))
        what = self._rng.choice(["split", "merge", "move", "undo", "undo"])
        body: Document = {"who": "chaos"}
        if what == "split":
            body["messages"] = some
        elif what != "undo":
            if not others:
                return
            to = str(self._rng.choice(others)["_id"])
            body |= {"with": to} if what == "merge" else {"message": some[0], "to": to}
        self._ask(f"/dialogs/{one['_id']}/{what}", body)

    def _ask(self, path: str, body: Document) -> None:
        """Make a call until it is answered, under one name, at one receiver after the other."""
        name, content = f"chaos-{ObjectId()}", json.dumps(body).encode()
        for _ in range(20):
            self._ports.append(self._ports.pop(0))
            signed = sign(
                parse_keys(SECRET), name, int(time.time()), f"POST {path}\n".encode() + content
            )
            address = f"http://127.0.0.1:{self._ports[0]}{path}"
            headers = {"Content-Type": "application/json", **signed}
            try:
                with urlopen(Request(address, content, headers), timeout=TIMEOUT_SECONDS) as answer:
                    self.answers[path.rpartition("/")[2]] += answer.status == 200
                    return
            except HTTPError as error:
                self.answers[str(error.code)] += 1
                if error.code < 500:
                    return
            except (OSError, HTTPException, ValueError):
                self.answers["no answer"] += 1
            if self._stopping.wait(0.3):
                return
