"""What is looked at before the bridge starts: files, directories and commands of its settings."""

import shlex
import shutil
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bridge.ingress.imap.settings import Account
from bridge.ingress.smtp import certificate
from bridge.settings import BridgeSettings
from contract.keyring import has_secrets, unusable_secrets
from contract.process import unwritable
from contract.reading import Wrong

EXPIRES_SOON = timedelta(days=14)


def unusable(settings: BridgeSettings) -> Iterator[Wrong]:
    """Yield what the settings name and what cannot be used."""
    yield from unwritable("DATA_DIR", settings.data_dir)
    yield from _certificate(settings)
    yield from _authorities(settings)
    for account in settings.accounts:
        yield from _credentials(account)
    yield from unusable_secrets(settings)


def warnings(settings: BridgeSettings) -> Iterator[str]:
    """Yield what does not stop the start and is to be known."""
    if settings.smtp_tls_cert and settings.smtp_tls_key:
        try:
            end = certificate.expires(settings.smtp_tls_cert, settings.smtp_tls_key)
        except certificate.NotUsable as error:
            yield f"{error}; senders that look at it will not use TLS, or not come"
        else:
            if end and end < datetime.now(UTC) + EXPIRES_SOON:
                yield f"SMTP_TLS_CERT: {settings.smtp_tls_cert} expires on {end:%Y-%m-%d}"
    if not has_secrets(settings):
        yield (
            f"WEBHOOK_SECRETS_FILE: there is no {settings.secrets_file} yet; letters wait until the"
            " receiver has made it, or WEBHOOK_SECRETS is set"
        )


def _certificate(settings: BridgeSettings) -> Iterator[Wrong]:
    if settings.smtp_tls_cert and settings.smtp_tls_key:
        try:
            certificate.load(settings.smtp_tls_cert, settings.smtp_tls_key)
        except certificate.NotUsable as error:
            yield Wrong((error.setting,), error.why)


def _authorities(settings: BridgeSettings) -> Iterator[Wrong]:
    if (path := settings.imap.ca_file) is None:
        return
    try:
        ssl.create_default_context(cafile=path)
    except ssl.SSLError:
        yield Wrong(("IMAP_CA_FILE",), f"{path} holds no certificates: PEM is needed")
    except OSError:
        yield Wrong(("IMAP_CA_FILE",), f"{path}: {_unreadable(path)}: name a file of certificates")


def _credentials(account: Account) -> Iterator[Wrong]:
    """Yield files and commands that are not there; what they give is seen at each login."""
    for name, path in (
        ("IMAP_PASSWORD_FILE", account.password_file),
        ("IMAP_TOKEN_FILE", account.token_file),
    ):
        if path is not None and (why := _unreadable(path)):
            yield Wrong((name,), f"{path}: {why}: the login of {account.user} needs it")
    words = shlex.split(account.token_command)
    if words and shutil.which(words[0]) is None:
        sentence = f"{words[0]}: there is no such command: the login of {account.user} needs it"
        yield Wrong(("IMAP_TOKEN_COMMAND",), sentence)


def _unreadable(path: Path) -> str:
    """Return why a file cannot be read, or nothing."""
    try:
        if not path.is_file():
            return "there is no such file"
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    return ""
