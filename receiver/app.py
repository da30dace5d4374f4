"""The HTTP application: its parts, and the one table of their routes."""

from collections.abc import Iterable
from typing import Protocol

from aiohttp import web

from contract.keyring import Keyring
from receiver.access.kept import Tokens
from receiver.bridges.again import Again
from receiver.bridges.kept import Bridges
from receiver.bridges.reports import BridgeReports
from receiver.erasing.carrying import Carrying
from receiver.erasing.erase import Erasing
from receiver.erasing.record import DIRECTORY
from receiver.filing.collections import Store
from receiver.filing.corrections import Corrections
from receiver.filing.filing import Filing
from receiver.filing.rounds import FilingRounds
from receiver.filing.sweeper import Sweeper
from receiver.hooks.manage.managing import HookManaging
from receiver.hooks.reports import AlarmReports
from receiver.listing.queries import Queries
from receiver.listing.rows import Rows
from receiver.page.page import Page
from receiver.page.serving import keep_to_itself, told
from receiver.projecting.mailbox import Projecting
from receiver.proving.canaries import Canaries
from receiver.readiness import Readiness
from receiver.retaining.daily import Daily
from receiver.retaining.holds import Holds
from receiver.retaining.retain import Retaining
from receiver.retaining.terms import terms_of
from receiver.search.searching import Searching
from receiver.settings import ReceiverSettings
from receiver.store import mongo
from receiver.store.changes import Changes
from receiver.web.access import Access, keep_private
from receiver.web.blobs import BlobUploads
from receiver.web.bodies import ROOM_BYTES, BodyRoom
from receiver.web.connections import count_request, name_no_versions
from receiver.web.dialogs import DialogRequests
from receiver.web.events import EventPosts
from receiver.web.problems import TOLD, answering_errors, tell_as_problem
from receiver.web.proofs import ProofRequests
from receiver.web.requests import Requests, Route, refuse_encoded, wait_to_go_on
from receiver.web.server import connection_limit
from receiver.web.v1.api import Api
from receiver.web.v1.following.feeds import MAX_LISTENERS, Feeds
from receiver.web.v1.operation import Serving
from receiver.web.v1.persons.operations import PersonOperations
from receiver.web.v1.persons.persons import Persons


class Answering(Protocol):
    """What answers some of the paths."""

    def routes(self) -> Iterable[Route]:
        """Return the paths, with what answers them."""


def build(
    settings: ReceiverSettings, keyring: Keyring, database: mongo.Database
) -> tuple[web.Application, Readiness]:
    """Return the application, and the readiness whose ``prepare`` has yet to run."""
    store = Store.of(database, full_bytes=settings.dialog_part_bytes)
    blobs = store.blobs
    filing = Filing(store, settings.join_policy, settings.match_by_subject)
    corrections = Corrections(store, filing.settle)
    projecting = Projecting(store, settings.join_policy)
    sweeper = Sweeper(store, filing.settle, corrections, projecting.project)
    retaining = Retaining(database, store, settings.join_policy, projecting.project)
    daily = Daily(database, store, retaining, terms_of(settings.retention))
    readiness = Readiness(database, store, sweeper, daily, settings, keyring)
    seconds = settings.mongo_timeout
    room = BodyRoom(max(ROOM_BYTES, settings.max_event_bytes))
    requests = Requests(keyring, room)
    access = Access(requests, Tokens(database))
    holds = Holds(database, store.dialogs)
    erases = Erasing(store, settings.join_policy).erase
    carrying = Carrying(store, holds, erases, settings.data_dir / DIRECTORY)
    persons = Persons(store, holds, carrying)
    api = _api(settings, database, store, access, corrections, persons)
    canaries = Canaries(database, keyring.current)
    parts = (
        EventPosts(
            access,
            FilingRounds(filing.file, seconds),
            canaries,
            Again(database),
            settings.max_event_bytes,
        ),
        AlarmReports(requests, database),
        BridgeReports(requests, Bridges(database), seconds),
        BlobUploads(requests, blobs, settings.max_blob_bytes),
        DialogRequests(requests, store, corrections, seconds),
        ProofRequests(access, store, database, seconds),
        api,
        Page(
            access,
            database,
            store,
            blobs,
            corrections,
            persons,
            api.feeds,
            settings.join_policy,
            settings.page_url,
            seconds,
            readiness.waits,
        ),
        readiness,
    )
    app = _serving(parts, readiness)
    app.on_shutdown.append(api.end)
    return app, readiness


def _api(
    settings: ReceiverSettings,
    database: mongo.Database,
    store: Store,
    access: Access,
    corrections: Corrections,
    persons: Persons,
) -> Api:
    """Return the API for programs, with what only it needs."""
    changes = Changes(database)
    # Some connections are left for those who ask and post.
    listeners = min(MAX_LISTENERS, connection_limit(settings.mongo_pool) * 3 // 4)
    return Api(
        Serving(access, settings.mongo_timeout),
        store,
        Queries(database),
        Rows(database),
        store.blobs,
        corrections,
        changes,
        PersonOperations(persons),
        HookManaging(database, private=settings.hook_private_addresses),
        Searching(database),
        Feeds(changes, most=listeners),
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
