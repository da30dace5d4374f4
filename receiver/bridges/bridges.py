"""The collections ``bridges``, one document each, and ``refusals``, a thousand for each bridge.

A refusal names people; it is kept for 30 days at most.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import BulkWriteError

from contract.bridge.report import MAX_ORDERS, REMEMBERED, BridgeOrder, BridgeReport, Orders
from contract.reading.addresses import canonical, is_his
from contract.reading.domains import address_in_ascii
from receiver.store.mongo import DUPLICATE_KEY, Database, Document, StoreUnavailable, store_errors

MAX_FOUND = 20
LETTERS = {"report.letters": 1, "report.dropped": 1}


class Bridges:
    """Stores reports and orders; each method raises StoreUnavailable when in doubt."""

    def __init__(self, database: Database) -> None:
        self._bridges = database["bridges"]
        self._refusals = database["refusals"]

    async def take(self, report: BridgeReport, now: datetime) -> Orders:
        """Store a report, and return the orders for the bridge."""
        await self._keep_refusals(report, now)
        said = report.model_dump(exclude={"refusals", "done", "bridge"})
        pull = {"orders": {"id": {"$in": [ObjectId(each) for each in report.done]}}}
        update: Document = {"$set": {"report": said, "seen": now}, "$pull": pull}
        if report.refusals:
            update["$set"]["refusals_known"] = report.refusals[-1].number
        with store_errors():
            await self._bridges.update_one({"_id": report.bridge}, update, upsert=True)
            found = await self._bridges.find_one({"_id": report.bridge})
        waiting = (found or {}).get("orders", [])
        orders = [BridgeOrder(id=str(each["id"]), letter=each["letter"]) for each in waiting]
        known = (found or {}).get("refusals_known", -1)
        return Orders(orders=orders[:MAX_ORDERS], refusals_known=known)

    async def order(self, bridge: str, letter: str, who: str, now: datetime) -> bool:
        """Order a bridge to try a letter after its next report; return False if it is unknown."""
        order = {"id": ObjectId(), "letter": letter, "who": who, "when": now}
        guard = {"_id": bridge, "orders.letter": {"$ne": letter}}
        with store_errors():
            done = await self._bridges.update_one(
                guard, {"$push": {"orders": {"$each": [order], "$slice": -MAX_ORDERS}}}
            )
            return bool(done.matched_count) or await self._is_there(bridge)

    async def every(self) -> list[Document]:
        """Return all bridges that have reported, by host."""
        with store_errors():
            found = await self._bridges.find().to_list(1000)
        return sorted(found, key=lambda each: str(each["report"]["host"]))

    async def unheard(self, since: datetime) -> int:
        """Return how many bridges have not reported since a time."""
        with store_errors():
            return len(await self._bridges.find({"seen": {"$lt": since}}, {"_id": 1}).to_list(1000))

    async def forget(self, bridge: str) -> None:
        """Forget a bridge that no longer exists."""
        with store_errors():
            await self._bridges.delete_one({"_id": bridge})
            await self._refusals.delete_many({"bridge": bridge})

    async def texts(self) -> list[str]:
        """Return what all bridges have reported of letters and refusals, for finding names."""
        with store_errors():
            reports = await self._bridges.find({}, LETTERS).to_list(None)
            refused = {"mail_from": 1, "rcpt_to": 1, "answer": 1}
            told = await self._refusals.find({}, refused).to_list(None)
        letters = [each for one in reports for each in _letters(one)]
        fields = (*refused, "subject", "reason", "people")
        return [each[one] for each in [*told, *letters] for one in fields if each.get(one)]

    async def having(
        self, mailboxes: Collection[str], person: str, tells: Callable[[Document], bool]
    ) -> list[Document]:
        """Return a person's letters that bridges last reported to have: bridge, id and state.

        A bridge may spell a mailbox's domain otherwise than its letters have it.
        """
        same = set(map(address_in_ascii, mailboxes))
        return [
            {"bridge": bridge["report"]["host"], "id": each["id"], "state": each["state"]}
            for bridge in await self.every()
            for each in _letters(bridge)
            if address_in_ascii(each["mailbox"].casefold()) in same
            and (_names(each, person) or tells(each))
        ]

    async def forget_person(
        self, person: str, tells: Callable[[Document], bool], names: Callable[[str], bool]
    ) -> None:
        """Forget the refusals that name a canonical address, and reported letters of this person.

        A bridge that no longer exists would never report that its letters are gone. ``tells``
        decides whether a reported letter mentions him otherwise; ``names`` whether an answer of the
        door does.
        """
        await self._forget_letters(person, tells)
        fields = {"mail_from": 1, "rcpt_to": 1, "answer": 1}
        with store_errors():
            gone = [
                each["_id"]
                async for each in self._refusals.find({}, fields)
                if _names(each, person) or names(each["answer"])
            ]
            if gone:
                await self._refusals.delete_many({"_id": {"$in": gone}})

    async def _forget_letters(self, person: str, tells: Callable[[Document], bool]) -> None:
        with store_errors():
            async for bridge in self._bridges.find({}, LETTERS):
                gone = [
                    each["id"] for each in _letters(bridge) if _names(each, person) or tells(each)
                ]
                if gone:
                    named = {"id": {"$in": gone}}
                    pull = {"report.letters": named}
                    if "dropped" in bridge["report"]:  # not reported by earlier versions
                        pull["report.dropped"] = named
                    await self._bridges.update_one({"_id": bridge["_id"]}, {"$pull": pull})

    async def refusals(self, address: str) -> list[Document]:
        """Return the newest refusals that name an address, of all without one.

        Canonical addresses have no index, so all stored refusals are searched if need be.
        """
        person, found = canonical(address), list[Document]()
        with store_errors():
            async for each in self._refusals.find().hint("newest").sort("at", -1):
                if not address or _names(each, person):
                    found.append(each)
                if len(found) == MAX_FOUND:
                    break
        return found

    async def _is_there(self, bridge: str) -> bool:
        return await self._bridges.find_one({"_id": bridge}, {"_id": 1}) is not None

    async def _keep_refusals(self, report: BridgeReport, now: datetime) -> None:
        if not report.refusals:
            return
        rows = [
            {"_id": f"{report.bridge} {each.number} {each.at.isoformat()}", "bridge": report.bridge}
            | each.model_dump()
            | {"kept": now}
            for each in report.refusals
        ]
        last = report.refusals[-1].number
        with store_errors():
            try:
                await self._refusals.insert_many(rows, ordered=False)
            except BulkWriteError as error:
                codes: Sequence[Mapping[str, Any]] = error.details["writeErrors"]
                if any(each["code"] != DUPLICATE_KEY for each in codes):
                    raise StoreUnavailable("refusals were not kept") from error
            old = {"bridge": report.bridge, "number": {"$lte": last - REMEMBERED}}
            await self._refusals.delete_many(old)


def _letters(bridge: Document) -> list[Document]:
    """Return what a bridge told of letters in its spool, and of those dropped from there."""
    report = bridge["report"]
    gone = [{"reason": "", "state": "dropped"} | each for each in report.get("dropped", ())]
    return [*report["letters"], *gone]


def _names(told: Document, person: str) -> bool:
    lists = (told["rcpt_to"], told.get("people", ""))
    named = (told["mail_from"], *(one for each in lists for one in each.split(", ")))
    return any(is_his(canonical(each), person) for each in named)
