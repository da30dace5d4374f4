"""Whether two dialogs are one, given all documents of each, the head first: pure."""

from collections.abc import Sequence, Set
from dataclasses import replace

from receiver.letters.letter import cited_ids, stored_letter
from receiver.store.documents import Document, candidate_of, citers_of
from receiver.threads.join_policy import Policy, link_is_good
from receiver.threads.matching import ties


def are_one(
    one: Sequence[Document], other: Sequence[Document], ids: Set[str], policy: Policy
) -> bool:
    """Tell whether two are that both came to know these ids while they were under way.

    They are if a letter of one that names such an id would join the other if it came now.
    """
    return (
        linked_well(one, other) or _tied(one, other, ids, policy) or _tied(other, one, ids, policy)
    )


def linked_well(one: Sequence[Document], other: Sequence[Document]) -> bool:
    """Tell whether nobody is a stranger any more who is why two dialogs are linked."""
    wholes = [_whole(one), _whole(other)]
    return link_is_good(*wholes) or link_is_good(*wholes[::-1])


def _whole(documents: Sequence[Document]) -> Document:
    return documents[0] | {
        "messages": [message for document in documents for message in document["messages"]]
    }


def _tied(
    own: Sequence[Document], other: Sequence[Document], ids: Set[str], policy: Policy
) -> bool:
    home, met = candidate_of(own), candidate_of(other)
    met = replace(met, thread_ids=met.thread_ids | ids)
    for message in (each for document in own for each in document["messages"]):
        if ids.isdisjoint({message["message_id"], *cited_ids(message)}):
            continue
        letter = stored_letter(home.mailbox, message)
        host = replace(met, citers=citers_of(other, met.thread_ids & {*letter.ids}))
        one, _ = ties(letter, home, [host], policy)
        if one:
            return True
    return False
