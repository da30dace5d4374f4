"""What a service costs: processor time and memory of its processes, as Linux has them.

https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html and proc_pid_status.5.html
"""

import os
import re
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)
_PROPORTIONAL = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)


def family(roots: Iterable[int]) -> set[int]:
    """Return the given processes and all their descendants."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        found.add(pid)
        waiting += children.get(pid, [])
    return found


def cpu_seconds(roots: Iterable[int]) -> float:
    """Return the processor time that the family has used, its ended children included."""
    return sum(own_cpu_seconds(pid) + _of_ended_children(pid) for pid in family(roots))


def children_cpu_seconds(pid: int) -> float:
    """Return the processor time that all descendants of a process have used."""
    return cpu_seconds(family([pid]) - {pid}) + _of_ended_children(pid)


def own_cpu_seconds(pid: int) -> float:
    """Return the processor time that one process has used, without its children; 0 if it has ended.

    By the process's own clock, in nanoseconds, as /proc counts in hundredths of a second:
    https://man7.org/linux/man-pages/man3/clock_getcpuclockid.3.html
    """
    try:
        return time.clock_gettime(~pid << 3 | 2)
    except OSError:
        return 0.0


def waited_seconds(pid: int) -> float:
    """Return for how long the threads of a process were ready but had no core, in sum.

    https://docs.kernel.org/scheduler/sched-stats.html, for each thread that still exists.
    """
    nanoseconds = 0
    with suppress(OSError):
        for task in (PROC / str(pid) / "task").iterdir():
            with suppress(OSError, IndexError):  # it has ended meanwhile
                nanoseconds += int((task / "schedstat").read_text().split()[1])
    return nanoseconds / 1e9


def peak_mebibytes(roots: Iterable[int]) -> float:
    """Return the sum of the peaks of each process: an upper bound, as shared pages count twice."""
    kibibytes = 0
    for pid in family(roots):
        try:
            peak = _PEAK.search((PROC / str(pid) / "status").read_text())
        except OSError:  # it has ended meanwhile
            continue
        kibibytes += int(peak[1]) if peak else 0
    return kibibytes / 1024


def mebibytes(pids: Iterable[int]) -> float:
    """Return the present memory of processes; a page shared by several counts in parts.

    PSS: https://docs.kernel.org/filesystems/proc.html, ``smaps_rollup``.
    """
    kibibytes = 0
    for pid in pids:
        with suppress(OSError):  # it has ended meanwhile
            found = _PROPORTIONAL.search((PROC / str(pid) / "smaps_rollup").read_text())
            kibibytes += int(found[1]) if found else 0
    return kibibytes / 1024


def _of_ended_children(pid: int) -> float:
    fields = _stat(pid)
    return sum(map(int, fields[13:15])) / TICKS_PER_SECOND if fields else 0.0  # cutime, cstime


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the third (state) on; nothing if it has ended."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split()
