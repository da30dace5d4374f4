"""Readiness: whether the database is ours and answers, and the routes that tell it."""

import asyncio
import logging

from aiohttp import web
from aiohttp.typedefs import Handler

from contract.keyring import Keyring, SecretsMissing
from receiver import metrics
from receiver.doctor.trouble import hosts_of, in_words
from receiver.errors import NO_KEYS, Problem, unavailable
from receiver.filing.collections import Store
from receiver.settings import ReceiverSettings
from receiver.store import mongo, schema, standing
from receiver.store.mongo import StoreUnavailable
from receiver.web.requests import Route

log = logging.getLogger(__name__)

SCHEMA_RETRY_SECONDS = 2.0
REFUSED_RETRY_SECONDS = 5.0
SAME_AGAIN_SECONDS = 60.0
OF_PROXIES = ("Forwarded", "X-Forwarded-For", "X-Real-IP")
# The public words; hosts and logins are only in the log.
NOT_REACHED = "MongoDB is not reached at MONGO_URI: the receiver's log says why"
NOT_YET_ASKED = "MongoDB has not answered yet"
INDEXING = "the database's indexes are being made"


class Readiness:
    """Whether the database is ours and its schema in place; before that no letter is stored."""

    def __init__(
        self,
        database: mongo.Database,
        store: Store,
        settings: ReceiverSettings,
        keyring: Keyring,
    ) -> None:
        self._keyring = keyring
        self._database = database
        self._hosts = hosts_of(settings.mongo_uri.get_secret_value())
        self._blobs = store.blobs
        self._policy = settings.join_policy
        self.schema_in_place = False
        self.refusal: str | None = None
        self._waits_for = NOT_YET_ASKED
        self._said = ("", 0.0)
        self._looking: asyncio.Task[str | None] | None = None

    async def prepare(self) -> None:
        """Create validator and indexes, and retry until the database allows it.

        A database of an earlier version, or of another rule, is left alone until somebody acts.
        """
        while not self.schema_in_place:
            try:
                if self._refuses(await standing.claim(self._database, self._policy)):
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
                self._say("MongoDB is not ready: %s", self.why(error))
                await asyncio.sleep(SCHEMA_RETRY_SECONDS)

    def _say(self, text: str, why: str) -> None:
        """Log a problem once, and again once a minute while it stays the same."""
        now = asyncio.get_running_loop().time()
        if why != self._said[0] or now - self._said[1] >= SAME_AGAIN_SECONDS:
            self._said = (why, now)
            log.warning(text, why)

    async def still_ours(self) -> bool:
        """Tell whether letters may be filed in a database that was ours a while ago.

        One that has become another's, or was restored meanwhile, is first prepared anew. Raises
        StoreUnavailable.
        """
        if not self.schema_in_place:
            return False
        refusal = await standing.refusal(self._database, self._policy, was_ours=True)
        if self._refuses(refusal):
            self.schema_in_place = False
            await self.prepare()
        return True

    def why(self, error: StoreUnavailable) -> str:
        """Return in words for the log why the database did not answer."""
        return in_words(error.__cause__, self._hosts) if error.__cause__ else str(error)

    def _refuses(self, refusal: str | None) -> bool:
        if refusal and refusal != self.refusal:
            log.error("no letter is filed in database %s: %s", self._database.name, refusal)
        self.refusal = refusal
        return refusal is not None

    async def healthz(self, _request: web.Request) -> web.Response:
        """Answer 200 as long as the process answers at all."""
        return web.json_response({"status": "alive"})

    async def readyz(self, _request: web.Request) -> web.Response:
        """Answer 200 if there is a secret, MongoDB answers and all indexes exist, else 503."""
        try:
            self._keyring.current()
        except SecretsMissing:
            raise unavailable(NO_KEYS) from None
        if why := self.waits():
            raise unavailable(why)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._trouble())
        if trouble := await asyncio.shield(self._looking):
            raise unavailable(trouble)
        return web.json_response({"status": "ready"})

    async def _trouble(self) -> str | None:
        """Return why the database is not ready. One look answers everybody who asks during it."""
        try:
            is_ready = await schema.is_ready(self._database)
        except StoreUnavailable as error:
            log.warning("MongoDB is not ready: %s", self.why(error))
            return NOT_REACHED
        return None if is_ready else "the database's indexes are not in place"

    async def metrics(self, request: web.Request) -> web.Response:
        """Answer with all metrics in Prometheus' text format; 404 to requests through a proxy.

        They name mailboxes, and are for the administrator.
        """
        if any(each in request.headers for each in OF_PROXIES):
            raise Problem(404, "Not Found")
        headers = {"Content-Type": "text/plain; version=0.0.4"}
        return web.Response(body=metrics.text(), headers=headers)

    def routes(self) -> list[Route]:
        """Return the routes about the receiver's state."""
        return [
            Route("GET", "/healthz", self.healthz, stores=False),
            Route("GET", "/readyz", self.readyz, stores=False),
            Route("GET", "/metrics", self.metrics, stores=False),
        ]

    def waits(self) -> str | None:
        """Return why the database cannot be used yet, or None."""
        return None if self.schema_in_place else self.refusal or self._waits_for

    def once_ready(self, route: Route) -> Handler:
        """Return the route's handler, refusing until the indexes that keep letters unique exist."""

        async def handle(request: web.Request) -> web.StreamResponse:
            if route.stores and (why := self.waits()):
                raise unavailable(why)
            return await route.handler(request)

        return handle
