"""A proxy between the bridge and an IMAP server that makes the server worse, as told.

It understands lines and literals, no more. Every command of the bridge is recorded.
"""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_LITERAL = re.compile(rb"\{(\d+)\+?\}\r\n$")
_FETCH = re.compile(rb"\S+ UID FETCH ([\d:*,]+) \((.*)\)", re.IGNORECASE)


def yandex_search(command: bytes) -> bytes | None:
    """SEARCH as it fails at Yandex."""
    if b" SEARCH " in command.upper():
        return b"NO [UNAVAILABLE] UID SEARCH Backend error. sc=xxx"
    return None


def yandex_structure(command: bytes) -> bytes | None:
    """BODYSTRUCTURE as some letters have it at Yandex: not IMAP."""
    if b"BODYSTRUCTURE" in command.upper():
        return b'OK done\r\n* 1 FETCH (BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "8BIT" 0 ) NIL'
    return None


@dataclass
class ImapProxy:
    """Changes to the traffic that passes; can be altered while connections are open."""

    upstream: int
    port: int = 0
    hidden: set[bytes] = field(default_factory=set)
    """Capabilities that the bridge is not to see."""
    refused_uids: set[int] = field(default_factory=set)
    """Letters whose body is answered with NO."""
    deadly_uids: set[int] = field(default_factory=set)
    """Letters over whose body the connection breaks."""
    vanishing_uids: set[int] = field(default_factory=set)
    """Letters that are removed between the listing and the fetch."""
    late_uids: set[int] = field(default_factory=set)
    """Letters that are not listed yet, as in a server whose parts do not agree."""
    refuses: list[Callable[[bytes], bytes | None]] = field(default_factory=list)
    """From a command to the answer that the server gives instead of doing it."""
    silent_idle: bool = False
    """Whether what the server says during IDLE is swallowed."""
    login_answer: bytes = b""
    """What is answered to every login."""
    delay: float = 0.0
    announced_size: bytes = b""
    """What is said to be the size of every letter."""
    cut_after: int = 0
    """Bytes from the server after which the next connection is cut, once; 0 is never."""
    commands: list[bytes] = field(default_factory=list)
    logins: int = 0
    _connections: list[socket.socket] = field(default_factory=list)

    def cut(self) -> None:
        """Break every open connection."""
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._connections.clear()

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.upstream))
            self._connections += [client, server]
            link = _Link(self, client, server)
            for way in (link.up, link.down):
                threading.Thread(target=way, daemon=True).start()

    def answer_instead(self, command: bytes) -> bytes | None:
        """Return the answer to a command that the server is not to see."""
        verb = command.split(b" ", 2)[1].strip().upper() if b" " in command else b""
        if verb in (b"LOGIN", b"AUTHENTICATE"):
            self.logins += 1
            if self.login_answer:
                return self.login_answer
        fetch = _FETCH.match(command)
        if fetch and b"BODY.PEEK[]" in fetch[2] and fetch[1].isdigit():
            if int(fetch[1]) in self.refused_uids:
                return b"NO [UNAVAILABLE] FETCH Backend error. sc=yyy"
            if int(fetch[1]) in self.deadly_uids:
                raise ConnectionAbortedError
            if int(fetch[1]) in self.vanishing_uids:
                self.late_uids.add(int(fetch[1]))
                return b"OK nothing found"
        for refuse in self.refuses:
            if (answer := refuse(command)) is not None:
                return answer
        return None


class _Link:
    def __init__(self, proxy: ImapProxy, client: socket.socket, server: socket.socket) -> None:
        self.proxy, self.client, self.server = proxy, client, server
        self.idling = False
        self.passed = 0

    def up(self) -> None:
        with suppress(OSError, ValueError), self.client.makefile("rb") as lines:
            for line in lines:
                if self.idling and line.strip().upper() == b"DONE":
                    self.idling = False
                else:
                    self.proxy.commands.append(line)
                    answer = self.proxy.answer_instead(line)
                    if answer is not None:
                        tag = line.split(b" ")[0]
                        self.client.sendall(tag + b" " + answer + b"\r\n")
                        continue
                    self.idling = line.strip().upper().endswith(b" IDLE")
                self.server.sendall(line)
        self._close()

    def down(self) -> None:
        with suppress(OSError, ValueError), self.server.makefile("rb") as lines:
            for line in lines:
                record = line
                while literal := _LITERAL.search(line):
                    record += lines.read(int(literal[1]))
                    line = lines.readline()
                    record += line
                self._pass(record)
        self._close()

    def _pass(self, record: bytes) -> None:
        proxy = self.proxy
        time.sleep(proxy.delay)
        if b"CAPABILITY" in record[:60]:
            for name in proxy.hidden:
                record = record.replace(b" " + name, b"")
        if self.idling and proxy.silent_idle and record.startswith(b"* "):
            return
        listed = re.match(rb"\* \d+ FETCH \(UID (\d+) .*RFC822.SIZE", record)
        if listed and int(listed[1]) in proxy.late_uids:
            return
        if listed and (size := proxy.announced_size):
            record = re.sub(rb"(RFC822\.SIZE) \d+", rb"\1 " + size, record)
        self.passed += len(record)
        if proxy.cut_after and self.passed > proxy.cut_after:
            self.client.sendall(record[: len(record) // 2])
            proxy.cut_after = 0
            raise ConnectionAbortedError
        self.client.sendall(record)

    def _close(self) -> None:
        for side in (self.client, self.server):
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
            side.close()


@contextmanager
def before(upstream: int) -> Iterator[ImapProxy]:
    """Run a proxy before the server on this loopback port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = ImapProxy(upstream, listener.getsockname()[1])
        threading.Thread(target=proxy.serve, args=(listener,), daemon=True).start()
        try:
            yield proxy
        finally:
            proxy.cut()
