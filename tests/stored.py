"""What the database holds, as tests ask for it: whole dialogs, and the bytes of letters."""

from collections.abc import Iterable
from typing import Any

from pymongo.database import Database

from receiver.store.packed import unpacked

Document = dict[str, Any]


def whole_dialogs(documents: Iterable[Document]) -> list[Document]:
    """Return dialogs with the messages of their parts, each as often as it stands there."""
    found = list(documents)
    dialogs = {each["_id"]: dict(each) for each in found if "part_of" not in each}
    for part in found:
        if dialog := dialogs.get(part.get("part_of")):
            dialog["messages"] = [*part["messages"], *dialog["messages"]]
    return list(dialogs.values())


def original(database: Database[Document], letter: Document) -> bytes | None:
    """Return the bytes of a letter as it was received: beside it, or in GridFS."""
    if "original" in letter["content"]:
        return unpacked(letter["content"]["original"])
    return blob(database, letter["content"]["raw"]["sha256"])


def blob(database: Database[Document], sha256: str) -> bytes | None:
    """Return a blob's bytes; None if it is not there."""
    if database["blobs.files"].find_one({"_id": sha256}) is None:
        return None
    chunks = database["blobs.chunks"].find({"files_id": sha256}).sort("n", 1)
    return b"".join(chunk["data"] for chunk in chunks)
