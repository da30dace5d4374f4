"""One comparison of all mailboxes that are read by IMAP."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bridge.courier.attempt import NotAnswered
from bridge.courier.receiver_client import connected
from bridge.ingress.imap.failures import LoginRefused, Lost, Refused
from bridge.ingress.imap.login import NoCredentials
from bridge.ingress.imap.settings import Account
from bridge.proving import result
from bridge.proving.reconcile import FolderNotThere, Reconciling
from bridge.proving.verdict import FolderReport
from bridge.settings import BridgeSettings
from contract.keyring import Keyring

_OF_SERVERS = (Lost, Refused, LoginRefused, NoCredentials, FolderNotThere, NotAnswered)
FAULTS = (*_OF_SERVERS, ValueError, OSError)  # of a cursor


async def compare(
    settings: BridgeSettings,
    days: int,
    accounts: Sequence[Account] | None = None,
    refused: dict[str, str] | None = None,
) -> tuple[list[FolderReport], list[str]]:
    """Return a report for each folder, and the failures; results of the accounts reached are saved.

    Compares all accounts unless ``accounts`` is given. ``refused`` maps accounts to secrets that
    were refused: these are not tried again, and new ones are added.
    """
    found: dict[str, list[FolderReport]] = {}
    complaints: list[str] = []
    url, keys = str(settings.webhook_url), Keyring(settings).current
    async with connected(url, keys, settings.webhook_timeout) as client:
        reconciling = Reconciling(settings, client, datetime.now(UTC), refused)
        for account in settings.accounts if accounts is None else accounts:
            try:
                found[result.named(account)] = await reconciling.account(account, days)
            except FAULTS as error:
                complaints.append(f"{account.user}: {error}")
    if found:
        result.write(settings.data_dir, found, settings.accounts)
    return [report for reports in found.values() for report in reports], complaints
