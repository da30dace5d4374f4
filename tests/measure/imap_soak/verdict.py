"""Whether the books balance: the letters put into the mailbox against those in the database."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.measure.imap_soak.letters import Planned, user_of


@dataclass
class SoakVerdict:
    """Message-IDs (of ``torn``: conversations) that are not as they must be."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    wrong_way: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not any(vars(self).values())

    def lines(self) -> list[str]:
        """Return a line for each kind of fault, with the first of what is concerned."""
        return [f"{name}: {len(wrong)} {wrong[:5] or ''}" for name, wrong in vars(self).items()]


def reach_verdict(letters: Sequence[Planned], dialogs: Sequence[dict[str, Any]]) -> SoakVerdict:
    """Compare the letters with the dialogs: each once, with its own, on its own side."""
    wanted = {each.message_id: each for each in letters}
    stored = Counter(message["message_id"] for each in dialogs for message in each["messages"])
    found = SoakVerdict(
        lost=sorted(wanted.keys() - stored.keys()),
        doubled=sorted(each for each, times in stored.items() if times > 1),
        foreign=sorted(stored.keys() - wanted.keys()),
    )
    homes = defaultdict(set)
    for dialog in dialogs:
        known = [each for each in dialog["messages"] if each["message_id"] in wanted]
        for message in known:
            letter = wanted[message["message_id"]]
            homes[letter.conversation].add(dialog["_id"])
            if dialog["email_from"] != user_of(letter.conversation):
                found.misplaced.append(letter.message_id)
            if message["direction"] != ("out" if letter.out else "in"):
                found.wrong_way.append(letter.message_id)
    found.torn = [str(each) for each, places in sorted(homes.items()) if len(places) > 1]
    return found
