"""Reasons why a letter may not be here, in order, and whether each could be checked."""

from collections.abc import Sequence
from dataclasses import dataclass

from receiver.page.shown.bridges import DroppedShown, ShownBridge
from receiver.page.tracing.pasted import Pasted
from receiver.page.words import PageWords

MAX_DROPPED = 3  # told one by one


@dataclass(frozen=True)
class MissingReason:
    """A reason why a letter may not be here: ``found`` if it holds, None if nobody can tell."""

    words: str
    found: bool | None
    detail: str = ""


@dataclass(frozen=True)
class WhereLooked:
    """Where a letter was looked for, and how many were found there.

    ``sees_all``: the visitor may see the refusals of all mailboxes. ``is_all``: every dialog that
    he may see was looked at; ``in_time``: every mailbox.
    """

    bridges: Sequence[ShownBridge]
    held: int
    dropped: Sequence[DroppedShown]
    refusals: int
    dialogs: int
    erased: bool | None
    sees_all: bool
    is_all: bool
    in_time: bool


def reasons_why(words: PageWords, asked: Pasted, looked: WhereLooked) -> list[MissingReason]:
    """Return the reasons why a letter may not be here, in order, each checked.

    "Never seen here" holds only if all the others could be checked.
    """
    silent, folder = _silent(words, looked), _folder(words, looked)
    before = [
        _refused(words, asked, looked),
        _in_spool(words, looked),
        _dropped(words, looked),
        silent,
        folder,
        _elsewhere(words, looked),
        MissingReason(words("missing.erased"), looked.erased, words("missing.erased_hint")),
    ]
    anywhere = bool(
        looked.refusals or looked.held or looked.dropped or looked.dialogs or looked.erased
    )
    untold = any(each.found is None for each in before) or bool(silent.found or folder.found)
    never = False if anywhere else (None if untold or asked.taken else True)
    ask = words("missing.ask_bridge") if asked.taken else ""
    if never and not asked.is_person:
        ask = words("missing.as_address")
    return [*before, MissingReason(words("missing.never"), never, ask)]


def _refused(words: PageWords, asked: Pasted, looked: WhereLooked) -> MissingReason:
    """Check refusals, which have only sender and recipients, as they come before the content."""
    if looked.refusals:
        found, detail = True, words.n("missing.matches", looked.refusals)
        return MissingReason(words("missing.refused"), found, detail)
    if not (asked.is_person or asked.is_bare):
        hint = "missing.maybe_refused" if asked.name else "missing.ask_by_address"
        return MissingReason(words("missing.refused"), None, words(hint))
    if not looked.sees_all:
        return MissingReason(words("missing.refused"), None, words("missing.others_refusals"))
    hint = "" if asked.is_person else words("missing.maybe_refused")
    return MissingReason(words("missing.refused"), False, hint)


def _in_spool(words: PageWords, looked: WhereLooked) -> MissingReason:
    """Check the spools; None if a bridge has letters there of which it does not tell."""
    if looked.held:
        return MissingReason(words("missing.spool"), True, words.n("missing.matches", looked.held))
    is_whole = all(each.is_whole for each in looked.bridges)
    found = False if is_whole else None
    return MissingReason(words("missing.spool"), found, words("missing.spool_untold"))


def _dropped(words: PageWords, looked: WhereLooked) -> MissingReason:
    """Check what people deleted at the bridges, which each bridge tells as long as it remembers."""
    told = [
        words("missing.dropped_by", subject=each.subject, when=each.at.exact, who=each.who)
        for each in looked.dropped[:MAX_DROPPED]
    ]
    more = len(looked.dropped) - len(told)
    told += [words.n("missing.more_dropped", more)] if more else []
    return MissingReason(words("missing.dropped"), bool(told), "; ".join(told))


def _silent(words: PageWords, looked: WhereLooked) -> MissingReason:
    silent = [each.host for each in looked.bridges if each.silent]
    return MissingReason(words("missing.silent"), bool(silent), ", ".join(silent))


def _folder(words: PageWords, looked: WhereLooked) -> MissingReason:
    """Check whether all folders are read; None if no IMAP door shows any, or no bridge reports."""
    folders = [each for bridge in looked.bridges for each in bridge.folders]
    troubled = dict.fromkeys(each.name for each in folders if not each.good)
    unseen = any("IMAP" in each.doors and not each.folders for each in looked.bridges)
    found = True if troubled else (None if unseen or not looked.bridges else False)
    detail = ", ".join(troubled) or words("missing.no_folder")
    return MissingReason(words("missing.folder"), found, detail)


def _elsewhere(words: PageWords, looked: WhereLooked) -> MissingReason:
    """Name the listed dialogs, which may have it, as only a person can tell."""
    if looked.dialogs:
        detail = words.n("missing.listed_dialogs", looked.dialogs)
        return MissingReason(words("missing.listed"), None, detail)
    if looked.is_all and looked.in_time:
        return MissingReason(words("missing.dialogs"), False)
    hint = "missing.newest_only" if looked.in_time else "missing.out_of_time"
    return MissingReason(words("missing.dialogs"), None, words(hint))
