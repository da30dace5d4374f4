"""The HTTP application: its routes, its readiness, and the one place where errors get a status."""

import asyncio
import json
import logging

from aiohttp import web
from aiohttp.typedefs import Handler

from contract.keyring import Keyring, SecretsMissing
from receiver import metrics
from receiver.errors import Problem, StoreUnavailable, unavailable
from receiver.filing.corrections import Corrections
from receiver.filing.filing import Filing
from receiver.filing.moving import Moving
from receiver.settings import ReceiverSettings
from receiver.store import mongo, schema
from receiver.store.blobs import Blobs
from receiver.store.dialogs import Dialogs
from receiver.store.trouble import hosts_of, in_words
from receiver.web.dialogs import Api
from receiver.web.events import Webhook

log = logging.getLogger(__name__)

SCHEMA_RETRY_SECONDS = 2.0
FINISH_SECONDS = 30.0
UNTIL_READY = ("/webhook/", "/dialogs/")


class Readiness:
    """Whether the schema is known to be in place; before that no letter is stored."""

    def __init__(
        self, database: mongo.Database, blobs: Blobs, moving: Moving, settings: ReceiverSettings
    ) -> None:
        self._database = database
        self._hosts = hosts_of(settings.mongo_uri.get_secret_value())
        self._blobs = blobs
        self._moving = moving
        self.schema_in_place = False

    async def prepare(self) -> None:
        """Create validator and indexes, and try again until the database lets us."""
        while not self.schema_in_place:
            try:
                await schema.ensure(self._database)
                await self._blobs.ensure()
                self.schema_in_place = True
            except StoreUnavailable as error:
                log.warning("MongoDB is not ready: %s", in_words(error.__cause__, self._hosts))
                await asyncio.sleep(SCHEMA_RETRY_SECONDS)

    async def keep_finishing(self) -> None:
        """Finish, now and then, the moves of letters that a crash cut short anywhere."""
        while True:
            try:
                if self.schema_in_place and (count := await self._moving.finish_all()):
                    log.info("finished %d moves of letters", count)
            except StoreUnavailable as error:
                log.warning("moves of letters are not finished: %s", error)
            await asyncio.sleep(FINISH_SECONDS)

    async def healthz(self, _request: web.Request) -> web.Response:
        """Answer 200 as long as the process answers at all."""
        return web.json_response({"status": "alive"})

    async def readyz(self, _request: web.Request) -> web.Response:
        """Answer 200 if MongoDB answers and all indexes exist, 503 otherwise."""
        if not self.schema_in_place or not await schema.is_ready(self._database):
            raise unavailable("the database's indexes are not in place")
        return web.json_response({"status": "ready"})

    async def metrics(self, _request: web.Request) -> web.Response:
        """Answer with every number in Prometheus' text format."""
        headers = {"Content-Type": "text/plain; version=0.0.4"}
        return web.Response(body=metrics.text(), headers=headers)

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse letters until the unique indexes that keep them single are there."""
        if request.path.startswith(UNTIL_READY) and not self.schema_in_place:
            raise unavailable("the database is not ready")
        return await handler(request)


def build(
    settings: ReceiverSettings, keyring: Keyring, database: mongo.Database
) -> tuple[web.Application, Readiness]:
    """Return the application, and the readiness whose ``prepare`` has yet to run."""
    blobs = Blobs(database)
    dialogs = Dialogs(database, settings.dialog_part_bytes)
    filing = Filing(dialogs, settings.join_policy, settings.match_by_subject)
    readiness = Readiness(database, blobs, filing.moving, settings)
    webhook = Webhook(settings, keyring, filing, blobs)
    app = web.Application(
        middlewares=[answer_errors, readiness.guard], client_max_size=settings.max_event_bytes
    )
    app.router.add_post("/webhook/email", webhook.post_email)
    app.router.add_put("/webhook/blobs/{sha256}", webhook.put_blob)
    api = Api(settings, keyring, dialogs, Corrections(dialogs, filing.moving))
    app.router.add_routes(api.routes())
    app.router.add_get("/healthz", readiness.healthz)
    app.router.add_get("/readyz", readiness.readyz)
    app.router.add_get("/metrics", readiness.metrics)
    return app, readiness


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Map every error to its answer, ``application/problem+json``, and count the answers."""
    try:
        answer = await handler(request)
    except web.HTTPPermanentRedirect:
        raise
    except Exception as error:
        problem = problem_of(error, request.path)
        headers = {"Retry-After": str(problem.retry_after)} if problem.retry_after else {}
        answer = web.Response(
            text=json.dumps(problem.body(), ensure_ascii=False),
            status=problem.status,
            headers=headers,
            content_type="application/problem+json",
        )
    if request.path.startswith("/webhook/"):
        metrics.ANSWERS.labels(answer.status).inc()
    return answer


def problem_of(error: Exception, path: str) -> Problem:
    """Return the answer to an error, and log what a person should know."""
    match error:
        case Problem():
            return error
        case StoreUnavailable() | SecretsMissing():
            log.warning("503 for %s: %s", path, error)
            return unavailable("the store does not answer")
        case TimeoutError():
            log.warning("503 for %s: out of time", path)
            return unavailable("the store is too slow")
        case ConnectionError():  # the client left; nobody reads this answer
            log.info("the client of %s left", path)
            return Problem(400, "the body was cut off")
        case OSError():  # no disk for a large upload
            log.error("503 for %s: %s", path, error)
            return unavailable("no room for the upload")
        case web.HTTPException():
            return Problem(error.status, error.reason)
        case _:
            log.error("500 for %s", path, exc_info=error)
            return Problem(500, "an error of ours")
