"""``python -m bridge smtp`` takes mail in; ``python -m bridge ping`` asks if it does."""

import argparse
import asyncio
import logging
import signal
import smtplib
import sys
import time

from bridge.courier import Courier
from bridge.parsers import Parsers
from bridge.settings import BridgeSettings
from bridge.smtp import SmtpDoor
from bridge.spool import Spool, SpoolInUse
from bridge.webhook import connected
from contract.settings import EXIT_CONFIG, Keyring, start_log

log = logging.getLogger("bridge")


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
            courier = Courier(spool, parsers, webhook, settings.courier_concurrency)
            door = SmtpDoor(settings, spool, courier.arrived)
            server = await door.listen()
            log.info("SMTP on %s:%d, events to %s", settings.smtp_host, settings.smtp_port, url)
            async with asyncio.TaskGroup() as tasks:
                delivering = tasks.create_task(courier.run())
                await stop.wait()
                log.info("stopping")
                await door.stop(server)
                delivering.cancel()


def ping(settings: BridgeSettings) -> None:
    """Exit 0 if the front door answers, 1 otherwise: the container's health check."""
    host = "127.0.0.1" if settings.smtp_host in ("0.0.0.0", "::") else settings.smtp_host  # noqa: S104
    try:
        with smtplib.SMTP(host, settings.smtp_port, timeout=5) as client:
            client.noop()
    except OSError as error:
        sys.exit(f"SMTP does not answer: {error}")


def main() -> None:
    """Read the command line and the environment, and do as told."""
    parser = argparse.ArgumentParser(prog="python -m bridge", description=__doc__)
    parser.add_argument("command", choices=("smtp", "ping"))
    command = parser.parse_args().command
    settings = BridgeSettings.load()
    start_log(settings.log_level)
    if command == "ping":
        ping(settings)
        return
    try:
        asyncio.run(serve(settings))
    except (SpoolInUse, OSError) as error:
        log.error("cannot start: %s", error)
        sys.exit(EXIT_CONFIG)


if __name__ == "__main__":
    main()
