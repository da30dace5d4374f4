"""Several workers on one database, each stopped before its every call until it may go on.

So a test decides the order of their calls, and can repeat it. A worker that does not go on while
the others finish is a process stopped there (SIGSTOP); one that is killed gets the exception
``Killed`` there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any

CURSORS = frozenset(["find", "aggregate", "list_indexes"])
"""What returns at once and calls the database when it is read; all else that can be called does."""


class Killed(Exception):
    """The process has died before this call."""


WORKER: ContextVar[str] = ContextVar("WORKER")


class Stopping:
    """A database whose callers wait before each call."""

    def __init__(self, database: Any) -> None:
        self._database = database
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._changed = asyncio.Event()

    def __getitem__(self, name: str) -> Any:
        return _Collection(self, self._database[name])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def stop(self) -> None:
        """Wait until this worker is let go on."""
        future = asyncio.get_running_loop().create_future()
        self._waiting[WORKER.get()] = future
        self._changed.set()
        await future

    async def run(
        self,
        workers: Mapping[str, Callable[[], Awaitable[None]]],
        choose: Callable[[Sequence[str]], tuple[str, bool]],
        watch: Callable[[], Awaitable[None]],
    ) -> None:
        """Let the workers finish, one call after the other; ``watch`` looks between the calls.

        ``choose`` decides which of the waiting workers goes on, and whether it dies instead.
        """
        tasks = {name: asyncio.create_task(self._work(name, workers[name])) for name in workers}
        try:
            while left := [name for name, task in tasks.items() if not task.done()]:
                if self._all_wait(left):
                    name, dies = choose(sorted(left))
                    future = self._waiting.pop(name)
                    future.set_exception(Killed()) if dies else future.set_result(None)
                    continue
                self._changed.clear()
                if not self._all_wait(name for name in left if not tasks[name].done()):
                    await self._changed.wait()
                await watch()
            await asyncio.gather(*tasks.values())
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)

    async def _work(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        WORKER.set(name)
        try:
            await work()
        finally:
            self._changed.set()

    def _all_wait(self, names: Iterable[str]) -> bool:
        return all(name in self._waiting for name in names)


class _Collection:
    def __init__(self, owner: Stopping, collection: Any) -> None:
        self._owner = owner
        self._collection = collection

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._collection, name)
        if name in CURSORS:
            return lambda *words, **named: _Cursor(self._owner, found(*words, **named))
        return _stopping(self._owner, found)


class _Cursor:
    """A cursor: its first answer counts as a call; its further reads do not."""

    def __init__(self, owner: Stopping, cursor: Any) -> None:
        self._owner = owner
        self._cursor = cursor
        self._begun = False

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._cursor, name)
        if name == "to_list":
            return _stopping(self._owner, found)

        def more(*words: Any, **named: Any) -> "_Cursor":
            found(*words, **named)
            return self

        return more

    def __aiter__(self) -> "_Cursor":
        return self

    async def __anext__(self) -> Any:
        if not self._begun:
            self._begun = True
            await self._owner.stop()
        return await anext(self._cursor)


def _stopping(owner: Stopping, call: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
    async def stopping(*words: Any, **named: Any) -> Any:
        await owner.stop()
        return await call(*words, **named)

    return stopping
