"""The bridge's process: doors and courier in one event loop, from start to orderly stop."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from bridge import health
from bridge.alarm_reports import reporting
from bridge.courier.courier import Courier
from bridge.courier.parsing.deaths import Deaths
from bridge.courier.parsing.parse_pool import ParsePool
from bridge.courier.receiver_client import ReceiverClient, connected
from bridge.courier.sender_dns import SenderDns
from bridge.ingress.imap.states import complaints
from bridge.ingress.imap.supervisor import AlreadyWatched, watching, watching_alone
from bridge.ingress.smtp.certificate import ExpiryWatch
from bridge.ingress.smtp.door import Door
from bridge.ingress.smtp.server import SmtpServer
from bridge.keeping.last import last_backup
from bridge.proving import result
from bridge.proving.daily import proving_daily
from bridge.reach import Reach, complaint_in
from bridge.reporting.refusals import Refusals
from bridge.reporting.reporter import telling
from bridge.settings import BridgeSettings
from bridge.spool.capacity import Capacity
from bridge.spool.intake import Intake
from bridge.spool.spool import Spool, SpoolInUse, Waiting
from bridge.start import warnings
from contract.doctor.russian import spoken
from contract.environment import surroundings
from contract.keyring import Keyring
from contract.language.speaking import speaking
from contract.process import stop_signal
from contract.sending.delays import SHORTEST_SECONDS
from contract.sending.url import shown

log = logging.getLogger(__name__)

FIRST_LOOK_SECONDS, LAST_LOOK_SECONDS = 1.0, 30.0

Arrived = Callable[[Waiting], None]


async def serve_smtp(settings: BridgeSettings) -> None:
    """Run the SMTP door, the IMAP watchers if there are any, and the courier, until told to stop.

    Raises SpoolInUse and CannotStart before anything is logged.
    """
    stop = stop_signal()
    spool = Spool(settings.spool).prepare()
    capacity = Capacity(spool, settings.spool_max_bytes, settings.spool_min_free)
    intake = Intake(spool, capacity, settings.smtp_hostname, pause=SHORTEST_SECONDS)
    inside = Door(settings, intake)
    door = SmtpServer(inside)
    async with AsyncExitStack() as stack:
        server = await door.bind()
        stack.callback(server.close)
        await _deliver(settings, intake, stack)
        _warn(settings)
        if settings.accounts:
            try:
                stack.enter_context(watching_alone(settings))
            except AlreadyWatched as error:
                log.warning("%s; this one follows none", error)
            else:
                stack.enter_context(watching(settings, intake))
                stack.enter_context(proving_daily(settings))
        healthy = _healthy(settings, spool, capacity, of_certificate=_of_certificate(settings))
        watch = await stack.enter_async_context(healthy)
        told = telling(settings, spool, inside.refusals, "smtp", watch.state)
        await stack.enter_async_context(told)
        await door.listen(server)
        await stop.wait()
        log.info("stopping")
        await door.stop(server)


async def serve_imap(settings: BridgeSettings) -> None:
    """Run the IMAP watchers, and the courier unless another process has it; raises AlreadyWatched.

    If the courier runs elsewhere, a letter waits until that process looks into the spool.
    """
    stop = stop_signal()
    spool = Spool(settings.spool).prepare()
    capacity = Capacity(spool, settings.spool_max_bytes, settings.spool_min_free)
    intake = Intake(spool, capacity, settings.smtp_hostname)
    async with AsyncExitStack() as stack:
        stack.enter_context(watching_alone(settings))
        reports = True
        try:
            await _deliver(settings, intake, stack)
            intake.rounds.pause = SHORTEST_SECONDS
        except SpoolInUse as error:
            log.info("%s; letters are left to it", error)
            reports = False
        _warn(settings)
        stack.enter_context(watching(settings, intake))
        stack.enter_context(proving_daily(settings))
        healthy = _healthy(settings, spool, capacity, reports=reports)
        watch = await stack.enter_async_context(healthy)
        nobody = Refusals(settings.data_dir / "refusals-imap.json")
        await stack.enter_async_context(telling(settings, spool, nobody, "imap", watch.state))
        await stop.wait()
        log.info("stopping")


async def _deliver(settings: BridgeSettings, intake: Intake, stack: AsyncExitStack) -> None:
    """Run the courier until the stack is left, and tell it of new letters; raises SpoolInUse."""
    arrived = await stack.enter_async_context(delivering(settings, intake.spool))
    intake.arrived = _threadsafe(arrived)


def _warn(settings: BridgeSettings) -> None:
    """Log warnings that do not prevent the start, once nothing prevents it any more."""
    with speaking():  # about settings in the terminal's language
        for sentence in (*BridgeSettings.unknown(surroundings()), *warnings(settings)):
            log.warning("%s", spoken(sentence))


@asynccontextmanager
async def _healthy(
    settings: BridgeSettings,
    spool: Spool,
    capacity: Capacity,
    *,
    reports: bool = True,
    of_certificate: Callable[[], str] = str,
) -> AsyncIterator[health.HealthServer]:
    """Watch spool and mailboxes while the block runs; only one process ``reports``."""

    def of_mailboxes() -> list[str]:
        if not settings.accounts:
            return []
        users = [account.user for account in settings.accounts]
        return list(complaints(settings.imap_health, settings.imap.poll, time.time(), users))

    def of_receiver() -> str:
        return complaint_in(settings.receiver_health)

    alarm_age = settings.spool_alarm_age
    watch = health.HealthServer(spool, capacity, alarm_age, of_mailboxes, of_receiver)
    watch.reconciled = lambda: result.read(settings.data_dir, settings.accounts)
    watch.backed_up = lambda: last_backup(settings.data_dir)
    watch.of_certificate = of_certificate
    await watch.look()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(health.served(settings, watch))
        if reports:
            await stack.enter_async_context(reporting(settings, lambda: watch.alarms))
        yield watch


def _of_certificate(settings: BridgeSettings) -> Callable[[], str]:
    """Return a function that tells what is wrong with the door's certificate."""
    if settings.smtp_tls_cert and settings.smtp_tls_key:
        return ExpiryWatch(settings.smtp_tls_cert, settings.smtp_tls_key).complaint
    return str


