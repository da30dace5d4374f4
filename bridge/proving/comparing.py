"""One comparison of all mailboxes that are read by IMAP."""

from datetime import UTC, datetime

from bridge.courier.attempt import NotAnswered
from bridge.courier.receiver_client import connected
from bridge.ingress.imap.connection import LoginRefused, Lost, Refused
from bridge.ingress.imap.login import NoCredentials
from bridge.proving import result
from bridge.proving.reconcile import FolderNotThere, Reconciling
from bridge.proving.verdict import FolderReport
from bridge.settings import BridgeSettings
from contract.keyring import Keyring

FAULTS = (Lost, Refused, LoginRefused, NoCredentials, FolderNotThere, NotAnswered, ValueError)


async def compare(settings: BridgeSettings, days: int) -> tuple[list[FolderReport], list[str]]:
    """Return a report a folder, and who was not reached; if all were, the result is written."""
    reports: list[FolderReport] = []
    complaints: list[str] = []
    url, keys = str(settings.webhook_url), Keyring(settings).current
    async with connected(url, keys, settings.webhook_timeout) as client:
        reconciling = Reconciling(settings, client, datetime.now(UTC))
        for account in settings.accounts:
            try:
                reports += await reconciling.account(account, days)
            except FAULTS as error:
                complaints.append(f"{account.user}: {error}")
    if not complaints:
        result.write(settings.data_dir, reports)
    return reports, complaints
