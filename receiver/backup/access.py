"""Access is restored in a weaker form: a backup does not know what was revoked after it.

Nobody can tell a token that was revoked since from the others. So tokens are suspended, under the
name of the backup, until somebody has checked them; sign-ins and links end; hooks are off. Pure,
and the same each time, so that what was loaded can be compared with the backup.
"""

from collections.abc import Iterable, Iterator

from bson import decode, encode

from receiver.backup.layout import BackupSource

ENDED = frozenset({"links", "sign_ins"})
RESTORED = "restored from a backup"


def as_loaded(backup: BackupSource, collection: str) -> Iterable[bytes]:
    """Return a collection's documents as BSON, in the form to be loaded; raises Damaged."""
    found = backup.documents_in(collection)
    if collection in ENDED:
        return ()
    if collection == "tokens":
        return _suspended(found, backup.name)
    if collection == "hooks":
        return _hooks_off(found)
    return found


def _suspended(found: Iterator[bytes], backup: str) -> Iterator[bytes]:
    for each in found:
        document = decode(each)
        if document["revoked"] is None:
            document["suspended"] = document.get("suspended") or backup
        yield encode(document)


def _hooks_off(found: Iterator[bytes]) -> Iterator[bytes]:
    for each in found:
        document = decode(each)
        if document["state"] == "on":
            lease = document["lease"] | {"holder": None}
            document |= {"state": "off", "why": RESTORED, "lease": lease}
        yield encode(document)
