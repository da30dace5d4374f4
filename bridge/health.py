"""``/healthz``, ``/readyz`` and ``/metrics`` of the bridge, and their looks into the spool.

``/healthz`` is 200 while the process lives, and lists the alarms and what is wrong with each
mailbox that is read by IMAP and with the door's certificate; ``/readyz`` is 503 while the door
refuses letters for want of room; ``/metrics`` is Prometheus' text format.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress

from aiohttp import web

from bridge import metrics
from bridge.health_connection import HealthConnection, refuse_bodies, use_own_words
from bridge.keeping.last import LastBackup, is_old
from bridge.proving.result import LastResult
from bridge.settings import BridgeSettings
from bridge.spool.capacity import Capacity
from bridge.spool.inventory import Inventory, take_inventory
from bridge.spool.spool import Spool
from contract.door.listening import cannot_listen

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0


class HealthServer:
    """The state of spool and mailboxes at the last look, and the alarms.

    An alarm is logged once it has held at two looks in a row. ``complaints`` yields what is wrong
    with the mailboxes read by IMAP; ``of_receiver`` returns why nothing can be delivered.
    """

    def __init__(
        self,
        spool: Spool,
        capacity: Capacity,
        alarm_age: float,
        complaints: Callable[[], Iterable[str]],
        of_receiver: Callable[[], str] = str,
    ) -> None:
        self._spool = spool
        self._capacity = capacity
        self._alarm_age = alarm_age
        self._inventory = Inventory()
        self._complaints = complaints
        self._mailboxes: list[str] = []
        self._of_receiver = of_receiver
        self._receiver = ""
        self._told: set[str] = set()
        self._one_look = asyncio.Lock()
        self._begun = 0.0
        self._backup = LastBackup()
        self._certificate = ""
        self.reconciled: Callable[[], LastResult | None] = lambda: None
        self.backed_up: Callable[[], LastBackup] = LastBackup
        self.of_certificate: Callable[[], str] = str

    @property
    def alarms(self) -> list[str]:
        """The standing alarms, named as in ``bridge.metrics.ALARMS``."""
        reasons = {
            "failed letters": self._inventory.failed > 0,
            "old letters": self._inventory.oldest > self._alarm_age,
            "no room": bool(self._capacity.lacks(0)),
            "mailbox not read": bool(self._mailboxes),
            "receiver not reached": bool(self._receiver),
            "backup is old": is_old(self._backup.when),
            "backup is doubtful": self._backup.others > 0,
            "certificate expires": bool(self._certificate),
        }
        return [reason for reason, holds in reasons.items() if holds]

    def state(self) -> tuple[Inventory, list[str]]:
        """Return the spool's inventory at the last look, and the alarms with their causes."""
        said = [self._capacity.lacks(0), *self._mailboxes, self._receiver, self._certificate]
        return self._inventory, [*self.alarms, *filter(None, said)]

    def _in_words(self, alarm: str) -> str:
        causes = {
            "no room": [self._capacity.lacks(0)],
            "mailbox not read": self._mailboxes,
            "receiver not reached": [self._receiver],
            "certificate expires": [self._certificate],
        }
        return ": ".join([alarm, *filter(None, ["; ".join(causes.get(alarm, []))])])

    async def look(self) -> None:
        """Look at spool and mailboxes; update limits, metrics and log."""
        before = {*self.alarms}
        self._mailboxes = await asyncio.to_thread(lambda: list(self._complaints()))
        self._receiver = await asyncio.to_thread(self._of_receiver)
        with suppress(OSError):  # ``lacks`` says why
            self._inventory = await asyncio.to_thread(take_inventory, self._spool, time.time())
            self._capacity.counted(self._inventory)
        if found := await asyncio.to_thread(self.reconciled):
            metrics.show_reconciled(found.when, found.missing)
        self._backup = await asyncio.to_thread(self.backed_up)
        self._certificate = await asyncio.to_thread(self.of_certificate)
        metrics.tell_backup(self._backup.when)
        metrics.show(self._inventory, self._capacity.free(), self.alarms)
        holding = before & {*self.alarms}  # shortly after a start an alarm may be about to go
        for reason in sorted(holding - self._told):
            log.error("alarm: %s", self._in_words(reason))
        self._told = holding

    async def watch(self) -> None:
        """Look every LOOK_SECONDS until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def healthz(self, _request: web.Request) -> web.Response:
        """Answer 200 with the alarms and what is wrong: mailboxes, receiver, certificate."""
        state = {
            "status": "alive",
            "alarms": self.alarms,
            "spool": self._capacity.lacks(0),
            "mailboxes": self._mailboxes,
            "receiver": self._receiver,
            "certificate": self._certificate,
        }
        return web.json_response(state)

    async def readyz(self, _request: web.Request) -> web.Response:
        """Answer 200 if a letter would be taken, 503 otherwise."""
        lacking = self._capacity.lacks(0)
        status = {"status": "ready"} if not lacking else {"status": lacking}
        return web.json_response(status, status=503 if lacking else 200)

    async def metrics(self, _request: web.Request) -> web.Response:
        """Answer with every metric, the spool's as of now.

        Only one look runs at a time; it answers everybody who asked before it began.
        """
        asked = time.monotonic()
        async with self._one_look:
            if self._begun < asked:
                self._begun = time.monotonic()
                await self.look()
        return web.Response(
            body=metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4"}
        )


@asynccontextmanager
async def served(settings: BridgeSettings, health: HealthServer) -> AsyncIterator[None]:
    """Serve the health port of the settings, and watch the spool, while the block runs.

    If the port is taken, as by the process of the SMTP door on this machine, mail is taken all the
    same.
    """
    app = web.Application(middlewares=[refuse_bodies])
    app.on_response_prepare.append(use_own_words)
    app.router.add_get("/healthz", health.healthz)
    app.router.add_get("/readyz", health.readyz)
    app.router.add_get("/metrics", health.metrics)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    watching = asyncio.create_task(health.watch())
    listening = None
    try:
        if settings.health_port and runner.server:
            listening = await _listen(runner.server, settings)
        yield
    finally:
        if listening:
            listening.close()
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        await runner.cleanup()


async def _listen(http: web.Server, settings: BridgeSettings) -> asyncio.Server | None:
    others: dict[HealthConnection, None] = {}
    host, port = settings.health_host, settings.health_port
    loop = asyncio.get_running_loop()
    try:
        return await loop.create_server(lambda: HealthConnection(others, http), host, port)
    except (OSError, UnicodeError) as error:
        wrong = cannot_listen("HEALTH_HOST", host, "HEALTH_PORT", port, error)
        log.error("health and metrics are not served: %s", wrong)
        return None
