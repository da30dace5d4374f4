"""A database behind which the process dies, before or behind any one of its writes."""

from typing import Any

WRITES = (
    *("insert_one", "insert_many", "update_one", "update_many", "replace_one", "bulk_write"),
    *("delete_one", "delete_many", "find_one_and_update", "rename", "drop"),
)


class Crash(Exception):
    """The process has died."""


class FragileDatabase:
    """A database that fails after a number of writes."""

    def __init__(self, database: Any) -> None:
        self._database = database
        self.lives: int | None = None

    def __getitem__(self, name: str) -> Any:
        return _Collection(self, self._database[name])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    def live(self) -> None:
        """Live on, or die."""
        if self.lives == 0:
            self.lives = None
            raise Crash
        if self.lives is not None:
            self.lives -= 1


class _Collection:
    def __init__(self, owner: FragileDatabase, collection: Any) -> None:
        self._owner = owner
        self._collection = collection

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._collection, name)
        if name not in WRITES:
            return found

        async def fragile(*words: Any, **named: Any) -> Any:
            self._owner.live()
            done = await found(*words, **named)
            self._owner.live()
            return done

        return fragile
