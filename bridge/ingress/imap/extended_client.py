"""What IMAPClient lacks: ranges of UIDs, bounded answers, and an IDLE that misses nothing.

A server may announce a literal of any size and send lines without end: the library keeps both in
memory. Here an answer may have ``ANSWER_BYTES``, more than any list of letters or folders.
"""

import contextlib
import imaplib
from collections.abc import Iterator, Sequence
from typing import Any

from imapclient import IMAPClient
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.imap_utf7 import decode
from imapclient.response_parser import parse_fetch_response
from imapclient.tls import IMAP4_TLS

ANSWER_BYTES = 64 * 1024 * 1024
LINE_COSTS = 32  # memory of a line besides its bytes


class _Bounded(imaplib.IMAP4):
    """Counts the bytes of the answer to each command."""

    more = 0
    _left = ANSWER_BYTES

    def _command(self, name: str, *args: Any) -> Any:
        self._left = ANSWER_BYTES + self.more
        return super()._command(name, *args)  # type: ignore[misc]

    def readline(self) -> bytes:
        """Return the next line."""
        line = super().readline()
        self._take(len(line) + LINE_COSTS)
        return line

    def read(self, size: int) -> bytes:
        """Return a literal of this size."""
        self._take(size)
        return super().read(size)

    def _take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise self.abort(f"the server answers with more than {ANSWER_BYTES + self.more} bytes")


class BoundedTLS(_Bounded, IMAP4_TLS):  # type: ignore[misc]  # the library has no types
    """IMAP within TLS from the first byte."""


class BoundedPlain(_Bounded, IMAP4WithTimeout):  # type: ignore[misc]
    """IMAP without TLS, or before STARTTLS."""


class ExtendedClient(IMAPClient):  # type: ignore[misc]  # the library has no types
    """An IMAPClient that fetches ranges and whose IDLE misses no arrival."""

    def _create_IMAP4(self) -> BoundedTLS | BoundedPlain:
        if self.ssl:
            how = self.ssl_context, self._timeout.connect
            return BoundedTLS(self.host, self.port, *how)  # type: ignore[call-arg]
        return BoundedPlain(self.host, self.port, self._timeout.connect)

    def letter(self, uid: int, size: int) -> Any:
        """FETCH a letter's bytes, or None, without marking it as read; ``size`` is as announced."""
        self._imap.more = size
        try:
            return self.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]")
        finally:
            self._imap.more = 0

    def listed(self) -> Iterator[tuple[Sequence[object], object, object]]:
        """LIST all folders with readable names, decoded; the others cannot be opened anyway."""
        self.folder_encode = False
        try:
            found = self.list_folders()
        finally:
            self.folder_encode = True
        for flags, delimiter, name in found:
            with contextlib.suppress(UnicodeError):
                yield flags, delimiter, decode(name)

    def fetch_range(self, first: int, last: str, items: str) -> dict[int, dict[bytes, Any]]:
        """FETCH a range of UIDs; the library's ``fetch`` takes only lists of numbers since 4.1."""
        status, data = self._imap.uid("FETCH", f"{first}:{last}", f"({items})")
        self._checkok("FETCH", status, data)
        return dict(parse_fetch_response(data, normalise_times=False, uid_is_key=True))

    def announced(self) -> int | None:
        """Return the last announced number of letters (EXISTS), with whichever answer it came."""
        numbers = self._imap.untagged_responses.get("EXISTS")
        return int(numbers[-1]) if numbers else None

    def idle_starts(self) -> Iterator[bytes]:
        """Send IDLE; yield the lines that come until the server agrees."""
        self._idle_tag = self._imap._command("IDLE")
        while (line := self._imap._get_response()) is not None:
            if self._imap.tagged_commands.get(self._idle_tag):
                status, data = self._imap.tagged_commands.pop(self._idle_tag)
                self._checkok("IDLE", status, data)
            yield line

    def idle_line(self, seconds: float) -> bytes:
        """Return the next line of the IDLE, nothing if none begins within this many seconds.

        The library's ``idle_check`` collects all lines until the server pauses.
        """
        sock = self.socket()
        sock.setblocking(False)
        try:
            comes = self._poll_socket(sock, seconds)
        finally:
            sock.setblocking(True)
            self._set_read_timeout()
        return bytes(self._imap._get_line()) if comes else b""

    def idle_ends(self) -> None:
        """Send DONE; drop the lines that come until the server agrees."""
        self._imap.send(b"DONE\r\n")
        tag = self._idle_tag + b" "
        while not (line := self._imap._get_line()).startswith(tag):
            continue
        self._imap.tagged_commands.pop(self._idle_tag)
        self._checkok("IDLE", line.split(b" ")[1].decode("ascii", "replace"), [line])

    def _poll_socket(self, sock: Any, timeout: float | None = None) -> Any:
        # What came in one packet with the answer to IDLE is in the buffer, where poll(2) does not
        # see it; the socket is non-blocking here.
        stream = self._imap.__dict__.get("_file") or self._imap.__dict__.get("file")
        with contextlib.suppress(OSError):
            if stream is not None and stream.peek(1):
                return [(sock.fileno(), 1)]
        return super()._poll_socket(sock, timeout)
