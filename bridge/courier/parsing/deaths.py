"""How often a letter has killed its parsing process: such letters are then parsed apart.

One file for each such letter, so that a restart knows them; every method but ``of`` blocks.
"""

import logging
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)


class Deaths:
    """Counts deaths by letter id; without a directory in memory only."""

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory
        self._counts: dict[str, int] = {}
        if directory is not None:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            for path in directory.iterdir():
                with suppress(OSError, ValueError):  # a lost count starts anew
                    self._counts[path.name] = int(path.read_text(encoding="ascii"))

    def of(self, letter_id: str) -> int:
        """Return the letter's count, mostly 0."""
        return self._counts.get(letter_id, 0)

    def add(self, letter_id: str) -> None:
        """Count one more death."""
        self._counts[letter_id] = self.of(letter_id) + 1
        if self._directory is not None:
            try:
                count = str(self._counts[letter_id])
                (self._directory / letter_id).write_text(count, encoding="ascii")
            except OSError as error:  # full disk: the count lasts until the restart
                log.warning("that letter %s ends its parser is not kept: %s", letter_id, error)

    def forget(self, letter_id: str) -> None:
        """Drop the count of a letter that is gone."""
        if self._counts.pop(letter_id, 0) and self._directory is not None:
            with suppress(OSError):
                (self._directory / letter_id).unlink(missing_ok=True)

    def keep_only(self, letter_ids: set[str]) -> None:
        """Drop the counts of letters that others removed."""
        for letter_id in self._counts.keys() - letter_ids:
            self.forget(letter_id)
