"""The spool when the disk fails, and when the process dies between any two of its steps."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bridge.spool import spool as spool_module
from bridge.spool.inventory import stored
from bridge.spool.spool import Draft, Spool, new_id
from contract import faults
from tests.faults import forget, plan
from tests.measure.chaos.points import BRIDGE_POINTS
from tests.servers import ROOT, environment

CONTENT = b"Subject: x\r\n\r\n" + b"text\r\n" * 1000
# In the order in which a letter reaches them.
POINTS = BRIDGE_POINTS[: BRIDGE_POINTS.index("disk.remove")]
CRASH = """
import sys
from pathlib import Path
from bridge.spool.spool import Spool, new_id
spool = Spool(Path(sys.argv[1]))
draft = spool.draft(new_id())
draft.write(sys.stdin.buffer.read())
draft.commit()
print(250, flush=True)
"""


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool").prepare()


@pytest.fixture
def planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "faults"
    directory.mkdir()
    monkeypatch.setattr(faults, "DIRECTORY", str(directory))
    return directory


def files(spool: Spool) -> dict[str, list[str]]:
    return {
        state: sorted(path.name for path in (spool.root / state).iterdir())
        for state in ("tmp", "new", "cur", "failed")
    }


NOTHING: dict[str, list[str]] = {"tmp": [], "new": [], "cur": [], "failed": []}


def keep(spool: Spool, copies: int = 1) -> list[str]:
    drafts: list[Draft] = []
    try:
        for _ in range(copies):
            drafts.append(spool.draft(new_id()))
            drafts[-1].write(CONTENT)
    except OSError:
        for draft in drafts:
            draft.discard()
        raise
    spool_module.commit(drafts)
    return [draft.id for draft in drafts]


@pytest.mark.parametrize("action", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("point", [each for each in POINTS if each != "disk.created"])
def test_a_disk_error_at_any_step_leaves_nothing(
    spool: Spool, planned: Path, point: str, action: str
) -> None:
    plan(planned, point, action)
    with pytest.raises(OSError, match="planned"):
        keep(spool, copies=2)
    assert not list(planned.iterdir())
    assert files(spool) == NOTHING
    assert len(keep(spool)) == 1


def test_a_short_write_is_gone_on_with(spool: Spool, planned: Path) -> None:
    plan(planned, "disk.write", "short")
    [letter_id] = keep(spool)
    assert (spool.new / f"{letter_id}.eml").read_bytes() == CONTENT
    assert not list(planned.iterdir())


@pytest.mark.parametrize("point", POINTS)
def test_a_crash_between_any_two_steps(spool: Spool, planned: Path, point: str) -> None:
    """What got 250 is there, whole; of anything else nothing is left, or a whole copy."""
    plan(planned, point, "kill")
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(spool.root)],
        cwd=ROOT,
        env=environment(FAULTS_DIR=str(planned)),
        input=CONTENT,
        capture_output=True,
        check=False,
    )
    forget(planned)
    assert done.returncode == -9
    assert b"250" not in done.stdout
    spool.sweep(0.0)
    letters = [letter.path.read_bytes() for letter in spool.waiting()]
    renamed = POINTS.index(point) >= POINTS.index("disk.renamed")
    assert letters == ([CONTENT] if renamed else [])
    assert files(spool)["tmp"] == []


def test_what_is_answered_250_outlives_the_very_next_instant(spool: Spool) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", CRASH + "import time; time.sleep(60)", str(spool.root)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(CONTENT)
        process.stdin.close()
        assert process.stdout.readline() == b"250\n"
        process.kill()
    [letter] = spool.waiting()
    assert letter.path.read_bytes() == CONTENT


def test_a_draft_that_is_being_written_is_not_swept(spool: Spool) -> None:
    draft = spool.draft(new_id())
    draft.write(CONTENT)
    assert spool.sweep(0.0) == 0
    draft.commit()
    assert len(list(spool.waiting())) == 1


def test_a_discarded_draft_takes_no_more(spool: Spool) -> None:
    draft = spool.draft(new_id())
    draft.discard()
    with pytest.raises(OSError, match="discarded"):
        draft.write(b"late")
    with pytest.raises(OSError, match="discarded"):
        draft.commit()
    assert files(spool) == NOTHING


@pytest.mark.parametrize("point", ["disk.create", "disk.write", "disk.sync", "disk.rename"])
def test_a_letter_that_cannot_be_moved_to_failed_waits_on(
    spool: Spool, planned: Path, point: str
) -> None:
    [letter_id] = keep(spool)
    [letter] = spool.waiting()
    plan(planned, point, "ENOSPC")
    with pytest.raises(OSError, match="planned"):
        spool.fail(letter, "422", 0.0)
    assert files(spool) == NOTHING | {"new": [f"{letter_id}.eml"]}
    spool.fail(letter, "422 \ud800", 0.0)
    [failed] = stored(spool, 0.0)
    assert (failed.state, failed.id) == ("failed", letter_id)
    assert json.loads(failed.path.with_suffix(".json").read_text())["reason"].startswith("422")


def test_a_letter_taken_while_the_clock_stood_before_1970_waits_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path)
    spool.prepare()
    with monkeypatch.context() as clock:
        clock.setattr(time, "time_ns", lambda: -796_099_162_579_977_000)
        draft = spool.draft(new_id())
        draft.write(CONTENT)
        draft.commit()
    assert [each.id for each in spool.waiting()] == [draft.id]
