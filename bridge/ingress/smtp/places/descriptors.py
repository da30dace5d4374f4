"""How many connections the process may hold beside all else that it has open."""

import resource

from bridge.ingress.smtp.limits import DESCRIPTORS_EACH, affordable
from contract.process import CannotStart


def connections_at_once(wanted: int, apart: int) -> tuple[int, int]:
    """Return how many connections there may be, at most ``wanted``, and how many descriptors.

    There are ``apart`` other descriptors. Where the limit is too low for all that are wanted it is
    raised, as far as it may be. Raises CannotStart where not one connection can be had: letters
    that are taken would wait for good, as no process could be started to parse them.
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
