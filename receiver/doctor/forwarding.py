"""Whether a forwarding rule was confirmed: until then Yandex forwards nothing.

Yandex's letter of confirmation comes first. A letter by SMTP stored after it shows that somebody
has confirmed; mailboxes read by IMAP need no rule.
"""

from datetime import UTC, datetime, timedelta

from contract.doctor.checkup import Finding, Said, look, well
from receiver.store.mailboxes import KeptMailboxes
from receiver.store.mongo import Database, Document, store_errors

LATELY = timedelta(days=30)


async def examine(database: Database) -> list[Finding]:
    """Return a finding for each mailbox with such a letter lately; raises StoreUnavailable."""
    findings: list[Finding] = []
    letters = database["letters"]
    since = datetime.now(UTC) - LATELY
    for mailbox in await KeptMailboxes(database).every():
        of_it = {"mailbox": mailbox, "kept": {"$gte": since}}
        with store_errors():
            asked = await letters.find_one(
                of_it | {"message.kind": "confirmation"}, {"kept": 1, "dialog": 1},
                sort=[("kept", -1)],
            )  # fmt: skip
            if asked is None:
                continue
            after = {"mailbox": mailbox, "kept": {"$gt": asked["kept"]}}
            others = {"message.kind": {"$ne": "confirmation"}, "copies.source.via": "smtp"}
            came = await letters.find_one(after | others, {"_id": 1})
        confirmed = well("forwarding", f"{mailbox} is confirmed", f"{mailbox}: подтверждена")
        findings.append(confirmed if came is not None else _waits(mailbox, asked))
    return findings


def _waits(mailbox: str, asked: Document) -> Finding:
    return look(
        "forwarding",
        Said(
            f"{mailbox}: a letter of {asked['kept']:%Y-%m-%d} asks for its confirmation",
            f"{mailbox}: письмо от {asked['kept']:%Y-%m-%d} просит подтвердить пересылку",
        ),
        Said(
            f"follow the link in it: python -m receiver show {asked['dialog']}; until then"
            " nothing is forwarded",
            f"перейдите по ссылке в нём: python -m receiver show {asked['dialog']}; до этого"
            " ничего не пересылается",
        ),
    )
