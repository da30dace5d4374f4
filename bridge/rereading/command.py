"""``read``: print what today's code reads in letters, one JSON line each; nothing is sent."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bridge.courier.parsing.parse_pool import ParsePool
from bridge.rereading.reading_again import ReadingAgain
from bridge.settings import BridgeSettings

AHEAD = 64


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    words = "letters as they were received; without any, their paths are lines of the input"
    parser.add_argument("letters", nargs="*", metavar="FILE", help=words)
    words = "leave the attachments' bytes in DIR; whoever asks takes them away"
    parser.add_argument("--files", type=Path, metavar="DIR", help=words)


def read(settings: BridgeSettings, arguments: argparse.Namespace) -> int:
    """Return 0, or 1 if a letter could not be read whole."""
    with ExitStack() as left:
        work = Path(left.enter_context(tempfile.TemporaryDirectory(prefix="read-")))
        files = arguments.files or work / "files"
        return asyncio.run(
            _read(settings, _paths(arguments.letters), work, files, kept=bool(arguments.files))
        )


def _paths(given: list[str]) -> Iterator[str]:
    yield from given or (line.rstrip("\n") for line in iter(sys.stdin.readline, ""))


async def _read(
    settings: BridgeSettings, paths: Iterator[str], work: Path, files: Path, *, kept: bool
) -> int:
    pool = ParsePool(
        settings.parse_workers, settings.parse_timeout, settings.parse_memory_mb, files, unwritten=0
    )
    asked: asyncio.Queue[asyncio.Task[str] | None] = asyncio.Queue(AHEAD)
    less = 0

    async def ask(again: ReadingAgain) -> None:
        while (path := await asyncio.to_thread(next, paths, None)) is not None:
            await asked.put(asyncio.create_task(line(again, path)))
        await asked.put(None)

    async def line(again: ReadingAgain, path: str) -> str:
        nonlocal less
        found = await again.read(path)
        if not kept:
            found = found.model_copy(update={"files": []})
        less += bool(found.less)
        return found.model_dump_json(by_alias=True, exclude_none=True)

    async with pool.running() as running, asyncio.TaskGroup() as tasks:
        tasks.create_task(ask(ReadingAgain(running, work)))
        while (answer := await asked.get()) is not None:
            sys.stdout.write(f"{await answer}\n")
            sys.stdout.flush()
    return 1 if less else 0
