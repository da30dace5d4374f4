"""Events that hooks have not taken yet, for an erasure."""

from collections.abc import Callable, Collection

from receiver.store.mongo import Database, Document, store_errors


class WaitingEvents:
    """Removes events that wait for hooks; raises StoreUnavailable when in doubt.

    A sender may write back what it has read meanwhile, but it checks that the letter exists before
    sending.
    """

    def __init__(self, database: Database) -> None:
        self._hooks = database["hooks"]

    async def forget_letters(
        self, mailbox: str, keys: Collection[str], cleaned: Callable[[str], str]
    ) -> None:
        """Remove waiting events about letters; ``cleaned`` mends ids that other events name."""
        with store_errors():
            query = {"late.data.mailbox": mailbox}
            for hook in await self._hooks.find(query, {"late": 1}).to_list(None):
                left = [each for each in hook["late"] if not _tells_of(each, mailbox, keys)]
                for each in left:
                    if each["data"].get("bounced"):
                        each["data"]["bounced"] = cleaned(each["data"]["bounced"])
                await self._hooks.update_one({"_id": hook["_id"]}, {"$set": {"late": left}})


def _tells_of(late: Document, mailbox: str, keys: Collection[str]) -> bool:
    data = late["data"]
    return data.get("mailbox") == mailbox and data.get("letter") in keys
