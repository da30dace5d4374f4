"""The webhook's keys, from the environment or a file."""

from collections.abc import Iterator
from time import monotonic

from contract.files.text import FileUnreadable, text_in
from contract.reading.mistakes import Wrong
from contract.settings import SharedSettings
from contract.signature import HOW, Key, parse_keys


class SecretsMissing(Exception):
    """There is no usable webhook secret yet; the text says where it was looked for."""

    def __init__(self, why: str) -> None:
        super().__init__(f"WEBHOOK_SECRETS_FILE: {why}")
        self.why = why


class Keyring:
    """The current webhook keys, from the environment or a file.

    A file is read again whenever it changes: the receiver may make it after the bridge has started,
    and a secret can be rotated without a restart. Whatever copies a file may keep its time, but not
    its time of change as well (``st_ctime``).
    """

    def __init__(self, settings: SharedSettings) -> None:
        given = settings.webhook_secrets
        self._path = None if given else settings.secrets_file
        self._keys = parse_keys(given.get_secret_value()) if given else []
        self._changed: tuple[int, ...] = ()
        self._taken_out: dict[Key, float] = {}

    def current(self) -> list[Key]:
        """Return the keys, the signing one first; raises SecretsMissing."""
        if self._path is not None:
            try:
                seen = self._path.stat()
                changed = (seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino, seen.st_size)
                if changed != self._changed:
                    self._take(parse_keys(text_in(self._path)))
                    self._changed = changed
            except FileNotFoundError:
                why = "there is no such file yet: start the receiver, which makes it"
                raise SecretsMissing(f"{self._path}: {why}") from None
            except OSError as error:
                why = f"it cannot be read ({error.strerror}): name a file of secrets"
                raise SecretsMissing(f"{self._path}: {why}") from None
            except FileUnreadable as error:
                raise SecretsMissing(f"{self._path}: {error.why}; {HOW}") from None
            except ValueError as error:
                raise SecretsMissing(f"{self._path}: {error}") from None
        return self._keys

    def with_former(self, seconds: float) -> list[Key]:
        """Return also the keys taken out of the file at most so many seconds ago, if seen there.

        For what was signed before a rotation and gives no right to anything. Raises SecretsMissing.
        """
        since = monotonic() - seconds
        former = [key for key, at in self._taken_out.items() if at >= since]
        return [*self.current(), *former]

    def _take(self, keys: list[Key]) -> None:
        now = {key.digest(b"") for key in keys}
        gone = [key for key in self._keys if key.digest(b"") not in now]
        self._taken_out |= dict.fromkeys(gone, monotonic())
        self._keys = keys


def has_secrets(settings: SharedSettings) -> bool:
    """Tell whether there are secrets, or a file for them, perhaps unreadable."""
    if settings.webhook_secrets is not None:
        return True
    try:
        return settings.secrets_file.exists()
    except OSError:
        return True


def unusable_secrets(settings: SharedSettings) -> Iterator[Wrong]:
    """Yield why existing secrets are unusable."""
    if has_secrets(settings):
        try:
            Keyring(settings).current()
        except SecretsMissing as error:
            yield Wrong(("WEBHOOK_SECRETS_FILE",), error.why)
