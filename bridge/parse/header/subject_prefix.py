"""Whether a subject marks the letter as forwarded by hand or as an answer."""

from contract.subject import Prefix, outermost_prefix

LONGEST_HEAD = 200
"""Characters in which a list's name and the prefix behind it stand."""


def is_forwarded(subject: str) -> bool:
    """Tell whether the first prefix of the subject is one for forwarding, not for answering.

    Italian's ``I:`` is left out: a single letter before a colon can be anything.
    """
    prefix = _prefix_of(subject)
    return prefix is not None and prefix.forwards and len(prefix.word) > 1


def is_answer(subject: str) -> bool:
    """Tell whether the first prefix of the subject is one for answering."""
    prefix = _prefix_of(subject)
    return prefix is not None and prefix.replies


def _prefix_of(subject: str) -> Prefix | None:
    head = subject[:LONGEST_HEAD]
    return outermost_prefix(head) if ":" in head or "：" in head else None
