"""Log lines that clients could cause without end: a few a minute, then only their number."""

import asyncio
import logging


class SparingLog:
    """Warnings of one kind: the first ``lines`` in ``seconds`` are written, the rest counted.

    ``what`` completes the line "17 more …".
    """

    def __init__(
        self, log: logging.Logger, what: str, lines: int = 10, seconds: float = 60.0
    ) -> None:
        self._log = log
        self._what = what
        self._lines = lines
        self._seconds = seconds
        self._count = 0

    def warning(self, text: str, *arguments: object) -> None:
        """Write the line, or count it; needs a running loop."""
        if not self._count:
            asyncio.get_running_loop().call_later(self._seconds, self._begin_again)
        self._count += 1
        if self._count <= self._lines:
            self._log.warning(text, *arguments)

    def _begin_again(self) -> None:
        if (more := self._count - self._lines) > 0:
            self._log.warning("%d more %s in %.0f s", more, self._what, self._seconds)
        self._count = 0
