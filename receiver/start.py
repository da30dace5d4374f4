"""What is looked at before the receiver starts: the directory and the secrets of its settings."""

from collections.abc import Iterator

from contract.keyring import Keyring, SecretsMissing
from contract.process import unwritable
from contract.reading import Wrong
from receiver.settings import ReceiverSettings


def unusable(settings: ReceiverSettings) -> Iterator[Wrong]:
    """Yield what the settings name and what cannot be used."""
    if settings.webhook_secrets is not None:
        return
    if settings.secrets_file.exists():
        try:
            Keyring(settings).current()
        except SecretsMissing as error:
            yield Wrong(("WEBHOOK_SECRETS_FILE",), str(error))
    elif settings.webhook_secrets_file:
        yield from unwritable("WEBHOOK_SECRETS_FILE", settings.secrets_file.parent)
    else:
        yield from unwritable("DATA_DIR", settings.data_dir)
