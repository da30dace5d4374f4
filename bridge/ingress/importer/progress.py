"""The progress of an import: a bar on a terminal, elsewhere a line now and then."""

import sys
import time
from types import TracebackType
from typing import Self

from tqdm import tqdm

from bridge.ingress.importer.job import Counts
from bridge.words import texts

LINE_EVERY_SECONDS = 30.0
_BAR = "{percentage:3.0f}% |{bar}| {remaining} left{postfix}"


class Progress:
    """Counts, rate and time left; ``size`` is in bytes, ``passed`` counts files without letters."""

    def __init__(self, size: int, counts: Counts, passed: int = 0) -> None:
        self._counts = counts
        self._began = time.monotonic()
        self._before = counts.all
        self._said = self._began
        self._size = size
        self._passed = passed
        self._bar = tqdm(
            total=size,
            bar_format=texts.word(_BAR),
            file=sys.stderr,
            disable=not sys.stderr.isatty(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.close()

    def show(self, done: int) -> None:
        """Show the counts, with ``done`` bytes of the source read."""
        self._bar.set_postfix_str(self.line(), refresh=False)
        self._bar.update(max(done - self._bar.n, 0))
        if self._bar.disable and time.monotonic() - self._said > LINE_EVERY_SECONDS:
            self._said = time.monotonic()
            self.say(f"{100 * done / max(self._size, 1):.0f}% {self.line()}")

    def line(self) -> str:
        """Return the counts and the rate in words."""
        seconds = max(time.monotonic() - self._began, 1e-6)
        rate = (self._counts.all - self._before) / seconds
        counts = self._counts
        also = texts("; passed over: {count}", count=self._passed) if self._passed else ""
        line = texts(
            "{all} letters ({rate}/s): {new} new, {duplicate} duplicate, {failed} failed",
            all=counts.all,
            rate=f"{rate:.0f}",
            new=counts.new,
            duplicate=counts.duplicate,
            failed=counts.failed,
        )
        if counts.erased:
            line += texts(", {count} erased", count=counts.erased)
        return line + also

    def say(self, words: str) -> None:
        """Print a line above the bar, without control characters, which file names may hold."""
        shown = "".join(sign if sign.isprintable() else "?" for sign in words)
        tqdm.write(shown, file=sys.stderr)
