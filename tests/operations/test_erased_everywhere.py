"""An erased person is found nowhere: databases, files, logs, a restored backup; nor afterwards.

What is kept of an erasure for three years, act and extract, is apart, and so is his own mailbox.
"""

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from bridge.spool.spool import new_id
from receiver.database import opened
from receiver.settings import ReceiverSettings
from tests import servers
from tests.letters import letter
from tests.operations.operated import Operated, operated, pymap_port
from tests.receiver.erasing.people import IVAN, NAME, SUBJECT, TELLS, WORDS
from tests.receiver.erasing.people import after_six_days as dispose
from tests.receiver.erasing.people import everything as every_document
from tests.smtp_client import send

__all__ = ["operated", "pymap_port"]

HIS = f"{NAME} <{IVAN}>"
QUOTED = f"Помогаю.\n\n{NAME} <{IVAN}> пишет:\n> {WORDS}\n"
LETTERS = {
    "1": letter("1@a.ru", sender=HIS, subject=SUBJECT, text=f"{WORDS}\n", html=f"<p>{WORDS}</p>"),
    "2": letter("2@a.ru", sender=HIS, subject=SUBJECT, attachments={"x.bin": b"PNG of Ivan" * 99}),
    "3": letter("3@a.ru", sender=HIS, subject="Ещё", text=f"{WORDS} снова\n", minute=5),
    "4": letter("4@a.ru", sender="olga@example.ru", cc=HIS, in_reply_to="1@a.ru", text=QUOTED),
    "5": letter("5@a.ru", sender="petr@example.ru", subject="Другое"),
}
APART = ("erasures", "backups", "mail")  # the act; copies of before; his letters, to be imported


def everything(operated: Operated, name: str) -> bytes:
    """Return every document of a database, six days after the erasure."""

    async def asked() -> bytes:
        uri = operated.receiver.env["MONGO_URI"]
        settings = ReceiverSettings(mongo_uri=uri, mongo_database=name)
        async with opened(settings) as database:
            await dispose(database)
            return await every_document(database)

    return asyncio.run(asked())


def files(directory: Path) -> dict[str, bytes]:
    """Return all files on the disk: spool, failed, cursors, logs, and so on."""
    return {
        str(path): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file() and not {*path.relative_to(directory).parts} & {*APART}
    }


