"""Which threads must be one dialog, given the letters that came through: pure."""

from collections.abc import Iterable

from receiver.threads.group import Policy
from tests.measure.chaos.ledger import Sent, Thread


class Partition:
    """Threads in groups, each known by one of its own."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def of(self, thread: str) -> str:
        """Return the name of the thread's group."""
        parent = self._parent.get(thread, thread)
        return thread if parent == thread else self.of(parent)

    def unite(self, one: str, other: str) -> None:
        """Make two groups one."""
        self._parent[self.of(one)] = self.of(other)


def expected(stored: Iterable[Sent], threads: dict[str, Thread], policy: Policy) -> Partition:
    """Return the groups of one mailbox's stored letters.

    ``anyone``: a letter joins those that it names. ``participants``: a user's letter does; a
    stranger's does once a letter of the user has him in its Cc, and the letter that he named
    exists.
    """
    letters = list(stored)
    groups = Partition()
    for sent in letters:
        if policy == "anyone" or not threads[sent.thread].host:
            for named in sent.references:
                groups.unite(named.partition(".")[0], sent.thread)
    if policy == "anyone":
        return groups
    present = {sent.message_id: groups.of(sent.thread) for sent in letters}
    for sent in letters:
        stranger = threads.get(sent.brings)
        if stranger and any(present.get(one) == groups.of(sent.thread) for one in stranger.cited):
            groups.unite(stranger.name, sent.thread)
    return groups
