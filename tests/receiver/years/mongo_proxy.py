"""Stands before a server of MongoDB's protocol, and changes what it says of itself.

So that a doctor can be shown a replica set, an old version, a full disk or a wrong clock, and
commands a server that holds to a rule which the embedded one does not know.
https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/: OP_QUERY and OP_REPLY are
spoken once, when a driver greets.
"""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import bson

from receiver.store.mongo import Document

OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
HEADER = struct.Struct("<iiii")


@dataclass
class MongoProxy:
    """``changes`` alter the answers to a command, ``slow`` holds one back for so many seconds.

    ``rule`` alters each command of a client, and its answer, by the number that both have.
    """

    port: int
    changes: dict[str, Callable[[Document], None]] = field(default_factory=dict)
    slow: dict[str, float] = field(default_factory=dict)
    rule: "Rule | None" = None

    def asked(self, message: bytes) -> bytes:
        """Return the command as it goes on to the server."""
        _, number, _, code = HEADER.unpack_from(message)
        if self.rule is None or code != OP_MSG:
            return message
        return _altered(message, partial(self.rule.asked, number))

    def answered(self, command: str, message: bytes) -> bytes:
        """Return the answer as it goes on to the client."""
        time.sleep(self.slow.get(command, 0))
        if (change := self.changes.get(command)) is not None:
            message = _altered(message, change)
        _, _, to, code = HEADER.unpack_from(message)
        if self.rule is None or code != OP_MSG:
            return message
        return _altered(message, partial(self.rule.answered, to))


class Rule(Protocol):
    """What a server would do otherwise; each method alters a document."""

    def asked(self, number: int, command: Document) -> None:
        """Alter what a client asks."""

    def answered(self, number: int, answer: Document) -> None:
        """Alter what is answered to that."""


def _altered(message: bytes, change: Callable[[Document], None]) -> bytes:
    length, number, to, code = HEADER.unpack_from(message)
    at = 36 if code == OP_REPLY else 21
    size = struct.unpack_from("<i", message, at)[0]
    document = bson.decode(message[at : at + size])
    change(document)
    changed = bson.encode(document)
    head = HEADER.pack(length - size + len(changed), number, to, code)
    return head + message[16:at] + changed + message[at + size :]


@contextmanager
def before(port: int) -> Iterator[MongoProxy]:
    """Run one before the server on a port of the loopback interface."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        proxy = MongoProxy(listening.getsockname()[1])

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listening.accept()
                    threading.Thread(target=_carry, args=(proxy, client, port), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield proxy
        listening.shutdown(socket.SHUT_RDWR)


def _carry(proxy: MongoProxy, client: socket.socket, port: int) -> None:
    asked: dict[int, str] = {}
    server = socket.create_connection(("127.0.0.1", port))

    def there() -> None:
        for message in _messages(client):
            asked[HEADER.unpack_from(message)[1]] = _command(message)
            server.sendall(proxy.asked(message))
        server.close()

    threading.Thread(target=there, daemon=True).start()
    with client, contextlib.suppress(OSError):
        for message in _messages(server):
            command = asked.get(HEADER.unpack_from(message)[2], "")
            client.sendall(proxy.answered(command, message))


def _messages(one: socket.socket) -> Iterator[bytes]:
    with contextlib.suppress(OSError), one.makefile("rb") as stream:
        while len(head := stream.read(16)) == 16:
            yield head + stream.read(HEADER.unpack(head)[0] - 16)


def _command(message: bytes) -> str:
    """Return the name of the command that a message has; ``hello`` for its old names."""
    if HEADER.unpack_from(message)[3] == OP_QUERY:
        return "hello"
    size = struct.unpack_from("<i", message, 21)[0]
    name = next(iter(bson.decode(message[21 : 21 + size])))
    return "hello" if name.casefold() == "ismaster" else name
