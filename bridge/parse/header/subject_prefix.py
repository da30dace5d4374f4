"""Whether a subject says that the letter was forwarded by hand, or answers another."""

from contract.subject import outermost_prefix


def is_forwarded(subject: str) -> bool:
    """Tell whether the first prefix of the subject is one for forwarding, not for answering.

    Italian's ``I:`` is left out: a single letter before a colon can be anything.
    """
    prefix = outermost_prefix(subject)
    return prefix is not None and prefix.forwards and len(prefix.word) > 1


def is_answer(subject: str) -> bool:
    """Tell whether the first prefix of the subject is one for answering."""
    prefix = outermost_prefix(subject)
    return prefix is not None and prefix.replies
