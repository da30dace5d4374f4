"""What IMAPClient lacks: ranges of UIDs, and an IDLE that misses nothing."""

import contextlib
import re
from typing import Any

from imapclient import IMAPClient
from imapclient.response_parser import parse_fetch_response

_EXISTS = re.compile(rb"\d+ EXISTS", re.IGNORECASE)


class ExtendedClient(IMAPClient):  # type: ignore[misc]  # the library has no types
    """An IMAPClient that fetches ranges and whose IDLE misses no arrival."""

    def fetch_range(self, first: int, last: str, items: str) -> dict[int, dict[bytes, Any]]:
        """FETCH a range of UIDs; ``fetch`` takes only lists of numbers since 4.1."""
        status, data = self._imap.uid("FETCH", f"{first}:{last}", f"({items})")
        self._checkok("FETCH", status, data)
        return dict(parse_fetch_response(data, normalise_times=False, uid_is_key=True))

    def announced(self) -> int | None:
        """Return the number of letters that was last announced, beside whatever answer."""
        numbers = self._imap.untagged_responses.get("EXISTS")
        return int(numbers[-1]) if numbers else None

    def idle_starts(self) -> bool:
        """Send IDLE; True if an arrival was announced before the server agreed."""
        self._idle_tag = self._imap._command("IDLE")
        announced = False
        while (line := self._imap._get_response()) is not None:
            if self._imap.tagged_commands.get(self._idle_tag):
                status, data = self._imap.tagged_commands.pop(self._idle_tag)
                self._checkok("IDLE", status, data)
            announced = announced or bool(_EXISTS.search(line))
        return announced

    def _poll_socket(self, sock: Any, timeout: float | None = None) -> Any:
        # What came in one packet with the answer to IDLE lies in the buffer, where poll(2) does
        # not see it; the socket is non-blocking here.
        stream = self._imap.__dict__.get("_file") or self._imap.__dict__.get("file")
        with contextlib.suppress(OSError):
            if stream is not None and stream.peek(1):
                return [(sock.fileno(), 1)]
        return super()._poll_socket(sock, timeout)
