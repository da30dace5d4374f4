"""Each mailbox by IMAP: whether its login works, its folders exist, and it is being read."""

import contextlib
import time
from collections.abc import Iterator
from functools import partial

from bridge.ingress.imap.connection import Connection
from bridge.ingress.imap.failures import LoginRefused, Lost, Refused
from bridge.ingress.imap.folders import find_folder
from bridge.ingress.imap.login import ADVICE, NoCredentials, credentials
from bridge.ingress.imap.settings import Account
from bridge.ingress.imap.states import complaints
from bridge.settings import BridgeSettings
from contract.doctor.checkup import Finding, Said, broken, look, well
from contract.doctor.examining import Check

SECONDS = 15.0


def checks(settings: BridgeSettings) -> Iterator[Check]:
    """Yield each check, with one login for each account; blocks."""
    if not settings.accounts:
        return
    yield "imap", lambda: _watched(settings)
    for account in settings.accounts:
        yield "imap", partial(_account, account, settings)


def _watched(settings: BridgeSettings) -> Iterator[Finding]:
    for complaint in complaints(settings.imap_health, settings.imap.poll, time.time()):
        yield look(
            "imap",
            Said(complaint, complaint),
            Said("is `python -m bridge imap` running?", "работает ли `python -m bridge imap`?"),
        )


def _account(account: Account, settings: BridgeSettings) -> Finding:
    settings_do = Said(
        "look at IMAP_HOST, IMAP_PORT, IMAP_SECURITY and IMAP_CA_FILE",
        "проверьте IMAP_HOST, IMAP_PORT, IMAP_SECURITY и IMAP_CA_FILE",
    )
    try:
        secret = credentials(account)
        connection = Connection.open(account, secret, settings.imap.ca_file, SECONDS)
    except LoginRefused as error:
        return broken(
            "imap",
            Said(f"{account.user}: login refused: {error}", f"{account.user}: не пускают: {error}"),
            Said(
                ADVICE,
                "разрешите IMAP в настройках ящика и создайте новый пароль приложения: смена пароля"
                " или выход со всех устройств отменяют прежние",
            ),
        )
    except NoCredentials as error:
        return broken(
            "imap",
            Said(f"{account.user}: {error}", f"{account.user}: нет пароля: {error}"),
            Said(
                "look at IMAP_PASSWORD_FILE or IMAP_TOKEN_…",
                "проверьте IMAP_PASSWORD_FILE или IMAP_TOKEN_…",
            ),
        )
    except (Lost, Refused) as error:
        return broken(
            "imap",
            Said(f"{account.user}: {error}", f"{account.user}: нет связи: {error}"),
            settings_do,
        )
    with contextlib.closing(connection):
        try:
            return _folders(account, connection)
        except (Lost, Refused) as error:
            says = Said(f"{account.user}: {error}", f"{account.user}: сервер отказал: {error}")
            return broken("imap", says, settings_do)


def _folders(account: Account, connection: Connection) -> Finding:
    listed = connection.folders()
    missing = [each for each in account.folders if not find_folder(each, listed, account.sent)]
    if missing:
        names = ", ".join(name for _, _, name in listed)
        return broken(
            "imap",
            Said(
                f"{account.user}: no folder {', '.join(missing)}",
                f"{account.user}: нет папки {', '.join(missing)}",
            ),
            Said(
                f"set IMAP_FOLDERS or IMAP_SENT; there are: {names}",
                f"задайте IMAP_FOLDERS или IMAP_SENT; есть: {names}",
            ),
        )
    found = ", ".join(str(find_folder(each, listed, account.sent)) for each in account.folders)
    return well(
        "imap", f"{account.user}: logged in, {found}", f"{account.user}: вход есть, {found}"
    )
