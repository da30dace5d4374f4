"""How often a letter has ended the process that read it: what makes it wait apart.

A file for each such letter, so that a start knows them again; every method but ``of`` blocks.
"""

import logging
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)


class Deaths:
    """Counts by the letters' ids, in memory alone where no directory is given."""

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory
        self._counts: dict[str, int] = {}
        if directory is not None:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            for path in directory.iterdir():
                with suppress(OSError, ValueError):  # a count that was lost begins anew
                    self._counts[path.name] = int(path.read_text(encoding="ascii"))

    def of(self, letter_id: str) -> int:
        """Return the letter's count, mostly 0."""
        return self._counts.get(letter_id, 0)

    def add(self, letter_id: str) -> None:
        """Count one more."""
        self._counts[letter_id] = self.of(letter_id) + 1
        if self._directory is not None:
            try:
                count = str(self._counts[letter_id])
                (self._directory / letter_id).write_text(count, encoding="ascii")
            except OSError as error:  # a full disk: it is known until the next start
                log.warning("that letter %s ends its parser is not kept: %s", letter_id, error)

    def forget(self, letter_id: str) -> None:
        """Drop the count: the letter is gone."""
        if self._counts.pop(letter_id, 0) and self._directory is not None:
            with suppress(OSError):
                (self._directory / letter_id).unlink(missing_ok=True)

    def keep_only(self, letter_ids: set[str]) -> None:
        """Drop the counts of letters that are gone by other hands."""
        for letter_id in self._counts.keys() - letter_ids:
            self.forget(letter_id)
