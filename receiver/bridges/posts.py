"""Letters refused over HTTP, stored beside the refusals that bridges report.

Only of callers authenticated by a token or a signature, and the last thousand of each: nobody else
can write there, and nobody displaces others' refusals. A status that will be retried (408, 429,
5xx) is no refusal, and of letters of the erased (410) nothing is stored.
"""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic_core import from_json

from contract.bridge.report import REMEMBERED
from receiver.access.grant import EVERY_MAILBOX, Grant
from receiver.errors import Problem
from receiver.store.mongo import Database, Document, StoreUnavailable, store_errors

log = logging.getLogger(__name__)

FOR_GOOD = frozenset({400, 403, 404, 413, 415, 422})
READ_BYTES, MAX_SIGNS = 1024 * 1024, 300


@dataclass
class Post:
    """A post of an authenticated caller: its peer, and its body once that has been read."""

    who: str
    peer: str
    mailboxes: frozenset[str] = frozenset()
    body: bytes = b""


class PostRefusals:
    """Records refusals; a store that does not answer changes no answer."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._refusals = database["refusals"]
        self._clock = clock

    @asynccontextmanager
    async def noting(self, peer: str, grant: Grant | None) -> AsyncIterator[Post]:
        """Record the problem that the block raises, if it is final."""
        who = f"token {grant.name}" if grant else "service"
        post = Post(who, peer, grant.mailboxes if grant else frozenset())
        try:
            yield post
        except Problem as problem:
            if problem.status in FOR_GOOD:
                try:
                    await self._note(post, problem)
                except StoreUnavailable as error:
                    log.warning("a refusal was not remembered: %s", error)
            raise

    async def _note(self, post: Post, problem: Problem) -> None:
        now = self._clock()
        mail_from, mailbox = _addresses(post.body[: READ_BYTES + 1])
        if not mailbox and len(post.mailboxes) == 1:
            [mailbox] = post.mailboxes - {EVERY_MAILBOX} or {""}
        row: Document = {
            "bridge": f"http {post.who}",  # no bridge's id contains a space
            "number": int(now.timestamp() * 1_000_000),
            "at": now,
            "kept": now,
            "peer": post.peer,
            "mail_from": mail_from,
            "rcpt_to": mailbox,
            "answer": _legible(f"HTTP {problem.status}: {_said(problem)}"),
        }
        with store_errors():
            await self._refusals.insert_one(row)
            of_his: Document = {"bridge": row["bridge"]}
            found = self._refusals.find(of_his, {"number": 1}).sort("number", -1)
            old = await found.hint("of_a_bridge").skip(REMEMBERED).limit(1).to_list(1)
            if old:
                await self._refusals.delete_many(of_his | {"number": {"$lte": old[0]["number"]}})


def _said(problem: Problem) -> str:
    wrong = [f"{each.get('path', '')}: {each.get('message', '')}" for each in problem.errors[:1]]
    return "; ".join([problem.detail, *wrong])


def _addresses(body: bytes) -> tuple[str, str]:
    """Return the sender and the mailbox that an event names, as far as they can be read."""
    if not body or len(body) > READ_BYTES:
        return "", ""
    try:
        said: Any = from_json(body)
    except ValueError:
        return "", ""
    data = said.get("data") if isinstance(said, dict) else None
    data = data if isinstance(data, dict) else {}
    sender = data.get("from")
    sender = sender.get("address") if isinstance(sender, dict) else sender
    named = (sender, data.get("mailbox"))
    [mail_from, mailbox] = [_legible(each) if isinstance(each, str) else "" for each in named]
    return mail_from, mailbox


def _legible(text: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in text.strip()[:MAX_SIGNS])
