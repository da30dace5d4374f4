"""Hostile letters through the real service: each is stored and harms no other."""

import hashlib
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from tests import hostile, servers, stored
from tests.letters import letter
from tests.smtp_client import on_the_wire, send
from tests.whole.conftest import Whole

SECONDS_EACH = 15.0


def raw_digests(whole: Whole) -> Counter[str]:
    return Counter(kept["content"]["raw"]["sha256"] for kept in whole.letters())


def digest(content: bytes) -> str:
    return hashlib.sha256(on_the_wire(content)).hexdigest()


def test_hostile_letters_are_stored_in_time_and_hold_up_nobody(whole: Whole) -> None:
    letters = hostile.letters()
    ordinary = [letter(f"{number}@ordinary.ru") for number in range(len(letters))]
    slowest: dict[str, float] = {}
    for (name, content), usual in zip(letters.items(), ordinary, strict=True):
        began = time.monotonic()
        assert send(whole.smtp_port, [content, usual]) == 2, name
        whole.wait_until_delivered(SECONDS_EACH)
        slowest[name] = time.monotonic() - began
        assert whole.spool("failed") == [], name
    expected = Counter(map(digest, [*letters.values(), *ordinary]))
    assert raw_digests(whole) == expected
    assert len(whole.messages()) == expected.total()
    unparsed = [
        message["subject"]
        for message in whole.messages()
        if any("could not be parsed" in defect for defect in message["defects"])
    ]
    assert unparsed == []
    assert max(slowest.values()) < SECONDS_EACH


@pytest.fixture
def cramped(tmp_path: Path, mongo_uri: str, database_name: str) -> Iterator[Whole]:
    """A service whose parsing processes have little memory."""
    for name in ("receiver", "bridge"):
        (tmp_path / name).mkdir()
    receiver = servers.receiver(tmp_path / "receiver", mongo_uri, database_name)
    port = receiver.env["RECEIVER_PORT"]
    settings = {"PARSE_MEMORY_MB": "192", "PARSE_WORKERS": "2"}
    bridge = servers.bridge(tmp_path / "bridge", port, **settings)
    with MongoClient[dict[str, Any]](mongo_uri) as client, servers.running(receiver, bridge):
        yield Whole(bridge, receiver, client, database_name)


def test_a_letter_that_kills_its_parser_three_times_is_delivered_unparsed(cramped: Whole) -> None:
    deadly = letter("deadly@a.ru", attachments={"big.bin": b"x" * 36 * 1024 * 1024})
    assert send(cramped.smtp_port, [deadly, letter("usual@a.ru")]) == 2
    servers.wait_until(lambda: len(cramped.messages()) == 1, 8)
    assert cramped.messages()[0]["message_id"] == "usual@a.ru"
    spool = Path(cramped.bridge.env["DATA_DIR"]) / "spool" / "new"

    def tried_again() -> bool:
        for path in spool.iterdir():
            path.touch()
        return len(cramped.messages()) == 2

    servers.wait_until(tried_again, 60)
    cramped.wait_until_delivered()
    [unparsed] = [each for each in cramped.messages() if each["message_id"] == "deadly@a.ru"]
    assert "the body could not be parsed" in unparsed["defects"]
    assert (unparsed["subject"], unparsed["body"]) == ("Где мой заказ?", "")
    [kept] = [each for each in cramped.letters() if each["key"] == unparsed["key"]]
    assert kept["content"]["raw"]["sha256"] == digest(deadly)
    assert stored.original(cramped.client[cramped.database], kept) == on_the_wire(deadly)
    log = cramped.bridge.log.read_text()
    assert log.count("MemoryError") == 3 or log.count("while parsing (whole)") == 3
    assert "Где мой" not in log
