"""The values that reading a letter returns."""

from dataclasses import dataclass

from pydantic import Field

from contract.event import Attachment, LetterContent


@dataclass(frozen=True, slots=True)
class Part:
    """An attachment with its decoded bytes."""

    attachment: Attachment
    content: bytes


class ParsedLetter(LetterContent):
    """What a letter's bytes say, and the decoded bytes of its attachments."""

    parts: tuple[Part, ...] = Field(default=(), exclude=True, repr=False)