def test_he_is_found_nowhere(operated: Operated, tmp_path: Path) -> None:
    place = tmp_path / "mail"
    place.mkdir()
    for number, content in LETTERS.items():
        (place / f"{number}.eml").write_bytes(content)
    hook = ("hook", "add", "http://127.0.0.1:1/", "--mailbox", "*", "--name", "crm", "--full")
    assert operated.run("receiver", *hook)[0] == 0
    mailbox = operated.mailbox
    mailbox.put(LETTERS["3"])
    mailbox.put(LETTERS["4"])
    mailbox.close()
    assert send(operated.bridge.env["SMTP_PORT"], [LETTERS[each] for each in "125"]) == 3
    servers.wait_until(lambda: operated.letters == 5)
    hooks = operated.client[operated.database].hooks
    servers.wait_until(lambda: bool((hooks.find_one() or {}).get("late")))  # it is not answered
    spool = tmp_path / "spool" / "spool"
    servers.wait_until(lambda: not [*spool.glob("new/*"), *spool.glob("cur/*")])
    failed = letter("6@a.ru", sender=HIS, text=WORDS)
    quotes = letter("7@a.ru", sender="olga@example.ru", in_reply_to="4@a.ru", text=QUOTED, minute=6)
    operated.receiver.stop()
    assert send(operated.bridge.env["SMTP_PORT"], [failed]) == 1
    [waiting] = [*spool.glob("new/*.eml"), *spool.glob("cur/*.eml")]
    (spool / "failed" / f"{new_id()}.eml").write_bytes(waiting.read_bytes())
    assert send(operated.bridge.env["SMTP_PORT"], [quotes]) == 1  # of Olga's, and waits
    assert operated.run("receiver", "backup", "backups")[0] == 0
    assert TELLS.search(everything(operated, operated.database))

    assert operated.run("bridge", "erase", IVAN, "--yes")[0] == 0
    operated.receiver.start()
    erase_by_the_api(operated)

    # He comes again: what had not arrived yet, what a courier tries again, by a rescan of the
    # mailbox, as its cursors are lost, and by an import, to a mailbox that had no letters, too.
    late = letter("8@a.ru", sender=HIS, subject=SUBJECT, text=WORDS, minute=7)
    assert send(operated.bridge.env["SMTP_PORT"], [late, LETTERS["3"], failed]) == 3
    operated.bridge.stop()
    for path in (tmp_path / "spool" / "imap").rglob("*.json"):
        path.unlink()
    operated.bridge.start()
    servers.wait_until(lambda: bool([*(tmp_path / "spool" / "imap").glob("*/INBOX.json")]))
    assert operated.run("bridge", "reconcile")[0] == 0
    imported = operated.run("bridge", "import", str(place), "--mailbox", "support@yandex.ru")
    assert imported[0] == 0, imported
    for number in "45":
        (place / f"{number}.eml").unlink()
    words = ("import", str(place), "--mailbox", "new@yandex.ru")
    elsewhere = operated.run("bridge", *words, MAILBOXES="support@yandex.ru new@yandex.ru")
    assert "3 letters" in elsewhere[1] + elsewhere[2], elsewhere
    assert "0 new, 0 duplicate, 0 failed, 3 erased" in elsewhere[1] + elsewhere[2], elsewhere
    servers.wait_until(lambda: not [*spool.glob("new/*"), *spool.glob("cur/*")])

    assert {each["message"]["message_id"] for each in letters(operated, operated.database)} == {
        "4@a.ru",
        "5@a.ru",
        "7@a.ru",
    }
    # What was filed while he was erased is looked at once more, soon after.
    servers.wait_until(lambda: not TELLS.search(everything(operated, operated.database)))
    on_the_disk = files(tmp_path)
    assert {Path(each).name for each in on_the_disk} >= {"receiver.log", "bridge.log"}
    telling = {name: TELLS.findall(each) for name, each in on_the_disk.items()}
    assert {name: each for name, each in telling.items() if each} == {}
    restored = f"{operated.database}_restored"
    try:
        done = operated.run("receiver", "restore", "backups", MONGO_DATABASE=restored)
        assert done[0] == 0, done
        assert TELLS.findall(everything(operated, restored)) == []
        came_later = {"7@a.ru"}
        assert {each["message"]["message_id"] for each in letters(operated, restored)} == {
            each["message"]["message_id"] for each in letters(operated, operated.database)
        } - came_later
    finally:
        operated.client.drop_database(restored)


def erase_by_the_api(operated: Operated) -> None:
    """Erase him while the receiver runs, after it showed what would go."""
    grant = ("token", "add", "dpo", "--rights", "erase", "--mailbox", "*")
    status, token, complaints = operated.run("receiver", *grant)
    assert status == 0, complaints

    def post(path: str, **body: str) -> dict[str, Any]:
        url = f"http://127.0.0.1:{operated.receiver.env['RECEIVER_PORT']}/v1/persons/{path}"
        headers = {"Authorization": f"Bearer {token.strip()}", "Content-Type": "application/json"}
        request = Request(url, json.dumps({"address": IVAN} | body).encode(), headers)
        with urlopen(request, timeout=60) as answer:
            return dict(json.load(answer))

    shown = post("find")
    assert [each["letters"] for each in shown["items"]] == [3]
    done = post("erase", preview=shown["preview"], reason="withdrawn")
    assert IVAN in done["act"]


def letters(operated: Operated, name: str) -> list[dict[str, dict[str, str]]]:
    return list(operated.client[name].letters.find().sort("key", 1))
