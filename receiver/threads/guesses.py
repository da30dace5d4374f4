"""Rung 4: a reply whose ids nobody knows seems to answer its user's only dialog of that subject.

A guess is made once, when the letter comes, and stored with it as a fact about two letters: this
one and the newest of that dialog. So letters stored later do not change it, it stays when dialogs
merge or split, and a person undoes it with one call.
"""

from collections.abc import Sequence, Set
from datetime import timedelta

from receiver.letters.letter import Document, Guess, Letter

SUBJECT_WINDOW = timedelta(days=30)
CLOCKS_DIFFER = timedelta(days=1)


def may_be_a_reply(letter: Letter) -> bool:
    """Tell whether a guess is possible.

    It needs a subject, and a letter that came in from our own address has no user.
    """
    if not letter.base_subject or not letter.user or not (letter.out or letter.speakers):
        return False
    return letter.says_reply or bool(letter.thread_prefix)


def first_to_wait(letters: Sequence[Letter], alone: Set[str]) -> int:
    """Return how many letters of a round come before one that may answer them by its subject.

    That one is filed after them, so that guesses do not depend on whether letters come together.
    ``alone`` are the keys of the letters that ids tie to no other.
    """
    topics = set()
    for at, letter in enumerate(letters):
        topic = letter.user, letter.base_subject
        if topic in topics and letter.key in alone and may_be_a_reply(letter):
            return at
        topics.add(topic)
    return len(letters)


def guess_of(letter: Letter, similar: Sequence[Document]) -> Guess | None:
    """Return the guess; none if there are two dialogs: it would be wrong half of the time.

    ``similar`` are the heads of the dialogs of the letter's user with its base subject.
    """
    found = [
        dialog
        for dialog in similar
        if dialog["created"] - CLOCKS_DIFFER <= letter.created
        and letter.created <= dialog["updated"] + SUBJECT_WINDOW
        and (letter.says_reply or letter.thread_prefix in dialog["thread_indexes"])
    ]
    if len(found) != 1:
        return None
    newest = found[0]["newest"]
    if letter.says_reply:
        return Guess(newest, "subject", letter.base_subject)
    return Guess(newest, "thread_index", letter.thread_prefix)
