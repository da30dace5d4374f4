"""When letters stand in the database, and whether each is there once, under the right dialog.

Both sides, and other checkouts of ours, are asked in the same way: ``dialogs`` by the ids of its
messages, which all of them have there.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from pymongo.asynchronous.collection import AsyncCollection

from tests.measure.bench.load import LoadLetter

Document = dict[str, Any]
POLL_SECONDS = 0.004
MESSAGE_ID = "messages.message_id"
FIELDS = {MESSAGE_ID: 1}


class Commits:
    """Watches one collection of dialogs for letters that are on their way, by an index of its own.

    While nothing is expected nothing is asked.
    """

    def __init__(self, dialogs: AsyncCollection[Document]) -> None:
        self._dialogs = dialogs
        self._expected: dict[str, LoadLetter] = {}
        self._none_left = asyncio.Event()
        self.begun: dict[str, float] = {}
        self.seen: dict[str, float] = {}

    def expect(self, letter: LoadLetter, begun: float) -> None:
        """Watch for a letter from now on."""
        self._expected[letter.message_id] = letter
        self._none_left.clear()
        self.begun[letter.message_id] = begun

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Record when each expected letter is first seen, while the block runs.

        The index is made now: without watching no side has to maintain it.
        """
        await self._dialogs.create_index(MESSAGE_ID, name="asked_by_the_bench")
        watch = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch  # an error of the database's shows here

    async def all_seen(self, seconds: float) -> None:
        """Return once every expected letter was seen; raises TimeoutError."""
        try:
            await asyncio.wait_for(self._none_left.wait(), seconds)
        except TimeoutError:
            raise TimeoutError(f"{len(self._expected)} letters not seen in {seconds} s") from None

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            if self._expected:
                await self._look()

    async def _look(self) -> None:
        forms = [form for one in self._expected for form in (one, f"<{one}>")]
        documents = await self._dialogs.find({MESSAGE_ID: {"$in": forms}}, FIELDS).to_list()
        now = time.perf_counter()
        for message_id in stored_ids(documents):
            if self._expected.pop(message_id, None):
                self.seen[message_id] = now
        if not self._expected:
            self._none_left.set()


def stored_ids(dialogs: Iterable[Document]) -> list[str]:
    """Return the Message-IDs of all messages, without the brackets that one side keeps."""
    return [
        message["message_id"].strip("<>")
        for dialog in dialogs
        for message in dialog["messages"]
        if "message_id" in message
    ]


def faults(letters: Sequence[LoadLetter], dialogs: Sequence[Document]) -> list[str]:
    """Return the faults: letters lost, stored twice or unasked for, threads torn or mixed."""
    accepted = {letter.message_id: letter.thread for letter in letters}
    stored = Counter(stored_ids(dialogs))
    wrong = [f"lost: {message_id}" for message_id in accepted.keys() - stored.keys()]
    wrong += [f"never sent: {message_id}" for message_id in stored.keys() - accepted.keys()]
    wrong += [f"stored {times} times: {each}" for each, times in stored.items() if times > 1]
    homes = Counter[str]()
    for dialog in dialogs:
        here = {accepted.get(message_id, "") for message_id in stored_ids([dialog])}
        homes.update(here)
        if len(here) != 1:
            wrong.append(f"a dialog of {len(here)} threads: {sorted(here)}")
    wrong += [f"in {count} dialogs: {thread}" for thread, count in homes.items() if count > 1]
    return sorted(wrong)
