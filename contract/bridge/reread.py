"""A letter's bytes read by today's code: a line that ``python -m bridge read`` prints.

``python -m receiver reparse`` reads it, so the receiver need not know how to read letters.
"""

from pydantic import BaseModel, ConfigDict

from contract.bounds import Sha256
from contract.event import LetterContent


class ReadFile(BaseModel):
    """An attachment's bytes, in a file that the caller removes."""

    model_config = ConfigDict(strict=True, frozen=True)

    sha256: Sha256
    size: int
    path: str


class Reread(BaseModel):
    """One letter; the letters come in the order in which they were asked for.

    ``letter`` is the given path. ``less`` says why the letter could not be read whole; ``content``
    is then the readable part, or nothing.
    """

    model_config = ConfigDict(strict=True, frozen=True)

    letter: str
    content: LetterContent | None = None
    files: list[ReadFile] = []
    less: str = ""
