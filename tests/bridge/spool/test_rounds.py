"""Letters that go to the disk together: each is kept whole or not at all, whatever happens."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bridge.spool.capacity import Capacity
from bridge.spool.envelope import Delivery, read_trace
from bridge.spool.intake import HELD_BYTES, HELD_IN_ALL_BYTES, Intake
from bridge.spool.rounds import Rounds
from bridge.spool.spool import Spool, Waiting, new_id
from tests.faults import forget, plan
from tests.servers import ROOT, environment

LETTERS, COPIES = 4, 2
CONTENT = b"Subject: x\r\n\r\n" + b"text\r\n" * 1000
# In the order in which a round reaches them; those of one letter come once for each.
EACH = ["disk.create", "disk.created", "disk.write", "disk.written", "disk.sync", "disk.synced"]
EACH += ["disk.rename", "disk.renamed"]
WHOLE = ["round.begun", "round.written", "round.synced", "round.renamed"]
WHOLE += ["disk.sync-directory", "disk.directory-synced", "round.kept"]
TOLD = ["intake.kept", "round.answered"]
# A round of LETTERS letters of COPIES copies each, told of as the door tells of them.
CRASH = f"""
import sys
from datetime import UTC, datetime
from pathlib import Path
from bridge.spool.capacity import Capacity
from bridge.spool.envelope import Delivery
from bridge.spool.intake import Intake
from bridge.spool.spool import Spool, new_id
from bridge.spool import rounds
spool = Spool(Path(sys.argv[1]))
intake = Intake(spool, Capacity(spool, 2**40, 0), "b.example")
content = sys.stdin.buffer.read()
said = rounds.threading.Semaphore(0)
turn = rounds.threading.Lock()
turn.acquire()
run = rounds.Rounds._run
def later(self):
    with turn:
        run(self)
rounds.Rounds._run = later
def say(ids):
    print(*ids, flush=True)
    said.release()
for _ in range({LETTERS}):
    now = datetime.now(UTC)
    both = [Delivery(new_id(), f"{{name}}@yandex.ru", now) for name in range({COPIES})]
    letter = intake.begin(both)
    assert letter.hold(content)
    told = letter.commit_soon()
    told.add_done_callback(lambda done, ids=letter.ids: say(ids))
turn.release()
for _ in range({LETTERS}):
    said.acquire()
"""


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool").prepare()


@pytest.fixture
def planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    directory = tmp_path / "faults"
    directory.mkdir()
    monkeypatch.setattr("contract.faults.DIRECTORY", str(directory))
    yield directory
    forget(directory)


def contents(spool: Spool) -> dict[str, bytes]:
    found = {letter.id: letter.path.read_bytes() for letter in spool.waiting()}
    return {name: content[read_trace(content)[1] :] for name, content in found.items()}


def crash(spool: Spool, planned: Path) -> tuple[int, list[str]]:
    """Run a round in a process of its own; return its status and the ids that it answered."""
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(spool.root)],
        cwd=ROOT,
        env=environment(FAULTS_DIR=str(planned)),
        input=CONTENT,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout.decode().split()


@pytest.mark.parametrize("point", [*EACH, *WHOLE, *TOLD])
def test_a_crash_at_any_step_of_a_round(spool: Spool, planned: Path, point: str) -> None:
    """What got 250 is there, whole; of anything else nothing is left, or a whole copy."""
    plan(planned, point, "kill")
    status, answered = crash(spool, planned)
    assert status == -9
    spool.sweep(0.0)
    kept = contents(spool)
    assert set(answered) <= set(kept)
    assert set(kept.values()) <= {CONTENT}
    assert list(spool.tmp.iterdir()) == []
    directory_synced = point in ("disk.directory-synced", "round.kept", *TOLD)
    assert len(kept) == (LETTERS * COPIES if directory_synced else len(kept))
    assert bool(answered) == (point == "round.answered")


def test_a_round_that_nothing_befalls(spool: Spool, planned: Path) -> None:
    status, answered = crash(spool, planned)
    assert status == 0
    assert contents(spool) == dict.fromkeys(answered, CONTENT)
    assert len(answered) == LETTERS * COPIES


class Slow:
    """Delays a spool's thread, so that what comes meanwhile is one round."""

    def __init__(self, rounds: Rounds) -> None:
        self._begun, self._over = threading.Event(), threading.Event()
        rounds.put([], b"", self._hold)
        self._begun.wait(10)

    def _hold(self, _due: float) -> None:
        self._begun.set()
        self._over.wait(10)

    def end(self) -> None:
        self._over.set()


