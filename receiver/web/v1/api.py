"""The one table of the API, and the routes that it makes."""

from functools import cached_property

from aiohttp import web

from receiver.changes.changes import Changes
from receiver.filing.collections import Store
from receiver.filing.corrections import Corrections
from receiver.hooks.manage.managing import HookManaging
from receiver.hooks.manage.operations import HookOperations
from receiver.listing.filtered import FilteredLists
from receiver.listing.queries import Queries
from receiver.listing.rows import Rows
from receiver.search.searching import Searching
from receiver.store.mongo import Database
from receiver.web.requests import Route
from receiver.web.v1.corrections import CorrectionOperations
from receiver.web.v1.described.openapi import text_of
from receiver.web.v1.described.page import POLICY, page_of
from receiver.web.v1.dialogs import DialogOperations
from receiver.web.v1.exported.export import ExportOperations
from receiver.web.v1.following.changes import ChangeOperations
from receiver.web.v1.following.feeds import Feeds
from receiver.web.v1.found import DialogsFound
from receiver.web.v1.letters import LetterOperations
from receiver.web.v1.operation import Operation, Serving
from receiver.web.v1.persons.operations import PersonOperations
from receiver.web.v1.persons.persons import Persons
from receiver.web.v1.search import SearchOperations


class Api:
    """Everything under ``/v1``, and what describes it.

    ``private_hooks`` lets hooks call addresses that are not public.
    """

    def __init__(
        self,
        serving: Serving,
        database: Database,
        store: Store,
        corrections: Corrections,
        persons: Persons,
        feeds: Feeds,
        *,
        private_hooks: bool,
    ) -> None:
        self._serving = serving
        queries = Queries(database)
        found = DialogsFound(corrections, store.dialogs, queries)
        parts = (
            DialogOperations(store, queries, FilteredLists(queries, Rows(database)), found),
            CorrectionOperations(corrections, found),
            ExportOperations(store, store.blobs, found),
            LetterOperations(store, queries, store.blobs),
            ChangeOperations(Changes(database), feeds),
            PersonOperations(persons),
            HookOperations(HookManaging(database, private=private_hooks)),
            SearchOperations(Searching(database)),
        )
        self.operations: list[Operation] = [one for part in parts for one in part.operations()]

    def routes(self) -> list[Route]:
        """Return the routes of all operations, and of their description."""
        return [
            *map(self._serving.route, self.operations),
            Route("GET", "/openapi.json", self.get_openapi, stores=False),
            Route("GET", "/docs", self.get_docs, stores=False),
        ]

    @cached_property
    def _document(self) -> bytes:
        """The description for programs: made when it is asked for, as it took half of a start."""
        return text_of(self.operations).encode()

    @cached_property
    def _page(self) -> bytes:
        return page_of(self.operations).encode()

    async def get_openapi(self, _request: web.Request) -> web.Response:
        """Answer with the description for programs."""
        return web.Response(body=self._document, content_type="application/json", charset="utf-8")

    async def get_docs(self, _request: web.Request) -> web.Response:
        """Answer with the description for people."""
        headers = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}
        return web.Response(
            body=self._page, content_type="text/html", charset="utf-8", headers=headers
        )
