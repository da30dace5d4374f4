"""The result of undoing a transfer encoding: the bytes, and what was wrong with the label."""

from dataclasses import dataclass

AROUND = "plain text around base64"
NOT_BASE64 = "labelled base64, but is not"
NOT_QUOTED = "labelled quoted-printable, but is not"
UNLABELLED = "encoded as its label does not say"


@dataclass(frozen=True, slots=True)
class Undone:
    """The decoded bytes in stretches of one charset each, and any defect."""

    pieces: tuple[bytes, ...]
    defect: str = ""
