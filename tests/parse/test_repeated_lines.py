"""A short line that comes again and again costs as much each time, and is kept."""

import time

import pytest

from bridge.parse.message import read_letter
from tests.letters import raw_letter as letter

LINES = {
    "a file begins": b"begin 644 x\r\n",
    "a file begins, one line": b"begin 644 x\r\n#86)C\r\n",
    "a file begins, its last line": b"begin 644 x\r\n`\r\n",
    "a file begins, blank lines": b"begin 644 x\r\n\r\n\r\n",
    "a file begins in base64": b"begin-base64 644 x\r\nQUJD\r\n",
}


def spent(raw: bytes) -> float:
    """Return the seconds of processor time that reading takes, of three the least."""
    times = []
    for _ in range(3):
        began = time.process_time()
        read_letter(raw)
        times.append(time.process_time() - began)
    return min(times)


@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
def test_four_times_the_lines_cost_about_four_times_as_much(line: bytes) -> None:
    few, many = letter(line * 500), letter(line * 2_000)
    assert spent(many) < 8 * spent(few) + 0.02


@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
def test_the_lines_are_kept(line: bytes) -> None:
    read = read_letter(letter(b"Hello\r\n\r\n" + line * 2_000))
    assert read.defects == []
    assert read.text.count("644 x") + len(read.parts) == 2_000  # the last may be a file


@pytest.mark.parametrize("word", ["=?utf-8?Q? ", "=?utf-8?B?0Y8 "])
@pytest.mark.parametrize("before", ["", "=?utf-8?Q?one?= "])
def test_words_of_a_subject_that_nothing_ends_cost_as_much_each(before: str, word: str) -> None:
    few, many = (letter(Subject=before + word * count) for count in (1_000, 4_000))
    assert spent(many) < 8 * spent(few) + 0.02
    assert read_letter(many).subject.startswith("one" if before else word[:8].strip()[:1])
