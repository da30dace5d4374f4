"""How many connections the descriptors of the process allow."""

import os
import resource

from contract.process import CannotStart

MAX_CONNECTIONS = 2000
LEAST_CONNECTIONS = 16
DESCRIPTORS = 4096  # for these, the database, files and whatever is to come
SPARE_DESCRIPTORS = 64  # uploads being written, connections that end or begin


def connection_limit(pool: int) -> int:
    """Return how many connections fit beside ``pool`` connections to the database.

    Raises CannotStart if that is too few to work with.
    """
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return MAX_CONNECTIONS
    needed = len(os.listdir("/dev/fd")) + pool + SPARE_DESCRIPTORS  # noqa: PTH208 - no paths
    if allowed < needed + LEAST_CONNECTIONS:
        least = needed + LEAST_CONNECTIONS
        raise CannotStart(
            f"this process may open {allowed} files, and needs {least}: raise `ulimit -n`,"
            " or lower MONGO_POOL"
        )
    return min(MAX_CONNECTIONS, allowed - needed)


def allow_descriptors() -> None:
    """Raise the limit of descriptors to what all connections need, as far as possible."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < DESCRIPTORS:
        most = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
