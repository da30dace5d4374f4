"""The log as JSON: a line each, with the letter's one id."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest

from contract.process import start_log


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What the root logger writes, as JSON."""
    root, text = logging.getLogger(), StringIO()
    before, level = root.handlers[:], root.level
    root.handlers = [logging.StreamHandler(text)]
    try:
        start_log("INFO", "json")
        root.setLevel("INFO")
        yield text
    finally:
        root.handlers = before
        root.setLevel(level)


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
