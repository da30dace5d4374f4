"""The files of an erasure: first what a restore has to know, at the end the complete act."""

import errno
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId

from receiver.backup.directory import complete
from receiver.erasing import command, record
from receiver.erasing.act import Subject, act, extract
from receiver.erasing.order import Order
from receiver.store.leaving import Leaving
from receiver.store.mongo import Database, Document, StoreUnavailable
from tests.receiver.erasing.people import (
    IVAN,
    TELLS,
    WORDS,
    after_six_days,
    come,
    email,
    erase,
    everything,
    filled,
)
from tests.receiver.running import Run
from tests.receiver.written import MAILBOX

__all__ = ["filled"]

ERASE = ("erase", IVAN, "--reason", "asked", "--yes")


async def cut_short(*_: object) -> None:
    raise StoreUnavailable("cut short")


def names(directory: Path) -> set[str]:
    return {each.name for each in directory.iterdir()}


async def test_the_act_tells_of_what_was_cut_short_before_it(
    filled: Database, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Leaving, "remove", cut_short)
        assert run(*ERASE, DATA_DIR=str(tmp_path))[0] == 75
    [first] = (tmp_path / record.DIRECTORY).iterdir()
    assert names(first) == {"tombstones.json"}
    second = erase(run, tmp_path)
    act = (second / "akt.txt").read_text(encoding="utf-8")
    assert "прервано и закончено теперь" in act
    assert "предстояло уничтожить писем 3" in act
    extract = (second / "vygruzka.csv").read_text(encoding="utf-8")
    assert extract.count("прервано") == 1
    assert names(first) == {"tombstones.json", "goes-on-in.txt"}
    assert (first / "goes-on-in.txt").read_text().strip() in second.name
    third = erase(run, tmp_path)
    assert "прервано" not in (third / "akt.txt").read_text(encoding="utf-8")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
async def test_an_act_that_root_has_made_is_the_services(
    filled: Database, run: Run, tmp_path: Path
) -> None:
    places = [tmp_path / "data", tmp_path / "backups"]
    for each in places:
        each.mkdir()
        os.chown(each, 65534, 65534)
    act = erase(run, places[0])
    assert run("backup", str(places[1]))[0] == 0
    assert {each.stat().st_uid for one in places for each in one.rglob("*")} == {65534}
    assert (act / "akt.txt").is_file()


async def test_a_backup_restored_after_one_was_cut_short_does_not_bring_him_back(
    filled: Database,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    database_name: str,
) -> None:
    place = tmp_path / "backups"
    run("backup", str(place))
    with monkeypatch.context() as broken:
        broken.setattr(Leaving, "remove", cut_short)
        run(*ERASE, DATA_DIR=str(tmp_path))
    words = ("restore", str(complete(place)[0]))
    status, _, complaints = run(*words, MONGO_DATABASE=database_name, DATA_DIR=str(tmp_path))
    assert status == 0, complaints
    restored = filled.client[database_name]
    await after_six_days(restored)
    assert TELLS.findall(await everything(restored)) == []
    await filled.client.drop_database(database_name)


async def test_where_no_act_can_be_written_nothing_is_erased(
    filled: Database, run: Run, tmp_path: Path
) -> None:
    before = await everything(filled)
    (tmp_path / record.DIRECTORY).write_text("a file in its place")
    status, _, complaints = run(*ERASE, DATA_DIR=str(tmp_path))
    assert (status, "nothing was erased: the act cannot be written" in complaints) == (78, True)
    assert {*before.split(b"\n")} <= {*(await everything(filled)).split(b"\n")}


async def test_where_the_disk_is_full_at_the_end_it_says_so_and_the_next_act_has_both(
    filled: Database, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(record, "act", full)
        status, _, complaints = run(*ERASE, DATA_DIR=str(tmp_path))
    assert (status, "it was erased, but the act could not be written" in complaints) == (78, True)
    assert "предстояло уничтожить писем 3" in (erase(run, tmp_path) / "akt.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "outcome"), [((), "erased"), (("--mailbox", MAILBOX), "created")]
)
async def test_he_does_not_come_back_by_a_mailbox_that_had_no_letters_yet(
    filled: Database, run: Run, tmp_path: Path, words: tuple[str, ...], outcome: str
) -> None:
    """This does not hold if he was erased in one mailbox only."""
    erase(run, tmp_path, *words)
    late = email(20, IVAN, "new@example.ru", text=WORDS, mailbox="new@example.ru")
    assert [each.outcome for each in await come(filled, late)] == [outcome]
    now = datetime.now(UTC)
    new = email(21, IVAN, "new@example.ru", text="new", mailbox="new@example.ru", date=now)
    assert (await come(filled, new))[0].outcome in ("created", "appended")


async def test_an_export_that_fills_the_disk_leaves_nothing_behind(
    filled: Database, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "ivan.zip"
    with monkeypatch.context() as broken:
        broken.setattr(command, "archive", full)
        status, _, complaints = run("export", IVAN, str(path))
    assert (status, "No space left on device" in complaints) == (78, True)
    assert names(tmp_path) == set()
    assert run("export", IVAN, str(path))[0] == 0
    assert path.stat().st_mode & 0o777 == 0o600


async def test_what_goes_of_a_letter_meanwhile_is_not_brought_back(
    filled: Database, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Retention deletes the text of Olga's letter between the erasure's read and its write."""
    rewrite = Leaving.rewrite
    raced: list[Document] = []

    async def after_another(self: Leaving, document: Document, *words: Any) -> bool:
        if document["message"]["message_id"] == "4@a.ru" and not raced:
            raced.append(document)
            gone = {"message.body": "", "message.reply": "", "trimmed": ["text"]}
            assert await rewrite(self, document, gone, set())
        return await rewrite(self, document, *words)

    with monkeypatch.context() as racing:
        racing.setattr(Leaving, "rewrite", after_another)
        erase(run, tmp_path)
    assert raced
    after = await filled.letters.find_one({"message.message_id": "4@a.ru"})
    assert after is not None
    assert (after["message"]["body"], after["trimmed"], after["redacted"]) == ("", ["text"], True)
    await after_six_days(filled)
    assert TELLS.findall(await everything(filled)) == []
    assert run("project", "--check")[:2] == (0, "")


@pytest.mark.parametrize("option", ["--reason", "--who", "--operator"])
async def test_what_stands_in_an_act_is_one_line_that_is_seen(
    filled: Database, run: Run, tmp_path: Path, option: str
) -> None:
    for said in ("", " ", "\u200b", "Anna\nПричина уничтожения: none", "\u202easked"):
        words = [
            each for each in ERASE if option != "--reason" or each not in ("--reason", "asked")
        ]
        status, _, complaints = run(*words, option, said, DATA_DIR=str(tmp_path))
        assert (status, "must say something, on one line" in complaints) == (2, True), said
    assert not names(tmp_path)


def test_a_name_in_a_letter_adds_no_line_to_an_act() -> None:
    order = Order(ObjectId(), "anna", "asked", datetime(2026, 11, 26, tzinfo=UTC))
    subject = Subject(IVAN, ["Иван\u2028Уничтожил: никто\x1b[2J\u202e"])
    for each in (act(order, subject, []), extract(order, subject, [])):
        assert all(sign.isprintable() or sign in "\ufeff\r\n" for sign in each)
