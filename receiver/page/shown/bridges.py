"""Bridges for people: the state of each, the content of its spool, what to do about it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from contract.bridge.report import MAX_LETTERS
from contract.sending.answer_text import in_a_line
from receiver.access.grant import EVERY_MAILBOX, Grant
from receiver.page.shown.clock import Clock, Moment
from receiver.page.shown.look_alikes import address_line
from receiver.page.shown.text import MAX_REASON, one_line, size_in_words
from receiver.page.words import PageWords
from receiver.page.words.elsewhere import of_the_program
from receiver.store.mongo import Document

SILENT = timedelta(minutes=1)
MAX_HELD, MAX_HELD_OF_ALL = 20, 40  # letters of spools on a page
MAX_FOLDERS, MAX_ALARMS = 10, 10  # of a bridge on a page
MAX_PEOPLE = 1000  # signs
_CODE = re.compile(r"([245]\d\d)\b(?: (\d\.\d{1,3}\.\d{1,3})\b)?")
_HTTP = re.compile(r"HTTP [45]\d\d")
ADVICE = (
    *("failed letters", "old letters", "no room", "mailbox not read", "receiver not reached"),
    *("backup is old", "certificate expires"),
)


@dataclass(frozen=True)
class HeldShown:
    """A letter in the spool of a bridge."""

    bridge: str
    id: str
    failed: bool
    mailbox: str
    mail_from: str
    rcpt_to: str
    subject: str
    message_id: str
    reason: str
    attempts: str
    came: Moment
    due: Moment | None
    ordered: bool
    people: str = ""


@dataclass(frozen=True)
class DroppedShown:
    """A letter that a person deleted from ``failed`` of a bridge."""

    id: str
    mail_from: str
    rcpt_to: str
    people: str
    subject: str
    message_id: str
    at: Moment
    who: str


Shown = TypeVar("Shown", HeldShown, DroppedShown)


@dataclass(frozen=True)
class FolderShown:
    """A folder that is read by IMAP."""

    name: str
    state: str
    good: bool
    seen: Moment
    detail: str


@dataclass(frozen=True)
class ShownBridge:
    """A bridge; ``alarms`` are what is wrong and what to do about it.

    ``more_read`` and ``more_unread`` count folders that are not shown, which are read or not.
    ``is_whole``: no other letter in its spool may be the visitor's.
    """

    id: str
    host: str
    version: str
    doors: str
    seen: Moment
    silent: bool
    waiting: int
    failed: int
    size: str
    oldest: str
    alarms: list[tuple[str, str]]
    folders: list[FolderShown]
    sees_all: bool
    letters: list[HeldShown]
    more: int
    is_whole: bool
    dropped: list[DroppedShown]
    more_alarms: int = 0
    more_read: int = 0
    more_unread: int = 0


@dataclass(frozen=True)
class ShownRefusal:
    """A letter or connection that the door refused."""

    at: Moment
    answer: str
    means: str
    peer: str
    mail_from: str
    rcpt_to: str


def bridge_of(
    document: Document, grant: Grant, clock: Clock, most: int = MAX_LETTERS
) -> ShownBridge:
    """Return a bridge as the visitor may see it: only letters of his mailboxes, at most ``most``.

    Its host, and how much it holds in all, are for those who may see all mailboxes.
    """
    words, report, seen = clock.words, document["report"], document["seen"]
    ordered = {each["letter"] for each in document.get("orders", ())}
    letters = [
        held_of(document["_id"], each, ordered, clock)
        for each in report["letters"]
        if covers(grant, each["mailbox"])
    ]
    sees_all = EVERY_MAILBOX in grant.mailboxes
    dropped = report.get("dropped", ())
    all_held = report["waiting"] + report["failed"]
    total = all_held if sees_all else 0
    oldest = timedelta(seconds=report["oldest_seconds"])
    return ShownBridge(
        id=document["_id"],
        host=one_line(report["host"]) if sees_all else words("health.a_bridge"),
        version=one_line(report["version"]),
        doors=", ".join(one_line(each).upper() for each in report["doors"]),
        seen=clock.moment(seen),
        silent=clock.now - seen > SILENT,
        waiting=report["waiting"],
        failed=report["failed"],
        size=size_in_words(report["waiting_bytes"], words),
        oldest=clock.span(oldest, alone=True) if report["waiting"] else "",
        alarms=[alarm_of(each, clock) for each in report["alarms"] if is_shown(grant, each)],
        folders=[
            folder_of(each, clock) for each in report["folders"] if reads(grant, each["name"])
        ],
        sees_all=sees_all,
        letters=letters[:most],
        more=max(total - len(report["letters"]), 0) + len(letters[most:]),
        is_whole=all_held <= len(report["letters"])
        and all(_is_told(each, grant) for each in (*report["letters"], *dropped)),
        dropped=[_dropped_of(each, clock) for each in dropped if covers(grant, each["mailbox"])],
    )


def _is_told(letter: Document, grant: Grant) -> bool:
    """Tell whether the visitor sees a letter of a spool, or it can be none of his.

    One whose mailbox is illegible is shown to those who see all; an unread one says nothing.
    """
    return letter.get("is_read", True) and (bool(letter["mailbox"]) or covers(grant, ""))


def bridges_of(documents: Sequence[Document], grant: Grant, clock: Clock) -> list[ShownBridge]:
    """Return bridges for a page that shows them all: little of each, to keep the page small."""
    most = min(MAX_HELD, max(1, MAX_HELD_OF_ALL // max(1, len(documents))))
    return [_shortened(bridge_of(each, grant, clock, most)) for each in documents]


def troubled_first(documents: Sequence[Document], now: datetime) -> list[Document]:
    """Return bridges in order, but silent or alarmed ones first."""
    return sorted(
        documents, key=lambda each: not (now - each["seen"] > SILENT or each["report"]["alarms"])
    )


def _shortened(bridge: ShownBridge) -> ShownBridge:
    """Return a bridge with its first alarms, and unread folders first."""
    folders = sorted(bridge.folders, key=lambda each: each.good)
    more_read = sum(each.good for each in folders[MAX_FOLDERS:])
    return replace(
        bridge,
        alarms=bridge.alarms[:MAX_ALARMS],
        more_alarms=len(bridge.alarms[MAX_ALARMS:]),
        folders=folders[:MAX_FOLDERS],
        more_read=more_read,
        more_unread=len(folders[MAX_FOLDERS:]) - more_read,
    )


def covers(grant: Grant, mailbox: str) -> bool:
    """Tell whether the visitor may see data of a mailbox, or without one: if he sees all."""
    if mailbox:
        return grant.own_spelling(mailbox.casefold()) is not None
    return EVERY_MAILBOX in grant.mailboxes


def reads(grant: Grant, folder: str) -> bool:
    """Tell whether the visitor may see a folder, whose name begins with its mailbox's login."""
    return covers(grant, folder.partition(" ")[0])


