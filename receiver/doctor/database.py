"""What the doctor asks MongoDB: version, topology, rights, time of a write, indexes, backup."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from contract.doctor.checkup import Finding, Said, broken, look, of_clock, of_disk, well
from contract.signature import TOLERANCE_SECONDS
from receiver.doctor import forwarding, rights
from receiver.hooks.kept import Hooks
from receiver.settings import ReceiverSettings
from receiver.store import schema, standing
from receiver.store.letters import Letters
from receiver.store.mongo import Database, StoreUnavailable, store_errors
from receiver.store.trouble import hosts_of, in_words

OLDEST_VERSION = 5
SLOW_WRITE_SECONDS = 1.0
BACKUP_HOURS = 26
READ_BACK_LAG = timedelta(minutes=15)
LEAST_FREE = 1024**3


async def examine(database: Database, settings: ReceiverSettings) -> AsyncIterator[Finding]:
    """Yield what MongoDB says; after what it cannot answer nothing else is asked."""
    hosts = hosts_of(settings.mongo_uri.get_secret_value())
    try:
        yield await _version(database, hosts)
        yield await _topology(database)
        yield await _clock(database)
        if (found := await rights.examine(database)) is not None:
            yield found
        yield await _write(database)
        yield await _standing(database, settings)
        yield await _indexes(database)
        yield await _read_back(database)
        async for each in forwarding.examine(database):
            yield each
        yield await _backup(database)
        yield await _hooks(database)
        if (found := await _disk(database)) is not None:
            yield found
    except StoreUnavailable as error:
        trouble = in_words(error.__cause__ or error, hosts)
        yield broken(
            "mongodb",
            Said(trouble, f"MongoDB не отвечает или отказывает: {trouble}"),
            Said(
                "see that MongoDB runs and that MONGO_URI is right; letters wait in the bridge's"
                " spool meanwhile, for five days",
                "проверьте, что MongoDB работает и что MONGO_URI верен; письма тем временем ждут"
                " в спуле моста, до пяти дней",
            ),
        )


async def _version(database: Database, hosts: str) -> Finding:
    with store_errors():
        version = str((await database.client.admin.command("buildInfo"))["version"])
    says = Said(f"{version} answers at {hosts}", f"{version} отвечает на {hosts}")
    if int(version.partition(".")[0]) < OLDEST_VERSION:
        do = Said(
            f"use version {OLDEST_VERSION} or newer", f"нужна версия {OLDEST_VERSION} и новее"
        )
        return broken("mongodb", says, do)
    return well("mongodb", *says)


async def _topology(database: Database) -> Finding:
    with store_errors():
        hello = await database.client.admin.command("hello")
    if hello.get("msg") == "isdbgrid":
        return well("topology", "a sharded cluster", "шардированный кластер")
    if name := hello.get("setName"):
        members = len(hello.get("hosts", []))
        if members == 2:
            return look(
                "topology",
                Said(
                    f"replica set {name} of 2: one down stops all writes",
                    f"набор реплик {name} из 2: без одной записи нет",
                ),
                Said("add a third member", "добавьте третью"),
            )
        return well(
            "topology", f"replica set {name} of {members}", f"набор реплик {name}: {members}"
        )
    return look(
        "topology",
        Said("a standalone server: its disk is the only copy", "отдельный сервер: копия одна"),
        Said(
            "keep backups elsewhere, or make it a replica set: docs/operations.md",
            "храните копии в другом месте или сделайте набор реплик: docs/operations.ru.md",
        ),
    )


async def _clock(database: Database) -> Finding:
    with store_errors():
        hello = await database.client.admin.command("hello")
    seconds = (hello["localTime"].replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds()
    return of_clock("clock", Said("MongoDB", "MongoDB"), seconds, TOLERANCE_SECONDS)


async def _write(database: Database) -> Finding:
    """Write as the receiver does: on the journal of a majority."""
    begun = time.monotonic()
    with store_errors():
        await database["meta"].update_one(
            {"_id": "doctor"}, {"$currentDate": {"when": True}}, upsert=True
        )
    seconds = time.monotonic() - begun
    says = Said(
        f"a write that is safe took {seconds * 1000:.0f} ms",
        f"надёжная запись заняла {seconds * 1000:.0f} мс",
    )
    if seconds > SLOW_WRITE_SECONDS:
        do = Said(
            "look at the load and disks of MongoDB and at the lag of its members",
            "посмотрите на нагрузку и диски MongoDB и на отставание реплик",
        )
        return look("write", says, do)
    return well("write", *says)


async def _standing(database: Database, settings: ReceiverSettings) -> Finding:
    if refusal := await standing.refusal(database, settings.join_policy):
        return broken(
            "rule",
            Said(f"no letter is filed: {refusal}", f"письма не раскладываются: {refusal}"),
            Said("do as it says", "сделайте, как там сказано"),
        )
    return well("rule", "this receiver may file letters here", "этот приёмник может здесь работать")


async def _indexes(database: Database) -> Finding:
    try:
        ready = await schema.is_ready(database)
    except StoreUnavailable:
        ready = False
    if ready:
        return well("indexes", "all are there", "все на месте")
    return look(
        "indexes",
        Said("some are missing", "не все на месте"),
        Said(
            "start a receiver: it makes them, and takes no letter before",
            "запустите приёмник: он создаёт их и до того писем не берёт",
        ),
    )


async def _read_back(database: Database) -> Finding:
    letters = Letters(database)
    now = datetime.now(UTC)
    behind = []
    for mailbox in await letters.mailboxes():
        until = await letters.watermark(mailbox)
        if until is None or now - until > READ_BACK_LAG:
            behind.append(mailbox)
    if not behind:
        return well("read-back", "letters are read back", "письма перечитываются")
    names = ", ".join(behind[:5])
    return look(
        "read-back",
        Said(
            f"what was filed lately is not read back: {names}",
            f"недавно сохранённое не перечитано: {names}",
        ),
        Said(
            "does a receiver run? see its log; or run: python -m receiver project --check",
            "работает ли приёмник? См. его журнал; или: python -m receiver project --check",
        ),
    )


async def _backup(database: Database) -> Finding:
    when = await standing.backed_up(database)
    do = Said(
        "python -m receiver backup DIR --keep 14 --every 24",
        "python -m receiver backup КАТАЛОГ --keep 14 --every 24",
    )
    if when is None:
        return look("backup", Said("there has never been one", "ни одной копии не было"), do)
    hours = (datetime.now(UTC) - when).total_seconds() / 3600
    says = Said(f"the last one is {hours:.0f} h old", f"последней {hours:.0f} ч")
    if hours > BACKUP_HOURS:
        return look("backup", says, do)
    return well("backup", *says)


async def _hooks(database: Database) -> Finding:
    hooks = await Hooks(database).leases()
    failed = [each for each in hooks if each["state"] == "failed"]
    if not failed:
        on = sum(each["state"] == "on" for each in hooks)
        return well("hooks", f"{on} are on", f"включено: {on}")
    names = ", ".join(f"{each['name']}: {each['why']}" for each in failed[:5])
    return look(
        "hooks",
        Said(f"disabled, and told nothing: {names}", f"отключены, и ничего не узнают: {names}"),
        Said(
            "mend their targets, then: python -m receiver hook enable NAME",
            "исправьте получателей, затем: python -m receiver hook enable ИМЯ",
        ),
    )


async def _disk(database: Database) -> Finding | None:
    """Return how full MongoDB's disk is, where it tells."""
    with store_errors():
        stats = await database.command("dbStats")
    if not {"fsTotalSize", "fsUsedSize"} <= stats.keys():
        return None
    free = int(stats["fsTotalSize"] - stats["fsUsedSize"])
    return of_disk("mongodb-disk", "MongoDB", free, LEAST_FREE)
