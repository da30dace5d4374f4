"""Runs of a set of letters through running receivers: in an order, and what came of it."""

import asyncio
import hashlib
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from contract.event import EmailReceived
from tests import servers
from tests.measure.threading.corpus import Partition
from tests.stored import whole_dialogs
from tests.webhook_client import Client, connected

AT_ONCE = 8
PAUSES = (1, 2, 4, 8, 16, 32)
DATABASE = "threading"
Event = tuple[str, EmailReceived]
# For each dialog the keys of its letters, and a digest of what it says.
Fingerprint = list[tuple[str, str]]
# How a dialog came to be, and where it lies; all else that it says follows from its letters.
OF_THE_WAY = {
    "opened",
    "_id", "revision", "changed", "parts", "held", "bytes", "related", "related_more", "messages"
}  # fmt: skip
# Letters first: while they are there, receivers see to it that dialogs show them.
COLLECTIONS = ("letters", "dialogs", "redirects", "facts")


@dataclass(frozen=True)
class Order:
    """An order of letters, by name: as the files lie, reversed, or shuffled with a seed."""

    name: str
    seed: int | None = None

    def of(self, events: Sequence[Event]) -> list[Event]:
        """Return the events in this order."""
        ordered = list(events)
        if self.seed is not None:
            random.Random(self.seed).shuffle(ordered)
        return ordered[::-1] if self.name == "reversed" else ordered


@dataclass(frozen=True)
class RunOutcome:
    """The dialogs after a run, with the letters of their parts."""

    dialogs: list[dict[str, Any]]

    @property
    def partition(self) -> Partition:
        """The letters of each dialog by Message-ID."""
        return [
            frozenset(message["message_id"] for message in dialog["messages"])
            for dialog in self.dialogs
        ]

    @property
    def fingerprint(self) -> Fingerprint:
        """What every order must give alike."""
        return sorted(
            (" ".join(sorted(message["key"] for message in dialog["messages"])), _digest(dialog))
            for dialog in self.dialogs
        )

    @property
    def guesses(self) -> list[tuple[str, str]]:
        """The letters that rung 4 placed: Message-ID and evidence."""
        return [
            (message["message_id"], message["matched_id"])
            for dialog in self.dialogs
            for message in dialog["messages"]
            if message["matched_by"] in ("subject", "thread_index")
        ]


def outcome_of(documents: Sequence[dict[str, Any]]) -> RunOutcome:
    """Return the dialogs that some documents are."""
    dialogs = whole_dialogs(documents)
    for each in dialogs:
        each["messages"].sort(key=lambda message: (message["created"], message["key"]))
    return RunOutcome(dialogs)


def _digest(dialog: dict[str, Any]) -> str:
    """Digest what must not depend on the order of arrival."""
    told = [{name: dialog[name] for name in dialog.keys() - OF_THE_WAY}, dialog["messages"]]
    return hashlib.sha256(json.dumps(told, default=str, sort_keys=True).encode()).hexdigest()


class Receivers:
    """Some receivers on one database, which is emptied before each run."""

    def __init__(self, clients: Sequence[Client], mongo: "MongoClient[dict[str, Any]]") -> None:
        self._clients = clients
        self._database = mongo[DATABASE]

    async def run(self, events: Sequence[Event]) -> RunOutcome:
        """Send the events, some at once, to the receivers in turn; raises on any refusal.

        A 503 is tried again, as the courier does.
        """
        for name in COLLECTIONS:
            await asyncio.to_thread(self._database[name].delete_many, {})
        queue = iter(enumerate(events))

        async def worker() -> None:
            for number, (event_id, event) in queue:
                client = self._clients[number % len(self._clients)]
                body = event.model_dump_json(by_alias=True, exclude_none=True).encode()
                for pause in PAUSES:
                    status, answer = await client.post(body, event_id=event_id)
                    if status != 503:
                        break
                    await asyncio.sleep(pause)
                if status not in (200, 201):
                    raise RuntimeError(f"{status} for {event.data.message_id}: {answer}")

        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE if len(self._clients) > 1 else 1):
                tasks.create_task(worker())
        return outcome_of(await asyncio.to_thread(lambda: list(self._database.dialogs.find())))


@asynccontextmanager
async def receivers(
    mongo_uri: str, directory: Path, count: int, **settings: str
) -> AsyncIterator[Receivers]:
    """Start so many receivers and give them."""
    async with AsyncExitStack() as stack:
        mongo = stack.enter_context(MongoClient[dict[str, Any]](mongo_uri))
        clients = []
        for number in range(count):
            (place := directory / f"{number}-{servers.free_port()}").mkdir(parents=True)
            service = servers.receiver(place, mongo_uri, DATABASE, **settings)
            stack.callback(service.kill)
            await asyncio.to_thread(service.start)
            port = service.env["RECEIVER_PORT"]
            clients.append(await stack.enter_async_context(connected(port)))
        yield Receivers(clients, mongo)
