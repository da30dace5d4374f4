"""Small disk operations in a thread: those that wait while a group runs form the next group.

A hop to a thread and back costs more than most of these operations.
"""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class InGroups(Generic[Item]):
    """Does ``step`` for each item; one group runs at a time."""

    def __init__(self, step: Callable[[Item], None]) -> None:
        self._step = step
        self._waiting: list[tuple[Item, asyncio.Future[None]]] = []
        self._runner: asyncio.Task[None] | None = None

    async def do(self, item: Item) -> None:
        """Do the step for this item; raises what the step raises for it."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run())
        await done

    async def _run(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting, []
            errors = await asyncio.to_thread(self._all, [item for item, _ in group])
            for (_, done), error in zip(group, errors, strict=True):
                if done.done():  # the task that asked was cancelled meanwhile
                    continue
                if error is None:
                    done.set_result(None)
                else:
                    done.set_exception(error)

    def _all(self, items: list[Item]) -> list[Exception | None]:
        return [self._one(item) for item in items]

    def _one(self, item: Item) -> Exception | None:
        try:
            self._step(item)
        except Exception as error:
            return error
        return None
