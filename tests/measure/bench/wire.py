"""Counts the database calls of a program from outside: a proxy that reads MongoDB's wire protocol.

Message header, OP_MSG and OP_QUERY:
https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
"""

import asyncio
import struct
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

HEADER = struct.Struct("<iiii")  # length of the whole message, id, the id answered to, opcode
INT32 = struct.Struct("<i")
OP_QUERY = 2004
OP_MSG = 2013
BODY = 0
CONNECTION_UPKEEP = frozenset(
    {"hello", "ismaster", "ping", "saslstart", "saslcontinue", "endsessions"}
)
READ_BYTES = 64 * 1024


@dataclass
class Requests:
    """The requests seen on one connection, whatever pieces its bytes come in."""

    commands: Counter[str]
    _buffer: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> None:
        """Take the next bytes; count each request that is complete by its command's name."""
        self._buffer += data
        while len(self._buffer) >= HEADER.size:
            length, _id, _answered, opcode = HEADER.unpack_from(self._buffer)
            if len(self._buffer) < length:
                return
            self._count(opcode, bytes(self._buffer[HEADER.size : length]))
            del self._buffer[:length]

    def _count(self, opcode: int, message: bytes) -> None:
        name = command_name(opcode, message)
        if name.lower() not in CONNECTION_UPKEEP:
            self.commands[name] += 1


def command_name(opcode: int, message: bytes) -> str:
    """Return the name of the command in a message that is given without its header."""
    if opcode == OP_QUERY:  # how drivers say their first hello
        collection_end = message.index(b"\0", INT32.size)
        return first_key(message, collection_end + 1 + 2 * INT32.size)
    if opcode != OP_MSG:
        return f"opcode {opcode}"
    position = INT32.size  # behind the flags
    while message[position] != BODY:  # a document sequence may stand before the body
        position += 1 + INT32.unpack_from(message, position + 1)[0]
    return first_key(message, position + 1)


def first_key(message: bytes, start: int) -> str:
    """Return the first key of the BSON document at ``start``, which is the command's name."""
    key = start + INT32.size + 1  # behind the document's length and the first element's type
    return message[key : message.index(b"\0", key)].decode()


@asynccontextmanager
async def counting(host: str, port: int) -> AsyncIterator[tuple[int, Counter[str]]]:
    """Run a proxy before a database server; give its port and the counts, which go on growing."""
    commands: Counter[str] = Counter()
    connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            await _relay(reader, writer, await asyncio.open_connection(host, port), commands)
        finally:
            connections.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], commands
    finally:
        server.close()
        for task in list(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


async def _relay(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    database: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    commands: Counter[str],
) -> None:
    requests = Requests(commands)
    try:
        async with asyncio.TaskGroup() as ways:
            ways.create_task(_copy(reader, database[1], requests))
            ways.create_task(_copy(database[0], writer, None))
    finally:
        writer.close()
        database[1].close()


async def _copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, requests: Requests | None
) -> None:
    """Pass bytes on until the end of the stream, which is passed on as well."""
    with suppress(ConnectionError):
        while data := await reader.read(READ_BYTES):
            if requests:
                requests.feed(data)
            writer.write(data)
            await writer.drain()
    writer.close()
