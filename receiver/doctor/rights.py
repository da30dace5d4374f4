"""The rights that the database grants, as it says itself. Pure but for the question."""

from collections.abc import Iterable, Mapping
from typing import Any

from contract.doctor.checkup import Finding, Said, broken, well
from receiver.store.mongo import Database, StoreUnavailable, store_errors

NEEDED = frozenset({"find", "insert", "update", "remove", "createIndex", "createCollection"})


async def examine(database: Database) -> Finding | None:
    """Return whether the user has the rights that a receiver needs; None without authentication."""
    try:
        with store_errors():
            found = await database.command("connectionStatus", showPrivileges=True)
    except StoreUnavailable:  # it does not know the question; the write says more
        return None
    told = found.get("authInfo", {})
    if not told.get("authenticatedUsers"):
        return None
    return finding(database.name, told.get("authenticatedUserPrivileges", []))


def finding(name: str, privileges: Iterable[Mapping[str, Any]]) -> Finding:
    """Return the finding about a user's privileges on a database."""
    may: set[str] = set()
    for each in privileges:
        resource = each["resource"]
        of_all = resource.get("anyResource") or resource.get("db") == ""
        whole = resource.get("collection", "") == ""
        if of_all or (resource.get("db") == name and whole):
            may |= {*each["actions"]}
    missing = [] if "anyAction" in may else sorted(NEEDED - may)
    if not missing:
        return well("rights", f"all on {name}", f"все на {name}")
    listed = ", ".join(missing)
    return broken(
        "rights",
        Said(f"the user of MONGO_URI lacks {listed} on {name}", f"на {name} не хватает: {listed}"),
        Said(
            f"give it readWrite and dbAdmin on {name}",
            f"дайте пользователю из MONGO_URI роли readWrite и dbAdmin на {name}",
        ),
    )
