"""Checks on this machine: secret, descriptors, disk, and the service itself."""

from collections.abc import Iterator

from contract.doctor.checkup import Finding, Said, broken, look, well
from contract.doctor.examining import Check, disk_of
from contract.keyring import Keyring, SecretsMissing, has_secrets
from contract.process import CannotStart
from receiver.commands.ping import wrong_with_service
from receiver.settings import ReceiverSettings
from receiver.web.door.descriptors import MAX_CONNECTIONS, allow_descriptors, connection_limit

LEAST_FREE = 100 * 1024 * 1024


def checks(settings: ReceiverSettings) -> Iterator[Check]:
    """Yield each check of this machine."""
    yield "secret", lambda: _secret(settings)
    yield "descriptors", lambda: _descriptors(settings)
    yield "disk", lambda: disk_of(settings.data_dir, LEAST_FREE)
    yield "receiver", lambda: _service(settings)


def _secret(settings: ReceiverSettings) -> Finding:
    path = settings.secrets_file
    try:
        keys = Keyring(settings).current()
    except SecretsMissing as error:
        if not has_secrets(settings):
            return look(
                "secret",
                Said(f"there is no {path} yet", f"{path} ещё нет"),
                Said("start the receiver, which makes it", "запустите приёмник: он его создаст"),
            )
        return broken(
            "secret",
            Said(str(error), str(error)),
            Said(
                "let the user of the service read the file, or put a secret there: whsec_…",
                "дайте пользователю сервиса читать этот файл или положите туда секрет: whsec_…",
            ),
        )
    if settings.webhook_secrets is None and path.stat().st_mode & 0o077:
        return look(
            "secret",
            Said(f"others may read {path}", f"{path} доступен другим"),
            Said(f"chmod 600 {path}", f"chmod 600 {path}"),
        )
    return well("secret", f"{len(keys)} in use", f"действует: {len(keys)}")


def _descriptors(settings: ReceiverSettings) -> Finding:
    allow_descriptors()  # as the receiver does
    try:
        most = connection_limit(settings.mongo_pool)
    except CannotStart as error:
        return broken(
            "descriptors",
            Said(str(error), str(error)),
            Said("raise ulimit -n", "увеличьте ulimit -n"),
        )
    says = Said(f"enough for {most} connections", f"хватит на соединений: {most}")
    if most < MAX_CONNECTIONS:
        do = Said("raise ulimit -n to 4096", "увеличьте ulimit -n до 4096")
        return look("descriptors", says, do)
    return well("descriptors", *says)


def _service(settings: ReceiverSettings) -> Finding:
    if (wrong := wrong_with_service(settings)) is None:
        return well("receiver", "it is ready", "готов")
    return broken(
        "receiver",
        Said(wrong, wrong),
        Said(
            "start it: python -m receiver, and see its log",
            "запустите его: python -m receiver, и посмотрите журнал",
        ),
    )
