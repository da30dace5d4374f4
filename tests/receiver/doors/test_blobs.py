"""``PUT /webhook/blobs/{sha256}``: what comes back out of GridFS, and what is refused."""

import asyncio
import hashlib
import os

import pytest
from motor.motor_asyncio import AsyncIOMotorGridFSBucket

from receiver.store.blobs import CHUNK_BYTES
from receiver.store.mongo import Database
from tests.webhook_client import Client


async def read_back(database: Database, sha256: str) -> bytes:
    bucket = AsyncIOMotorGridFSBucket(database, bucket_name="blobs")
    stream = await bucket.open_download_stream(sha256)
    content: bytes = await stream.read()
    return content


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 20 * CHUNK_BYTES + 7])
async def test_what_is_put_can_be_read(client: Client, database: Database, size: int) -> None:
    content = os.urandom(size)
    sha256 = hashlib.sha256(content).hexdigest()
    assert await client.put(content) == 201
    assert await client.put(content) == 200
    assert await read_back(database, sha256) == content
    assert await database["blobs.files"].count_documents({}) == 1


async def test_many_uploads_of_one_blob_at_once_are_one_blob(
    client: Client, database: Database
) -> None:
    content = os.urandom(5 * CHUNK_BYTES)
    statuses = await asyncio.gather(*(client.put(content) for _ in range(20)))
    assert set(statuses) <= {200, 201}
    assert await read_back(database, hashlib.sha256(content).hexdigest()) == content
    assert await database["blobs.chunks"].count_documents({}) == 5


async def test_small_blobs_that_come_together_are_each_stored_once(
    client: Client, database: Database
) -> None:
    """Some are new, one comes twice, one is there already, and one is being destroyed."""
    contents = [os.urandom(1000 + number) for number in range(40)]
    going, there = contents[:2]
    for each in (going, there):
        assert await client.put(each) == 201
    name = hashlib.sha256(going).hexdigest()
    await database["blobs.files"].update_one({"_id": name}, {"$set": {"going": True}})
    statuses = await asyncio.gather(*map(client.put, [*contents, contents[2]]))
    assert statuses[:2] == [503, 200]
    assert sorted([statuses[2], statuses[-1]]) == [200, 201]
    assert set(statuses[3:-1]) == {201}
    assert await database["blobs.chunks"].count_documents({}) == len(contents)
    for each in contents[1:]:
        assert await read_back(database, hashlib.sha256(each).hexdigest()) == each


async def test_an_upload_that_a_crash_cut_short_is_completed(
    client: Client, database: Database
) -> None:
    content = os.urandom(3 * CHUNK_BYTES)
    sha256 = hashlib.sha256(content).hexdigest()
    first = {"files_id": sha256, "n": 0, "data": content[:CHUNK_BYTES]}
    await database["blobs.chunks"].insert_one(first)
    assert await client.put(content) == 201
    assert await read_back(database, sha256) == content


async def test_other_bytes_than_the_name_says_are_refused(
    client: Client, database: Database
) -> None:
    assert await client.put(b"other", sha256=hashlib.sha256(b"this").hexdigest()) == 422
    assert await database["blobs.chunks"].count_documents({}) == 0


async def test_a_name_that_is_no_digest_is_refused(client: Client) -> None:
    assert await client.put(b"x", sha256="A" * 64) == 422
    assert await client.put(b"x", sha256="..%2f..%2fetc") == 422


async def test_a_blob_that_is_too_large_is_refused(client: Client) -> None:
    assert await client.put(bytes(64 * 1024 * 1024 + 1)) == 413
