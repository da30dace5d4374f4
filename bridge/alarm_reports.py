"""Tells the receiver which alarms stand, so that its hooks can tell others."""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bridge.courier.receiver_client import connected
from bridge.settings import BridgeSettings
from contract.keyring import Keyring
from contract.sending.alarms import MAX_ALARMS, MAX_MAILBOXES, AlarmReport

log = logging.getLogger(__name__)

CHECK_SECONDS = 2.0
REPORT_SECONDS = 60.0  # while an alarm stands: the receiver forgets a silent bridge


@asynccontextmanager
async def reporting(
    settings: BridgeSettings, alarms: Callable[[], list[str]]
) -> AsyncIterator[None]:
    """Report alarms while the block runs: each change at once, standing alarms every minute."""
    task = asyncio.create_task(_report(settings, alarms))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _report(settings: BridgeSettings, alarms: Callable[[], list[str]]) -> None:
    loop = asyncio.get_running_loop()
    keys, url = Keyring(settings).current, str(settings.webhook_url)
    told: list[str] | None = None
    due = 0.0
    async with connected(url, keys, settings.webhook_timeout) as receiver:
        while True:
            stand = alarms()
            if stand != told or (stand and loop.time() >= due):
                attempt = await receiver.report(report_of(settings, stand))
                if 200 <= attempt.status < 300:
                    told, due = stand, loop.time() + REPORT_SECONDS
                else:
                    log.debug("alarms are not reported: %s", attempt.reason)
                    await asyncio.sleep(REPORT_SECONDS / 4)
            await asyncio.sleep(CHECK_SECONDS)


def report_of(settings: BridgeSettings, stand: list[str]) -> AlarmReport:
    """Return the alarms' report; its source is the host with a digest of the spool's path."""
    by_imap = {each.stands_for for each in settings.accounts}
    place = hashlib.sha256(str(settings.spool.resolve()).encode()).hexdigest()[:12]
    mailboxes = sorted({each.casefold() for each in by_imap | settings.mailboxes.keys()})
    return AlarmReport(
        source=f"{settings.smtp_hostname} {place}",
        host=settings.smtp_hostname,
        mailboxes=mailboxes if len(mailboxes) <= MAX_MAILBOXES else [],
        stands=stand[:MAX_ALARMS],
    )