def intake_of(spool: Spool, told: list[Waiting]) -> Intake:
    return Intake(spool, Capacity(spool, 2**40, 0), "b.example", told.append, pause=5.0)


def delivery() -> Delivery:
    return Delivery(new_id(), "support@yandex.ru", datetime.now(UTC))


@pytest.mark.parametrize("action", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("point", [each for each in (*EACH, *WHOLE) if each != "disk.created"])
def test_a_disk_error_fails_its_letter_alone(
    spool: Spool, planned: Path, point: str, action: str
) -> None:
    told: list[Waiting] = []
    intake = intake_of(spool, told)
    slow = Slow(intake.rounds)
    letters = [intake.begin([delivery(), delivery()]) for _ in range(LETTERS)]
    assert all(letter.hold(CONTENT) for letter in letters)
    futures = [letter.commit_soon() for letter in letters]
    plan(planned, point, action)
    slow.end()
    errors = [each.exception(10) for each in futures]
    assert not list(planned.iterdir())
    failed = [error for error in errors if error is not None]
    assert all(isinstance(error, OSError) for error in failed)
    assert len(failed) == (LETTERS if point in WHOLE else 1)
    kept = [letter.ids for letter, error in zip(letters, errors, strict=True) if error is None]
    assert contents(spool) == {name: CONTENT for ids in kept for name in ids}
    assert sorted(letter.id for letter in told) == sorted(name for ids in kept for name in ids)
    assert list(spool.tmp.iterdir()) == []
    intake.keep(given := delivery(), CONTENT)  # and it goes on
    assert given.id in contents(spool)


def test_the_next_attempt_is_written_down_before_the_letter_is_told_of(spool: Spool) -> None:
    told: list[Waiting] = []
    began = time.time()
    intake_of(spool, told).keep(delivery(), CONTENT)
    [letter] = spool.waiting()
    assert began + 4 < letter.due < time.time() + 6
    assert abs(told[0].due - letter.due) < 0.001


def test_where_nobody_is_told_a_letter_is_due_at_once(spool: Spool) -> None:
    Intake(spool, Capacity(spool, 2**40, 0), "b.example").keep(delivery(), CONTENT)
    [letter] = spool.waiting()
    assert letter.due <= time.time()


@pytest.mark.parametrize("size", [0, 1, HELD_BYTES, HELD_BYTES + 1, 3 * HELD_BYTES])
def test_large_letters_go_to_the_disk_as_they_come(spool: Spool, size: int) -> None:
    intake = intake_of(spool, [])
    letter = intake.begin([delivery()])
    content = bytes(range(256)) * (size // 256) + bytes(size % 256)
    for start in range(0, size, 50_000):
        piece = content[start : start + 50_000]
        if not letter.hold(piece):
            letter.write(piece)
    assert letter.in_memory == (size <= HELD_BYTES)
    assert bool(list(spool.tmp.iterdir())) == (size > HELD_BYTES)
    if letter.in_memory:
        letter.commit_soon().result(10)
    else:
        letter.commit()
    assert contents(spool) == {letter.ids[0]: content}
    assert intake.held(HELD_IN_ALL_BYTES)  # all of the room is free again


def test_what_all_letters_hold_is_bounded(spool: Spool) -> None:
    intake = intake_of(spool, [])
    letters = [intake.begin([delivery()]) for _ in range(HELD_IN_ALL_BYTES // HELD_BYTES)]
    assert all(letter.hold(bytes(HELD_BYTES)) for letter in letters)
    late = intake.begin([delivery()])
    assert not late.hold(b"x")
    letters[0].discard()
    another = intake.begin([delivery()])
    assert another.hold(bytes(HELD_BYTES))
    letters[1].commit_soon().result(10)
    assert intake.begin([delivery()]).hold(bytes(HELD_BYTES))


def test_a_letter_that_was_given_up_is_not_kept(spool: Spool) -> None:
    intake = intake_of(spool, [])
    letter = intake.begin([delivery()])
    letter.hold(CONTENT)
    letter.discard()
    assert letter.hold(CONTENT)
    letter.commit_soon().result(10)
    assert contents(spool) == {}


@pytest.mark.parametrize("durable", [True, False])
def test_only_what_must_outlive_the_machine_is_brought_to_the_disk(
    spool: Spool, monkeypatch: pytest.MonkeyPatch, durable: bool
) -> None:
    synced: list[str] = []
    sync = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().parent.name)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    intake = Intake(spool, Capacity(spool, 2**40, 0), "b.example", durable=durable)
    intake.keep(given := delivery(), CONTENT)
    assert contents(spool) == {given.id: CONTENT}
    assert synced == (["tmp", "spool"] if durable else [])
