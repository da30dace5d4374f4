"""Letters of which thousands share one id, or name each other in a long chain.

By name: the n-th letter, and the one that comes before all of them. Each is later than the last.
"""

from collections.abc import Callable

from receiver.letters.letter import Letter
from tests.receiver.written import sent, written

Build = Callable[[int], Letter]

HUBS: dict[str, tuple[Build, Build]] = {
    "an answer to a newsletter": (
        lambda n: written(f"r{n}", f"user{n}", answers="hub", days=n / 100),
        lambda n: sent("hub", ""),
    ),
    "another letter under one Message-ID, of the same sender": (
        lambda n: written("hub", text=f"{n}", days=n / 100),
        lambda n: written("hub", text="first"),
    ),
    "another letter under one Message-ID, of another sender": (
        lambda n: written("hub", f"user{n}", text=f"{n}", days=n / 100),
        lambda n: written("hub", text="first"),
    ),
    "another that names an id nobody has seen": (
        lambda n: written(f"r{n}", f"user{n}", answers="hub", days=n / 100),
        lambda n: written("r", "user", answers="hub"),
    ),
    "the same user's that names an id nobody has seen": (
        lambda n: written(f"r{n}", answers="hub", days=n / 100),
        lambda n: written("r", answers="hub"),
    ),
    "the last of a chain": (
        lambda n: written(f"{n}", names=" ".join(f"{n - 1 - k}" for k in range(min(n, 100)))),
        lambda n: written("0"),
    ),
}
