"""What a parsing process is asked, what it answers, and the errors it may end with."""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from typing import Any

from bridge.courier.sender_dns import SenderFacts


class ParserDied(Exception):
    """The parsing process ended, or was killed, before it answered."""


class TakesLong(ParserDied):
    """The letter takes long while others wait: it shall wait apart, with its full time limit."""


class DiskTrouble(ParserDied):
    """The disk kept a letter from being parsed, which says nothing about the letter."""


class NobodysLetter(Exception):
    """The spool file does not say to which mailbox the letter belongs, and never will."""


@dataclass(frozen=True, slots=True)
class BlobFile:
    """Bytes to upload: ``content``, or ``size`` bytes of ``path`` from ``start`` to its end.

    ``held``: they also lie in the event, for a receiver that takes them there.
    """

    sha256: str
    size: int
    path: Path = Path()
    start: int = 0
    held: bool = False
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """The event's JSON, the blobs that it refers to, and the letter's identity.

    ``conversation`` is the id of the conversation's first letter, as far as this letter names it.
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
        """The blob that lies in the event, if there is one."""
        return tuple(blob for blob in self.blobs if blob.held)

    @property
    def leaves_parts(self) -> bool:
        """Whether files of its attachments must be removed from the disk."""
        return any(blob.content is None for blob in self.blobs[1:])


@dataclass(eq=False, slots=True)
class Question:
    """A letter to be parsed; each process writes its parts to a directory of its own in ``parts``.

    Parts of up to ``unwritten`` bytes in all come with the answer instead. Letter ids sort by time
    of arrival.
    """

    letter_id: str
    path: Path
    parts: Path
    how: str
    facts: SenderFacts
    large: bool
    unwritten: int
    conversation: bytes = b""
    answer: "asyncio.Future[Parsed]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def line(self, process: int) -> bytes:
        """Return the request's line for the process of this number."""
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
        """Return the process's directory for the parts."""
        return self.parts / str(process)

    def forget_parts_in(self, process: int) -> None:
        """Remove the parts of a process that was not the first to answer; blocks."""
        rmtree(self.parts_in(process), ignore_errors=True)
        with suppress(OSError):  # the directory still has the parts that count
            self.parts.rmdir()


async def answer_of(process: asyncio.StreamReader | None) -> Parsed:
    """Read the answer to a question; raises DiskTrouble, NobodysLetter, and errors of streams."""
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
    """Return one blob of the answer; without a path its bytes come next in the stream."""
    sha256, size = told["sha256"], told["size"]
    if "path" not in told:
        return BlobFile(sha256, size, content=await answer.readexactly(size))
    return BlobFile(sha256, size, Path(told["path"]), told["start"], told.get("held", False))
