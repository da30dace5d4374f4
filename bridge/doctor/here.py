"""Checks on this machine: secret, spool, disk, descriptors, HEALTH_PORT, backup."""

import resource
import time
from collections.abc import Iterator
from http.client import HTTPException
from urllib.error import HTTPError

from bridge.ingress.smtp.limits import DESCRIPTORS_APART, DESCRIPTORS_EACH
from bridge.keeping.last import last_backup
from bridge.settings import BridgeSettings
from bridge.spool.inventory import Inventory, take_inventory
from bridge.spool.spool import Spool
from contract.doctor.checkup import Finding, Said, broken, look, of_backup, well
from contract.doctor.examining import Check, disk_of, not_ours
from contract.keyring import Keyring, SecretsMissing, has_secrets
from contract.process import is_directory
from contract.sending.direct import address_of, straight_to, why_not

SECONDS = 5.0
_TO_HAVE_ONE = Said(
    "start the receiver, which makes it, or set WEBHOOK_SECRETS",
    "запустите приёмник, он создаст секрет, или задайте WEBHOOK_SECRETS",
)
_TO_READ_IT = Said(
    "let the user of the service read the file, and put into it what the receiver has: whsec_…",
    "дайте пользователю сервиса читать этот файл и положите в него то же, что у приёмника: whsec_…",
)


def checks(settings: BridgeSettings) -> Iterator[Check]:
    """Yield each check; blocks."""
    yield "mailboxes", lambda: _mail_comes_in(settings)
    yield "secret", lambda: _secret(settings)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    yield "descriptors", lambda: of_descriptors(hard, settings)
    yield "health", lambda: _health(settings)
    yield "disk", lambda: disk_of(settings.data_dir, settings.spool_min_free)
    yield "spool", lambda: _spool(settings)
    yield "backup", lambda: _backup(settings)


def _spool(settings: BridgeSettings) -> Iterator[Finding]:
    spool = settings.spool
    places = (spool, *(spool / each for each in ("tmp", "new", "cur", "failed")))
    if found := not_ours("spool", places):
        yield found
    elif is_directory(spool):
        yield from of_spool(take_inventory(Spool(settings.spool), time.time()), settings)


def _mail_comes_in(settings: BridgeSettings) -> Finding:
    names = [*settings.mailboxes, *(each.stands_for for each in settings.accounts)]
    if names:
        listed = ", ".join(dict.fromkeys(names))
        return well("mailboxes", listed, listed)
    return broken(
        "mailboxes",
        Said("no mailbox is named", "не назван ни один ящик"),
        Said("set MAILBOXES or IMAP_USER", "задайте MAILBOXES или IMAP_USER"),
    )


def _secret(settings: BridgeSettings) -> Finding:
    try:
        keys = Keyring(settings).current()
    except SecretsMissing as error:
        return broken(
            "secret",
            Said(str(error), f"секрета нет: {error}"),
            _TO_READ_IT if has_secrets(settings) else _TO_HAVE_ONE,
        )
    return well("secret", f"{len(keys)} in use", f"действует: {len(keys)}")


def of_descriptors(hard: int, settings: BridgeSettings) -> Finding:
    """Return whether the hard limit of open files is enough for all connections."""
    needed = settings.smtp_max_connections * DESCRIPTORS_EACH + DESCRIPTORS_APART
    if hard != resource.RLIM_INFINITY and hard < needed:
        return look(
            "descriptors",
            Said(f"{hard}, and {needed} are needed", f"{hard}, а нужно {needed}"),
            Said(
                "raise ulimit -n, or lower SMTP_MAX_CONNECTIONS",
                "увеличьте ulimit -n или уменьшите SMTP_MAX_CONNECTIONS",
            ),
        )
    return well("descriptors", "enough", "хватит")


def _health(settings: BridgeSettings) -> Finding:
    """Return whether a bridge answers at HEALTH_PORT; without the port it still takes mail."""
    if not settings.health_port:
        return well("health", "HEALTH_PORT is 0: off", "HEALTH_PORT — 0: выключен")
    place = address_of(settings.health_host, settings.health_port)
    why = Said(f"no bridge tells its metrics at {place}", f"{place} отвечает, но не мост")
    try:
        with straight_to(f"http://{place}/metrics", SECONDS) as answer:
            if b"bridge_spool_letters" in answer.read():
                return well("health", f"{place} tells metrics", f"{place} отдаёт метрики")
    except HTTPError as error:
        error.close()
    except HTTPException:
        pass
    except OSError as error:
        why = Said(
            f"nobody answers at {place}: {why_not(error)}", f"{place} не отвечает: {why_not(error)}"
        )
    return look(
        "health",
        why,
        Said(
            "is the bridge running, and is HEALTH_PORT free for it (HEALTH_HOST)?",
            "запущен ли мост и свободен ли HEALTH_PORT (HEALTH_HOST)?",
        ),
    )


def of_spool(found: Inventory, settings: BridgeSettings) -> Iterator[Finding]:
    """Yield findings about letters that wait and letters that failed."""
    says = Said(
        f"{found.waiting} letters wait, the oldest for {found.oldest:.0f} s",
        f"ждут писем: {found.waiting}, старшее {found.oldest:.0f} с",
    )
    if found.oldest > settings.spool_alarm_age:
        do = Said("the log says what the receiver answers", "ответ приёмника — в журнале")
        yield look("spool", says, do)
    elif found.size > settings.spool_max_bytes * 0.9:
        do = Said("raise SPOOL_MAX_BYTES", "увеличьте SPOOL_MAX_BYTES")
        yield look("spool", says, do)
    else:
        yield well("spool", *says)
    if found.failed:
        yield look(
            "failed",
            Said(f"{found.failed} letters failed for good", f"не доставлено писем: {found.failed}"),
            Said("python -m bridge spool list --failed", "python -m bridge spool list --failed"),
        )


def _backup(settings: BridgeSettings) -> Finding:
    last = last_backup(settings.data_dir)
    if last.others:
        return look(
            "backup",
            Said(
                f"beside the last one are {last.others} of another DATA_DIR",
                f"рядом с последней копией — {last.others} с другого DATA_DIR",
            ),
            Said(
                "is DATA_DIR's volume the right one? if so, delete the others, or move them",
                "тот ли том у DATA_DIR? Если тот, удалите чужие копии или перенесите их",
            ),
        )
    when = last.when
    do = Said(
        "python -m bridge backup DIR --keep 14 --every 24",
        "python -m bridge backup КАТАЛОГ --keep 14 --every 24",
    )
    return of_backup((time.time() - when) / 3600 if when is not None else None, do)
