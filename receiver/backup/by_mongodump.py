"""Reading collections by MongoDB's own ``mongodump``: one at a time, each in its turn, to a pipe.

So the order, the digests, the sharing of files and the encryption are those of any backup; what a
whole dump of mongodump lacks is in ``receiver.backup.mongodump``.
"""

import asyncio
import json
import os
import re
import shutil
import struct
import subprocess
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO
from urllib.parse import unquote

from contract.process import CannotStart
from receiver.backup.layout import BLOCK, LEAST_DOCUMENT, MOST_DOCUMENT

PROGRAM = "mongodump"
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")
READ_LIKE_US = {"readconcernlevel": "majority", "readpreference": "primary"}
PATIENCE = 20.0
"""Seconds it may be silent in addition to those of one answer of MongoDB: it has to start, too."""
_URI = re.compile(r"(?P<hosts>mongodb(?:\+srv)?://(?:(?P<login>.*)@)?[^/?]+)/?(?P<rest>.*)")


class NotDumped(Exception):
    """mongodump has not written a whole collection; the text says why."""


@dataclass(frozen=True)
class Mongodump:
    """The program that is here, and the database that it reads."""

    version: str
    database: str
    uri: str = field(repr=False)
    silence: float = 30.0

    async def every(self, collection: str) -> AsyncGenerator[bytes, None]:
        """Yield each document of a collection, as BSON; raises NotDumped, also after some."""
        with tempfile.TemporaryFile() as told:
            process = await self._begun(collection, told)
            try:
                async for each in self._documents(process):
                    yield each
                status = await asyncio.wait_for(process.wait(), self.silence)
            except TimeoutError:
                raise NotDumped(f"nothing came for {self.silence:.0f} s") from None
            finally:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
            if status:
                raise NotDumped(self._said(told) or f"exit status {status}")

    async def _begun(self, collection: str, told: IO[bytes]) -> asyncio.subprocess.Process:
        """Start it; the address is in a pipe, as anybody may read the arguments of a process."""
        config, writing = os.pipe()
        try:
            os.write(writing, f"uri: {json.dumps(self.uri)}\n".encode())
            os.close(writing)
            return await asyncio.create_subprocess_exec(
                *(PROGRAM, f"--config=/dev/fd/{config}", f"--db={self.database}"),
                *(f"--collection={collection}", "--out=-"),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=told,
                pass_fds=(config,),
                env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
                limit=BLOCK,
            )
        except OSError as error:
            raise NotDumped(str(error.strerror)) from None
        finally:
            os.close(config)

    async def _documents(self, process: asyncio.subprocess.Process) -> AsyncIterator[bytes]:
        held = bytearray()
        while block := await asyncio.wait_for(_some(process), self.silence):
            held += block
            start = 0
            while len(held) - start >= 4:
                (size,) = struct.unpack_from("<i", held, start)
                if not LEAST_DOCUMENT <= size <= MOST_DOCUMENT:
                    raise NotDumped("it wrote what is no document")
                if len(held) - start < size:
                    break
                yield bytes(held[start : start + size])
                start += size
            del held[:start]
        if held:
            raise NotDumped("it ended within a document")

    def _said(self, told: IO[bytes]) -> str:
        """Return its last line without its time, and without the password if it repeats it."""
        told.seek(0)
        lines = told.read().decode("utf-8", "replace").strip().splitlines()
        line = lines[-1].split("\t")[-1] if lines else ""
        found = _URI.fullmatch(self.uri)
        password = (found["login"] or "").partition(":")[2] if found else ""
        for each in filter(None, (password, unquote(password))):
            line = line.replace(each, "…")
        return line


async def _some(process: asyncio.subprocess.Process) -> bytes:
    return await process.stdout.read(BLOCK) if process.stdout else b""


def mongodump_here(uri: str, database: str, seconds: float) -> Mongodump | None:
    """Return the mongodump that is in PATH and starts, or None; ``seconds`` of one answer."""
    if shutil.which(PROGRAM) is None:
        return None
    try:
        words = [PROGRAM, "--version"]
        said = subprocess.run(words, capture_output=True, check=True, timeout=PATIENCE).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"version: *(\S+)", said.decode("utf-8", "replace"))
    return Mongodump(found[1] if found else "", database, _as_it_takes(uri), seconds + PATIENCE)


def mongodump_that_must_be(uri: str, database: str, seconds: float) -> Mongodump:
    """Return the mongodump that is in PATH; raises CannotStart if there is none."""
    if found := mongodump_here(uri, database, seconds):
        return found
    raise CannotStart("no mongodump is here that starts: install it, or leave out --with mongodump")


def _as_it_takes(uri: str) -> str:
    """Return an address without a database, as it refuses another one than that of ``--db``.

    That database was where the login is looked for, unless the options say so.
    """
    found = _URI.fullmatch(uri)
    if found is None:  # which the settings would not take
        return uri
    database, _, options = found["rest"].partition("?")
    asked = [each for each in re.split("[&;]", options) if _name(each) not in READ_LIKE_US]
    if database and found["login"] is not None and "authsource" not in map(_name, asked):
        asked.append(f"authSource={database}")
    ours = (f"{name}={value}" for name, value in READ_LIKE_US.items())
    return f"{found['hosts']}/?{'&'.join([*filter(None, asked), *ours])}"


def _name(option: str) -> str:
    return option.partition("=")[0].lower()
