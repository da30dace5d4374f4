"""The daily comparison, beside the watchers, in a thread of its own as IMAP blocks."""

import asyncio
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bridge.ingress.imap.settings import Account
from bridge.ingress.imap.states import refused_in
from bridge.proving import result
from bridge.settings import BridgeSettings

log = logging.getLogger(__name__)

EVERY_SECONDS = 24 * 3600.0
LOOK_SECONDS = 3600.0
DAYS = 7


@contextmanager
def proving_daily(settings: BridgeSettings) -> Iterator[None]:
    """Compare every mailbox read by IMAP once a day while the block runs; first after an hour."""
    stop = threading.Event()
    if settings.accounts:
        words = (DailyComparison(settings), stop)
        threading.Thread(target=_keep_comparing, args=words, name="reconcile", daemon=True).start()
    try:
        yield
    finally:
        stop.set()


class DailyComparison:
    """Compares the accounts that have not been compared for a day."""

    def __init__(self, settings: BridgeSettings) -> None:
        self._settings = settings
        self._refused: dict[str, str] = {}

    def look(self) -> None:
        """Compare the accounts that are due, except those whose watchers were refused a login."""
        settings = self._settings
        last = result.by_account(settings.data_dir)
        refused = refused_in(settings.imap_health)
        due = [
            account
            for account in settings.accounts
            if not any(name.startswith(f"{account.user} ") for name in refused)
            and not self._is_new(last.get(result.named(account)))
        ]
        if due:
            self._compare(due)

    def _is_new(self, found: result.LastResult | None) -> bool:
        return found is not None and time.time() - found.when < EVERY_SECONDS

    def _compare(self, accounts: Sequence[Account]) -> None:
        # Imported late: it reads letters, which the bridge's own process does not do otherwise.
        from bridge.proving.comparing import compare

        words = (self._settings, DAYS, accounts, self._refused)
        reports, complaints = asyncio.run(compare(*words))
        for each in complaints:
            log.warning("reconcile: %s", each)
        for report in reports:
            for difference in report.differences:
                if difference.what == "missing":
                    said = (report.mailbox, report.folder, difference.uid, difference.why)
                    log.error("reconcile: %s %s UID %d is missing: %s", *said)


def _keep_comparing(daily: DailyComparison, stop: threading.Event) -> None:
    while not stop.wait(LOOK_SECONDS):
        try:
            daily.look()
        except Exception as error:  # no fault of a server may end the comparisons for good
            log.error("reconcile: a fault of ours", exc_info=error)
