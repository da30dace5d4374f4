"""Erasing and retention while everything breaks: people who ask to be forgotten, and old letters.

Their letters are apart from the ledger's, in dialogs of their own. In the end, every letter of an
erased person must be gone, whenever it arrives, and every dialog that is too old. What must remain:
letters of others in his dialogs, and letters only old enough to lose their original.
"""

import json
import random
import re
import smtplib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from pymongo.database import Database

from contract.signature import parse_keys, sign
from receiver.access.token import digest_of, new_token
from tests.letters import letter
from tests.measure.chaos.ledger import MAILBOXES
from tests.servers import SECRET

Document = dict[str, Any]
DOMAIN = "leaving.example"
RETENTION = "* originals=700 dialogs=1500"
OLD, AGED = timedelta(days=4000), timedelta(days=900)
PAUSE_SECONDS = 0.4
AT_FIRST = 8
TIMEOUT_SECONDS = 20.0
ERASING_SECONDS, PATIENCE_SECONDS = 300.0, 120.0
REST_SECONDS = 120.0


def give_right(database: Database[Document]) -> str:
    """Return a token that may erase."""
    token = new_token()
    document = {"_id": digest_of(token), "name": "eraser", "rights": ["read", "erase"]}
    times = {"created": datetime.now(UTC), "expires": None, "revoked": None, "used": None}
    database.tokens.insert_one(document | times | {"mailboxes": ["*"]})
    return token


@dataclass
class Person:
    """Somebody who writes, is answered by a witness, and then asks to be erased."""

    number: int
    mailbox: str
    sent: int = 0
    promised: int = 0
    erased: bool = False
    witnessed: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """His address, which must be found nowhere in the end."""
        return f"person{self.number}@{DOMAIN}"

    def id_of(self, number: int) -> str:
        """Return the Message-ID of a letter of his."""
        return f"his.{self.number}.{number}@{DOMAIN}"


