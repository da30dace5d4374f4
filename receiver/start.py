"""Checks before the receiver starts: the directory and the secrets of its settings."""

from collections.abc import Iterator
from contextlib import suppress

from contract.door.broadcast import heard_by_nobody
from contract.keyring import has_secrets, unusable_secrets
from contract.process import unwritable
from contract.reading.mistakes import Wrong
from receiver.settings import ReceiverSettings


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
