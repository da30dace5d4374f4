"""The parsing processes: a letter that kills one is read again, with less and less asked of it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bridge.envelope import Delivery, trace_block
from bridge.parsers import ParserDied, Parsers
from tests.letters import letter

DELIVERY = Delivery("1-a", "support@yandex.ru", datetime(2026, 11, 23, tzinfo=UTC), "ivan@a.ru")


@pytest.fixture
def spooled(tmp_path: Path) -> Path:
    path = tmp_path / "1-a.eml"
    path.write_bytes(trace_block(DELIVERY, "b.example") + letter(attachments={"a.txt": b"x"}))
    return path


async def read(parsers: Parsers, path: Path) -> dict[str, Any]:
    parsed = await parsers.parse("1-a", path)
    data: dict[str, Any] = json.loads(parsed.event)["data"]
    return data


async def test_a_letter_and_its_parts(tmp_path: Path, spooled: Path) -> None:
    parts = tmp_path / "parts"
    async with Parsers(1, 10.0, 1024, parts).running() as parsers:
        parsed = await parsers.parse("1-a", spooled)
        assert [blob.path.exists() for blob in parsed.blobs] == [True, True]
        data = json.loads(parsed.event)["data"]
        assert data["subject"] == "Где мой заказ?"
        assert data["raw"]["size"] == parsed.blobs[0].size
        await parsers.forget("1-a")
    assert list(parts.iterdir()) == []


async def test_a_deadly_letter_is_read_less_and_less(tmp_path: Path, spooled: Path) -> None:
    async with Parsers(1, 10.0, 1024, tmp_path / "parts").running() as parsers:
        seen = []
        for _ in range(6):
            parsers._timeout = 0.0001
            with pytest.raises(ParserDied):
                await parsers.parse("1-a", spooled)
            parsers._timeout = 10.0
            deaths = dict(parsers._deaths)
            data = await read(parsers, spooled)
            seen.append((data["subject"], data["text"] != "", data["raw"]["size"] > 0))
            parsers._deaths = deaths
    whole, headers, envelope = (True, True), (True, False), (False, False)
    assert [(bool(subject), text) for subject, text, _ in seen] == [
        whole,
        whole,
        headers,
        headers,
        envelope,
        envelope,
    ]
    assert all(raw for _, _, raw in seen)


async def test_a_dead_process_is_replaced(tmp_path: Path, spooled: Path) -> None:
    missing = tmp_path / "missing.eml"
    async with Parsers(1, 10.0, 1024, tmp_path / "parts").running() as parsers:
        with pytest.raises(ParserDied):
            await parsers.parse("2-b", missing)
        assert (await read(parsers, spooled))["subject"] == "Где мой заказ?"


async def test_memory_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "1-a.eml"
    path.write_bytes(trace_block(DELIVERY, "b.example") + letter() + bytes(400 * 1024 * 1024))
    async with Parsers(1, 20.0, 256, tmp_path / "parts").running() as parsers:
        with pytest.raises(ParserDied):
            await parsers.parse("1-a", path)
