"""Checks before the bridge starts: the files, directories and commands of its settings."""

import resource
import shlex
import shutil
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bridge.ingress.imap.settings import Account
from bridge.ingress.imap.states import is_watched, watched_by_another
from bridge.ingress.refusals import told
from bridge.ingress.smtp import certificate
from bridge.ingress.smtp.limits import descriptors_apart
from bridge.ingress.smtp.places.descriptors import connections_at_once
from bridge.ingress.smtp.recipients import EXAMPLE
from bridge.settings import BridgeSettings
from bridge.spool.spool import Spool
from contract.door.broadcast import heard_by_nobody
from contract.door.listening import unbindable
from contract.files.text import FileUnreadable, bytes_in
from contract.keyring import has_secrets, unusable_secrets
from contract.process import CannotStart, unwritable
from contract.reading.mistakes import Wrong

MIB = 1024 * 1024
EVERY_HOST = {"", "0.0.0.0", "::"}  # noqa: S104 - compared only


def unusable_for_smtp(settings: BridgeSettings) -> Iterator[Wrong]:
    """Yield what is unusable for a start of the SMTP door: files, ports, a directory in use."""
    yield from unusable(settings)
    yield from unbindable_for_smtp(settings)
    if (spool := Spool(settings.spool)).is_locked:
        yield Wrong(("DATA_DIR",), spool.used_by_another)
    yield from _descriptors(settings)
    if not settings.mailboxes and not settings.accounts:
        nobody = "names nobody: name the mailboxes whose letters are taken, such as {example}"
        yield Wrong(("MAILBOXES",), told(nobody, example=EXAMPLE))
    hosts = {settings.smtp_host, settings.health_host}
    if settings.smtp_port == settings.health_port and (len(hosts) == 1 or hosts & EVERY_HOST):
        both = told("both are {port}: choose another", port=settings.smtp_port)
        yield Wrong(("SMTP_PORT", "HEALTH_PORT"), both)


def unusable_for_imap(settings: BridgeSettings) -> Iterator[Wrong]:
    """Yield what is unusable for a start with IMAP alone: files, no mailbox, one in use."""
    yield from unusable(settings)
    if is_watched(settings.imap_directory):
        yield Wrong(("DATA_DIR",), watched_by_another(settings.imap_directory))
    if not settings.accounts:
        none = "none is set: name the login of the mailbox to read, such as {example}"
        yield Wrong(("IMAP_USER", "IMAP_ACCOUNTS"), told(none, example=EXAMPLE))


def unbindable_for_smtp(settings: BridgeSettings) -> Iterator[Wrong]:
    """Yield why the address of SMTP cannot be listened on."""
    yield from unbindable("SMTP_HOST", settings.smtp_host, "SMTP_PORT", settings.smtp_port)


def unbindable_for_health(settings: BridgeSettings) -> Iterator[Wrong]:
    """Yield why the health port is not listened on, without which mail is taken all the same."""
    host, port = settings.health_host, settings.health_port
    if port:
        yield from unbindable("HEALTH_HOST", host, "HEALTH_PORT", port)


def unusable(settings: BridgeSettings, *, make: bool = True) -> Iterator[Wrong]:
    """Yield unusable files and commands; ``make`` lets a service create its directory."""
    yield from unwritable("DATA_DIR", settings.data_dir, make=make)
    yield from _more_than_the_disk(settings)
    yield from heard_by_nobody("SMTP_HOST", settings.smtp_host)
    yield from heard_by_nobody("HEALTH_HOST", settings.health_host)
    yield from _certificate(settings)
    yield from _authorities(settings)
    for account in settings.accounts:
        yield from _credentials(account)
    yield from unusable_secrets(settings)


