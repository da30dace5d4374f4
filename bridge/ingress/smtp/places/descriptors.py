"""How many connections the process can hold besides its other open files."""

import resource

from bridge.ingress.smtp.limits import DESCRIPTORS_EACH, affordable
from contract.process import CannotStart


def connections_at_once(wanted: int, apart: int) -> tuple[int, int]:
    """Return how many connections there may be, at most ``wanted``, and how many descriptors.

    ``apart`` is the number of other descriptors. If the limit is too low, it is raised as far as
    the hard limit allows. Raises CannotStart if not one connection is possible: letters taken would
    wait for ever, as no parsing process could be started.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted * DESCRIPTORS_EACH + apart
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return wanted, soft
    if soft < (least := apart + DESCRIPTORS_EACH):
        raise CannotStart(
            f"this process may open {soft} files, and needs {least}: raise `ulimit -n`,"
            " or lower COURIER_CONCURRENCY"
        )
    return affordable(wanted, soft - apart), soft
