"""Whether the books balance: the ledger against the database and ``failed/``."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

from bridge.spool.envelope import read_trace
from receiver.threads.partition import Policy
from tests.measure.chaos.ledger import Ledger, Sent, Thread
from tests.measure.chaos.wholeness import flaws
from tests.stored import blob, original, whole_dialogs

Document = dict[str, Any]


@dataclass
class ChaosVerdict:
    """Lists of what is wrong; all of them must be empty."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    stored: int = 0
    failed: int = 0
    unparsed: int = 0
    dialogs: int = 0
    merged: int = 0

    @property
    def balanced(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.doubled or self.foreign or self.changed or self.torn)


def reach_verdict(
    ledger: Ledger, client: MongoClient[Document], spool: Path, policy: Policy
) -> ChaosVerdict:
    """Compare what was promised with what is there."""
    verdict = ChaosVerdict()
    database = client["chaos"]
    documents = list(database.dialogs.find())
    letters = list(database.letters.find())
    verdict.torn = flaws(documents, letters, list(database.redirects.find()), policy)
    kept = {(each["mailbox"], each["key"]): each for each in letters}
    found: Counter[tuple[str, str]] = Counter()
    for dialog in whole_dialogs(documents):
        placed = []
        for message in dialog["messages"]:
            sent = ledger.letters.get(message["message_id"])
            verdict.stored += 1
            if sent is None or dialog["mailbox"] not in sent.mailboxes or not sent.possible:
                verdict.foreign.append(f"{message['message_id']} in {dialog['mailbox']}")
                continue
            placed.append(sent)
            found[dialog["mailbox"], sent.message_id] += 1
            verdict.unparsed += any("could not be parsed" in each for each in message["defects"])
            letter = kept.get((dialog["mailbox"], message["key"]))
            if letter is None or not is_unchanged(sent, letter, database):
                verdict.changed.append(sent.message_id)
        judge_company(verdict, placed, ledger.threads, policy)
    failed = failed_letters(spool, verdict)
    for sent in ledger.letters.values():
        for mailbox in sent.mailboxes:
            count = found[mailbox, sent.message_id]
            if count > 1:
                verdict.doubled.append(f"{sent.message_id}: {count} in {mailbox}")
            if sent.promised and not count and (mailbox, sent.sha256) not in failed:
                verdict.lost.append(f"{sent.message_id} in {mailbox}")
    return verdict


def judge_company(
    verdict: ChaosVerdict, placed: Sequence[Sent], threads: Mapping[str, Thread], policy: Policy
) -> None:
    """Find strangers in a user's dialog whom no letter there has brought in.

    Everything else about places follows from the letters (``wholeness``); this one is known from
    what was sent, whatever the rule says.
    """
    names = {sent.thread for sent in placed}
    verdict.dialogs += 1
    verdict.merged += len(names) > 1
    if policy == "anyone":
        return
    invited = {sent.brings for sent in placed}
    users = any(not threads[name].host for name in names)
    verdict.torn += [
        f"{name} is in a dialog of {sorted(names)} uninvited"
        for name in sorted(names)
        if threads[name].host and name not in invited and (users or len(names) > 1)
    ]


def failed_letters(spool: Path, verdict: ChaosVerdict) -> set[tuple[str, str]]:
    """Return mailbox and digest of what lies in ``failed/`` with a reason."""
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