def is_shown(grant: Grant, alarm: str) -> bool:
    """Tell whether the visitor may see an alarm: a bare name, or one about his mailbox."""
    return alarm in ADVICE or reads(grant, alarm)


def alarm_of(alarm: str, clock: Clock) -> tuple[str, str]:
    """Return an alarm in words and what to do about it, nothing if its own words say it."""
    if alarm not in ADVICE:
        return of_the_program(one_line(alarm, MAX_REASON), clock.words), ""
    name = alarm.replace(" ", "_")
    return clock.words(f"alarm_name.{name}"), clock.words(f"alarm.{name}")


def held_of(bridge: str, told: Document, ordered: set[str], clock: Clock) -> HeldShown:
    """Return a letter of a spool."""
    due: datetime | None = told["due"]
    tried = told.get("attempts", 0)
    return HeldShown(
        bridge=bridge,
        id=one_line(told["id"]),
        failed=told["state"] == "failed",
        mailbox=one_line(told["mailbox"]),
        mail_from=address_line(told["mail_from"]) or ("<>" if told["mailbox"] else "?"),
        rcpt_to=address_line(told["rcpt_to"]),
        subject=one_line(told["subject"]) or clock.words("no_subject"),
        message_id=one_line(told["message_id"], MAX_REASON),
        reason=of_the_program(one_line(in_a_line(told["reason"]), MAX_REASON), clock.words),
        attempts=clock.words.n("health.attempts", tried) if tried else "",
        came=clock.moment(told["came"]),
        due=clock.moment(due) if due else None,
        ordered=told["id"] in ordered,
        people=address_line(told.get("people", ""), MAX_PEOPLE),
    )


def _dropped_of(told: Document, clock: Clock) -> DroppedShown:
    return DroppedShown(
        id=one_line(told["id"]),
        mail_from=address_line(told["mail_from"]),
        rcpt_to=address_line(told["rcpt_to"]),
        people=address_line(told["people"], MAX_PEOPLE),
        subject=one_line(told["subject"]) or clock.words("no_subject"),
        message_id=one_line(told["message_id"], MAX_REASON),
        at=clock.moment(told["at"]),
        who=one_line(told["who"]) or clock.words("missing.somebody"),
    )


def folder_of(told: dict[str, Any], clock: Clock) -> FolderShown:
    """Return a folder."""
    state = told["state"]
    return FolderShown(
        name=one_line(told["name"]),
        state=of_the_program(one_line(state), clock.words),
        good=state in ("watching", "starting"),
        seen=clock.moment(told["seen"]),
        detail=of_the_program(one_line(told["detail"], MAX_REASON), clock.words),
    )


def refusal_of(document: Document, clock: Clock) -> ShownRefusal:
    """Return a refusal."""
    return ShownRefusal(
        at=clock.moment(document["at"]),
        answer=answer_of(one_line(document["answer"], MAX_REASON), clock.words),
        means=means(document["answer"], clock.words),
        peer=one_line(document["peer"]),
        mail_from=address_line(document["mail_from"]),
        rcpt_to=address_line(document["rcpt_to"]),
    )


def answer_of(answer: str, words: PageWords) -> str:
    """Return an answer as SMTP gave it; one of ours over HTTP in the reader's words."""
    status, colon, said = answer.partition(": ")
    if not colon or not _HTTP.fullmatch(status):
        return answer
    return f"{status}: {'; '.join(of_the_program(each, words) for each in said.split('; '))}"


def means(answer: str, words: PageWords) -> str:
    """Return the meaning of a door's answer, by enhanced code (RFC 3463), else code or first digit.

    The SMTP library's own answers seldom have an enhanced code. Nothing if it is none of SMTP's.
    """
    found = _CODE.match(answer)
    codes = [found[2], found[1], answer[0]] if found else []
    keys = [f"refusal.{each}" for each in codes]
    return next((words(each) for each in keys if each in words.table), "")


def matching(letters: Sequence[Shown], words: str) -> list[Shown]:
    """Return letters of a spool that words may mean: by id, Message-ID, address or subject."""
    wanted = words.casefold()
    return [
        each
        for each in letters
        if wanted in (each.id.casefold(), each.message_id.casefold())
        or wanted in " ".join((each.mail_from, each.rcpt_to, each.people, each.subject)).casefold()
    ]
