"""The comparison once a day, beside the watchers, in a thread of its own as IMAP blocks."""

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bridge.proving import result
from bridge.settings import BridgeSettings

log = logging.getLogger(__name__)

EVERY_SECONDS = 24 * 3600.0
LOOK_SECONDS = 3600.0
DAYS = 7


@contextmanager
def proving_daily(settings: BridgeSettings) -> Iterator[None]:
    """Compare every mailbox read by IMAP once a day while the block runs; the first in an hour."""
    stop = threading.Event()
    if settings.accounts:
        words = (settings, stop)
        threading.Thread(target=_keep_comparing, args=words, name="reconcile", daemon=True).start()
    try:
        yield
    finally:
        stop.set()


def _keep_comparing(settings: BridgeSettings, stop: threading.Event) -> None:
    while not stop.wait(LOOK_SECONDS):
        last = result.read(settings.data_dir)
        if last is not None and time.time() - last.when < EVERY_SECONDS:
            continue
        try:
            _compare(settings)
        except Exception as error:  # nothing that a server does may end the proof for good
            log.error("reconcile: a fault of ours", exc_info=error)


def _compare(settings: BridgeSettings) -> None:
    from bridge.proving.comparing import compare  # it reads letters, as a bridge at work never does

    reports, complaints = asyncio.run(compare(settings, DAYS))
    for each in complaints:
        log.warning("reconcile: %s", each)
    for report in reports:
        for difference in report.differences:
            if difference.what == "missing":
                words = (report.mailbox, report.folder, difference.uid, difference.why)
                log.error("reconcile: %s %s UID %d is missing: %s", *words)
