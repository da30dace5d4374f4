"""The collection ``facts``: what people decided, each with who and when. None is ever changed, but
that an erased letter's key is taken out.

Only ``shown`` is set once the dialogs show it, so that what a crash left half done is found.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from receiver.store.mongo import Database, Document, store_errors
from receiver.threads.facts import Fact

SETS = ("keys", "rest", "joins")


class Facts:
    """Keeps facts and finds them; each method raises StoreUnavailable when in doubt."""

    def __init__(self, database: Database) -> None:
        self._facts = database["facts"]

    async def add(self, mailbox: str, fact: Fact, dialogs: Sequence[Any]) -> None:
        """Keep a fact about these dialogs."""
        document = {
            "_id": fact.id,
            "mailbox": mailbox,
            "what": fact.what,
            "who": fact.who,
            "when": fact.when,
            "opened": fact.opened,
            "undoes": fact.undoes,
            "dialogs": list(dialogs),
            "shown": False,
            **{name: sorted(getattr(fact, name)) for name in SETS},
        }
        with store_errors():
            await self._facts.insert_one(document)

    async def about(self, dialogs: Iterable[Any], listed: Iterable[ObjectId]) -> list[Fact]:
        """Return the facts about dialogs, and those that they list: theirs before they merged."""
        with store_errors():
            found = await self._facts.find({"dialogs": {"$in": list(dialogs)}}).to_list(None)
            missing = set(listed) - {each["_id"] for each in found}
            if missing:
                found += await self._facts.find({"_id": {"$in": list(missing)}}).to_list(None)
        return [fact_of(each) for each in found]

    async def of_mailbox(self, mailbox: str) -> list[Fact]:
        """Return every fact of a mailbox."""
        with store_errors():
            return [
                fact_of(each) for each in await self._facts.find({"mailbox": mailbox}).to_list(None)
            ]

    async def not_shown(self, before: datetime) -> list[Document]:
        """Return the facts made before a time that dialogs may not show yet."""
        with store_errors():
            found = await self._facts.find({"shown": False}).to_list(None)
        return [each for each in found if each["when"] <= before]

    async def mark_shown(self, fact_id: ObjectId) -> None:
        """Note that the dialogs show a fact."""
        with store_errors():
            await self._facts.update_one({"_id": fact_id}, {"$set": {"shown": True}})

    async def forget(self, mailbox: str, keys: Iterable[str]) -> None:
        """Have no fact name these letters."""
        gone = {"$in": sorted(set(keys))}
        with store_errors():
            for name in SETS:
                await self._facts.update_many(
                    {"mailbox": mailbox, name: gone}, {"$pull": {name: gone}}
                )
            await self._facts.update_many(
                {"mailbox": mailbox, "undoes": gone}, {"$set": {"undoes": "erased"}}
            )


def fact_of(document: Document) -> Fact:
    """Return the fact that a document is."""
    return Fact(
        id=document["_id"],
        what=document["what"],
        who=document["who"],
        when=document["when"],
        keys=frozenset(document["keys"]),
        rest=frozenset(document["rest"]),
        joins=frozenset(document["joins"]),
        opened=document["opened"],
        undoes=document["undoes"],
        # Those of an earlier version stand in no order.
        dialogs=() if document.get("migrated") else tuple(document["dialogs"]),
    )
