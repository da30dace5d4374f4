"""One letter read again, with the limits of time and memory that hold for every letter."""

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from bridge.courier.event import NOT_PARSED
from bridge.courier.parsing.parse_pool import STEPS, ParsePool
from bridge.courier.parsing.questions import DiskTrouble, NobodysLetter, Parsed, ParserDied
from bridge.courier.parsing.reading import HEADERS_ONLY
from bridge.courier.sender_dns import SenderFacts
from bridge.parse.message import NO_BODY, NO_HEADER
from bridge.spool.crlf import wire_form
from bridge.spool.envelope import Delivery, trace_block
from bridge.spool.spool import SUFFIX, new_id
from contract.bridge.reread import ReadFile, Reread
from contract.event import LetterContent

NOBODY = "reading@again.invalid"
LESS = (NOT_PARSED, HEADERS_ONLY, NO_HEADER, NO_BODY)


class ReadingAgain:
    """Reads letters by a pool; ``work`` is a directory for temporary files."""

    def __init__(self, pool: ParsePool, work: Path) -> None:
        self._pool = pool
        self._work = work

    async def read(self, path: str) -> Reread:
        """Return what the letter at a path says; raises nothing."""
        name = new_id()
        spooled = self._work / f"{name}{SUFFIX}"
        try:
            await asyncio.to_thread(_spool, Path(path), spooled, name)
            parsed = await self._insist(name, spooled)
        except (OSError, ParserDied, DiskTrouble, NobodysLetter) as error:
            return Reread(letter=path, less=f"not read: {error}")
        finally:
            with suppress(OSError):
                spooled.unlink()
        return _told(path, parsed)

    async def _insist(self, name: str, spooled: Path) -> Parsed:
        """Read less of a letter each time that it kills its process."""
        for _ in STEPS:
            try:
                return await self._pool.parse(name, spooled, SenderFacts())
            except ParserDied as error:
                died = error
        raise died


def _spool(path: Path, spooled: Path, name: str) -> None:
    delivery = Delivery(id=name, mailbox=NOBODY, received=datetime.now(UTC), protocol="IMPORT")
    spooled.write_bytes(trace_block(delivery, "localhost") + wire_form(path.read_bytes()))


def _told(path: str, parsed: Parsed) -> Reread:
    data = json.loads(parsed.event)["data"]
    said = {name: data[name] for name in _names() if name in data}
    content = LetterContent.model_validate_json(json.dumps(said))
    files = [
        ReadFile(sha256=each.sha256, size=each.size, path=str(each.path))
        for each in parsed.blobs[1:]
    ]
    less = next((each for each in content.defects if each.startswith(LESS)), "")
    return Reread(letter=path, content=content, files=files, less=less)


def _names() -> list[str]:
    """Return the fields that come from a letter's bytes alone; verdicts about the sender do not."""
    fields = LetterContent.model_fields.items()
    return [each.alias or name for name, each in fields if name != "auth"]
