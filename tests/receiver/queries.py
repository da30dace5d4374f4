"""The queries that the receiver sends to the database, and how the database plans them."""

from collections.abc import Iterator
from typing import Any

import pytest
from pymongo.monitoring import CommandListener, CommandStartedEvent, CommandSucceededEvent, register


class Commands(CommandListener):
    """Remembers the queries to the database."""

    def __init__(self) -> None:
        self.listening = False
        self.clear()

    def clear(self) -> None:
        """Forget all."""
        self.names: list[str] = []
        self.filters: list[tuple[str, dict[str, Any]]] = []
        self.returned = 0
        self.letters = 0

    def started(self, event: CommandStartedEvent) -> None:
        if not self.listening:
            return
        if event.command_name in ("find", *WRITES):
            self.names.append(event.command_name)
        if event.command_name == "find":
            self.filters.append((event.command["find"], dict(event.command["filter"])))
        if event.command_name == "distinct":
            self.filters.append((event.command["distinct"], dict(event.command.get("query", {}))))
        if event.command_name == "update":
            asked = [dict(each["q"]) for each in event.command["updates"]]
            self.filters += [(event.command["update"], each) for each in asked]

    def succeeded(self, event: CommandSucceededEvent) -> None:
        if self.listening and event.command_name == "find":
            found = event.reply["cursor"]["firstBatch"]
            self.returned += len(found)
            self.letters += sum("message" in each for each in found)

    def failed(self, event: Any) -> None: ...


COMMANDS = Commands()
register(COMMANDS)


@pytest.fixture
def commands() -> Iterator[Commands]:
    COMMANDS.clear()
    yield COMMANDS
    COMMANDS.listening = False


def stages(plan: Any) -> set[str]:
    """Return the names of a plan's stages."""
    found = {plan["stage"]} if "stage" in plan else set()
    for value in plan.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                found |= stages(each)
    return found


WRITES = ("insert", "update", "delete")
