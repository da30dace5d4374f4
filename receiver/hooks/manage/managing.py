"""Making, testing and switching hooks, for both the API and the command line."""

import secrets
import time
from collections.abc import Iterable
from datetime import datetime

from contract.signature import new_secret
from receiver.hooks.address import refused_url
from receiver.hooks.calling.target import Target
from receiver.hooks.event import TEST, EventKind, HookEvent
from receiver.hooks.hook import FORMER_SIGNS, hook_of, new_hook
from receiver.hooks.hooks import Hooks, delivery_of
from receiver.hooks.rules import begun_again
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.mongo import Database, Document, DuplicateKey, ServerClock


class NotMade(Exception):
    """A hook cannot be made; ``field`` is wrong, or None if there are too many."""

    def __init__(self, why: str, field: str | None) -> None:
        super().__init__(why)
        self.field = field


class HookManaging:
    """Manages hooks; each method raises StoreUnavailable when in doubt."""

    def __init__(self, database: Database, *, private: bool) -> None:
        self.hooks = Hooks(database)
        self._clock = ServerClock(database)
        self._mailboxes = KeptMailboxes(database)
        self._private = private

    async def make(
        self,
        url: str,
        name: str,
        mailboxes: Iterable[str],
        kinds: Iterable[EventKind],
        *,
        full: bool,
        who: str,
    ) -> Document:
        """Make a hook and return its document; raises NotMade."""
        if refused := refused_url(url, private=self._private):
            raise NotMade(refused, "url")
        if not name.isprintable():
            raise NotMade("a name is on one line", "name")
        now = await self._clock.now()
        spelt = [await self._mailboxes.spelt(each) for each in mailboxes]
        document = new_hook(url, name, spelt, kinds, full=full, who=who, now=now)
        try:
            if not await self.hooks.add(document):
                raise NotMade("there are too many hooks", None)
        except DuplicateKey:
            raise NotMade("these mailboxes have a hook of this name", "name") from None
        return document

    async def enable(self, document: Document) -> None:
        """Switch a hook on: it goes on where it was, and what waits is tried at once."""
        now, found = await self._clock.now(), document
        while not await self.hooks.go_on(found, begun_again(hook_of(found).late, now)):
            again = await self.hooks.find(document["_id"])
            if again is None:
                return
            found = again

    async def rotate(self, document: Document) -> Document:
        """Give a hook a new secret, beside which the former signs for a day; return the hook.

        Raises NotMade if somebody else has just done so.
        """
        secret, now = new_secret(), await self._clock.now()
        if not await self.hooks.rotate(document, secret, now + FORMER_SIGNS):
            raise NotMade("its secret was changed just now", None)
        return document | {"secret": secret}

    async def test(self, document: Document) -> Document:
        """Send an event without meaning, and return the result."""
        hook, now = hook_of(document), await self._clock.now()
        data = {"hook": str(hook.id), "name": hook.name}
        event = HookEvent(TEST, now, secrets.token_hex(8), 0, data)
        name = event.webhook_id(data["hook"])
        begun = time.monotonic()
        target = Target(private=self._private)
        told = await target.call(
            hook.url, hook.secrets_at(now), name, event.body({}), now.timestamp()
        )
        seconds = time.monotonic() - begun
        delivery = delivery_of(name, TEST, now, told.status, told.reason, seconds)
        await self.hooks.note_delivery(hook.id, delivery)
        return delivery


def last_deliveries(document: Document) -> list[Document]:
    """Return a hook's last attempts, the newest first."""

    def when(delivery: Document) -> datetime:
        return delivery["when"]  # type: ignore[no-any-return]

    return sorted(document["deliveries"], key=when, reverse=True)
