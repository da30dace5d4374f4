"""What a parsing process is asked, what it answers, and why it may not."""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from typing import Any

from bridge.courier.sender_dns import SenderFacts


class ParserDied(Exception):
    """The parsing process ended, or was ended, before it answered."""


class TakesLong(ParserDied):
    """The letter takes long while others wait: it is to wait apart, with all of its time."""


class DiskTrouble(ParserDied):
    """The disk kept a letter from being parsed, which says nothing about the letter."""


class NobodysLetter(Exception):
    """The spool file does not say whose letter it is, and never will."""


@dataclass(frozen=True, slots=True)
class BlobFile:
    """Bytes to upload: ``content``, or ``size`` bytes of ``path`` from ``start`` to its end.

    ``held`` says that they lie in the event, for a receiver that takes them there.
    """

    sha256: str
    size: int
    path: Path = Path()
    start: int = 0
    held: bool = False
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """The event's JSON, the blobs that it refers to, and whose letter it is.

    ``conversation`` is the id that its conversation began with, as far as the letter says it.
    """

    event: bytes
    blobs: tuple[BlobFile, ...]
    mailbox: str = ""
    message_id: str = ""
    conversation: str = ""

    @property
    def apart(self) -> tuple[BlobFile, ...]:
        """The blobs that do not lie in the event."""
        return tuple(blob for blob in self.blobs if not blob.held)

    @property
    def held(self) -> tuple[BlobFile, ...]:
        """The blob that lies in the event, if one does."""
        return tuple(blob for blob in self.blobs if blob.held)

    @property
    def leaves_parts(self) -> bool:
        """Whether there are files of its attachments, which are to be removed."""
        return any(blob.content is None for blob in self.blobs[1:])


@dataclass(eq=False, slots=True)
class Question:
    """A letter to be parsed; its parts go to a directory in ``parts``, another in each process.

    Small ones, up to ``unwritten`` bytes in all, come with the answer. Ids of letters sort by the
    time at which they came.
    """

    letter_id: str
    path: Path
    parts: Path
    how: str
    facts: SenderFacts
    large: bool
    unwritten: int
    answer: "asyncio.Future[Parsed]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def line(self, process: int) -> bytes:
        """Return what the process is told."""
        keys = self.facts.dkim_keys.items()
        request = {
            "letter": str(self.path),
            "parts": f"{self.parts}/{process}",
            "how": self.how,
            "dkim_keys": {name: key.decode("latin-1") if key else None for name, key in keys},
            "from_yandex": self.facts.from_yandex,
            "unwritten": self.unwritten,
        }
        return json.dumps(request).encode() + b"\n"

    def parts_in(self, process: int) -> Path:
        """Return where a process puts the parts."""
        return self.parts / str(process)

    def forget_parts_in(self, process: int) -> None:
        """Remove what a process that was not the first to answer has left; blocks."""
        rmtree(self.parts_in(process), ignore_errors=True)
        with suppress(OSError):  # it has the parts that count
            self.parts.rmdir()


async def answer_of(process: asyncio.StreamReader | None) -> Parsed:
    """Return the answer to a question; raises DiskTrouble, NobodysLetter, and what streams do."""
    if process is None:
        raise EOFError
    head: dict[str, Any] = json.loads(await process.readuntil(b"\n"))
    if "trouble" in head:
        raise DiskTrouble(f"{head['trouble']} while parsing")
    if "nobodys" in head:
        raise NobodysLetter(head["nobodys"])
    event = await process.readexactly(head["event_bytes"])
    blobs = tuple([await _blob(process, blob) for blob in head["blobs"]])
    told = (head[name] for name in ("mailbox", "message_id", "conversation"))
    return Parsed(event, blobs, *told)


async def _blob(answer: asyncio.StreamReader, told: dict[str, Any]) -> BlobFile:
    """Return what is told of a blob; without a path its bytes come next."""
    sha256, size = told["sha256"], told["size"]
    if "path" not in told:
        return BlobFile(sha256, size, content=await answer.readexactly(size))
    return BlobFile(sha256, size, Path(told["path"]), told["start"], told.get("held", False))
