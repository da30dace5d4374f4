"""Broadcast addresses, on which a program can listen but to which nobody can connect."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from contract.language.refusals import told
from contract.reading.mistakes import Wrong

ROUTES = Path("/proc/net/fib_trie")  # only Linux has it; elsewhere there is no warning


def heard_by_nobody(name: str, host: str) -> Iterator[Wrong]:
    """Yield a warning if a setting's host is the broadcast address of a network of this machine."""
    broadcast = re.compile(rf"\|-- {re.escape(host)}\n +/32 link BROADCAST$", re.MULTILINE)
    with suppress(OSError):
        if broadcast.search(ROUTES.read_text(encoding="ascii", errors="replace")):
            all_of = (
                "{host} is all machines of its network, and no address of one: 127.0.0.1 is usual"
            )
            yield Wrong((name,), told(all_of, host=host))
