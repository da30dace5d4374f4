"""A person in every place that there is, erased once and then searched for everywhere.

Each letter below is a place; ``DATABASE``'s dump and every file are searched for his address, his
name, his subjects and each word of his, in the encodings that letters come in.
"""

import base64
import json
import quopri
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bridge.command_line import command_line
from bridge.reporting.refusals import Refusals
from bridge.settings import BridgeSettings
from bridge.spool.envelope import Delivery, trace_block
from bridge.spool.spool import Spool, new_id
from contract.bridge.report import BridgeReport
from contract.event import Email
from receiver.backup.directory import complete
from receiver.filing.collections import Store
from receiver.retaining.holds import Holds
from receiver.store.mongo import Database
from tests.letters import letter
from tests.receiver.erasing.people import OLGA, PETR, after_six_days, come, everything, file_of
from tests.receiver.erasing.people import email as made
from tests.receiver.erasing.test_erased_in_bytes import zipped as archive_of
from tests.receiver.running import Run
from tests.receiver.written import MAILBOX

IVAN, NAME, ANNA, SALES = "Ivan.Petrov@ya.ru", "Иван Петров", "anna@example.ru", "sales@yandex.ru"
SUBJECT, RENAMED = "Бармаглот не доставлен со склада", "Брандашмыг"
FIRST, SECOND = "варкалось хливкие шорьки пырялись наве", "хрюкотали зелюки, как мюмзики в мове"
SAID = f"{FIRST}, и {SECOND}."
SIGNED = f"--\n{NAME}\nООО Злопастный\n+7 912 345-67-89"
PICTURE = b"\x89PNG of Ivan " + SAID.encode() * 9000  # what came, and its letter never did
NEEDLES = [
    *FIRST.split(),
    "хрюкотали",
    "зелюки",
    "мюмзики",
    "мове",
    "злопастный",
    "345-67-89",
    "PNG of Ivan",
    SUBJECT,
    RENAMED,
    NAME,
]
NEEDLES += [IVAN, "ivan-petrov@yandex", quote(IVAN), IVAN.replace("@", "&#64;")]

FOLDED = "> варкалось хливкие шорьки\n> пырялись наве, и\n"
REST = "> хрюкотали зелюки\n> как мюмзики в мове.\n"
FORWARDED = f"От: {NAME}\nТема: {SUBJECT}\n\n{SAID}"
SPELT = f"Спросите {IVAN}, он знает.\n".encode()
LARGE = b"A line of somebody else, and nothing more.\r\n" * 4000


def email(number: int, sender: str = OLGA, text: str = "Своё.", **fields: Any) -> Email:
    about = {"subject": "Вопрос", "text": text, **fields}
    if sender == IVAN:
        about["from"] = {"name": NAME, "address": IVAN}
    return made(number, sender, **about)


async def kept(database: Database, content: bytes, name: str) -> dict[str, Any]:
    file = file_of(content, name)
    await Store.of(database).blobs.store(file["sha256"], len(content), BytesIO(content))
    return file


async def his_letters(database: Database) -> list[Email]:
    photo = await kept(database, b"PNG of Ivan" * 3000, "pass.png")
    return [
        email(1, IVAN, f"{SAID}\n{SIGNED}", reply=SAID, subject=SUBJECT, attachments=[photo]),
        email(2, IVAN, SAID, subject=f"Re: {RENAMED}", in_reply_to=["3@a.ru"]),
        email(18, IVAN, SAID, date=datetime.now(UTC) + timedelta(days=300)),
    ]


