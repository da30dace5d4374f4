"""The log: as JSON a line each, with the letter's one id; as text nothing commands a terminal."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest

from contract.process import start_log


@contextmanager
def without_handlers() -> Iterator[logging.Logger]:
    """Set up the root logger as at the start of a process."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    root.handlers = []
    try:
        yield root
    finally:
        root.handlers = before
        root.setLevel(level)


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What the root logger writes, as JSON."""
    text = StringIO()
    with without_handlers() as root:
        root.handlers = [logging.StreamHandler(text)]
        start_log("INFO", "json")
        root.setLevel("INFO")
        yield text


def test_what_others_said_commands_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with without_handlers() as root:
        start_log("INFO")
        root.warning("NO %s", "\x1b[2J\x9b\u202e\r письмо\tи\nещё")
    assert capsys.readouterr().err.endswith("NO \\x1b[2J\\x9b\\u202e\\r письмо\tи\nещё\n")


def test_a_line_is_json_and_has_the_letters_id(written: StringIO) -> None:
    letter = "1795412663541381-0123456789abcdef"
    logging.getLogger("bridge.x").info("event %s: письмо\nкончилось", letter)
    try:
        raise ValueError("?")
    except ValueError:
        logging.getLogger("bridge.y").exception("a fault of ours")
    first, second = map(json.loads, written.getvalue().splitlines())
    assert (first["id"], first["level"], first["logger"]) == (letter, "INFO", "bridge.x")
    assert first["message"].endswith("письмо\nкончилось")
    assert first["time"].endswith("+00:00")
    assert "id" not in second
    assert "ValueError" in second["trace"]