def warnings(settings: BridgeSettings) -> Iterator[str]:
    """Yield warnings that do not prevent the start."""
    if settings.smtp_tls_cert and settings.smtp_tls_key:
        yield from certificate.warnings(settings.smtp_tls_cert, settings.smtp_tls_key)
    if settings.spool_max_bytes < settings.smtp_max_size:
        yield (
            f"SPOOL_MAX_BYTES: a letter of more than {settings.spool_max_bytes} bytes never has"
            f" room, though SMTP_MAX_SIZE says {settings.smtp_max_size}"
        )
    each, all_of_them = settings.smtp_max_connections_per_peer, settings.smtp_max_connections
    usual = BridgeSettings.model_fields["smtp_max_connections_per_peer"].default
    if each > all_of_them and each != usual:
        yield (
            f"SMTP_MAX_CONNECTIONS_PER_PEER: one address never gets {each} connections, as"
            f" SMTP_MAX_CONNECTIONS allows {all_of_them} in all"
        )
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most != resource.RLIM_INFINITY and most < settings.parse_memory_mb * MIB:
        yield (
            f"PARSE_MEMORY_MB: a parse has no more than {most // MIB} MiB, as `ulimit -v` says, and"
            f" not {settings.parse_memory_mb}"
        )
    if not has_secrets(settings):
        yield (
            f"WEBHOOK_SECRETS_FILE: there is no {settings.secrets_file} yet; letters wait until the"
            " receiver has made it, or WEBHOOK_SECRETS is set"
        )


def _descriptors(settings: BridgeSettings) -> Iterator[Wrong]:
    apart = descriptors_apart(settings.courier_concurrency, settings.parse_workers)
    try:
        connections_at_once(settings.smtp_max_connections, apart)
    except CannotStart as error:
        yield Wrong((), str(error), ("COURIER_CONCURRENCY", "PARSE_WORKERS"))


def _more_than_the_disk(settings: BridgeSettings) -> Iterator[Wrong]:
    """Yield that no letter would ever be taken, however empty the disk is."""
    with suppress(OSError):
        disk = shutil.disk_usage(settings.data_dir).total
        if settings.spool_min_free > disk:
            never = (
                "{bytes} bytes can never be free on the disk of {path}, which has {disk} in all:"
                " less must do"
            )
            text = told(never, bytes=settings.spool_min_free, path=settings.data_dir, disk=disk)
            yield Wrong(("SPOOL_MIN_FREE",), text, ("DATA_DIR",))


def _certificate(settings: BridgeSettings) -> Iterator[Wrong]:
    if settings.smtp_tls_cert and settings.smtp_tls_key:
        wrong = certificate.wrong_with(settings.smtp_tls_cert, settings.smtp_tls_key)
        yield from (Wrong((each.setting,), each.why) for each in wrong)


def _authorities(settings: BridgeSettings) -> Iterator[Wrong]:
    if (path := settings.imap.ca_file) is None:
        return
    if why := _unreadable(path):
        name = told("{path}: {why}: name a file of certificates", path=path, why=why)
        yield Wrong(("IMAP_CA_FILE",), name)
        return
    try:
        ssl.create_default_context(cafile=path)
    except OSError:  # ssl.SSLError is one
        none = told("{path} holds no certificates: PEM is needed", path=path)
        yield Wrong(("IMAP_CA_FILE",), none)


def _credentials(account: Account) -> Iterator[Wrong]:
    """Yield missing files and commands; their content is checked at each login."""
    for name, path in (
        ("IMAP_PASSWORD_FILE", account.password_file),
        ("IMAP_TOKEN_FILE", account.token_file),
    ):
        if path is not None and (why := _unreadable(path)):
            needs = "{path}: {why}: the login of {user} needs it"
            yield Wrong((name,), told(needs, path=path, why=why, user=account.user))
    words = shlex.split(account.token_command)
    if account.token_command and not words:
        blank = "is blank: name a command that prints an access token, or leave it out"
        yield Wrong(("IMAP_TOKEN_COMMAND",), told(blank))
    if words and shutil.which(words[0]) is None:
        none = "{command}: there is no such command: the login of {user} needs it"
        sentence = told(none, command=words[0], user=account.user)
        yield Wrong(("IMAP_TOKEN_COMMAND",), sentence)


def _unreadable(path: Path) -> str:
    """Return why a file cannot be read, or nothing."""
    try:
        bytes_in(path)
    except FileUnreadable as error:
        return error.why
    return ""
