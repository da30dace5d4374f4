"""Visitors of the page: signed in by a token or a link, recognised by a cookie."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from receiver.access.grant import RIGHTS, Grant
from receiver.access.token import digest_of, is_in_force
from receiver.access.tokens import Tokens
from receiver.errors import Problem
from receiver.page.signing.sign_ins import Pass, SignIns
from receiver.store.mongo import Document
from receiver.web.access import Access

LASTS = timedelta(days=30)
USE_NOTED_EVERY = timedelta(minutes=1)
MAX_SECRET = 200


@dataclass(frozen=True)
class SignedIn:
    """A signed-in visitor: his rights, and the digests of his cookie and token, if any."""

    grant: Grant
    digest: str
    token: str | None = None


class Visitors:
    """Signs in and out; ``clock`` gives the time."""

    def __init__(
        self,
        access: Access,
        sign_ins: SignIns,
        tokens: Tokens,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._access = access
        self._sign_ins = sign_ins
        self._tokens = tokens
        self._clock = clock

    async def known(self, cookie: str | None) -> SignedIn | None:
        """Return the visitor with this cookie; None if it, or his token, is unknown or ended."""
        if not cookie or len(cookie) > MAX_SECRET:
            return None
        now = self._clock()
        found = await self._sign_ins.find(digest_of(cookie), now)
        if found is None:
            return None
        allowed: Document | None = found
        if found["token"]:
            token = await self._tokens.find(found["token"])
            allowed = token if token and is_in_force(token, now) else None
        if allowed is None:
            return None
        if found["used"] is None or now - found["used"] > USE_NOTED_EVERY:
            await self._sign_ins.note_use(found["_id"], now)
        rights, mailboxes = frozenset(allowed["rights"]), await self._tokens.mailboxes(allowed)
        by: Literal["token", "link"] = "token" if found["token"] else "link"
        grant = Grant(found["name"], rights, mailboxes, by)
        return SignedIn(grant, found["_id"], found["token"])

    async def by_token(self, text: str, peer: str) -> str:
        """Sign in with a token, and return the cookie's value: Problem 401, 403, 429."""
        grant = await self._access.granted(text, peer)
        if "read" not in grant.rights:
            raise Problem(403, "the token may not read")
        digest = digest_of(text)
        return await self._sign_in(grant, digest)

    async def is_good(self, code: str) -> bool:
        """Tell whether a link would sign in; it is not used up."""
        good = len(code) <= MAX_SECRET
        return good and await self._sign_ins.link(digest_of(code), self._clock()) is not None

    async def by_link(self, code: str) -> str:
        """Sign in with a link, and return the cookie's value: Problem 401."""
        found = None
        if len(code) <= MAX_SECRET:
            found = await self._sign_ins.use_link(digest_of(code), self._clock())
        if found is None:
            raise Problem(401, "the link was used already, or is too old")
        rights, mailboxes = frozenset(found["rights"]), await self._tokens.mailboxes(found)
        return await self._sign_in(Grant(found["name"], rights, mailboxes), found["token"])

    async def leave(self, who: SignedIn) -> None:
        """Sign out here."""
        await self._sign_ins.end(who.digest)

    async def leave_everywhere(self, who: SignedIn) -> None:
        """End all sign-ins of this name by the same token, or by links."""
        await self._sign_ins.end_all_of(who.grant.name, who.token)

    async def _sign_in(self, grant: Grant, token: str | None) -> str:
        cookie = secrets.token_urlsafe(32)
        now = self._clock()
        rights = [each for each in RIGHTS if each in grant.rights]
        allows = Pass(grant.name, rights, sorted(grant.mailboxes), now + LASTS, token)
        await self._sign_ins.add(digest_of(cookie), allows, now)
        return cookie
