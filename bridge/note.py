"""A small file by which the bridge tells another process, such as ``ping``, its state.

It is only a help: whatever the disk does, the bridge goes on. A failed write is logged once, and
made good by the next. Until then there is no note: an old one, even of an earlier run, would be
believed.
"""

import json
import logging
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)


class Note:
    """One JSON file that is replaced whole; ``is_behind`` while the last write failed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.is_behind = False

    def write(self, said: object) -> None:
        """Replace the file's content; remove the file if the disk does not allow that."""
        partial = self._path.with_suffix(".tmp")
        try:
            partial.write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")
            partial.rename(self._path)
        except OSError as error:
            if not self.is_behind:
                log.warning("%s cannot be written, ping reads it: %s", self._path, error.strerror)
            self.is_behind = True
            for outdated in (self._path, partial):
                with suppress(OSError):
                    outdated.unlink()
        else:
            self.is_behind = False
