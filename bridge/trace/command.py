"""``python -m bridge trace ID``: from the id in SMTP's answer, or a Message-ID, to the dialog.

Exit status: 0 the letter's fate is told; 1 nothing is known of it; 2 several letters match.
"""

import argparse
import asyncio
import json
import os
import sys
from contextlib import suppress

from bridge.courier.receiver_client import connected
from bridge.settings import BridgeSettings
from bridge.spool.commands import takes_nothing
from bridge.spool.deliveries import KEPT_DAYS, Deliveries
from bridge.spool.inventory import all_listed
from bridge.spool.spool import Spool
from bridge.trace import wording
from bridge.trace.search import Trace, search
from bridge.trace.whereabouts import whereabouts
from contract.keyring import Keyring
from contract.language.speaking import language_of, speaking
from contract.language.system import said
from contract.process import is_directory, nothing_at

AT_MOST = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("id", help="the id in SMTP's 250, its beginning, or a Message-ID")
    parser.add_argument("--json", action="store_true", help="for a program to read")


def run(settings: BridgeSettings, arguments: argparse.Namespace) -> int:
    """Print what is known, and return the exit status."""
    if not is_directory(settings.data_dir):
        with speaking():
            print(nothing_at(settings.data_dir), file=sys.stderr)  # noqa: T201 - a command's output
        return 1
    try:
        with suppress(FileNotFoundError, NotADirectoryError):
            all_listed(Spool(settings.spool))  # unreadable is not "unknown"
        status = _tell(settings, arguments)
        with speaking():
            why = takes_nothing(Spool(settings.spool)) if is_directory(settings.spool) else ""
    except BrokenPipeError:
        raise
    except OSError as error:
        status, why = 1, f"{error.filename or settings.spool}: {said(error)}"
    if why:
        print(why, file=sys.stderr)  # noqa: T201 - a command's output
    return status


def _tell(settings: BridgeSettings, arguments: argparse.Namespace) -> int:
    words = arguments.id.strip().removeprefix("<").removesuffix(">")
    language = language_of(os.environ)
    traces = search(settings, words) if words else []
    if not traces or len(traces) > AT_MOST:
        is_russian = language == "ru"
        since = Deliveries(settings.deliveries).oldest
        text = wording.too_many(words, len(traces), is_russian)
        if not traces:
            text = wording.unknown(words, wording.came(words), since, KEPT_DAYS, is_russian)
        print("[]" if arguments.json else text)  # noqa: T201
        return 2 if traces else 1
    found = asyncio.run(_with_whereabouts(settings, traces))
    told = wording.in_lines(found, language)
    if arguments.json:
        told = json.dumps(wording.in_json(found), ensure_ascii=True)
    print(told)  # noqa: T201
    return 0


async def _with_whereabouts(settings: BridgeSettings, traces: list[Trace]) -> list[wording.Found]:
    """Ask the receiver about the letters that it has taken."""
    keys, seconds = Keyring(settings).current, settings.webhook_timeout
    async with connected(str(settings.webhook_url), keys, seconds) as receiver:
        return [
            (each, await whereabouts(receiver, each.delivered))
            if each.delivered is not None and each.delivered.dialog
            else (each, None)
            for each in traces
        ]
