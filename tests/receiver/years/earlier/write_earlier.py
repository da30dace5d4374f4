# mypy: ignore-errors
# ruff: noqa: I001, ASYNC240
"""Writes database.jsonl: a database as the receiver of commit 2683ab8 wrote it.

    git worktree add /tmp/earlier 2683ab8
    cd /tmp/earlier && PYTHONPATH=. python …/write_earlier.py …/database.jsonl

It runs that commit's own code on the embedded server. Each line is [collection, document].
"""

import asyncio
import hashlib
import io
import sys
import tempfile
from pathlib import Path

from bson import ObjectId
from bson.json_util import CANONICAL_JSON_OPTIONS, dumps
from receiver import schema
from receiver.blobs import Blobs
from receiver.corrections import Corrections
from receiver.dialogs import Dialogs
from receiver.filing import Filing
from receiver.moving import Moving, new_record
from receiver.mongo import connected
from receiver.settings import ReceiverSettings
from receiver.transfer import begun_part, begun_whole, ids_of
from tests import servers
from tests.receiver.written import sent, written

PART_BYTES = 5000
LONG = "длинное письмо " * 40
OTHER = "info@yandex.ru"


class Writer:
    """Files letters and corrects dialogs, and leaves some of it under way."""

    def __init__(self, database):
        self.database = database
        self.dialogs = Dialogs(database, PART_BYTES)
        self.files = Filing(self.dialogs, "participants")
        self.moving = Moving(self.dialogs, "participants")
        self.corrections = Corrections(self.dialogs, self.moving)
        self.blobs = Blobs(database)

    async def file(self, *letters):
        answers = [await self.files.file(letter) for letter in letters]
        return [ObjectId(each.dialog) for each in answers]

    async def stored(self, content):
        digest = hashlib.sha256(content).hexdigest()
        await self.blobs.store(digest, len(content), io.BytesIO(content))
        return {"sha256": digest, "size": len(content)}

    async def begin_merge(self, one, other, steps=0):
        target, source = sorted((one, other))
        document = await self.dialogs.read(source)
        record = new_record("merge", "olga", {}) | {"from": source, "to": target}
        begun = begun_whole(document, target, record, document["thread_ids"])
        assert await self.dialogs.replace(document, begun)
        await self._steps(source, steps)

    async def begin_part(self, what, key, source, to, steps=0):
        document = await self.dialogs.read(source)
        details = {"from": source, "to": to, "messages": [key]}
        ids = ids_of(await self.dialogs.documents_of(document), {key})
        begun = begun_part(document, to, new_record(what, "olga", details), ids, {key})
        assert await self.dialogs.replace(document, begun)
        await self._steps(source, steps)

    async def _steps(self, source, steps):
        for _ in range(steps):
            document = await self.dialogs.read(source)
            await self.moving._step(document, document["transfer"])


def chain(first, count, person, **fields):
    numbers = [str(first + each) for each in range(count)]
    named = ["", *numbers]
    return [
        written(number, person, names=before, **fields)
        for number, before in zip(numbers, named, strict=False)
    ]


async def write(writer):
    """Write what an earlier database can hold."""
    raw = await writer.stored(b"From: ivan@example.ru\r\n\r\n100\r\n")
    scan = await writer.stored("скан".encode() * 100)
    scan |= {"filename": "скан.pdf", "content_type": "application/pdf"}
    first = written("100", "ivan", raw=raw, attachments=[scan])
    await writer.file(first, sent("101", "ivan", "100"), written("102", "ivan", names="101 100"))
    # Dialogs in several documents, two of them merged by a letter.
    await writer.file(*chain(200, 14, "petr", html=LONG))
    await writer.file(*chain(300, 6, "anna", html=LONG), *chain(320, 6, "anna", html=LONG))
    await writer.file(written("340", "anna", names="325 305"))
    # Corrections: split, merged, moved, split and merged again.
    letters = chain(400, 4, "oleg")
    [*_, dialog] = await writer.file(*letters)
    await writer.corrections.split(dialog, {each.key for each in letters[2:]}, "olga")
    await writer.file(written("404", "oleg", names="403"), written("405", "oleg", names="401"))
    one, *_ = await writer.file(written("410", "vera"))
    other, *_ = await writer.file(written("411", "vera", subject="Возврат"))
    await writer.corrections.merge(one, other, "olga")
    letters = chain(420, 2, "gleb")
    _, source = await writer.file(*letters)
    target, *_ = await writer.file(written("430", "gleb", subject="Возврат"))
    await writer.corrections.move(source, letters[1].key, target, "olga")
    letters = chain(440, 3, "nina")
    [*_, dialog] = await writer.file(*letters)
    done = await writer.corrections.split(dialog, {letters[2].key}, "olga")
    await writer.corrections.merge(dialog, done.dialog, "pavel")
    # Rung 4; strangers, who are related; a letter that names what nobody has seen.
    await writer.file(
        written("500", "lena", subject="Счёт 17"),
        written("501", "lena", names="unseen", subject="Re: Счёт 17"),
    )
    await writer.file(
        written("510", "roman"), written("511", "stranger", names="510"), sent("512", "x", "510")
    )
    await writer.file(written("513", "stranger", names="511 510"), written("514", "y", names="zz"))
    # Ids that are none, and none at all.
    await writer.file(written("520", "zoya", message_id="<yes>"))
    await writer.file(
        written("521", "zoya", message_id="<yes>"), written("522", "zed", message_id=None)
    )
    # A form that writes as the mailbox itself: another rule knows the person in Reply-To.
    reply_to = [{"address": "igor@example.ru"}]
    await writer.file(
        written("530", "igor"), written("531", "mailbox", names="530", reply_to=reply_to)
    )
    # Another mailbox with the same letters.
    await writer.file(*chain(100, 3, "ivan", mailbox=OTHER))
    # Under way: merges before and after each step, a split, a move.
    for number, steps in ((600, 0), (610, 1), (620, 2), (630, 3)):
        one, other = await writer.file(
            written(str(number), "fedor", subject=f"А {number}"),
            written(str(number + 1), "fedor", subject=f"Б {number}"),
        )
        await writer.begin_merge(one, other, steps)
    for number, steps in ((700, 0), (710, 1), (720, 2)):
        letters = chain(number, 3, "darya")
        [*_, dialog] = await writer.file(*letters)
        await writer.begin_part("split", letters[2].key, dialog, ObjectId(), steps)
    for number, steps in ((740, 0), (750, 1), (760, 2)):
        letters = chain(number, 3, "egor")
        [*_, dialog] = await writer.file(*letters)
        [to] = await writer.file(written(str(number + 5), "egor", subject="Возврат"))
        await writer.begin_part("move", letters[2].key, dialog, to, steps)


async def dump(database, path):
    """Write every document of every collection as a line."""
    lines = []
    for name in ("dialogs", "blobs.files", "blobs.chunks"):
        for document in await database[name].find().sort("_id", 1).to_list(None):
            line = dumps([name, document], json_options=CANONICAL_JSON_OPTIONS, ensure_ascii=False)
            lines.append(line + "\n")
    Path(path).write_text("".join(lines), encoding="utf-8")


async def main(path):
    """Run the embedded server, write, dump."""
    with tempfile.TemporaryDirectory() as folder, servers.mongo(Path(folder)) as uri:
        settings = ReceiverSettings(mongo_uri=uri, mongo_database="earlier")
        async with connected(settings) as database:
            await schema.ensure(database)
            writer = Writer(database)
            await writer.blobs.ensure()
            await write(writer)
            await dump(database, path)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
