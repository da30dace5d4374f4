"""Whether RETENTION names a mailbox that never had a letter: most often it is mistyped."""

from contract.doctor.checkup import Finding, Said, look, well
from receiver.retaining.terms import terms_of, unknown_in
from receiver.settings import ReceiverSettings
from receiver.store.leaving import Leaving
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.mongo import Database


async def examine(database: Database, settings: ReceiverSettings) -> Finding:
    """Return what is wrong with the mailboxes of RETENTION; raises StoreUnavailable."""
    table = terms_of(settings.retention)
    if not table:
        return well("retention", "nothing is deleted by itself", "само ничего не удаляется")
    before = await Leaving(database).mailboxes_before()
    unknown = unknown_in(table, {*before, *await KeptMailboxes(database).every()})
    if not unknown:
        return well("retention", f"for: {', '.join(table)}", f"для: {', '.join(table)}")
    named = ", ".join(f"{each} → {near}" if near else each for each, near in unknown.items())
    return look(
        "retention",
        Said(
            f"RETENTION names mailboxes that never had a letter (→ the nearest): {named}",
            f"в RETENTION — ящики, где писем не было никогда (→ похожий): {named}",
        ),
        Said(
            "if one is mistyped, nothing of the right one is deleted: correct RETENTION",
            "если имя с опечаткой, из нужного ящика ничего не удаляется: исправьте RETENTION",
        ),
    )