async def others_letters(database: Database) -> list[Email]:
    """Return one for each place where letters of others have something of him."""
    to_both = f"{MAILBOX},{IVAN}"
    answers: dict[str, Any] = {"in_reply_to": ["1@a.ru"], "to": to_both}
    original = await kept(database, LARGE + base64.encodebytes(SPELT) + LARGE, "")
    within = await kept(database, b"x\n\n" + quopri.encodestring(SPELT.replace(b"@", b"=40")), "a")
    said = await kept(database, SAID.encode("koi8-r"), "b")
    zipped = await kept(database, archive_of({f"{IVAN}.txt": b"1", "2.txt": SPELT}), "c.zip")
    named = await kept(database, b"1", f"Договор {IVAN}.pdf")
    return [
        email(3, OLGA, f"Помогаю.\n\n{NAME} пишет:\n> {SAID}", reply="Помогаю.", **answers),
        email(4, OLGA, f"{FOLDED}Да.\n{REST}Нет.", **answers),
        email(5, OLGA, f"Вот.\n\n{SAID}\n\n{SIGNED}", in_reply_to=["1@a.ru"]),
        email(6, OLGA, "Готово.", subject=f"Fwd: {RENAMED}", in_reply_to=["2@a.ru"]),
        email(7, PETR, f"Адрес d’{IVAN} верен.", html=f"<b>{IVAN.replace('@', '&#64;')}</b>"),
        email(8, PETR, headers=[("X-Original-To", f"<{IVAN}>"), ("From", PETR)]),
        email(9, PETR, attachments=[named]),
        email(10, PETR, raw={"sha256": original["sha256"], "size": original["size"]}),
        email(11, PETR, raw=None, attachments=[within]),
        email(15, PETR, raw=None, attachments=[zipped]),
        email(12, OLGA, "Файл.", raw=None, attachments=[said], in_reply_to=["1@a.ru"]),
        email(13, MAILBOX, FORWARDED, mailbox=SALES, to=SALES, subject=f"Fwd: {SUBJECT}"),
        email(14, ANNA, f"Вот:\n{SAID}", mailbox=SALES, to=SALES, subject=f"FW: {SUBJECT}"),
    ]


def untouched() -> list[Email]:
    """Return letters of others that tell nothing of him, beside his and elsewhere."""
    about = {"in_reply_to": ["1@a.ru"], "references": ["1@a.ru"]}
    return [
        email(20, OLGA, "Здравствуйте!\n\nСпасибо, всё хорошо.\n> Да.", **about),
        email(21, ANNA, "Погода у вас? Адрес notivan.petrov@ya.ru.", subject="Погода"),
        email(22, ANNA, "Иван и Петров приедут.", mailbox=SALES, to=SALES),
    ]


async def beside_letters(database: Database, run: Run, place: Path) -> None:
    """Have him be where no letters are: holds, notes, reports, refusals, a migration's rest."""
    store, now = Store.of(database), datetime.now(UTC)
    [dialog] = await database.dialogs.find({"messages.message_id": "22@a.ru"}).to_list(None)
    await Holds(database, store.dialogs).place(dialog, "anna", f"{NAME} sues", now, None)
    words = ("--reason", f"as {NAME} and {IVAN} wish", "--yes")
    assert run("erase", "nobody@example.ru", *words, DATA_DIR=str(place))[0] == 0
    told = {"state": "failed", "mailbox": MAILBOX, "came": now}
    failed = [{"id": "1", "mail_from": IVAN}, {"id": "2", "subject": f"Re: {RENAMED}"}]
    refused = {"number": 1, "at": now, "answer": f"550 5.1.1 <{IVAN}>: no", "rcpt_to": "x@a.ru"}
    report: dict[str, Any] = {"bridge": "bridge-1", "host": "mx", "version": "1", "started": now}
    report |= {"letters": [told | each for each in failed], "refusals": [refused]}
    await store.bridges.take(BridgeReport.model_validate(report), now)
    before = [{"from": {"address": IVAN}, "text": SAID}, {"text": SAID}, {"text": "Своё."}]
    rows = [{"mailbox": MAILBOX, "messages": [each]} for each in before]
    await database["dialogs_before"].insert_many(rows)
    await kept(database, PICTURE, "")


def bridge(place: Path, *words: str) -> int:
    arguments = command_line().parse_args([*words])
    return int(arguments.run(BridgeSettings(data_dir=place), arguments))


def spooled(place: Path) -> None:
    """Have letters of his wait and fail at a bridge, and its door refuse him."""
    spool = Spool(place / "spool").prepare()
    for _ in range(2):
        delivery = Delivery(new_id(), MAILBOX, datetime.now(UTC), IVAN, ("in@b.example",))
        draft = spool.draft(delivery.id)
        content = letter("50@a.ru", sender=f"{NAME} <{IVAN}>", subject=SUBJECT, text=SAID)
        draft.write(trace_block(delivery, "b.example") + content)
        draft.commit()
    spool.fail(next(iter(spool.waiting())), f"422: {IVAN}", time.time())
    door = Refusals(place / "refusals.json")
    door.note(f"550 5.1.1 <{IVAN}>: no", "192.0.2.7", IVAN, "x@a.ru")
    door.save()


