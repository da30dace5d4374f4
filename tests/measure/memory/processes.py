"""The resident memory of a process and of those it has started, sampled from ``/proc``."""

import threading
from collections import defaultdict
from pathlib import Path

SAMPLE_SECONDS = 0.02
MB = 1_000_000


def family(pid: int) -> list[int]:
    """Return the process and all its descendants that live just now."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(each for child in children for each in family(int(child)))]


def resident(pid: int) -> int:
    """Return the bytes of RAM that a process takes, shared ones included; 0 if it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))


class Peak(threading.Thread):
    """Watches a family: ``of`` each process, and ``total``, the most they ever had together."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.start_bytes = resident(pid)
        self.of: defaultdict[int, int] = defaultdict(int)
        self.total = 0
        self._stop_watching = threading.Event()
        self.start()

    def run(self) -> None:
        """Watch until stopped."""
        while not self._stop_watching.wait(SAMPLE_SECONDS):
            now = {pid: resident(pid) for pid in family(self.pid)}
            self.total = max(self.total, sum(now.values()))
            for pid, size in now.items():
                self.of[pid] = max(self.of[pid], size)

    def stop(self) -> None:
        """End the watch."""
        self._stop_watching.set()
        self.join()

    @property
    def main(self) -> int:
        """The most that the process itself had."""
        return self.of[self.pid]

    @property
    def workers(self) -> list[int]:
        """The most that each of the others had, the largest first."""
        return sorted((size for pid, size in self.of.items() if pid != self.pid), reverse=True)
