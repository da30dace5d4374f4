"""Rung 4: a reply whose ids nobody knows seems to answer its user's one dialog of that subject.

A guess is made once, when the letter comes, and kept with it as a fact about two letters: this one
and the newest of that dialog. So what was stored later does not change it, it goes along when
dialogs merge or split, and a person undoes it with one call.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from receiver.letters.letter import Guess, Letter

SUBJECT_WINDOW = timedelta(days=30)
CLOCKS_DIFFER = timedelta(days=1)


@dataclass(frozen=True)
class Similar:
    """A dialog of the letter's user that has its base subject."""

    newest: str
    created: datetime
    updated: datetime
    thread_indexes: Sequence[str] = ()


def may_be_a_reply(letter: Letter) -> bool:
    """Tell whether there is anything to look for.

    Without a subject there is nothing, and a letter that came in from our own address has no user.
    """
    if not letter.base_subject or not letter.user or not (letter.out or letter.speakers):
        return False
    return letter.says_reply or bool(letter.thread_prefix)


def guess_of(letter: Letter, similar: Sequence[Similar]) -> Guess | None:
    """Return the guess; none where there are two dialogs: it would be wrong half of the time."""
    found = [
        dialog
        for dialog in similar
        if dialog.created - CLOCKS_DIFFER <= letter.created <= dialog.updated + SUBJECT_WINDOW
        and (letter.says_reply or letter.thread_prefix in dialog.thread_indexes)
    ]
    if len(found) != 1:
        return None
    if letter.says_reply:
        return Guess(found[0].newest, "subject", letter.base_subject)
    return Guess(found[0].newest, "thread_index", letter.thread_prefix)


class OpenedTogether:
    """The dialogs that the letters of a round open, for guesses about those that come after them.

    So a guess is the same whether letters come one after the other or together.
    """

    def __init__(self) -> None:
        self._found: list[tuple[str, str, Similar]] = []

    def add(self, letters: Sequence[Letter]) -> None:
        """Note a dialog that these letters open, in their order."""
        indexes = [each.thread_prefix for each in letters if each.thread_prefix]
        updated = max(each.created for each in letters)
        similar = Similar(letters[-1].key, letters[0].created, updated, indexes)
        self._found.append((letters[0].user, letters[0].base_subject, similar))

    def similar(self, letter: Letter) -> list[Similar]:
        """Return those of the letter's user and base subject."""
        return [
            similar
            for user, subject, similar in self._found
            if (user, subject) == (letter.user, letter.base_subject)
        ]

    def joined(self, letter: Letter, guess: Guess) -> None:
        """Note that a letter was guessed into one of them, if it was."""
        for at, (user, subject, similar) in enumerate(self._found):
            if similar.newest == guess.to:
                updated = max(similar.updated, letter.created)
                indexes = [*similar.thread_indexes, letter.thread_prefix]
                newer = Similar(letter.key, similar.created, updated, indexes)
                self._found[at] = (user, subject, newer)
