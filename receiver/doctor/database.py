"""The doctor's questions to MongoDB: itself, rights, time of a write, indexes, backup, hooks."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from contract.doctor.checkup import Finding, Said, broken, look, of_backup, well
from contract.doctor.examining import AskedCheck, asked
from receiver.doctor import erasures, forwarding, retention, rights, server
from receiver.doctor.trouble import hosts_of, in_words
from receiver.hooks.hooks import Hooks
from receiver.settings import ReceiverSettings
from receiver.store import schema, standing
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.mongo import Database, StoreUnavailable, store_errors

READ_BACK_LAG = timedelta(minutes=15)


async def examine(database: Database, settings: ReceiverSettings) -> list[Finding]:
    """Return MongoDB's findings; the first question that it cannot answer is the last."""
    hosts = hosts_of(settings.mongo_uri.get_secret_value())
    findings: list[Finding] = []
    try:
        for check, ask in _checks(database, settings, hosts):
            findings += await asked(check, ask, StoreUnavailable)
    except StoreUnavailable as error:
        trouble = in_words(error.__cause__ or error, hosts)
        findings.append(_out_of_reach(trouble))
    return findings


def _out_of_reach(trouble: str) -> Finding:
    return broken(
        "mongodb",
        Said(trouble, f"MongoDB не отвечает или отказывает: {trouble}"),
        Said(
            "see that MongoDB runs and that MONGO_URI is right; letters wait in the bridge's"
            " spool meanwhile, for five days",
            "проверьте, что MongoDB работает и что MONGO_URI верен; письма тем временем ждут"
            " в спуле моста, до пяти дней",
        ),
    )


def _checks(database: Database, settings: ReceiverSettings, hosts: str) -> Iterator[AskedCheck]:
    yield "mongodb", lambda: _version(database, hosts)
    yield "topology", lambda: _greeting(database)
    yield "rights", lambda: rights.examine(database)
    yield "write", lambda: _write(database)
    yield "rule", lambda: _standing(database, settings)
    yield "indexes", lambda: _indexes(database)
    yield "read-back", lambda: _read_back(database)
    yield "forwarding", lambda: forwarding.examine(database)
    yield "backup", lambda: _backup(database)
    yield "retention", lambda: retention.examine(database, settings)
    yield "erasures", lambda: erasures.examine(database)
    yield "hooks", lambda: _hooks(database)
    yield "disk", lambda: _disk(database)


async def _version(database: Database, hosts: str) -> Finding:
    with store_errors():
        build = await database.client.admin.command("buildInfo")
    return server.version(str(build["version"]), hosts)


async def _greeting(database: Database) -> list[Finding]:
    with store_errors():
        hello = await database.client.admin.command("hello")
    return [server.topology(hello), server.clock(hello["localTime"], datetime.now(UTC))]


async def _disk(database: Database) -> Finding | None:
    with store_errors():
        stats = await database.command("dbStats")
    return server.disk(stats)


async def _write(database: Database) -> Finding:
    """Write as the receiver does: journalled by a majority."""
    begun = time.monotonic()
    with store_errors():
        await database["meta"].update_one(
            {"_id": "doctor"}, {"$currentDate": {"when": True}}, upsert=True
        )
    return server.write(time.monotonic() - begun)


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
    mailboxes = KeptMailboxes(database)
    now = datetime.now(UTC)
    behind, marks = [], await mailboxes.watermarks()
    for mailbox in await mailboxes.every():
        until = marks.get(mailbox)
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
    if doubt := await standing.doubtful_backup(database):
        letters, before, aside = doubt
        return look(
            "backup",
            Said(
                f"the last one has {letters} letters, one before had {before}; older ones that stay"
                f" beside it: {aside}",
                f"в последней писем: {letters}, а раньше было {before}; прежних копий, которые"
                f" оставлены: {aside}",
            ),
            Said(
                "if neither retention nor an erasure explains that, is MONGO_DATABASE right, is"
                " MongoDB's volume the same? if all is right, delete the older ones, or move them",
                "если этого не объясняют ни сроки хранения, ни стирание: верна ли MONGO_DATABASE,"
                " тот ли том у MongoDB? Если всё верно, удалите прежние копии или перенесите их",
            ),
        )
    hours = (datetime.now(UTC) - when).total_seconds() / 3600 if when else None
    return of_backup(hours, do)


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