class Leaving:
    """Lets people write and be erased, and old letters come in and go; remembers all of it."""

    def __init__(
        self,
        database: Database[Document],
        smtp_port: int,
        ports: Sequence[int],
        seed: int,
        retain: Callable[[float | None], bool],
    ) -> None:
        self._database = database
        self._retain = retain
        self._smtp_port = smtp_port
        self._ports = list(ports)
        self._rng = random.Random(seed)
        self._token = give_right(database)
        self._stopping = threading.Event()
        self._patience = TIMEOUT_SECONDS
        self._threads = [
            threading.Thread(target=self._act, args=[acts], daemon=True)
            for acts in (
                [self._write, self._write, self._witness],
                [self._go, self._go, self._old, self._age, self._retention],
            )
        ]
        self.people: list[Person] = []
        self.old: set[str] = set()
        self.aged: set[str] = set()
        self.refused = self.retained = self.unreached = self._aged = 0

    def start(self) -> None:
        """Have some letters of each kind there while nothing breaks yet, then begin."""
        for _ in range(AT_FIRST):
            self._write()
            self._old()
        for _ in range(AT_FIRST // 2):
            self._witness()
            self._age()
        for each in self._threads:
            each.start()

    def stop(self) -> None:
        """Finish the present step."""
        self._stopping.set()
        for each in self._threads:
            each.join(120)

    def settle(self) -> None:
        """Erase everybody who asked for it, and delete what is old, now that nothing breaks.

        Twice, as letters of others that mention somebody were on their way. An erasure reads the
        whole mailbox; people for whom there is no time are not judged, but counted.
        """
        self._patience = PATIENCE_SECONDS
        deadline = time.monotonic() + ERASING_SECONDS
        leaving = [each for each in self.people if each.promised and each.number % 4]
        for each in leaving:
            each.erased = False
        for each in leaving:
            while not each.erased and time.monotonic() < deadline:
                self._erase(each)
        self.unreached = sum(not each.erased for each in leaving)
        deadline = time.monotonic() + REST_SECONDS
        query = {"message.message_id": {"$in": sorted(self.old)}}
        whole = {"message.message_id": {"$in": sorted(self.aged)}, "content.raw": {"$ne": None}}
        while time.monotonic() < deadline:
            done = self._retain(None)
            self.retained += done
            letters = self._database.letters
            left = letters.count_documents(query) + letters.count_documents(whole)
            if done and not left:
                break

    def words(self) -> str:
        """Return on a line what was done."""
        erased = sum(each.erased for each in self.people)
        return (
            f"{len(self.people)} people wrote {sum(each.promised for each in self.people)} letters,"
            f" {erased} were erased, {self.unreached} asked again in vain;"
            f" {len(self.old)} old letters, {len(self.aged)} that only lose"
            f" their originals;"
            f" retention ran {self.retained} times to its end; {self.refused} calls were refused"
        )

    def wrong(self, letters: Sequence[Document]) -> dict[str, list[str]]:
        """Return what is lost, doubled, or present though it must be gone (``foreign``)."""
        ours = [each for each in letters if is_leaving(each["message"])]
        ids = [each["message"]["message_id"] for each in ours]
        gone = {each.number for each in self.people if each.erased}
        foreign = [
            f"{one} of somebody who was erased"
            for one in ids
            if (found := re.match(r"his\.(\d+)\.", one)) and int(found[1]) in gone
        ]
        foreign += [f"{one} is too old" for one in sorted(self.old & set(ids))]
        addresses = {each.address for each in self.people if each.erased}
        for each in ours:
            said = json.dumps([each["message"], each["copies"]], default=str)
            foreign += [f"{one} is named in a letter" for one in addresses if one in said]
        there = [one for each in self.people for one in each.witnessed] + sorted(self.aged)
        lost = [one for one in there if one not in ids]
        doubled = sorted({one for one in ids if ids.count(one) > 1})
        changed = [
            each["message"]["message_id"]
            for each in ours
            if f"letter {each['message']['message_id']}" not in each["message"]["body"]
        ]
        return {"lost": lost, "doubled": doubled, "foreign": foreign, "changed": changed}

    def _act(self, acts: Sequence[Callable[[], None]]) -> None:
        while not self._stopping.wait(PAUSE_SECONDS):
            self._rng.choice(acts)()

    def _retention(self) -> None:
        """Run retention beside the receivers, to its end or not."""
        self.retained += self._retain(self._rng.choice([None, self._rng.uniform(1.0, 5.0)]))

    def _write(self) -> None:
        """Write as somebody: a new person, or one who has perhaps been erased meanwhile."""
        writing = [each for each in self.people if each.sent < 4]
        if not writing or self._rng.random() < 0.3:
            mailbox = self._rng.choice(list(MAILBOXES))
            writing = [Person(len(self.people), mailbox)]
            self.people += writing
        person = self._rng.choice(writing)
        one = person.id_of(person.sent)
        named = person.id_of(person.sent - 1) if person.sent else ""
        person.sent += 1
        text = f"letter {one}\r\nэти слова написал только человек {person.number}\r\n"
        person.promised += self._send(person, one, f"Человек <{person.address}>", named, text)

    def _witness(self) -> None:
        """Answer a letter of his as somebody else, quoting it, with him in Cc."""
        some = [each for each in self.people if each.promised and len(each.witnessed) < 3]
        some = [each for each in some if not each.erased]
        if not some:
            return
        person = self._rng.choice(some)
        one = f"witness.{person.number}.{len(person.witnessed)}.{time.time_ns()}@{DOMAIN}"
        text = (
            f"letter {one}\r\n\r\n> эти слова написал только человек {person.number}\r\n"
            f"> {person.address}\r\n"
        )
        sender = f"witness{person.number}@witness.example"
        if self._send(person, one, sender, person.id_of(0), text, cc=person.address):
            person.witnessed.append(one)

    def _send(
        self, person: Person, one: str, sender: str, named: str, text: str, cc: str = ""
    ) -> bool:
        """Send a letter until it is taken, a few times; return True if it was."""
        content = letter(
            one,
            subject=f"Человек {person.number}",
            text=text,
            sender=sender,
            cc=cc,
            in_reply_to=named,
        )
        return taken(self._smtp_port, MAILBOXES[person.mailbox], content, self._stopping)

    def _go(self) -> None:
        """Erase somebody; one of four people never asks for it."""
        asking = [each for each in self.people if each.promised and each.number % 4]
        asking = [each for each in asking if not each.erased]
        if asking:
            self._erase(self._rng.choice(asking))

    def _erase(self, person: Person) -> None:
        if person.erased:
            return
        asked = {"address": person.address}
        try:
            shown = self._ask("/v1/persons/find", asked)
            about = {"preview": shown["preview"], "reason": "chaos"}
            self._ask("/v1/persons/erase", asked | about)
        except (OSError, HTTPException, ValueError):
            self.refused += 1
            self._ports.append(self._ports.pop(0))
        else:
            person.erased = True

    def _ask(self, path: str, body: Document) -> Any:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        return self._post(path, json.dumps(body).encode(), headers)

    def _post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Any:
        address = f"http://127.0.0.1:{self._ports[0]}{path}"
        request = Request(address, body, dict(headers), method="POST")
        with urlopen(request, timeout=self._patience) as answer:
            return json.load(answer)

    def _old(self) -> None:
        """Import a very old letter: its dialog must go."""
        one = f"old.{len(self.old)}@{DOMAIN}"
        if self._imported(one, OLD):
            self.old.add(one)

    def _age(self) -> None:
        """Import one some years old: it only loses its original."""
        one = f"aged.{self._aged}@{DOMAIN}"
        self._aged += 1  # one that was refused may be there: the next is another letter
        if self._imported(one, AGED):
            self.aged.add(one)

    def _imported(self, one: str, age: timedelta) -> bool:
        date = datetime.now(UTC) - age
        name = one.partition("@")[0]
        data = {
            "mailbox": self._rng.choice(list(MAILBOXES)),
            "source": {"via": "import"},
            "from": {"address": f"{name}@past.example"},
            "to": [],
            "message_id": one,
            "subject": f"Прошлое {name}",
            "text": f"letter {one}",
            "date": date.isoformat(),
            "received_at": date.isoformat(),
        }
        body = json.dumps({"type": "email.received", "data": data}).encode()
        for _ in range(5):
            signed = sign(
                parse_keys(SECRET), f"chaos-{name.replace('.', '-')}", int(time.time()), body
            )
            headers = {"Content-Type": "application/json", **signed}
            try:
                self._post("/webhook/email", body, headers)
            except HTTPError as error:
                self.refused += 1
                if error.code == 422:
                    raise
            except (OSError, HTTPException, ValueError):
                self.refused += 1
            else:
                return True
            if self._stopping.wait(0.3):
                break
        # It may be there all the same: an old one must go, one that is aged may stay.
        if age is OLD:
            self.old.add(one)
        return False


def taken(port: int, recipient: str, content: bytes, stopping: threading.Event) -> bool:
    """Send a letter until it is taken, a few times; return True if it was."""
    for _ in range(15):
        with suppress(OSError, smtplib.SMTPException):
            # With a name of its own, as smtplib asks DNS for one else.
            client = smtplib.SMTP("127.0.0.1", port, "chaos.example", timeout=8)
            try:
                client.sendmail("x@leaving.example", [recipient], content)
                return True
            finally:
                client.close()
        if stopping.wait(0.2):
            break
    return False


def is_leaving(message: Mapping[str, Any]) -> bool:
    """Tell whether a message is of this file's letters."""
    return str(message["message_id"]).endswith(f"@{DOMAIN}")
