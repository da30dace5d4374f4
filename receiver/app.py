"""The HTTP application: its parts, the one table of their routes, and its readiness."""

import asyncio
import logging

from aiohttp import web
from aiohttp.typedefs import Handler

from contract.keyring import Keyring, SecretsMissing
from receiver import metrics
from receiver.bridges.kept import Bridges
from receiver.bridges.reports import BridgeReports
from receiver.erasing.disposal import dispose
from receiver.erasing.erase import Erasing
from receiver.erasing.record import DIRECTORY
from receiver.errors import unavailable
from receiver.filing.collections import Store
from receiver.filing.corrections import Corrections
from receiver.filing.filing import Filing
from receiver.filing.rounds import FilingRounds
from receiver.filing.sweeper import Sweeper
from receiver.hooks.manage.managing import HookManaging
from receiver.hooks.reports import AlarmReports
from receiver.page.page import Page
from receiver.page.serving import keep_to_itself
from receiver.projecting.mailbox import Projecting
from receiver.proving.canaries import Canaries
from receiver.proving.quiet import QuietMailboxes
from receiver.retaining.daily import Daily
from receiver.retaining.holds import Holds
from receiver.retaining.retain import Retaining
from receiver.retaining.terms import terms_of
from receiver.search.searching import Searching
from receiver.settings import ReceiverSettings
from receiver.store import mongo, schema, standing
from receiver.store.changes import Changes
from receiver.store.mongo import StoreUnavailable
from receiver.store.queries import Queries
from receiver.store.tokens import Tokens
from receiver.store.trouble import hosts_of, in_words
from receiver.web.access import Access
from receiver.web.blobs import BlobUploads
from receiver.web.bodies import ROOM_BYTES, BodyRoom
from receiver.web.connections import count_request, name_no_versions
from receiver.web.dialogs import DialogRequests
from receiver.web.events import EventPosts
from receiver.web.problems import answer_errors
from receiver.web.proofs import ProofRequests
from receiver.web.requests import Requests, Route, refuse_encoded, wait_to_go_on
from receiver.web.v1.api import Api
from receiver.web.v1.operation import Serving, keep_private
from receiver.web.v1.persons.operations import PersonOperations

log = logging.getLogger(__name__)

SCHEMA_RETRY_SECONDS = 2.0
REFUSED_RETRY_SECONDS = 5.0
SWEEP_SECONDS = 10.0
RETENTION_SECONDS = 600.0


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
        self._quiet = QuietMailboxes(database, store.letters)
        self._policy = settings.join_policy
        self.schema_in_place = False
        self.refusal: str | None = None

    async def prepare(self) -> None:
        """Create validator and indexes, and try again until the database lets us.

        One of an earlier version, or of another rule, is left alone until somebody has acted.
        """
        while not self.schema_in_place:
            try:
                if await self._is_refused():
                    await asyncio.sleep(REFUSED_RETRY_SECONDS)
                    continue
                await schema.ensure(self._database)
                await self._blobs.ensure()
                if strangers := await standing.foreign(self._database):
                    log.info("%d documents in dialogs are not ours and stay as they are", strangers)
                self.schema_in_place = True
            except StoreUnavailable as error:
                log.warning("MongoDB is not ready: %s", in_words(error.__cause__, self._hosts))
                await asyncio.sleep(SCHEMA_RETRY_SECONDS)

    async def _is_refused(self) -> bool:
        refusal = await standing.claim(self._database, self._policy)
        if refusal and refusal != self.refusal:
            log.error("no letter is filed in database %s: %s", self._database.name, refusal)
        self.refusal = refusal
        return refusal is not None

    async def dispose(self) -> None:
        """Destroy what was erased, or came for nothing, long enough ago."""
        now = await self._store.dialogs.now()
        if count := await dispose(self._blobs, self._store.letters, now):
            metrics.DESTROYED.inc(count)
            log.info("destroyed %d files that no letter names", count)

    async def keep_sweeping(self) -> None:
        """Show, now and then, what a crash left kept and not shown anywhere."""
        while True:
            try:
                if self.schema_in_place and await self._is_refused():
                    self.schema_in_place = False
                    await self.prepare()
                if self.schema_in_place and (count := await self._sweeper.sweep()):
                    log.info("settled %d letters that were not shown", count)
                metrics.tell_backup(await standing.backed_up(self._database))
                if self.schema_in_place:
                    await self.dispose()
                    await self._quiet.look(await self._store.dialogs.now())
            except StoreUnavailable as error:
                log.warning("letters that were not shown are not settled: %s", error)
            await asyncio.sleep(SWEEP_SECONDS)

    async def keep_retaining(self) -> None:
        """Have go, once a day, what RETENTION says."""
        while True:
            try:
                if self.schema_in_place:
                    await self._daily.run_if_due()
            except StoreUnavailable as error:
                log.warning("retention was not finished: %s", error)
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
        if self.refusal:
            raise unavailable(self.refusal)
        if not self.schema_in_place or not await schema.is_ready(self._database):
            raise unavailable("the database's indexes are not in place")
        return web.json_response({"status": "ready"})

    async def metrics(self, _request: web.Request) -> web.Response:
        """Answer with every number in Prometheus' text format."""
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
        return None if self.schema_in_place else self.refusal or "the database is not ready"

    def once_ready(self, route: Route) -> Handler:
        """Return the route's handler, refusing until the indexes that keep letters single exist."""

        async def handle(request: web.Request) -> web.StreamResponse:
            if route.stores and (why := self.waits()):
                raise unavailable(why)
            return await route.handler(request)

        return handle


