"""``python -m bridge import`` as a process that tests start, watch and end."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests import servers

SEPARATOR = b"From a@b.ru Mon Nov 23 10:00:00 2026\n"


def stored_in_mbox(letter: bytes) -> bytes:
    """Return the letter as a mail program on this machine stores it: with bare LF."""
    return SEPARATOR + letter.replace(b"\r\n", b"\n") + b"\n"


class Import:
    """An import that runs in a process of its own."""

    def __init__(self, directory: Path, receiver_port: str, *words: str, **settings: str) -> None:
        self.env = servers.environment(
            **{
                "WEBHOOK_URL": f"http://127.0.0.1:{receiver_port}/webhook/email",
                "WEBHOOK_SECRETS": servers.SECRET,
                "DATA_DIR": str(directory),
                "MAILBOXES": "support@yandex.ru",
                "DNS_CHECKS": "false",
                "PARSE_WORKERS": "1",
                **settings,
            }
        )
        self.words = ("bridge", "import", *words)
        self.directory = directory
        self.log = directory / "import.log"
        directory.mkdir(exist_ok=True)  # which no command makes

    @contextmanager
    def running(self) -> Iterator[servers.Process]:
        with self.log.open("wb") as log:
            command = [sys.executable, "-m", *self.words]
            process = servers.started(command, self.env, (0, 1, log.fileno()))
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def run(self) -> tuple[int, str]:
        with self.running() as process:
            return process.wait(1200), self.log.read_text()

    def settled(self) -> int:
        """Return how many letters the job file says are settled."""
        said = ""
        for path in (self.directory / "import").glob("*.json"):
            with suppress(FileNotFoundError):
                said += path.read_text()
        return sum(int(number) for number in re.findall(r'"(?:new|duplicate|failed)": (\d+)', said))


def counts(said: str) -> tuple[int, int, int]:
    """Return the numbers of new, duplicate and failed letters from the last line."""
    found = re.findall(r"(\d+) new, (\d+) duplicate, (\d+) failed", said)
    assert found, said
    new, duplicate, failed = map(int, found[-1])
    return new, duplicate, failed


def memory(pid: int) -> dict[int, int]:
    """Return the resident bytes of a process and its children."""
    pids, found = [pid], {}
    for each in pids:
        with suppress(OSError):
            pids += map(int, Path(f"/proc/{each}/task/{each}/children").read_text().split())
            pages = int(Path(f"/proc/{each}/statm").read_text().split()[1])
            found[each] = pages * os.sysconf("SC_PAGE_SIZE")
    return found
