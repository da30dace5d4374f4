"""Reads what a hook's target answers, from the bytes that have come so far. Pure.

The first line decides. Whatever is wrong after it, the target has the event: a client that refuses
the whole answer for that would send the event again for days. So nothing after it may raise.
"""

import re
from dataclasses import dataclass

MAX_ANSWER = 64 * 1024  # bytes; no more of an answer is read
MAX_LINE = 8 * 1024
REASON_BYTES = 300
WITHOUT_BODY = (204, 304)
MOST_ON_THE_WAY = 10  # answers before the answer, such as 103
_STATUS = re.compile(rb"HTTP/[0-9]\.[0-9] ([1-9][0-9]{2})(?: [^\n]*)?\r?\n")
_END_OF_HEAD = re.compile(rb"\n\r?\n")
_BEGINNING = b"HTTP/"
_SWITCHING = 101  # nothing follows that would be an answer


class NotHttp(ValueError):
    """What a target says is no answer of HTTP."""


@dataclass(frozen=True)
class TargetAnswer:
    """An answer as far as it has come; ``head`` is None until all of it has come."""

    status: int
    head: bytes | None = None
    body: bytes = b""

    def is_enough(self, *, words: bool) -> bool:
        """Tell whether all came that is used: the fields, and with ``words`` some of the body."""
        if self.head is None:
            return False
        is_empty = self.status in WITHOUT_BODY or self._length() == 0
        return bool(self.body) or is_empty or not words

    def field(self, name: str) -> str:
        """Return the first value of a header field, empty if there is none."""
        for line in (self.head or b"").split(b"\n"):
            found, colon, value = line.partition(b":")
            if colon and found.lower() == name.lower().encode():
                return value.strip().decode("latin-1")
        return ""

    def words(self) -> bytes:
        """Return how the body begins, for people."""
        length, body = self._length(), self.body
        if self.status in WITHOUT_BODY:
            return b""
        if self.field("Transfer-Encoding").lower().endswith("chunked"):
            size, _, rest = body.partition(b"\r\n")
            length, body = _number(size.partition(b";")[0], 16), rest
        return body[: REASON_BYTES if length is None else min(length, REASON_BYTES)]

    def _length(self) -> int | None:
        return _number(self.field("Content-Length").encode("latin-1"), 10)


def answer_in(came: bytes) -> TargetAnswer | None:
    """Return the answer that these bytes begin, None while its first line may still come.

    Raises NotHttp. What is only said on the way (RFC 9110 15.2) is passed over.
    """
    begin = 0
    for _ in range(MOST_ON_THE_WAY + 1):
        found = _STATUS.match(came, begin)
        if found is None:
            if _may_begin_one(came[begin:]):
                return None
            raise NotHttp
        status = int(found[1])
        end = _END_OF_HEAD.search(came, found.end() - 1)
        is_last = status // 100 != 1 or status == _SWITCHING
        if is_last and end:
            return TargetAnswer(status, came[found.end() : end.start()], came[end.end() :])
        if not end:
            return TargetAnswer(status) if is_last else None
        begin = end.end()
    raise NotHttp


def _may_begin_one(came: bytes) -> bool:
    """Tell whether the first line of an answer may still come after these bytes."""
    return came.startswith(_BEGINNING[: len(came)]) and b"\n" not in came and len(came) < MAX_LINE


def _number(digits: bytes, base: int) -> int | None:
    try:
        return max(int(digits[:9], base), 0)
    except ValueError:
        return None