def build(
    settings: ReceiverSettings, keyring: Keyring, database: mongo.Database
) -> tuple[web.Application, Readiness]:
    """Return the application, and the readiness whose ``prepare`` has yet to run."""
    store = Store.of(database, full_bytes=settings.dialog_part_bytes)
    blobs = store.blobs
    filing = Filing(store, settings.join_policy, settings.match_by_subject)
    corrections = Corrections(store, filing.settle)
    sweeper = Sweeper(store, filing.settle, corrections)
    projecting = Projecting(store, settings.join_policy)
    retaining = Retaining(database, store, settings.join_policy, projecting.project)
    daily = Daily(database, store, retaining, terms_of(settings.retention))
    readiness = Readiness(database, store, sweeper, daily, settings, keyring)
    seconds = settings.mongo_timeout
    room = BodyRoom(max(ROOM_BYTES, settings.max_event_bytes))
    requests = Requests(keyring, room)
    access = Access(requests, Tokens(database))
    persons = PersonOperations(
        store,
        Holds(database, store.dialogs),
        Erasing(store, settings.join_policy).erase,
        settings.data_dir / DIRECTORY,
    )
    api = Api(
        Serving(access, seconds),
        store,
        Queries(database),
        blobs,
        corrections,
        Changes(database),
        persons,
        HookManaging(database, private=settings.hook_private_addresses),
        Searching(database),
    )
    canaries = Canaries(database, keyring.current)
    parts = (
        EventPosts(access, FilingRounds(filing.file, seconds), canaries, settings.max_event_bytes),
        AlarmReports(requests, database),
        BridgeReports(requests, Bridges(database), seconds),
        BlobUploads(requests, blobs, settings.max_blob_bytes),
        DialogRequests(requests, store, corrections, seconds),
        ProofRequests(access, store, seconds),
        api,
        Page(
            access,
            database,
            store,
            blobs,
            corrections,
            api.feeds,
            settings.join_policy,
            settings.page_url,
            seconds,
            readiness.waits,
        ),
        readiness,
    )
    app = web.Application(middlewares=[count_request, answer_errors, refuse_encoded])
    app.on_response_prepare.append(name_no_versions)
    app.on_response_prepare.append(keep_private)
    app.on_response_prepare.append(keep_to_itself)
    app.on_shutdown.append(api.end)
    for route in (each for part in parts for each in part.routes()):
        handler = readiness.once_ready(route)
        methods = (route.method, "HEAD") if route.method == "GET" else (route.method,)
        for method in methods:
            app.router.add_route(method, route.path, handler, expect_handler=wait_to_go_on)
    return app, readiness
