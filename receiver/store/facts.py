"""The collection ``facts``: what people decided, each with who and when. None is ever changed, but
that an erased letter's key is taken out, and who was erased, of the words that say who decided it.

Only ``shown`` is set once the dialogs show it, so that what a crash left half done is found.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from bson import ObjectId

from receiver.store.mongo import Database, Document, all_of, at_length, store_errors
from receiver.threads.facts import Fact, letters_of_each

SETS = ("keys", "rest", "joins")


class Facts:
    """Keeps facts and finds them; each method raises StoreUnavailable when in doubt."""

    def __init__(self, database: Database) -> None:
        self._facts = database["facts"]

    async def add(
        self, mailbox: str, fact: Fact, dialogs: Sequence[Any], asked: str | None = None
    ) -> None:
        """Keep a fact about these dialogs; raises DuplicateKey if one of this id is there.

        ``asked`` is a digest of the call that made it, if its client gave that a name.
        """
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
            **({"asked": asked} if asked else {}),
        }
        with store_errors():
            await self._facts.insert_one(document)

    async def named(self, fact_id: ObjectId) -> Document | None:
        """Return the fact that a call of this name made, as it is kept."""
        with store_errors():
            return await self._facts.find_one({"_id": fact_id, "asked": {"$exists": True}})

    async def about(
        self, dialogs: Iterable[Any], listed: Iterable[ObjectId], known: Collection[Fact] = ()
    ) -> list[Fact]:
        """Return the facts about dialogs, those that they list, and whatever these undo.

        What they list may have been decided of others, which were merged into them since. Facts
        that are ``known`` are left out.
        """
        found: dict[Any, Fact] = {}
        looked_for, wanted = {each.id for each in known}, set[Any](listed)
        query: Document = {"dialogs": {"$in": list(dialogs)}}
        while query:
            with store_errors():
                some = map(fact_of, await self._facts.find(query).to_list(None))
            found |= {each.id: each for each in some}
            wanted |= {each.undoes for each in found.values() if each.what == "undo"}
            left = wanted - found.keys() - looked_for
            missing = [one for one in left if isinstance(one, ObjectId)]
            looked_for |= {*missing}  # once, also what is not there any more
            query = {"_id": {"$in": missing}} if missing else {}
        for each in known:
            found.pop(each.id, None)
        return list(found.values())

    async def letters_of(self, document: Document) -> frozenset[str]:
        """Return the letters that a fact is about, none where what it undoes is gone."""
        facts = await self.about(document["dialogs"], [])
        return letters_of_each(facts).get(document["_id"], frozenset())

    async def of_mailbox(self, mailbox: str) -> list[Fact]:
        """Return every fact of a mailbox."""
        with store_errors():
            found = await all_of(self._facts.find({"mailbox": mailbox}))
        return [fact_of(each) for each in found]

    async def not_shown(self) -> list[Document]:
        """Return the facts that dialogs may not show yet: few, whatever their number."""
        with store_errors():
            return await self._facts.find({"shown": False}).to_list(None)

    async def mark_shown(self, fact_id: ObjectId) -> None:
        """Note that the dialogs show a fact."""
        with store_errors():
            await self._facts.update_one({"_id": fact_id}, {"$set": {"shown": True}})

    async def forget(self, mailbox: str, keys: Iterable[str]) -> None:
        """Have no fact name these letters; one that left some behind goes on to say that it did."""
        gone = {"$in": sorted(set(keys))}
        with store_errors(), at_length():  # no index has keys
            await self._facts.update_many(
                {"mailbox": mailbox, "rest": gone}, {"$set": {"parted": True}}
            )
            for name in SETS:
                await self._facts.update_many(
                    {"mailbox": mailbox, name: gone}, {"$pull": {name: gone}}
                )
            await self._facts.update_many(
                {"mailbox": mailbox, "undoes": gone}, {"$set": {"undoes": "erased"}}
            )

    async def saying(self, mailbox: str, cleaned: Callable[[str], str]) -> dict[Any, str]:
        """Return which facts' ``who`` says what ``cleaned`` takes out, each with what is left."""
        with store_errors():
            found = await all_of(self._facts.find({"mailbox": mailbox}, {"who": 1}))
        left = {each["_id"]: (each["who"], cleaned(each["who"] or "")) for each in found}
        return {one: now for one, (before, now) in left.items() if before and now != before}

    async def say_who(self, decided: Mapping[Any, str]) -> None:
        """Write anew who decided some facts."""
        with store_errors():
            for one, who in decided.items():
                await self._facts.update_one({"_id": one}, {"$set": {"who": who}})


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
        parted=bool(document.get("parted")),
    )
