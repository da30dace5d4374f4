"""``serve``: take events and requests by HTTP until told to stop."""

import argparse
import asyncio
import logging

from aiohttp.http import HttpRequestParser

from contract.environment import surroundings
from contract.keyring import Keyring
from contract.process import CannotStart, not_written, stop_signal
from receiver.app import build
from receiver.commands.command import Command
from receiver.database import opened
from receiver.heap import give_back_early
from receiver.hooks.service import HookService
from receiver.running.index_upkeep import IndexUpkeep
from receiver.running.set_back import SetBack
from receiver.secret import make_if_missing
from receiver.settings import ReceiverSettings
from receiver.web.door.descriptors import allow_descriptors
from receiver.web.server import listening
from receiver.wiring import ReceiverParts

log = logging.getLogger("receiver")


def run(settings: ReceiverSettings, _arguments: argparse.Namespace) -> int:
    """Serve; raises CannotStart or OSError."""
    if HttpRequestParser.__module__ != "aiohttp._http_parser":
        raise CannotStart("aiohttp runs without its C parser, whose Python twin has known faults")
    give_back_early()
    allow_descriptors()
    asyncio.run(serve(settings))
    return 0


async def serve(settings: ReceiverSettings) -> None:
    """Serve until it is told to stop; then finish the requests that have begun."""
    stop = stop_signal()
    keyring = Keyring(settings)
    async with opened(settings) as database:
        parts = ReceiverParts.of(settings, keyring, database)
        readiness, upkeep = parts.readiness, parts.upkeep
        private = settings.hook_private_addresses
        hooks = HookService(database, lambda: readiness.schema_in_place, private=private)
        following = IndexUpkeep(database, lambda: readiness.schema_in_place)
        set_back = SetBack(database, lambda: readiness.schema_in_place)
        served = listening(build(parts), settings, lambda: _begin(settings))
        async with served, asyncio.TaskGroup() as tasks:
            preparing = tasks.create_task(readiness.prepare())
            sweeping = tasks.create_task(upkeep.keep_sweeping())
            telling = tasks.create_task(hooks.run())
            retaining = tasks.create_task(upkeep.keep_retaining())
            indexing = tasks.create_task(following.run())
            looking = tasks.create_task(set_back.run())
            await stop.wait()
            log.info("stopping")
            for each in (preparing, sweeping, telling, retaining, indexing, looking):
                each.cancel()


def _begin(settings: ReceiverSettings) -> None:
    """Log what the administrator should know, and make a missing secret; raises CannotStart."""
    for sentence in ReceiverSettings.unknown(surroundings()):
        log.warning("%s", sentence)
    if settings.webhook_secrets is None:
        path = settings.secrets_file
        try:
            make_if_missing(path)
        except OSError as error:
            named = "WEBHOOK_SECRETS_FILE" if settings.webhook_secrets_file else "DATA_DIR"
            raise CannotStart(not_written(path, error, named)) from None


SERVE = Command("serve", "take events by HTTP until told to stop (the default)", run)
