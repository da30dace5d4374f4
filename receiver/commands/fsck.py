"""``fsck``: check that every byte that a letter names is there."""

import argparse
import zlib
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256

from contract.doctor.russian import spoken
from receiver.commands.command import Command, reading, tell
from receiver.projecting.shape import BYTES, damage
from receiver.settings import ReceiverSettings
from receiver.store.blobs import Blobs
from receiver.store.mongo import Database, Document, each_of, store_errors
from receiver.store.packed import unpacked
from receiver.words import texts


def run(settings: ReceiverSettings, _arguments: argparse.Namespace) -> int:
    """Return 0 if all is there, 1 if not; missing bytes are printed, one line each."""

    async def work(database: Database) -> int:
        wrong = 0
        letters = 0
        blobs = Blobs(database)
        looked_at: dict[tuple[str, int], str] = {}
        async for letter in letters_naming_bytes(database):
            letters += 1
            damaged = damage(letter, BYTES)
            found = damaged or wrong_with_original(letter)
            complaints = [found] if found else []
            for what, digest, size in () if damaged else named_by(letter):
                if (digest, size) not in looked_at:
                    looked_at[digest, size] = await blobs.wrong_with(digest, size)
                if looked_at[digest, size]:
                    complaints.append(f"{what} {digest} {looked_at[digest, size]}")
            mailbox = letter.get("mailbox")
            for complaint in complaints:
                tell(f"{letter['_id']} {mailbox} {spoken(complaint)}")
            wrong += len(complaints)
        told = "{wrong} wrong of the bytes of {letters} letters, {blobs} in GridFS"
        tell(texts(told, wrong=wrong, letters=letters, blobs=len(looked_at)), error=True)
        return 1 if wrong else 0

    return reading(settings, work)


async def letters_naming_bytes(database: Database) -> AsyncIterator[Document]:
    """Yield for every letter the fields that name bytes: attachments, raw, a small original."""
    fields = ("mailbox", "message.message_id", "message.attachments")
    wanted = dict.fromkeys((*fields, "content.raw", "content.original"), 1)
    with store_errors():
        async for document in each_of(database["letters"].find({}, wanted)):
            yield document


def named_by(letter: Document) -> Iterator[tuple[str, str, int]]:
    """Yield each blob that a letter names in GridFS: what it is, its digest, its size."""
    for each in letter["message"]["attachments"]:
        yield "attachment", each["sha256"], each["size"]
    content = letter.get("content", {})
    if content.get("raw") and "original" not in content:
        yield "raw", content["raw"]["sha256"], content["raw"]["size"]


def wrong_with_original(letter: Document) -> str | None:
    """Return what is wrong with the original inside the letter's own document."""
    content = letter.get("content", {})
    if "original" not in content:
        return None
    raw = content["raw"]
    try:
        original = unpacked(content["original"])
    except zlib.error:
        return f"raw {raw['sha256']} cannot be unpacked"
    if len(original) != raw["size"] or sha256(original).hexdigest() != raw["sha256"]:
        return f"raw {raw['sha256']} has other bytes than were stored"
    return None


FSCK = Command("fsck", "say whether every byte that a letter names is there, exit 1 if not", run)
