"""Readiness, and what goes on beside the requests: sweeping, disposing, retaining, alarms."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from aiohttp import web
from aiohttp.typedefs import Handler

from contract.keyring import Keyring, SecretsMissing
from receiver import metrics
from receiver.doctor.trouble import hosts_of, in_words
from receiver.erasing.disposal import dispose
from receiver.errors import Problem, unavailable
from receiver.filing.collections import Store
from receiver.filing.sweeper import SETTLED_AFTER, Sweeper
from receiver.migration.orphans import EarlierOrphans
from receiver.proving.silence_watch import QuietMailboxes
from receiver.retaining.daily import Daily
from receiver.settings import ReceiverSettings
from receiver.store import mongo, schema, standing
from receiver.store.mongo import StoreUnavailable
from receiver.web.requests import Route

log = logging.getLogger(__name__)

SCHEMA_RETRY_SECONDS = 2.0
REFUSED_RETRY_SECONDS = 5.0
SAME_AGAIN_SECONDS = 60.0
OF_PROXIES = ("Forwarded", "X-Forwarded-For", "X-Real-IP")
SWEEP_SECONDS = 10.0
RETENTION_SECONDS = 600.0
STILL_OURS = partial(standing.refusal, was_ours=True)
# What is told to whoever asks; hosts and logins are for the log.
NOT_REACHED = "MongoDB is not reached at MONGO_URI: the receiver's log says why"
NOT_YET_ASKED = "MongoDB has not answered yet"
INDEXING = "the database's indexes are being made"


class Readiness:
    """Whether the database is ours and its schema in place; before that no letter is stored."""

    def __init__(
        self,
        database: mongo.Database,
        store: Store,
        sweeper: Sweeper,
        daily: Daily,
        settings: ReceiverSettings,
        keyring: Keyring,
    ) -> None:
        self._keyring = keyring
        self._database = database
        self._hosts = hosts_of(settings.mongo_uri.get_secret_value())
        self._store = store
        self._blobs = store.blobs
        self._sweeper = sweeper
        self._daily = daily
        self._orphans = EarlierOrphans(database, store.dialogs)
        self._quiet = QuietMailboxes(database, store.letters)
        self._policy = settings.join_policy
        self.schema_in_place = False
        self.refusal: str | None = None
        self._waits_for = NOT_YET_ASKED
        self._said = ("", 0.0)

    async def prepare(self) -> None:
        """Create validator and indexes, and try again until the database lets us.

        One of an earlier version, or of another rule, is left alone until somebody has acted.
        """
        while not self.schema_in_place:
            try:
                if await self._is_refused(standing.claim):
                    await asyncio.sleep(REFUSED_RETRY_SECONDS)
                    continue
                self._waits_for = INDEXING
                await schema.ensure(self._database)
                await self._blobs.ensure()
                if strangers := await standing.foreign(self._database):
                    log.info("%d documents in dialogs are not ours and stay as they are", strangers)
                self.schema_in_place = True
            except StoreUnavailable as error:
                self._waits_for = NOT_REACHED
                self._say("MongoDB is not ready: %s", self._why(error))
                await asyncio.sleep(SCHEMA_RETRY_SECONDS)

    def _say(self, text: str, why: str) -> None:
        """Log a trouble once, and again once a minute while it stays the same."""
        now = asyncio.get_running_loop().time()
        if why != self._said[0] or now - self._said[1] >= SAME_AGAIN_SECONDS:
            self._said = (why, now)
            log.warning(text, why)

    def _why(self, error: StoreUnavailable) -> str:
        return in_words(error.__cause__, self._hosts) if error.__cause__ else str(error)

    async def _is_refused(self, why: Callable[..., Awaitable[str | None]]) -> bool:
        refusal = await why(self._database, self._policy)
        if refusal and refusal != self.refusal:
            log.error("no letter is filed in database %s: %s", self._database.name, refusal)
        self.refusal = refusal
        return refusal is not None

    async def dispose(self) -> None:
        """Destroy what was erased, or came for nothing, long enough ago."""
        now = await self._store.dialogs.now()
        if count := await dispose(self._blobs, self._store.leaving, now):
            metrics.DESTROYED.inc(count)
            log.info("destroyed %d files that no letter names", count)

    async def keep_sweeping(self) -> None:
        """Show, now and then, what a crash left kept and not shown anywhere."""
        while True:
            try:
                if self.schema_in_place and await self._is_refused(STILL_OURS):
                    self.schema_in_place = False
                    await self.prepare()
                if self.schema_in_place:
                    await self._sweep()
            except StoreUnavailable as error:
                log.warning("letters that were not shown are not settled: %s", self._why(error))
            await asyncio.sleep(SWEEP_SECONDS if self.schema_in_place else SCHEMA_RETRY_SECONDS)

    async def _sweep(self) -> None:
        await self._orphans.forget(await self._store.dialogs.now() - SETTLED_AFTER)
        if count := await self._sweeper.sweep():
            log.info("settled %d letters that were not shown", count)
        metrics.tell_backup(await standing.backed_up(self._database))
        await self._quiet.look(await self._store.dialogs.now())

    async def keep_retaining(self) -> None:
        """Have go what was erased long enough ago and, once a day, what RETENTION says."""
        while True:
            try:
                if self.schema_in_place:
                    await self.dispose()
                    await self._daily.run_if_due()
            except StoreUnavailable as error:
                log.warning("what was to go has not gone yet: %s", self._why(error))
            await asyncio.sleep(RETENTION_SECONDS)

    async def healthz(self, _request: web.Request) -> web.Response:
        """Answer 200 as long as the process answers at all."""
        return web.json_response({"status": "alive"})

    async def readyz(self, _request: web.Request) -> web.Response:
        """Answer 200 if there is a secret, MongoDB answers and all indexes exist, else 503."""
        try:
            self._keyring.current()
        except SecretsMissing:
            words = "there is no usable secret: WEBHOOK_SECRETS, or WEBHOOK_SECRETS_FILE"
            raise unavailable(words) from None
        if why := self.waits():
            raise unavailable(why)
        try:
            if not await schema.is_ready(self._database):
                raise unavailable("the database's indexes are not in place")
        except StoreUnavailable as error:
            log.warning("MongoDB is not ready: %s", self._why(error))
            raise unavailable(NOT_REACHED) from None
        return web.json_response({"status": "ready"})

    async def metrics(self, request: web.Request) -> web.Response:
        """Answer with every number in Prometheus' text format; 404 to who comes by a proxy.

        They name mailboxes, and are for who runs the receiver.
        """
        if any(each in request.headers for each in OF_PROXIES):
            raise Problem(404, "Not Found")
        headers = {"Content-Type": "text/plain; version=0.0.4"}
        return web.Response(body=metrics.text(), headers=headers)

    def routes(self) -> list[Route]:
        """Return the routes that say how the receiver is."""
        return [
            Route("GET", "/healthz", self.healthz, stores=False),
            Route("GET", "/readyz", self.readyz, stores=False),
            Route("GET", "/metrics", self.metrics, stores=False),
        ]

    def waits(self) -> str | None:
        """Return why the database cannot be asked yet, or None."""
        return None if self.schema_in_place else self.refusal or self._waits_for

    def once_ready(self, route: Route) -> Handler:
        """Return the route's handler, refusing until the indexes that keep letters single exist."""

        async def handle(request: web.Request) -> web.StreamResponse:
            if route.stores and (why := self.waits()):
                raise unavailable(why)
            return await route.handler(request)

        return handle
