"""Whether the books balance: the ledger against the database and ``failed/``."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

from bridge.spool.envelope import read_trace
from receiver.store.facts import fact_of
from receiver.threads.group import Policy
from tests.measure.chaos.leaving import Leaving, is_leaving
from tests.measure.chaos.ledger import Ledger, Sent, Thread
from tests.measure.chaos.partition import expected
from tests.measure.chaos.wholeness import flaws
from tests.stored import blob, original, whole_dialogs

Document = dict[str, Any]
WRONGS = ("lost", "doubled", "foreign", "changed", "torn", "untold")


@dataclass
class ChaosVerdict:
    """Lists of faults; all of them must be empty."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    stored: int = 0
    failed: int = 0
    unparsed: int = 0
    dialogs: int = 0
    merged: int = 0

    @property
    def balanced(self) -> bool:
        """Whether nothing is wrong."""
        return not any(getattr(self, name) for name in WRONGS)


def reach_verdict(
    ledger: Ledger,
    client: MongoClient[Document],
    spool: Path,
    policy: Policy,
    leaving: Leaving | None = None,
) -> ChaosVerdict:
    """Compare what was promised, and what had to go, with what exists."""
    verdict = ChaosVerdict()
    database = client["chaos"]
    documents = list(database.dialogs.find())
    letters = list(database.letters.find())
    facts = [fact_of(each) for each in database.facts.find()]
    verdict.torn = flaws(documents, letters, list(database.redirects.find()), policy, facts)
    kept = {(each["mailbox"], each["key"]): each for each in letters}
    stored: defaultdict[str, list[tuple[Sent, Any]]] = defaultdict(list)
    for dialog in whole_dialogs(documents):
        for message in dialog["messages"]:
            verdict.stored += 1
            if is_leaving(message):
                continue
            sent = ledger.letters.get(message["message_id"])
            if sent is None or dialog["mailbox"] not in sent.mailboxes or not sent.possible:
                verdict.foreign.append(f"{message['message_id']} in {dialog['mailbox']}")
                continue
            stored[dialog["mailbox"]].append((sent, dialog["_id"]))
            verdict.unparsed += any("could not be parsed" in each for each in message["defects"])
            letter = kept.get((dialog["mailbox"], message["key"]))
            if letter is None or not is_unchanged(sent, letter, database):
                verdict.changed.append(sent.message_id)
    if leaving is not None:
        for name, wrong in leaving.wrong(letters).items():
            getattr(verdict, name).extend(wrong)
    for placed in stored.values():
        judge_places(verdict, placed, ledger.threads, policy)
    failed = failed_letters(spool, verdict)
    found = Counter((box, sent.message_id) for box, placed in stored.items() for sent, _ in placed)
    for sent in ledger.letters.values():
        for mailbox in sent.mailboxes:
            count = found[mailbox, sent.message_id]
            if count > 1:
                verdict.doubled.append(f"{sent.message_id}: {count} in {mailbox}")
            if sent.promised and not count and (mailbox, sent.sha256) not in failed:
                verdict.lost.append(f"{sent.message_id} in {mailbox}")
    return verdict


def judge_places(
    verdict: ChaosVerdict,
    placed: Sequence[tuple[Sent, Any]],
    threads: dict[str, Thread],
    policy: Policy,
) -> None:
    """Find dialogs of one mailbox that should be one, and threads that should not be together.

    This is known from what was sent, whatever the rule says (``partition``); ``wholeness`` checks
    that the dialogs are what the rule says of the letters.
    """
    groups = expected((sent for sent, _ in placed), threads, policy)
    dialogs_of: defaultdict[str, set[str]] = defaultdict(set)
    threads_in: defaultdict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for sent, dialog_id in placed:
        group = groups.of(sent.thread)
        dialogs_of[group].add(str(dialog_id))
        threads_in[str(dialog_id)][group].add(sent.thread)
    verdict.dialogs += len(threads_in)
    verdict.merged += sum(len(names) > 1 for each in threads_in.values() for names in each.values())
    verdict.torn += [
        f"{group} is in {len(ids)} dialogs" for group, ids in dialogs_of.items() if len(ids) > 1
    ]
    verdict.torn += [
        f"{[sorted(names) for names in each.values()]} in one dialog"
        for each in threads_in.values()
        if len(each) > 1
    ]


def failed_letters(spool: Path, verdict: ChaosVerdict) -> set[tuple[str, str]]:
    """Return mailbox and digest of the letters in ``failed/`` with a reason."""
    failed = set()
    for path in (spool / "failed").glob("*.eml"):
        delivery, start = read_trace(content := path.read_bytes())
        if json.loads(path.with_suffix(".json").read_text())["reason"]:
            failed.add((delivery.mailbox, hashlib.sha256(content[start:]).hexdigest()))
            verdict.failed += 1
    return failed


def is_unchanged(sent: Sent, letter: Document, database: Database[Document]) -> bool:
    """Tell whether raw letter and attachment are kept to the byte."""
    attached = [each["sha256"] for each in letter["message"]["attachments"]]
    return original(database, letter) == sent.content and all(
        blob(database, sha256) == sent.attachment for sha256 in attached
    )
