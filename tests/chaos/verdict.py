"""Whether the books balance: the ledger against the database and ``failed/``."""

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from bridge.envelope import read_trace
from tests.chaos.ledger import Ledger, Sent


@dataclass
class Verdict:
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

    @property
    def balanced(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.doubled or self.foreign or self.changed or self.torn)


def reach_verdict(ledger: Ledger, client: MongoClient[dict[str, Any]], spool: Path) -> Verdict:
    """Compare what was promised with what is there."""
    verdict = Verdict()
    database = client["chaos"]
    dialogs = list(database.dialogs.find())
    verdict.dialogs = len(dialogs)
    found: Counter[tuple[str, str]] = Counter()
    places: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for dialog in dialogs:
        conversations = set()
        for message in dialog["messages"]:
            sent = ledger.letters.get(message["message_id"])
            verdict.stored += 1
            if sent is None or dialog["mailbox"] not in sent.mailboxes or not sent.possible:
                verdict.foreign.append(f"{message['message_id']} in {dialog['mailbox']}")
                continue
            found[dialog["mailbox"], sent.message_id] += 1
            places[dialog["mailbox"], sent.conversation].add(str(dialog["_id"]))
            conversations.add(sent.conversation)
            verdict.unparsed += any("could not be parsed" in each for each in message["defects"])
            if not is_unchanged(sent, message, database):
                verdict.changed.append(sent.message_id)
        if len(conversations) > 1:
            verdict.torn.append(f"{sorted(conversations)} in one dialog")
    verdict.torn += [
        f"{name} in {len(ids)} dialogs" for name, ids in places.items() if len(ids) > 1
    ]
    failed = failed_letters(spool, verdict)
    for sent in ledger.letters.values():
        for mailbox in sent.mailboxes:
            count = found[mailbox, sent.message_id]
            if count > 1:
                verdict.doubled.append(f"{sent.message_id}: {count} in {mailbox}")
            if sent.promised and not count and (mailbox, sent.sha256) not in failed:
                verdict.lost.append(f"{sent.message_id} in {mailbox}")
    return verdict


def failed_letters(spool: Path, verdict: Verdict) -> set[tuple[str, str]]:
    """Return mailbox and digest of what lies in ``failed/`` with a reason."""
    failed = set()
    for path in (spool / "failed").glob("*.eml"):
        delivery, start = read_trace(content := path.read_bytes())
        if json.loads(path.with_suffix(".json").read_text())["reason"]:
            failed.add((delivery.mailbox, hashlib.sha256(content[start:]).hexdigest()))
            verdict.failed += 1
    return failed


def is_unchanged(sent: Sent, message: dict[str, Any], database: Any) -> bool:
    """Tell whether raw letter and attachment are in GridFS to the byte."""
    named = {message["raw"]["sha256"]: sent.content}
    for attachment in message["attachments"]:
        named[attachment["sha256"]] = sent.attachment
    for sha256, content in named.items():
        chunks = database["blobs.chunks"].find({"files_id": sha256}).sort("n", 1)
        if b"".join(chunk["data"] for chunk in chunks) != content:
            return False
        if database["blobs.files"].find_one({"_id": sha256}) is None:
            return False
    return True
