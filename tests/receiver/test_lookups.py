"""Every lookup goes by an index and touches few keys, as the database itself tells."""

from collections.abc import Iterator
from typing import Any

import pytest
from bson import ObjectId
from pymongo.monitoring import CommandListener, CommandStartedEvent, register

from receiver.store.mongo import Database
from tests.receiver.written import corrections, filed, filing, sent, written

DIALOGS = 300


class Queries(CommandListener):
    """Remembers what was looked for."""

    def __init__(self) -> None:
        self.filters: list[dict[str, Any]] = []
        self.listening = False

    def started(self, event: CommandStartedEvent) -> None:
        if self.listening and event.command_name == "find":
            self.filters.append(dict(event.command["filter"]))
        if self.listening and event.command_name == "update":
            self.filters += [dict(each["q"]) for each in event.command["updates"]]

    def succeeded(self, event: Any) -> None: ...
    def failed(self, event: Any) -> None: ...


QUERIES = Queries()
register(QUERIES)


@pytest.fixture
def queries() -> Iterator[Queries]:
    QUERIES.filters.clear()
    yield QUERIES
    QUERIES.listening = False


def stages(plan: Any) -> set[str]:
    """Return the names of a plan's stages."""
    found = {plan["stage"]} if "stage" in plan else set()
    for value in plan.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                found |= stages(each)
    return found


async def test_no_lookup_reads_the_whole_collection(queries: Queries, database: Database) -> None:
    """Among hundreds of dialogs: a new one, an answer, a stranger, a guess, a merge, a split."""
    await filed(database, [written(f"n{n}", f"user{n}") for n in range(DIALOGS)])
    await filed(database, [written("a", "ivan"), written("c", "ivan", subject="Ещё")])
    queries.listening = True
    files = filing(database, subjects=True)
    letters = [
        written("new", "olga"),
        written("b", "ivan", names="a"),
        written("d", "mallory", names="b a"),
        written("e", "ivan", subject="Re: Где мой заказ?"),
        sent("f", "ivan mallory", "c b a"),
        written("b", "ivan", names="a"),
    ]
    answers = [await files.file(letter) for letter in letters]
    dialog_id = ObjectId(answers[1].dialog)
    corrects = corrections(database)
    await corrects.split(dialog_id, {written("b", "ivan", names="a").key}, "olga")
    await files.moving.finish_all()
    await corrects.dialog(dialog_id)
    queries.listening = False
    assert len(queries.filters) > 20
    for query in queries.filters:
        if isinstance(query.get("_id"), ObjectId):
            continue  # one document, whatever else is asked of it
        plan = await database.dialogs.find(query).explain()
        winning = plan["queryPlanner"]["winningPlan"]
        assert "COLLSCAN" not in stages(winning), query
        counts = plan.get("executionStats", {})
        assert counts.get("totalDocsExamined", 0) <= 10, query


async def test_a_plain_answer_is_one_lookup_and_one_write(
    queries: Queries, database: Database
) -> None:
    await filed(database, [written("a", "ivan")])
    queries.listening = True
    await filing(database, subjects=True).file(written("b", "ivan", names="a"))
    queries.listening = False
    found, wrote = queries.filters
    assert found["thread_ids"]
    assert isinstance(wrote["_id"], ObjectId)
