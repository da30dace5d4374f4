"""The webhook secret that is made if none was given."""

import logging
import os
from pathlib import Path

from contract.signature import new_secret

log = logging.getLogger(__name__)


def make_if_missing(path: Path) -> None:
    """Write a fresh secret to ``path``, readable by its owner alone, unless a file is there.

    Several receivers may do so at once: the first one's secret stays.
    """
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    try:
        draft.write_text(new_secret() + "\n", encoding="ascii")
        path.hardlink_to(draft)
        log.info("a webhook secret was made: %s", path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
