"""The HTTP application: the only table of the routes and their handlers."""

from collections.abc import Iterable
from functools import partial
from typing import Protocol

from aiohttp import web

from contract.canary import OLDEST_SECONDS
from receiver.access.tokens import Tokens
from receiver.bridges.bridges import Bridges
from receiver.bridges.further_ids import FurtherIds
from receiver.bridges.posts import PostRefusals
from receiver.bridges.reports import BridgeReports
from receiver.changes.changes import Changes
from receiver.filing.rounds import FilingRounds
from receiver.hooks.reports import AlarmReports
from receiver.page.page import Page
from receiver.page.serving import PageServing, keep_to_itself, told
from receiver.page.signing.sign_ins import SignIns
from receiver.page.signing.visitors import Visitors
from receiver.proving.canaries import Canaries
from receiver.running.readiness import Readiness
from receiver.web.access import keep_private
from receiver.web.blobs import BlobUploads, SmallBlobs
from receiver.web.dialogs import DialogRequests
from receiver.web.door.connection import count_request, name_no_versions
from receiver.web.door.descriptors import connection_limit
from receiver.web.events import EventPosts
from receiver.web.problems import TOLD, answering_errors, tell_as_problem
from receiver.web.proofs import ProofRequests
from receiver.web.requests import Route, refuse_encoded, wait_to_go_on
from receiver.web.v1.api import Api
from receiver.web.v1.following.feeds import MAX_LISTENERS, Feeds
from receiver.web.v1.operation import Serving
from receiver.wiring import ReceiverParts


class Answering(Protocol):
    """A part of the application that serves some paths."""

    def routes(self) -> Iterable[Route]:
        """Return the paths with their handlers."""


def build(parts: ReceiverParts) -> web.Application:
    """Return the application, which refuses to store anything until the parts are ready."""
    # Some connections are kept for reading and posting.
    listeners = min(MAX_LISTENERS, connection_limit(parts.settings.mongo_pool) * 3 // 4)
    feeds = Feeds(Changes(parts.database), Tokens(parts.database), most=listeners)
    answering = (*_taking(parts), _api(parts, feeds), _page(parts, feeds), parts.readiness)
    app = _serving(answering, parts.readiness)

    async def end_feeds(_app: web.Application) -> None:
        await feeds.close()  # they would not end by themselves

    app.on_shutdown.append(end_feeds)
    return app


def _taking(parts: ReceiverParts) -> Iterable[Answering]:
    """Yield the parts that take letters, blobs and bridges' reports, and answer bridges."""
    settings, access, database = parts.settings, parts.access, parts.database
    requests, seconds = access.requests, settings.mongo_timeout
    small = SmallBlobs(parts.store.blobs)
    yield EventPosts(
        access,
        FilingRounds(parts.filing.file, seconds),
        Canaries(database, partial(parts.keyring.with_former, OLDEST_SECONDS)),
        FurtherIds(database),
        small,
        PostRefusals(database),
        parts.store.mailboxes,
        settings.max_event_bytes,
    )
    yield AlarmReports(requests, database)
    yield BridgeReports(requests, Bridges(database), seconds)
    yield BlobUploads(requests, parts.store.blobs, small, settings.max_blob_bytes)
    yield DialogRequests(requests, parts.store, parts.corrections, seconds)
    yield ProofRequests(access, parts.store, database, seconds)


def _api(parts: ReceiverParts, feeds: Feeds) -> Api:
    settings = parts.settings
    return Api(
        Serving(parts.access, settings.mongo_timeout, parts.store.mailboxes),
        parts.database,
        parts.store,
        parts.corrections,
        parts.persons,
        feeds,
        private_hooks=settings.hook_private_addresses,
    )


def _page(parts: ReceiverParts, feeds: Feeds) -> Page:
    settings, access, database = parts.settings, parts.access, parts.database
    serving = PageServing(
        Visitors(access, SignIns(database), Tokens(database)),
        access.requests,
        settings.page_url,
        settings.mongo_timeout,
        parts.readiness.waits,
    )
    return Page(
        serving,
        database,
        parts.store,
        parts.corrections,
        parts.persons,
        feeds,
        settings.join_policy,
    )


def _serving(parts: Iterable[Answering], readiness: Readiness) -> web.Application:
    """Return the application that serves the routes of all parts."""
    app = web.Application(middlewares=[count_request, answering_errors(told), refuse_encoded])
    app.on_response_prepare.append(tell_as_problem)
    app[TOLD] = told
    app.on_response_prepare.append(name_no_versions)
    app.on_response_prepare.append(keep_private)
    app.on_response_prepare.append(keep_to_itself)
    for route in (each for part in parts for each in part.routes()):
        handler = readiness.once_ready(route)
        methods = (route.method, "HEAD") if route.method == "GET" else (route.method,)
        for method in methods:
            app.router.add_route(method, route.path, handler, expect_handler=wait_to_go_on)
    return app
