"""``POST /webhook/bridge``: a bridge's report, answered with its orders.

Signed over the method, a space, the path, a line feed and the body. Outcomes: 200; 401 signature;
400, 408, 413, 415, 422 the body; 503 the store.
"""

import asyncio
from datetime import UTC, datetime

from aiohttp import web

from contract.bridge.report import PATH, BridgeReport
from receiver.bridges.bridges import Bridges
from receiver.web.requests import JSON, Requests, Route, media_type, read_json

MAX_REPORT_BYTES = 1024 * 1024


class BridgeReports:
    """Takes reports; the store has ``seconds`` for each."""

    def __init__(self, requests: Requests, bridges: Bridges, seconds: float) -> None:
        self._requests = requests
        self._bridges = bridges
        self._seconds = seconds

    def routes(self) -> list[Route]:
        """Return the route of this file."""
        return [Route("POST", PATH, self.post_report)]

    async def post_report(self, request: web.Request) -> web.Response:
        """Store the report, and answer with the orders."""
        media_type(request, JSON)
        check = self._requests.signed(request, MAX_REPORT_BYTES)
        check.update(f"{request.method} {request.path_qs}\n".encode())
        _, body = await self._requests.body(request, check, MAX_REPORT_BYTES)
        report = read_json(BridgeReport, body, "report")
        async with asyncio.timeout(self._seconds):
            orders = await self._bridges.take(report, datetime.now(UTC))
        return web.json_response(text=orders.model_dump_json())
