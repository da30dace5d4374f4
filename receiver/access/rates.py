"""How often a caller may ask: a bucket of ``quota`` that fills again within ``seconds``.

The fields are those of draft-ietf-httpapi-ratelimit-headers-11. Each receiver counts for itself.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

MAX_NAMES = 10_000


class Rates:
    """One bucket for each name that asked lately; ``now`` is in seconds."""

    def __init__(
        self, quota: int, seconds: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._quota = quota
        self._seconds = seconds
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> bool:
        """Take one; return False if there is none left."""
        left = self._left(name)
        taken = left >= 1
        self._buckets[name] = (left - taken, self._now())
        self._buckets.move_to_end(name)
        if len(self._buckets) > MAX_NAMES:
            self._buckets.popitem(last=False)
        return taken

    def is_used_up(self, name: str) -> bool:
        """Tell whether the bucket is empty, without taking from it."""
        return self._left(name) < 1

    def wait(self, name: str) -> int:
        """Return in how many whole seconds there is one again."""
        missing = max(1 - self._left(name), 0)
        return max(1, math.ceil(missing * self._seconds / self._quota))

    def fields(self, name: str) -> dict[str, str]:
        """Return the header fields that tell of it."""
        left = self._left(name)
        full = math.ceil((self._quota - left) * self._seconds / self._quota)
        return {
            "RateLimit-Policy": f'"token";q={self._quota};w={math.ceil(self._seconds)}',
            "RateLimit": f'"token";r={int(left)};t={full}',
        }

    def _left(self, name: str) -> float:
        left, when = self._buckets.get(name, (float(self._quota), self._now()))
        return min(self._quota, left + (self._now() - when) * self._quota / self._seconds)
