"""The last thousand refusals of the door, with a file that keeps them over a restart.

A refusal costs an append in memory, whatever floods the door; the file is written now and then.
"""

import json
import logging
from collections import deque
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from contract.bridge.report import MAX_REFUSALS, REMEMBERED, Refusal

log = logging.getLogger(__name__)

MAX_SIGNS = 300


class Refusals:
    """Remembers refusals, and numbers them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: deque[Refusal] = deque(_read(path), REMEMBERED)
        self._next = self._kept[-1].number + 1 if self._kept else 0
        self._saved = self._next

    def note(self, answer: str, peer: str, mail_from: str = "", rcpt_to: str = "") -> None:
        """Remember a refusal: the answer, and to whom about what."""
        refusal = Refusal(
            number=self._next,
            at=datetime.now(UTC),
            peer=_legible(peer),
            mail_from=_legible(mail_from),
            rcpt_to=_legible(rcpt_to),
            answer=_legible(answer),
        )
        self._kept.append(refusal)
        self._next += 1

    def since(self, known: int) -> list[Refusal]:
        """Return those with numbers behind the one that is known, the first few."""
        if self._kept and known > self._kept[-1].number:  # the file was lost: numbers began anew
            known = -1
        return [each for each in list(self._kept) if each.number > known][:MAX_REFUSALS]

    def save(self) -> None:
        """Write the file if there is anything new; blocks."""
        if self._saved == self._next:
            return
        rows = [each.model_dump(mode="json") for each in list(self._kept)]
        partial = self._path.with_suffix(".tmp")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        partial.rename(self._path)
        self._saved = self._kept[-1].number + 1


def _read(path: Path) -> list[Refusal]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return [Refusal.model_validate_json(json.dumps(row)) for row in rows]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, ValidationError) as error:
        log.warning("what the door refused before is forgotten: %s", error)
        return []


def _legible(text: str) -> str:
    octets = text[:MAX_SIGNS].encode("utf-8", "surrogateescape")
    return "".join(
        sign if sign.isprintable() else "?" for sign in octets.decode("utf-8", "replace")
    )
