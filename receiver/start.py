"""Checks before the receiver starts: the directory and the secrets of its settings."""

from collections.abc import Iterator
from contextlib import suppress

from contract.door.broadcast import heard_by_nobody
from contract.door.listening import unbindable
from contract.keyring import has_secrets, unusable_secrets
from contract.process import CannotStart, unwritable
from contract.reading.mistakes import Wrong
from receiver.settings import ReceiverSettings
from receiver.web.door.descriptors import allow_descriptors, connection_limit


def unusable_to_serve(settings: ReceiverSettings) -> Iterator[Wrong]:
    """Yield what is unusable for a start: files, the port, too few descriptors."""
    yield from unusable(settings)
    yield from unbindable_for_http(settings)
    allow_descriptors()
    try:
        connection_limit(settings.mongo_pool)
    except CannotStart as error:
        yield Wrong((), str(error), ("MONGO_POOL",))


def unbindable_for_http(settings: ReceiverSettings) -> Iterator[Wrong]:
    """Yield why the address of HTTP cannot be listened on."""
    host, port = settings.receiver_host, settings.receiver_port
    yield from unbindable("RECEIVER_HOST", host, "RECEIVER_PORT", port)


def unusable(settings: ReceiverSettings, *, make: bool = True) -> Iterator[Wrong]:
    """Yield what the settings name and what cannot be used; ``make`` the directory of a service."""
    yield from heard_by_nobody("RECEIVER_HOST", settings.receiver_host)
    if has_secrets(settings):
        yield from unusable_secrets(settings)
    elif settings.webhook_secrets_file:
        yield from unwritable("WEBHOOK_SECRETS_FILE", settings.secrets_file.parent, make=make)
    else:
        yield from unwritable("DATA_DIR", settings.data_dir, make=make)
    if make:  # for acts of erasing, by a command, too; without one it starts all the same
        with suppress(OSError):
            settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
