"""Whether the receiver can be delivered to: what its answers, one after the other, come to."""

import logging
import shutil
from pathlib import Path

import pytest

from bridge.reach import Reach, complaint_in

NO_DATABASE = (503, "MongoDB is not reached")
LOOK = (405, "Method Not Allowed")
GONE = (0, "nobody listens there")


@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        ([], ""),
        ([GONE], "never reached yet: nobody listens there"),
        ([GONE, LOOK], ""),
        ([LOOK, NO_DATABASE], "it takes nothing yet: MongoDB is not reached"),
        ([LOOK, NO_DATABASE, GONE], "it takes nothing yet: MongoDB is not reached"),
        ([LOOK, NO_DATABASE, (201, "")], ""),
        ([(201, ""), NO_DATABASE], ""),
        ([(201, ""), GONE], ""),
        ([(401, "")], "the secrets do not fit"),
        ([(201, ""), (401, "")], "the secrets do not fit"),
        ([(401, ""), (201, "")], ""),
    ],
)
def test_what_has_never_worked_is_not_well(
    tmp_path: Path, answers: list[tuple[int, str]], complaint: str
) -> None:
    path = tmp_path / "reached.json"
    reach = Reach(path, "http://receiver/webhook/email")
    for answer in answers:
        reach.saw(*answer)
    assert complaint in complaint_in(path)
    assert bool(complaint_in(path)) == bool(complaint)


def test_a_disk_that_takes_no_note_of_it_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    directory = tmp_path / "data"
    directory.mkdir()
    reach = Reach(directory / "reached.json", "http://receiver/webhook/email")
    reach.saw(401, "")
    shutil.rmtree(directory)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            reach.saw(201, "")
    assert len(caplog.messages) == 1
    assert "reached.json cannot be written" in caplog.text
    directory.mkdir()
    reach.saw(401, "")
    reach.saw(201, "")
    assert complaint_in(directory / "reached.json") == ""
    assert [*directory.iterdir()] == [directory / "reached.json"]
