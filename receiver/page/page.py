"""The parts of the page, and its routes."""

from aiohttp import web

from receiver.access.grant import Grant
from receiver.bridges.bridges import Bridges
from receiver.bridges.further_ids import FurtherIds
from receiver.errors import Problem
from receiver.filing.collections import Store
from receiver.filing.corrections import Corrections
from receiver.listing.queries import Queries
from receiver.listing.rows import Rows
from receiver.page.corrections import CorrectionForms
from receiver.page.dialogs import DialogPages, Export
from receiver.page.health import HealthPages
from receiver.page.letters import LetterPages
from receiver.page.lists.pages import ListPages
from receiver.page.lists.tabs import Lists
from receiver.page.live import LivePages
from receiver.page.persons.forms import PersonPages
from receiver.page.serving import PageServing
from receiver.page.signing.sign_in import SignInPages
from receiver.page.templates import static_files
from receiver.page.tracing.pages import TracePages
from receiver.page.why import WhyPages
from receiver.search.searching import Searching
from receiver.store.mongo import Database
from receiver.threads.group import Policy
from receiver.web.requests import Route
from receiver.web.v1.download import stream
from receiver.web.v1.exported.export import ExportOperations, ExportQuery
from receiver.web.v1.following.feeds import Feeds
from receiver.web.v1.found import DialogsFound
from receiver.web.v1.operation import Call
from receiver.web.v1.persons.persons import Persons


class Page:
    """Everything that people look at."""

    def __init__(
        self,
        serving: PageServing,
        database: Database,
        store: Store,
        corrections: Corrections,
        persons: Persons,
        feeds: Feeds,
        policy: Policy,
    ) -> None:
        blobs = store.blobs
        queries = Queries(database)
        found = DialogsFound(corrections, store.dialogs, queries)
        bridges, rows, searching = Bridges(database), Rows(database), Searching(database)
        lists = Lists(rows)
        exports = ExportOperations(store, blobs, found)
        dialogs = DialogPages(serving, store, rows, queries, found.dialog, exporting(exports))
        self._parts = (
            SignInPages(serving),
            ListPages(serving, store, queries, lists, searching, bridges),
            dialogs,
            WhyPages(serving, store, found.dialog, policy),
            TracePages(serving, store, rows, bridges, FurtherIds(database), searching),
            HealthPages(serving, store, queries, lists, bridges),
            CorrectionForms(serving, corrections, found.dialog, dialogs.again),
            LetterPages(serving, store, queries, blobs),
            PersonPages(serving, persons),
            LivePages(serving, store, feeds),
        )

    def routes(self) -> list[Route]:
        """Return the routes of all pages, and of their static files."""
        found = [route for part in self._parts for route in part.routes()]
        return [*found, Route("GET", "/static/{name}", static, stores=False)]


def exporting(exports: ExportOperations) -> Export:
    """Return a function that sends a dialog for keeping, as ``/v1`` does."""

    async def export(request: web.Request, grant: Grant, form: str) -> web.StreamResponse:
        asked = ExportQuery.model_validate({"as": form})
        answer = await exports.export(Call(request, grant, asked))
        return await stream(request, answer, answer.pieces)

    return export


async def static(request: web.Request) -> web.Response:
    """Answer with a style, script or picture of ours; its URL changes with its content."""
    found = static_files().get(request.match_info["name"])
    if found is None:
        raise Problem(404, "there is no such file")
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(
        body=found.content, content_type=found.media, charset="utf-8", headers=headers
    )
