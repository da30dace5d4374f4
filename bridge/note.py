"""A small file by which the bridge tells another process, such as ``ping``, how it is.

It is a help and nothing else: whatever the disk does, whoever tells goes on. What could not be
written is said in the log once, and is made good by the next that is told.
"""

import json
import logging
from pathlib import Path

log = logging.getLogger(__name__)


class Note:
    """One file of JSON, which is replaced whole; ``is_behind`` while it does not say the last."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.is_behind = False

    def write(self, said: object) -> None:
        """Replace what the file says, if the disk takes it."""
        partial = self._path.with_suffix(".tmp")
        try:
            partial.write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")
            partial.rename(self._path)
        except OSError as error:
            if not self.is_behind:
                log.warning("%s cannot be written, ping reads it: %s", self._path, error.strerror)
            self.is_behind = True
        else:
            self.is_behind = False
