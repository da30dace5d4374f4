"""Text on a terminal: in Russian if the terminal is Russian, and harmless in any case."""

import os
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from contract.language.speaking import language_of
from receiver.commands.command import tell
from receiver.words import texts

SUBJECT_LENGTH = 60


def is_russian(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the terminal's locale is Russian, as POSIX has it: the first of three counts."""
    return language_of(environment) == "ru"


def harmless(text: str, *, lines: bool = False) -> str:
    """Return a letter's text without characters that command a terminal or change its direction."""
    kept = "\n\t" if lines else ""
    return "".join(
        sign if sign in kept or unicodedata.category(sign)[0] != "C" else " " for sign in text
    )


def moment(when: datetime) -> str:
    """Return a time in the terminal's zone, to the minute."""
    return when.astimezone().strftime("%Y-%m-%d %H:%M")


def tell_heads(heads: Sequence[Mapping[str, Any]]) -> None:
    """Print a line for each dialog."""
    for head in heads:
        subject = harmless(head["subject"])[:SUBJECT_LENGTH] or texts.word("(no subject)")
        count = texts("letters: {count}", count=head["count"])
        whom = harmless(head["email_from"])
        tell(f"{head['_id']}  {moment(head['updated'])}  {count}  {whom}  {subject}")
    if not heads:
        tell(texts("nothing was found"))
