"""``python -m receiver`` serves the webhook; ``python -m receiver ping`` asks if it is ready."""

import argparse
import asyncio
import logging
import sys
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from aiohttp.http import HttpRequestParser

from contract import __version__
from contract.environment import surroundings
from contract.keyring import Keyring
from contract.process import EXIT_CONFIG, CannotStart, start_log, stop_signal
from receiver.app import build
from receiver.database import opened
from receiver.secret import make_if_missing
from receiver.settings import ReceiverSettings
from receiver.start import unusable
from receiver.web.server import listening

log = logging.getLogger("receiver")


async def serve(settings: ReceiverSettings) -> None:
    """Serve until it is told to stop; then finish the requests that have begun."""
    stop = stop_signal()
    keyring = Keyring(settings)
    async with opened(settings) as database:
        app, readiness = build(settings, keyring, database)
        async with listening(app, settings):
            log.info("HTTP on %s:%d", settings.receiver_host, settings.receiver_port)
            async with asyncio.TaskGroup() as tasks:
                preparing = tasks.create_task(readiness.prepare())
                sweeping = tasks.create_task(readiness.keep_sweeping())
                await stop.wait()
                log.info("stopping")
                preparing.cancel()
                sweeping.cancel()


def ping(settings: ReceiverSettings) -> None:
    """Exit 0 if the receiver is ready, 1 otherwise: the container's health check."""
    any_address = settings.receiver_host in ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
    host = "127.0.0.1" if any_address else settings.receiver_host
    try:
        with urlopen(f"http://{host}:{settings.receiver_port}/readyz", timeout=5):
            return
    except HTTPError as error:
        sys.exit(f"the receiver is not ready: {error}: {error.read(2000).decode()}")
    except (URLError, OSError) as error:
        sys.exit(f"the receiver does not answer: {error} (RECEIVER_HOST, RECEIVER_PORT)")


def main() -> None:
    """Read the command line and the environment, and do as told."""
    parser = argparse.ArgumentParser(prog="python -m receiver", description=__doc__)
    parser.add_argument("--version", action="version", version=f"email-listener {__version__}")
    parser.add_argument("command", nargs="?", choices=("serve", "ping"), default="serve")
    command = parser.parse_args().command
    serves = command == "serve"
    settings = ReceiverSettings.load(unusable) if serves else ReceiverSettings.load()
    start_log(settings.log_level)
    for sentence in ReceiverSettings.unknown(surroundings()):
        log.warning("%s", sentence)
    if command == "ping":
        ping(settings)
        return
    if HttpRequestParser.__module__ != "aiohttp._http_parser":
        sys.exit("aiohttp runs without its C parser, whose Python twin has known faults")
    try:
        if settings.webhook_secrets is None:
            make_if_missing(settings.secrets_file)
        asyncio.run(serve(settings))
    except (CannotStart, OSError) as error:
        log.error("cannot start: %s", error)
        sys.exit(EXIT_CONFIG)


if __name__ == "__main__":
    main()
