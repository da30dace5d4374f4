"""Findings about a MongoDB: version, topology, clock, time of a write, its disk. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from contract.doctor.checkup import Finding, Said, broken, look, of_clock, of_disk, well
from contract.signature import TOLERANCE_SECONDS

OLDEST_VERSION = 5
SLOW_WRITE_SECONDS = 1.0
LEAST_FREE = 1024**3


def version(found: str, hosts: str) -> Finding:
    """Return whether the version in ``buildInfo`` is supported."""
    says = Said(f"{found} answers at {hosts}", f"{found} отвечает на {hosts}")
    if int(found.partition(".")[0]) < OLDEST_VERSION:
        do = Said(
            f"use version {OLDEST_VERSION} or newer", f"нужна версия {OLDEST_VERSION} и новее"
        )
        return broken("mongodb", says, do)
    return well("mongodb", *says)


def topology(hello: Mapping[str, Any]) -> Finding:
    """Return whether writes go on when one member is down, as far as ``hello`` shows it.

    A majority counts all voting members, arbiters too, but only data-bearing members acknowledge a
    write (MongoDB's manual, "Write Concern", calculating majority). ``hello`` omits hidden members.
    """
    if hello.get("msg") == "isdbgrid":
        return well("topology", "a sharded cluster", "шардированный кластер")
    if not (name := hello.get("setName")):
        return look(
            "topology",
            Said("a standalone server: its disk is the only copy", "отдельный сервер: копия одна"),
            Said(
                "keep backups elsewhere, or make it a replica set: docs/operations.md",
                "храните копии в другом месте или сделайте набор реплик: docs/operations.ru.md",
            ),
        )
    bearing = len(hello.get("hosts", ())) + len(hello.get("passives", ()))
    voting = bearing + len(hello.get("arbiters", ()))
    of_all = Said(f"replica set {name} of {voting}", f"набор реплик {name}: {voting}")
    if voting == 1:
        only = Said("its disk is the only copy", "копия одна")
        return well("topology", f"{of_all.en}: {only.en}", f"{of_all.ru}, {only.ru}")
    if bearing - 1 < voting // 2 + 1:
        return look(
            "topology",
            Said(
                f"{of_all.en}, {bearing} with data: one down stops all writes",
                f"{of_all.ru}, с данными: {bearing}; без одной из них записи нет",
            ),
            Said(
                "let three members have data; an arbiter has none",
                "нужны три реплики с данными; арбитр их не хранит",
            ),
        )
    return well("topology", *of_all)


def clock(theirs: datetime, now: datetime) -> Finding:
    """Return how far the server's clock is from ours; ``theirs`` is UTC without a zone."""
    seconds = (theirs.replace(tzinfo=UTC) - now).total_seconds()
    return of_clock("clock", Said("MongoDB", "MongoDB"), seconds, TOLERANCE_SECONDS)


def write(seconds: float) -> Finding:
    """Return whether a journalled write by a majority is fast enough."""
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


def disk(stats: Mapping[str, Any]) -> Finding | None:
    """Return how full the server's disk is by its ``dbStats``; None if it does not say."""
    if not {"fsTotalSize", "fsUsedSize"} <= stats.keys():
        return None
    free = int(stats["fsTotalSize"] - stats["fsUsedSize"])
    return of_disk("mongodb-disk", "MongoDB", free, LEAST_FREE)
