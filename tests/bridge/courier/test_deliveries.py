"""The log of deliveries: a noted delivery is found after any crash or full disk."""

import multiprocessing
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.spool import deliveries
from bridge.spool.deliveries import KEPT_DAYS, Delivered, Deliveries, delivered

DAY = 86400.0
NOW = time.time()


def told(letter_id: str, when: float = NOW, **more: str) -> Delivered:
    return Delivered(letter_id, when, "support@yandex.ru", f"{letter_id}@a.ru", **more)  # type: ignore[arg-type]


def ids(log: Deliveries, words: str) -> list[str]:
    return [each.id for each in log.find(words)]


def test_what_was_noted_is_found_by_id_its_beginning_and_message_id(tmp_path: Path) -> None:
    log = Deliveries(tmp_path / "delivered")
    noted = [told("17-aa", dialog="d1", outcome="created"), told("17-ab"), told("18-ba")]
    for each in noted:
        log.note(each)
    again = Deliveries(tmp_path / "delivered")
    assert list(again.find("17-aa")) == noted[:1]
    assert ids(again, "17-") == ["17-aa", "17-ab"]
    assert ids(again, "18-ba@a.ru") == ["18-ba"]
    assert ids(again, "7-aa") == []
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "delivered").iterdir()} == {0o600}


def test_a_directory_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    log = Deliveries(tmp_path / "nothing")
    assert (ids(log, "17"), log.oldest) == ([], None)


@given(st.lists(st.binary(max_size=60), max_size=8), st.integers(0, 80))
def test_whatever_a_crash_left_costs_no_line_but_its_own(
    tmp_path_factory: pytest.TempPathFactory, rubbish: list[bytes], cut: int
) -> None:
    directory = tmp_path_factory.mktemp("log")
    log = Deliveries(directory)
    for number, each in enumerate(rubbish):
        log.note(told(f"{number}-whole"))
        [path] = directory.iterdir()
        with path.open("ab") as file:
            file.write(each.replace(b"-whole", b""))
    log.note(told("x-torn"))
    os.truncate(path := next(directory.iterdir()), max(path.stat().st_size - cut, 0))
    log.note(told("y-last"))
    found = [each.id for each in log.find("y-last")]
    assert found == ["y-last"]
    for number in range(len(rubbish) - 1):
        assert ids(log, f"{number}-whole") == [f"{number}-whole"] or cut > 0 or rubbish[number]


def _write(directory: Path, name: str) -> None:
    log = Deliveries(directory)
    for number in range(200):
        log.note(told(f"{name}-{number:03d}"))


def test_several_processes_write_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "FILE_BYTES", 5_000)  # they go on to the next file together
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write, args=(tmp_path, name)) for name in "abcd"]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    log = Deliveries(tmp_path)
    assert {name: len(ids(log, f"{name}-")) for name in "abcd"} == dict.fromkeys("abcd", 200)
    assert len(list(tmp_path.iterdir())) > 5


def test_it_is_kept_for_thirty_days_and_within_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Deliveries(tmp_path)
    for age in (40, KEPT_DAYS + 1, KEPT_DAYS - 1, 1, 0):
        log.note(told(f"{age}-days", NOW - age * DAY))
    assert ids(log, "40-") == ids(log, f"{KEPT_DAYS + 1}-") == []
    assert ids(log, f"{KEPT_DAYS - 1}-") != []
    assert log.oldest is not None
    monkeypatch.setattr(deliveries, "FILE_BYTES", 1_000)
    monkeypatch.setattr(deliveries, "ALL_BYTES", 5_000)
    for number in range(200):
        log.note(told(f"n-{number:03d}"))
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 5_500
    assert ids(log, "n-199") == ["n-199"]
    assert ids(log, "n-000") == []


def test_a_log_that_was_removed_meanwhile_is_begun_anew(tmp_path: Path) -> None:
    log = Deliveries(tmp_path)
    log.note(told("1-a"))
    for path in tmp_path.iterdir():
        path.unlink()
    log.note(told("1-b"))
    assert ids(log, "1-") == ["1-b"]


def test_what_cannot_be_written_is_said_once_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "delivered").write_text("a file where the log should be")
    log = Deliveries(tmp_path / "delivered")
    for number in range(3):
        log.note(told(f"{number}-a"))
    assert caplog.text.count("is not noted for trace") == 1


ANSWERS: dict[bytes, tuple[str, str, str]] = {
    b'{"dialog": "d", "outcome": "created", "letter": "k"}': ("d", "created", "k"),
    b'{"dialog": 17, "outcome": null}': ("17", "", ""),
    b'{"dialog": "' + b"x" * 1000 + b'"}': ("x" * 200, "", ""),
    b'{"dialog": "", "outcome": "erased", "letter": "k"}': ("", "erased", ""),
    b"": ("", "", ""),
    b"OK": ("", "", ""),
    b"[1]": ("", "", ""),
    b"\xff": ("", "", ""),
}


@pytest.mark.parametrize(("answer", "known"), ANSWERS.items())
def test_a_receiver_may_answer_anything(answer: bytes, known: tuple[str, str, str]) -> None:
    found = delivered("1-a", "", "", answer)
    assert (found.dialog, found.outcome, found.letter) == known
