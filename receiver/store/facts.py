"""The collection ``facts``: people's decisions, each with who and when.

A fact never changes, except that an erased letter's key is removed, and an erased person from the
words that say who decided. ``shown`` is set once the dialogs show it, so that what a crash left
half done is found.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from typing import Any

from bson import ObjectId

from receiver.store.mongo import Database, Document, all_of, at_length, store_errors
from receiver.threads.facts import Fact, letters_of_each

SETS = ("keys", "rest", "joins")


class Facts:
    """Stores facts and finds them; each method raises StoreUnavailable when in doubt."""

    def __init__(self, database: Database) -> None:
        self._facts = database["facts"]

    async def add(
        self, mailbox: str, fact: Fact, dialogs: Sequence[Any], asked: str | None = None
    ) -> None:
        """Store a fact about these dialogs; raises DuplicateKey if one has this id.

        ``asked`` is a digest of the call that made it, if its client named the call.
        """
        document = document_of(mailbox, fact, dialogs) | {"shown": False}
        if asked:
            document["asked"] = asked
        with store_errors():
            await self._facts.insert_one(document)

    async def named(self, fact_id: ObjectId) -> Document | None:
        """Return the fact that a call of this name made, as stored."""
        with store_errors():
            return await self._facts.find_one({"_id": fact_id, "asked": {"$exists": True}})

    async def about(
        self, dialogs: Iterable[Any], listed: Iterable[ObjectId], known: Collection[Fact] = ()
    ) -> list[Fact]:
        """Return the facts about dialogs, those that they list, and whatever these undo.

        Listed facts may be about other dialogs, which were merged into these since. Facts that are
        ``known`` are left out.
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
            looked_for |= {*missing}  # asked once, even for what no longer exists
            query = {"_id": {"$in": missing}} if missing else {}
        for each in known:
            found.pop(each.id, None)
        return list(found.values())

    async def touching(
        self, mailbox: str, keys: Set[str], known: Collection[Fact] = ()
    ) -> list[Fact]:
        """Return the facts that concern letters, without those known; reads all of a mailbox."""
        facts, left_out = await self.of_mailbox(mailbox), {each.id for each in known}
        touched = letters_of_each(facts)
        return [each for each in facts if each.id not in left_out and touched[each.id] & keys]

    async def letters_of(self, document: Document) -> frozenset[str]:
        """Return the letters that a fact is about, none where what it undoes is gone."""
        facts = await self.about(document["dialogs"], [])
        return letters_of_each(facts).get(document["_id"], frozenset())

    async def of_mailbox(self, mailbox: str, but: Collection[Any] = frozenset()) -> list[Fact]:
        """Return every fact of a mailbox, except those of some ids."""
        with store_errors():
            found = await all_of(self._facts.find({"mailbox": mailbox}))
        return [fact_of(each) for each in found if each["_id"] not in but]

    async def not_shown(self) -> list[Document]:
        """Return the facts that dialogs may not show yet: few, however many facts there are."""
        with store_errors():
            return await self._facts.find({"shown": False}).to_list(None)

    async def mark_shown(self, fact_id: ObjectId) -> None:
        """Note that the dialogs show a fact."""
        with store_errors():
            await self._facts.update_one({"_id": fact_id}, {"$set": {"shown": True}})

    async def forget(self, mailbox: str, keys: Iterable[str]) -> None:
        """Remove these letters from all facts; a fact that left some behind still says so."""
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
        """Return the facts whose ``who`` has what ``cleaned`` removes, each with what is left."""
        with store_errors():
            found = await all_of(self._facts.find({"mailbox": mailbox}, {"who": 1}))
        left = {each["_id"]: (each["who"], cleaned(each["who"] or "")) for each in found}
        return {one: now for one, (before, now) in left.items() if before and now != before}

    async def say_who(self, decided: Mapping[Any, str]) -> None:
        """Rewrite who decided some facts."""
        with store_errors():
            for one, who in decided.items():
                await self._facts.update_one({"_id": one}, {"$set": {"who": who}})


def document_of(mailbox: str, fact: Fact, dialogs: Sequence[Any]) -> Document:
    """Return the stored form of a fact about these dialogs."""
    return {
        "_id": fact.id,
        "mailbox": mailbox,
        "what": fact.what,
        "who": fact.who,
        "when": fact.when,
        "opened": fact.opened,
        "undoes": fact.undoes,
        "dialogs": list(dialogs),
        **{name: sorted(getattr(fact, name)) for name in SETS},
    }


def fact_of(document: Document) -> Fact:
    """Return the fact in a document."""
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
        # Those of an earlier version have no order.
        dialogs=() if document.get("migrated") else tuple(document["dialogs"]),
        parted=bool(document.get("parted")),
    )