def found_in(content: bytes) -> set[str]:
    """Return what of him is found, in whatever spelling and encoding."""
    text = content.decode("utf-8", "replace").casefold()
    met = {each for each in NEEDLES if each.casefold() in text.replace("notivan", "")}
    for each in NEEDLES:
        coded = {each.encode("koi8-r"), each.encode("cp1251"), quopri.encodestring(each.encode())}
        for shift in range(3):
            coded.add(base64.b64encode(b" " * shift + each.encode())[4:-4])
        met |= {each for one in coded if len(one) > 6 and not each.isdigit() and one in content}
    return met


def files_in(place: Path) -> bytes:
    paths = [each for each in place.rglob("*") if each.is_file()]
    return b"\n".join(str(each).encode() + b"\n" + each.read_bytes() for each in paths)


async def of(database: Database, letters: list[Email]) -> list[Any]:
    ids = [each.message_id for each in letters]
    found = await database.letters.find({"message.message_id": {"$in": ids}}).to_list(None)
    return [(each["message"], each["content"]) for each in found]


async def test_he_is_found_nowhere(
    database: Database, run: Run, tmp_path: Path, database_name: str
) -> None:
    data, at_bridge, backups = tmp_path / "data", tmp_path / "bridge", tmp_path / "backups"
    for each in (data, at_bridge):
        each.mkdir()
    his, others, stay = await his_letters(database), await others_letters(database), untouched()
    await come(database, his[0], *others, *his[1:], *stay)
    await beside_letters(database, run, data)
    spooled(at_bridge)
    before = await of(database, stay)
    assert found_in(await everything(database)) >= {*NEEDLES} - {quote(IVAN)}
    assert found_in(files_in(at_bridge)) >= {IVAN}
    run("backup", str(backups))
    bridge(at_bridge, "backup", str(tmp_path / "archives"))

    words = ("--reason", f"{NAME} asked", "--who", "Anna", "--yes")
    status, _, complaints = run("erase", IVAN, *words, DATA_DIR=str(data))
    assert status == 0, complaints
    assert bridge(at_bridge, "erase", IVAN, "--yes") == 0
    await after_six_days(database)
    assert found_in(await everything(database)) == set()
    assert found_in(files_in(at_bridge)) == set()
    assert await of(database, stay) == before
    assert len(await of(database, others)) == len(others)

    # By an import and a rescan, and letters of others that come only now.
    late = await others_later(database)
    answers = await come(database, *his, *others, *stay, *late)
    assert [each.outcome for each in answers[: len(his)]] == ["erased"] * len(his)
    await after_six_days(database)
    assert found_in(await everything(database)) == set()
    assert await of(database, stay) == before

    restored = f"{database_name}_restored"
    directory = str(complete(backups)[0])
    status, _, complaints = run("restore", directory, MONGO_DATABASE=restored, DATA_DIR=str(data))
    assert status == 0, complaints
    try:
        await after_six_days(database.client[restored])
        assert found_in(await everything(database.client[restored])) == set()
        assert await of(database.client[restored], stay) == before
    finally:
        await database.client.drop_database(restored)
    archive = next((tmp_path / "archives").glob("bridge-*"))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "erased.json").write_bytes((at_bridge / "erased.json").read_bytes())
    assert bridge(tmp_path / "other", "restore", str(archive)) == 0
    assert found_in(files_in(tmp_path / "other")) == set()
    act = json.dumps(sorted(each.name for each in (data / "erasures").rglob("*.*")))
    assert "akt.txt" in act


async def others_later(database: Database) -> list[Email]:
    """Return letters that quote him and had not arrived yet."""
    original = await kept(database, LARGE + base64.encodebytes(SPELT + b"1") + LARGE, "")
    within = await kept(database, b"x\n\n" + base64.encodebytes(SPELT), "c")
    about: dict[str, Any] = {"in_reply_to": ["3@a.ru"]}
    return [
        email(30, OLGA, f"Да.\n> {SAID}", **about),
        email(31, OLGA, f"{FOLDED}{REST}Нет.", **about),
        email(32, OLGA, f"Он: {NAME}.", subject=f"Re: {RENAMED}", **about),
        email(33, PETR, f"Спросите d'{IVAN}."),
        email(34, PETR, raw={"sha256": original["sha256"], "size": original["size"]}),
        email(35, PETR, raw=None, attachments=[within]),
    ]
