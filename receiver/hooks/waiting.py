"""Events that hooks have not taken yet, as an erasure finds them."""

from collections.abc import Callable, Collection

from receiver.store.mongo import Database, Document, store_errors


class WaitingEvents:
    """Has hooks forget events; raises StoreUnavailable when in doubt.

    Whoever tells a hook meanwhile may write back what he has read. He looks whether the letter is
    there before he tells of it.
    """

    def __init__(self, database: Database) -> None:
        self._hooks = database["hooks"]

    async def forget_letters(
        self, mailbox: str, keys: Collection[str], cleaned: Callable[[str], str]
    ) -> None:
        """Have nothing wait that tells of letters; ``cleaned`` mends an id that another names."""
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
