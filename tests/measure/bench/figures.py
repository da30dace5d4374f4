"""What is made of many measurements."""

import math
from collections.abc import Collection


def percentile(values: Collection[float], percent: float) -> float:
    """Return the smallest value that ``percent`` of the values do not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]
