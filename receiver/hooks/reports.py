"""``POST /webhook/alarms``: a bridge's standing alarms; 204, or 401, 413, 415, 422, 503."""

from aiohttp import web

from contract.sending.alarms import PATH, REPORT_BYTES, AlarmReport
from receiver.hooks.alarms import Alarms
from receiver.store.mongo import Database, ServerClock
from receiver.web.requests import JSON, Requests, Route, media_type, read_json


class AlarmReports:
    """Takes the reports of bridges."""

    def __init__(self, requests: Requests, database: Database) -> None:
        self._requests = requests
        self._alarms = Alarms(database)
        self._clock = ServerClock(database)

    def routes(self) -> list[Route]:
        """Return the route of this file."""
        return [Route("POST", PATH, self.post_report)]

    async def post_report(self, request: web.Request) -> web.Response:
        """Store a report."""
        media_type(request, JSON)
        check = self._requests.signed(request, REPORT_BYTES)
        _, text = await self._requests.body(request, check, REPORT_BYTES)
        report = read_json(AlarmReport, text, "report")
        await self._alarms.reported(report, await self._clock.now())
        return web.Response(status=204)
