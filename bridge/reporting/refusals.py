"""The door's last thousand refusals, kept over a restart in a file.

A refusal costs an append in memory, whatever floods the door; the file is written now and then.
Another process takes erased people out of the file; the door's process then follows the file.
"""

import json
import logging
import os
from collections import deque
from collections.abc import Iterable, Set
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from contract.bridge.report import MAX_REFUSALS, REMEMBERED, Refusal
from contract.reading.addresses import canonical, with_untagged

log = logging.getLogger(__name__)

MAX_SIGNS = 300


class Refusals:
    """Remembers refusals, and numbers them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: deque[Refusal] = deque(_read(path), REMEMBERED)
        self._next = self._kept[-1].number + 1 if self._kept else 0
        self._saved = self._next
        self._seen = _sign_of(path)

    def note(self, answer: str, peer: str, mail_from: str = "", rcpt_to: str = "") -> None:
        """Record a refusal: the answer, and who was refused for whom."""
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
        """Return the first few refusals numbered above ``known``."""
        if self._kept and known > self._kept[-1].number:  # the file was lost: numbers began anew
            known = -1
        return [each for each in list(self._kept) if each.number > known][:MAX_REFUSALS]

    def save(self) -> None:
        """Forget whom the file has forgotten, then write it if there is anything new; blocks."""
        if _sign_of(self._path) not in (self._seen, None):
            said = {each.number: each for each in _read(self._path)}
            for at, each in enumerate(list(self._kept)):
                if each.number in said:
                    self._kept[at] = said[each.number]
        if self._saved != self._next:
            _write(self._path, list(self._kept))
            self._saved = self._kept[-1].number + 1
        self._seen = _sign_of(self._path)


def forget_in(path: Path, people: Set[str]) -> int:
    """Blank the refusals that name one of these canonical addresses, except number and time.

    Returns how many there were. Raises OSError.
    """
    rows, count = _read(path), 0
    for at, each in enumerate(rows):
        named = with_untagged(map(canonical, (each.mail_from, *each.rcpt_to.split(", "))))
        if named & people:
            nobody = {"mail_from": "", "rcpt_to": "", "peer": "", "answer": each.answer[:9]}
            rows[at], count = each.model_copy(update=nobody), count + 1
    if count:
        _write(path, rows)
    return count


def _sign_of(path: Path) -> tuple[int, int] | None:
    """Return the identity of the file's present content, None if there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def _write(path: Path, refusals: Iterable[Refusal]) -> None:
    rows = [each.model_dump(mode="json") for each in refusals]
    partial = path.with_suffix(f".{os.getpid()}.tmp")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    partial.rename(path)


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
