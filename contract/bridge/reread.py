"""What a letter's bytes say by today's reading: a line that ``python -m bridge read`` prints.

``python -m receiver reparse`` reads it, so that the receiver need not know how letters are read.
"""

from pydantic import BaseModel, ConfigDict

from contract.bounds import Sha256
from contract.event import LetterContent


class ReadFile(BaseModel):
    """An attachment's bytes, in a file that whoever asked takes away."""

    model_config = ConfigDict(strict=True, frozen=True)

    sha256: Sha256
    size: int
    path: str


class Reread(BaseModel):
    """One letter, in the order in which they were asked for.

    ``letter`` is the path that was given. ``less`` says why the letter could not be read whole;
    ``content`` is then what could, or nothing.
    """

    model_config = ConfigDict(strict=True, frozen=True)

    letter: str
    content: LetterContent | None = None
    files: list[ReadFile] = []
    less: str = ""
