"""How much freed memory the C library keeps.

By default glibc raises the size from which a block gets its own pages, up to 32 MiB, with each
large block that is freed: after one flood of requests everything comes from one heap, which is
returned only from its end, and stays as large as at the worst moment. Setting a threshold ends
that. And each thread may have its own arena, of which two are enough beside the GIL.
https://www.gnu.org/software/libc/manual/html_node/Malloc-Tunable-Parameters.html
"""

import ctypes

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # malloc.h
KEPT_BYTES = 256 * 1024
ARENAS = 2


def give_back_early() -> None:
    """Return freed memory to the system; a C library other than glibc is left as it is."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_TRIM_THRESHOLD, KEPT_BYTES)
        mallopt(_MMAP_THRESHOLD, KEPT_BYTES)
        mallopt(_ARENA_MAX, ARENAS)
