"""The bridge's process: front door and courier in one event loop, from start to orderly stop."""

import asyncio
import logging
import signal
import time

from bridge.courier import Courier
from bridge.parsers import Parsers
from bridge.sender_dns import SenderDns
from bridge.settings import BridgeSettings
from bridge.smtp import SmtpDoor
from bridge.spool import Spool
from bridge.webhook import connected
from contract.settings import Keyring

log = logging.getLogger(__name__)


async def serve(settings: BridgeSettings) -> None:
    """Run front door and courier in one loop until SIGTERM or SIGINT, then stop in order."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    spool = Spool(settings.spool).prepare()
    parsers = Parsers(
        settings.parse_workers,
        settings.parse_timeout,
        settings.parse_memory_mb,
        settings.data_dir / "parts",
    )
    keys = Keyring(settings).current
    url = str(settings.webhook_url)
    with spool.locked():
        spool.sweep(time.time())
        async with parsers.running(), connected(url, keys, settings.webhook_timeout) as webhook:
            sender_dns = SenderDns() if settings.dns_checks else None
            concurrency = settings.courier_concurrency
            courier = Courier(spool, sender_dns, parsers, webhook, concurrency)
            door = SmtpDoor(settings, spool, courier.arrived)
            server = await door.listen()
            log.info("SMTP on %s:%d, events to %s", settings.smtp_host, settings.smtp_port, url)
            async with asyncio.TaskGroup() as tasks:
                delivering = tasks.create_task(courier.run())
                await stop.wait()
                log.info("stopping")
                await door.stop(server)
                delivering.cancel()
