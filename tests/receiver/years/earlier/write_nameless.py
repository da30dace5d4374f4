"""Writes nameless.jsonl: letters without a Message-ID as the receiver of commit 7ce6b5b kept them.

    git worktree add /tmp/earlier 7ce6b5b
    cd /tmp/earlier && PYTHONPATH=. python …/write_nameless.py …/nameless.jsonl

It runs that commit's own code on the embedded server. Each line is [collection, document].
"""

import asyncio
import hashlib
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bson.json_util import CANONICAL_JSON_OPTIONS, dumps

from bridge.courier.event import email_received
from bridge.parse.message import read_letter
from bridge.spool.envelope import Delivery
from contract.event import Blob, Email
from receiver.database import opened
from receiver.filing.collections import Store
from receiver.filing.filing import Filing
from receiver.letters.arrival import Arrival, arrival_of
from receiver.settings import ReceiverSettings
from tests import servers

MAILBOX = "support@yandex.ru"
CAME = datetime(2026, 3, 2, 8, tzinfo=UTC)
SCAN = """\
From: Scanner <scan@example.ru>
To: support@yandex.ru
Subject: =?koi8-r?B?8sHTyM/E2SDawSDGxdfSwczY?=
Date: Mon, 02 Mar 2026 10:00:00 +0300
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

См. вложение
"""
METER = SCAN.replace("Date: Mon, 02 Mar 2026 10:00:00 +0300\n", "").replace("scan@", "meter@")
YES = SCAN.replace("To: ", "Message-ID: <yes>\nTo: ").replace("scan@", "yes@")
FORM = {
    "from": {"address": "form@example.ru"},
    "to": [{"address": MAILBOX}],
    "subject": "Заявка",
    "text": "Перезвоните мне",
}


def by_mail(letter: str, *, received: str = "mx1.example.net", event_id: str = "1") -> Arrival:
    """Return what a letter brings that comes by SMTP, with this relay's Received on top."""
    raw = f"Received: from {received} by mx.yandex.ru\n{letter}".encode()
    delivery = Delivery(id=event_id, mailbox=MAILBOX, received=CAME)
    blob = Blob(sha256=hashlib.sha256(raw).hexdigest(), size=len(raw), content=raw)
    event = email_received(delivery, read_letter(raw), blob)
    return arrival_of(event_id, event.data, CAME)


def posted(event_id: str = "1", **fields: object) -> Arrival:
    """Return what a letter brings that somebody posts by HTTP; None leaves a field out."""
    said = {"mailbox": MAILBOX, "date": CAME, "received_at": CAME} | FORM | fields
    email = Email.model_validate({name: one for name, one in said.items() if one is not None})
    return arrival_of(event_id, email, CAME)


def every() -> dict[str, Arrival]:
    """Return the letters that are kept, by what they are."""
    return {
        "by mail": by_mail(SCAN),
        "by mail, no Date": by_mail(METER),
        "by mail, an id that names nothing": by_mail(YES),
        "posted": posted(),
        "posted, no Date": posted("2", date=None, text="Счёт"),
    }


async def written() -> list[str]:
    """Run the embedded server, file, return what is kept, a document a line."""
    with tempfile.TemporaryDirectory() as folder, servers.mongo(Path(folder)) as uri:
        settings = ReceiverSettings(mongo_uri=uri, mongo_database="earlier")
        async with opened(settings) as database:
            await Filing(Store.of(database), "participants").file(list(every().values()))
            return [
                dumps([name, each], json_options=CANONICAL_JSON_OPTIONS, ensure_ascii=False)
                for name in ("letters", "dialogs")
                for each in await database[name].find().sort("_id", 1).to_list(None)
            ]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text("\n".join([*asyncio.run(written()), ""]), encoding="utf-8")