@asynccontextmanager
async def delivering(settings: BridgeSettings, spool: Spool) -> AsyncIterator[Arrived]:
    """Run the courier while the block runs; the value takes a new letter; raises SpoolInUse."""
    keys = Keyring(settings).current
    url = str(settings.webhook_url)
    with spool.locked():
        found = Reach(settings.receiver_health, shown(url))
        spool.sweep(time.time())
        deaths = Deaths(settings.data_dir / "deaths")
        deaths.keep_only({letter.id for letter in spool.waiting()})
        parsers = ParsePool(
            settings.parse_workers,
            settings.parse_timeout,
            settings.parse_memory_mb,
            settings.data_dir / "parts",
            deaths,
        )
        client = connected(url, keys, settings.webhook_timeout, found.saw)
        async with parsers.running(), client as webhook:
            sender_dns = SenderDns() if settings.dns_checks else None
            concurrency = settings.courier_concurrency
            courier = Courier(spool, sender_dns, parsers, webhook, concurrency)
            log.info("events to %s", shown(url))
            async with asyncio.TaskGroup() as tasks:
                running = [
                    tasks.create_task(courier.run()),
                    tasks.create_task(look_for_ever(webhook, found)),
                ]
                try:
                    yield courier.arrived
                finally:
                    for task in running:
                        task.cancel()


async def look_for_ever(webhook: ReceiverClient, found: Reach) -> None:
    """Look for ever whether the receiver would take letters, even before there is one."""
    pause = FIRST_LOOK_SECONDS
    while True:
        await webhook.look()
        well = found.answered and not found.complaint
        await asyncio.sleep(LAST_LOOK_SECONDS if well else pause)
        pause = FIRST_LOOK_SECONDS if well else min(2 * pause, LAST_LOOK_SECONDS)


def _threadsafe(arrived: Arrived) -> Arrived:
    loop = asyncio.get_running_loop()

    def tell(letter: Waiting) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(arrived, letter)

    return tell
