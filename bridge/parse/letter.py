"""The values that reading a letter ends in."""

from dataclasses import dataclass

from pydantic import Field

from contract.event import Attachment, LetterContent


@dataclass(frozen=True, slots=True)
class Part:
    """An attachment with its decoded bytes."""

    attachment: Attachment
    content: bytes


class ParsedLetter(LetterContent):
    """What the bytes of a letter say, and the decoded bytes of its attachments."""

    parts: tuple[Part, ...] = Field(default=(), exclude=True, repr=False)
