"""The container's health check if all is well: ``ping`` with the standard library alone.

It says that all is well, or nothing. In any other case ``ping`` of the command line, which knows
every setting, looks again and reports in words, at many times the cost.
"""

import socket
from collections.abc import Mapping, Sequence

from contract.health_check.plain_environment import called, plain, port_of

SECONDS = 5.0
DEFAULTS = {"RECEIVER_HOST": "127.0.0.1", "RECEIVER_PORT": "8080"}
REQUEST = b"GET /readyz HTTP/1.1\r\nHost: receiver\r\nConnection: close\r\n\r\n"


def all_is_well(words: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Tell whether the command line is a ``ping`` and the receiver is ready."""
    if [*words] != ["ping"]:
        return False
    texts = plain(DEFAULTS, environ)
    port = port_of(texts["RECEIVER_PORT"]) if texts else None
    if texts is None or port is None:
        return False
    try:
        with (
            socket.create_connection((called(texts["RECEIVER_HOST"]), port), SECONDS) as connection,
            connection.makefile("rwb") as lines,
        ):
            lines.write(REQUEST)
            lines.flush()
            return lines.readline(1000).startswith((b"HTTP/1.1 200 ", b"HTTP/1.0 200 "))
    except (OSError, ValueError):
        return False
