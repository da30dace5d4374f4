"""Reads letters by ``python -m bridge read``, a process of its own.

The receiver knows nothing of MIME. The answers have the form of the contract: what a letter's bytes
say. The process has only the settings of parsing, and so no secret.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import rmtree

import contract
from contract.bridge.reread import Reread
from contract.process import CannotStart

COMMAND = ("-m", "bridge", "read", "--files")
ROOT = str(Path(contract.__file__).resolve().parent.parent)
LINE_BYTES = 64 * 1024 * 1024
PASSED_ON = (
    *("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "SYSTEMROOT"),
    *("PARSE_WORKERS", "PARSE_TIMEOUT", "PARSE_MEMORY_MB"),
)


class Readings:
    """Has letters read, a few at a time; their attachments are files until the next few."""

    def __init__(self, process: asyncio.subprocess.Process, directory: Path) -> None:
        self._process = process
        self._directory = directory

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    async def read(self, originals: Mapping[str, bytes]) -> dict[str, Reread]:
        """Return what letters say, by their given names; raises CannotStart."""
        await asyncio.to_thread(self._clear)
        paths = {str(self._directory / f"{at}.eml"): name for at, name in enumerate(originals)}
        await asyncio.to_thread(self._put, dict(zip(paths, originals.values(), strict=True)))
        if self._process.stdin is None or self._process.stdout is None:
            raise CannotStart("the reading process has no pipes")
        found = {}
        try:
            self._process.stdin.write("".join(f"{each}\n" for each in paths).encode())
            await self._process.stdin.drain()
            for _ in paths:
                line = await self._process.stdout.readuntil(b"\n")
                told = Reread.model_validate_json(line)
                found[paths[told.letter]] = told
        except (OSError, EOFError, ValueError) as error:
            words = "python -m bridge read ended; see above"
            raise CannotStart(f"{words} ({type(error).__name__})") from None
        return found

    def _clear(self) -> None:
        for each in (self._directory / "files").glob("*"):
            rmtree(each, ignore_errors=True)
        for each in self._directory.glob("*.eml"):
            each.unlink()

    def _put(self, contents: Mapping[str, bytes]) -> None:
        for path, content in contents.items():
            Path(path).write_bytes(content)


@asynccontextmanager
async def reading() -> AsyncIterator[Readings]:
    """Start a reader; its process ends with the block."""
    env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    with tempfile.TemporaryDirectory(prefix="reparse-") as name:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *COMMAND,
            str(Path(name) / "files"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_BYTES,
            env=env | {"PYTHONPATH": ROOT, "ENV_FILE": ""},
        )
        try:
            yield Readings(process, Path(name))
        finally:
            if process.stdin is not None:
                process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), 10)
            except TimeoutError:
                process.kill()
                await process.wait()
