"""A crowd at a listening socket: few are accepted at once, the others wait in the kernel.

asyncio accepts as many connections at once as its backlog, each of which takes a descriptor until
it is refused, and ``listen`` lets no more than that wait.
"""

import asyncio
from typing import Final

ACCEPTED_AT_ONCE: Final = 16
"""The ``backlog`` that asyncio is given."""

_WAITING: Final = 1024
"""A full queue costs a client a second, the first retry of its SYN."""


def have_wait(server: asyncio.Server) -> None:
    """Let clients wait at each of the server's sockets."""
    for each in server.sockets:
        with each.dup() as same:
            same.listen(_WAITING)
