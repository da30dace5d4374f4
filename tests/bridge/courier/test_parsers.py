"""The parsing processes: a letter that kills one is read again, less of it each time."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import dkim
import pytest

from bridge.courier.next_letters import MOST_OF_ONE
from bridge.courier.parsing import reading
from bridge.courier.parsing.deaths import Deaths
from bridge.courier.parsing.parse_pool import ParsePool
from bridge.courier.parsing.questions import ParserDied
from bridge.courier.sender_dns import SenderFacts
from bridge.settings import BridgeSettings
from bridge.spool.envelope import Delivery, trace_block
from tests.letters import letter
from tests.parse.sender.dkim_keys import PRIVATE_KEY, PUBLIC_KEY
from tests.servers import ROOT

DELIVERY = Delivery("1-a", "support@yandex.ru", datetime(2026, 11, 23, tzinfo=UTC), "ivan@a.ru")


@pytest.fixture
def spooled(tmp_path: Path) -> Path:
    path = tmp_path / "1-a.eml"
    path.write_bytes(trace_block(DELIVERY, "b.example") + letter(attachments={"a.txt": b"x"}))
    return path


async def read(parsers: ParsePool, path: Path) -> dict[str, Any]:
    parsed = await parsers.parse("1-a", path, SenderFacts())
    data: dict[str, Any] = json.loads(parsed.event)["data"]
    return data


FILES = {"a.bin": b"a" * 3000, "b.bin": b"b" * 5000, "c.bin": b"c" * 2000}


@pytest.mark.parametrize(
    ("unwritten", "come_along"),
    [(0, ""), (2999, "c"), (5000, "ac"), (7999, "ac"), (8000, "ab"), (10_000, "abc")],
)
async def test_files_come_with_the_answer_or_are_written(
    tmp_path: Path, unwritten: int, come_along: str
) -> None:
    parts, path = tmp_path / "parts", tmp_path / "1-a.eml"
    path.write_bytes(trace_block(DELIVERY, "b.example") + letter(attachments=FILES))
    async with ParsePool(1, 10.0, 1024, parts, unwritten=unwritten).running() as parsers:
        parsed = await parsers.parse("1-a", path, SenderFacts())
        data = json.loads(parsed.event)["data"]
        assert data["raw"]["size"] == parsed.blobs[0].size
        attached = parsed.blobs[1:]
        contents = [each.content or each.path.read_bytes() for each in attached]
        assert contents == list(FILES.values())
        assert [each.sha256 for each in attached] == [
            each["sha256"] for each in data["attachments"]
        ]
        assert {chr(each.content[0]) for each in attached if each.content} == set(come_along)
        await parsers.forget("1-a")
    assert not parts.exists() or list(parts.iterdir()) == []


@pytest.mark.parametrize(
    ("raw", "conversation"),
    [
        (letter("1@a.ru"), "1@a.ru"),
        (letter("2@a.ru", in_reply_to="1@a.ru"), "1@a.ru"),
        (letter("3@a.ru", in_reply_to="2@a.ru", references=("1@a.ru", "2@a.ru")), "1@a.ru"),
        (letter(None), ""),
    ],
)
def test_a_letter_says_what_its_conversation_began_with(
    tmp_path: Path, raw: bytes, conversation: str
) -> None:
    path = tmp_path / "1-a.eml"
    path.write_bytes(trace_block(DELIVERY, "b.example") + raw)
    assert reading.read(path, tmp_path / "parts", "whole", {}, False).conversation == conversation


@pytest.mark.parametrize(
    ("waiting", "read"),
    [
        ("abcabc", "a0 a3 c5 c2 b1 b4"),
        ("....", ".0 .3 .1 .2"),  # of no conversation: the oldest and the newest in turn
        ("ab" + 40 * "a", ""),  # nobody makes others wait for long
    ],
)
async def test_letters_of_a_conversation_are_read_one_after_the_other(
    tmp_path: Path, spooled: Path, waiting: str, read: str
) -> None:
    order: list[tuple[str, int]] = []

    async def ask(number: int, of: str) -> None:
        named = b"" if of == "." else of.encode()
        await parsers.parse(f"{number:02d}-a", spooled, SenderFacts(), 1, named)
        order.append((of, number))

    async with ParsePool(1, 10.0, 1024, tmp_path / "parts").running() as parsers:
        await asyncio.gather(*(ask(*each) for each in enumerate(waiting)))
    if len(waiting) < 10:
        assert [f"{of}{number}" for of, number in order] == read.split()
    else:
        runs = [(of, len(list(some))) for of, some in groupby(order, key=itemgetter(0))]
        assert runs == [("a", 2 * MOST_OF_ONE), ("b", 1), ("a", len(waiting) - 33)]


async def test_what_dns_said_becomes_a_label(tmp_path: Path) -> None:
    raw = letter()
    signature: bytes = dkim.DKIM(raw, minkey=512).sign(b"s1", b"example.ru", PRIVATE_KEY)
    path = tmp_path / "1-a.eml"
    path.write_bytes(trace_block(DELIVERY, "b.example") + signature + raw)
    facts = SenderFacts({"s1._domainkey.example.ru.": b"v=DKIM1; k=rsa; p=" + PUBLIC_KEY})
    async with ParsePool(1, 10.0, 1024, tmp_path / "parts").running() as parsers:
        known = json.loads((await parsers.parse("1-a", path, facts)).event)["data"]["auth"]
        unknown = json.loads((await parsers.parse("1-a", path, SenderFacts())).event)["data"][
            "auth"
        ]
    assert known == [{"source": "bridge", "spf": "none", "dkim": "pass", "aligned": True}]
    assert unknown == [{"source": "bridge", "spf": "none", "dkim": "temperror", "aligned": False}]


async def test_a_deadly_letter_is_read_less_and_less(tmp_path: Path, spooled: Path) -> None:
    """The letter is a pipe that nobody writes to: reading it never ends."""
    deadly = tmp_path / "deadly.eml"
    os.mkfifo(deadly)
    async with ParsePool(1, 10.0, 1024, tmp_path / "parts").running() as parsers:
        seen = []
        for _ in range(6):
            parsers._timeout = 0.05
            with pytest.raises(ParserDied):
                await parsers.parse("1-a", deadly, SenderFacts())
            parsers._timeout = 10.0
            data = await read(parsers, spooled)
            seen.append((data["subject"], data["text"] != "", data["raw"]["size"] > 0))
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


async def test_a_time_in_which_this_process_stood_still_is_not_the_letters(
    tmp_path: Path, spooled: Path
) -> None:
    """While the bridge or the machine is paused, the parsing process stands still as well."""
    slow = tmp_path / "slow.eml"
    os.mkfifo(slow)
    async with ParsePool(1, 1.0, 1024, tmp_path / "parts").running() as parsers:
        await read(parsers, spooled)
        reading = asyncio.create_task(parsers.parse("1-a", slow, SenderFacts()))
        await asyncio.sleep(0.1)
        time.sleep(1.5)  # noqa: ASYNC251 - that is the point
        await asyncio.to_thread(lambda: slow.write_bytes(spooled.read_bytes()))
        assert (await reading).event
        assert not parsers.waits_apart("1-a")


async def test_letters_that_ended_a_process_wait_apart(tmp_path: Path, spooled: Path) -> None:
    """The letter is a pipe that nobody writes to: reading it never ends."""
    deaths = Deaths(tmp_path / "deaths")
    deadly = [tmp_path / f"{number}-deadly.eml" for number in range(20)]
    for path in deadly:
        os.mkfifo(path)
        deaths.add(path.stem)
    async with ParsePool(1, 600.0, 1024, tmp_path / "parts", deaths).running() as parsers:
        endless = [
            asyncio.create_task(parsers.parse(path.stem, path, SenderFacts())) for path in deadly
        ]
        await asyncio.sleep(0.1)
        assert (await read(parsers, spooled))["subject"] == "Где мой заказ?"
        for task in endless:
            task.cancel()
        ends = await asyncio.gather(*endless, return_exceptions=True)
        assert {type(end) for end in ends} == {asyncio.CancelledError}


@pytest.mark.parametrize("turns", range(3))
async def test_a_stop_while_its_process_starts_counts_no_death(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    """The stop comes this many turns of the event loop after the process is ready."""
    deaths = Deaths()
    deaths.add("9-deadly")
    loop, feed_data = asyncio.get_running_loop(), asyncio.StreamReader.feed_data

    def stop(turns: int) -> None:
        if turns:
            loop.call_soon(stop, turns - 1)
        else:
            parsing.cancel()

    def feed(reader: asyncio.StreamReader, data: bytes) -> None:
        feed_data(reader, data)
        if data == b"ready\n":
            stop(turns)

    monkeypatch.setattr(asyncio.StreamReader, "feed_data", feed)
    async with ParsePool(1, 1.0, 1024, tmp_path / "parts", deaths).running() as parsers:
        deadly = endless(tmp_path, "9-deadly")
        parsing = asyncio.create_task(parsers.parse(deadly.stem, deadly, SenderFacts()))
        with pytest.raises(asyncio.CancelledError):
            await parsing
    assert deaths.of("9-deadly") == 1


def test_it_does_with_what_the_system_leaves_it() -> None:
    """A system limit below ours once ended every process, so that all letters waited for ever."""
    worker = [sys.executable, "-m", "bridge.courier.parsing.parse_worker", "1024"]
    limited = ["sh", "-c", 'ulimit -v 700000 && exec "$@"', "sh", *worker]
    done = subprocess.run(limited, cwd=ROOT, input=b"", capture_output=True, check=True)
    assert done.stdout == b"ready\n"


async def test_who_ends_idle_processes_blames_no_letter(tmp_path: Path, spooled: Path) -> None:
    """A closed terminal ends no process; a killed one is replaced."""
    deaths = Deaths()
    async with ParsePool(1, 10.0, 1024, tmp_path / "parts", deaths).running() as parsers:
        await read(parsers, spooled)
        [process] = parsers._processes
        os.kill(process.pid, signal.SIGHUP)
        await read(parsers, spooled)
        assert parsers._processes == [process]
        os.kill(process.pid, signal.SIGKILL)
        async with asyncio.timeout(10):
            while not process.gone:  # noqa: ASYNC110 - what is waited for happens in a process
                await asyncio.sleep(0.01)
        await read(parsers, spooled)
    assert deaths.of("1-a") == 0


def environment_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


async def test_a_parsing_process_knows_no_setting(
    tmp_path: Path, spooled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = ("IMAP_PASSWORD", "SMTP_USERS", "MONGO_URI", "WEBHOOK_SECRETS", "WEBHOOK_URL")
    for name in (*secrets, *(field.upper() for field in BridgeSettings.model_fields)):
        monkeypatch.setenv(name, "hunter2")
    async with ParsePool(1, 10.0, 1024, tmp_path / "parts").running() as parsers:
        await read(parsers, spooled)
        [process] = parsers._processes
        environment = environment_of(process.pid)
    assert b"PATH=" in environment
    assert b"hunter2" not in environment


def test_a_parsing_process_has_no_resolver_and_no_event_loop() -> None:
    loaded = (
        "import sys, bridge.courier.parsing.parse_worker;"
        " print({'dkim', 'dns', 'ssl', 'asyncio'} & {*sys.modules})"
    )
    said = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, check=True)
    assert said.stdout == b"{'dkim'}\n"


def test_a_start_knows_which_letters_end_their_parsers(tmp_path: Path) -> None:
    deaths = Deaths(tmp_path / "deaths")
    for letter_id in ("1-a", "1-a", "2-b", "3-c", "4-d"):
        deaths.add(letter_id)
    deaths.forget("2-b")
    (tmp_path / "deaths" / "4-d").write_text("")
    known = Deaths(tmp_path / "deaths")
    assert [known.of(each) for each in ("1-a", "2-b", "3-c", "4-d")] == [2, 0, 1, 0]
    known.keep_only({"1-a"})
    again = Deaths(tmp_path / "deaths")
    assert [again.of(each) for each in ("1-a", "3-c")] == [2, 0]


async def test_a_dead_process_is_replaced(tmp_path: Path, spooled: Path) -> None:
    missing = tmp_path / "missing.eml"
    async with ParsePool(1, 10.0, 1024, tmp_path / "parts").running() as parsers:
        with pytest.raises(ParserDied):
            await parsers.parse("2-b", missing, SenderFacts())
        assert (await read(parsers, spooled))["subject"] == "Где мой заказ?"


async def test_memory_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "1-a.eml"
    path.write_bytes(trace_block(DELIVERY, "b.example") + letter() + bytes(400 * 1024 * 1024))
    async with ParsePool(1, 20.0, 256, tmp_path / "parts").running() as parsers:
        with pytest.raises(ParserDied):
            await parsers.parse("1-a", path, SenderFacts())


@pytest.mark.parametrize(
    ("size", "busy"), [(1_000, 2), (9 * 1024 * 1024, 1)], ids=["small", "large"]
)
async def test_large_letters_are_read_one_at_a_time(tmp_path: Path, size: int, busy: int) -> None:
    paths = [tmp_path / f"{number}-a.eml" for number in range(2 if busy == 1 else 40)]
    for path in paths:
        content = letter(attachments={"a.bin": bytes(size)})
        path.write_bytes(trace_block(DELIVERY, "b.example") + content)
    seen = set()
    async with ParsePool(2, 60.0, 1024, tmp_path / "parts").running() as parsers:
        small = tmp_path / "0-small.eml"
        small.write_bytes(trace_block(DELIVERY, "b.example") + letter())
        while len(parsers._processes) < 2:  # both have started
            await asyncio.gather(*(read(parsers, small) for _ in range(8)))
        reading = [
            asyncio.create_task(parsers.parse(path.stem, path, SenderFacts())) for path in paths
        ]
        while not all(task.done() for task in reading):
            seen.add(sum(process.depth > 0 for process in parsers._processes))
            await asyncio.sleep(0.001)
        for task in reading:
            await task
    assert max(seen) == busy


async def test_a_large_letter_that_waits_apart_is_read_beside_no_other_large_one(
    tmp_path: Path, spooled: Path
) -> None:
    """Two at once would take twice the memory. Small letters wait for neither."""
    deaths, size = Deaths(), 9 * 1024 * 1024
    deaths.add("1-deadly")
    async with ParsePool(2, 2.0, 1024, tmp_path / "parts", deaths).running() as parsers:
        await read(parsers, spooled)
        deadly = endless(tmp_path, "1-deadly")
        apart = asyncio.create_task(parsers.parse(deadly.stem, deadly, SenderFacts(), size))
        await asyncio.sleep(0)
        other = asyncio.create_task(parsers.parse("2-b", spooled, SenderFacts(), size))
        assert (await read(parsers, spooled))["subject"] == "Где мой заказ?"
        first, _ = await asyncio.wait((apart, other), return_when=asyncio.FIRST_COMPLETED)
        assert first == {apart}
        assert isinstance(apart.exception(), ParserDied)
        assert (await other).event


def endless(directory: Path, name: str) -> Path:
    """A letter that is read for ever: a pipe that nobody writes to."""
    path = directory / f"{name}.eml"
    os.mkfifo(path)
    return path


async def test_a_letter_that_takes_long_holds_up_nobody(tmp_path: Path, spooled: Path) -> None:
    """As many letters hang as there are processes; those behind them go to other processes."""
    slow = [endless(tmp_path, f"{number}-slow") for number in range(2)]
    async with ParsePool(2, 600.0, 1024, tmp_path / "parts").running() as parsers:
        await asyncio.gather(*(read(parsers, spooled) for _ in range(20)))
        hung = [asyncio.create_task(parsers.parse(path.stem, path, SenderFacts())) for path in slow]
        await asyncio.sleep(0)
        async with asyncio.timeout(60):
            told = await asyncio.gather(*(read(parsers, spooled) for _ in range(30)))
        assert {data["subject"] for data in told} == {"Где мой заказ?"}
        assert not any(task.done() for task in hung)
        for task in hung:
            task.cancel()
        await asyncio.gather(*hung, return_exceptions=True)


async def test_a_letter_is_not_the_last_behind_many_that_hang(
    tmp_path: Path, spooled: Path
) -> None:
    """Forty hang. Half of these are parsed after it although they are older."""
    slow = [endless(tmp_path, f"{number}-slow") for number in range(40)]
    async with ParsePool(2, 3600.0, 1024, tmp_path / "parts").running() as parsers:
        await read(parsers, spooled)
        asked = [(path.stem, path) for path in slow]
        asked.insert(20, ("good", spooled))
        hung = [asyncio.create_task(parsers.parse(*each, SenderFacts())) for each in asked]
        good = hung.pop(20)
        assert (await good).event
        given_up = [path.stem for path in slow if parsers.waits_apart(path.stem)]
        assert len(given_up) <= 8
        assert len([task for task in hung if task.done()]) == len(given_up)
        # It counts no death: when its turn comes again it has all of its time, in one of its own.
        assert not any(parsers._deaths.of(each) for each in given_up)
        assert not parsers.waits_apart("good")
        for task in hung:
            task.cancel()
        await asyncio.gather(*hung, return_exceptions=True)


async def test_a_letter_that_dies_takes_nobody_with_it(tmp_path: Path, spooled: Path) -> None:
    """The letters queued behind it in the same process count no death and go to another process."""
    deaths = Deaths()
    async with ParsePool(1, 1.0, 1024, tmp_path / "parts", deaths).running() as parsers:
        await read(parsers, spooled)
        deadly = endless(tmp_path, "9-deadly")
        hung = asyncio.create_task(parsers.parse(deadly.stem, deadly, SenderFacts()))
        await asyncio.sleep(0)
        others = [parsers.parse(f"{number}-b", spooled, SenderFacts()) for number in range(10)]
        assert len(await asyncio.gather(*others)) == 10
        with pytest.raises(ParserDied):
            await hung
        assert deaths.of(deadly.stem) == 1
        assert not any(deaths.of(f"{number}-b") for number in range(10))


async def test_who_comes_while_a_process_ends_makes_nobody_forgotten(
    tmp_path: Path, spooled: Path
) -> None:
    """Letters that come while an ended process is awaited must not displace those that it had."""
    async with ParsePool(1, 600.0, 1024, tmp_path / "parts").running() as parsers:
        await read(parsers, spooled)
        deadly = endless(tmp_path, "1-deadly")
        hung = asyncio.create_task(parsers.parse(deadly.stem, deadly, SenderFacts(), 1))
        others = [parsers.parse(f"2-{number}", spooled, SenderFacts(), 1) for number in range(3)]
        asked = [asyncio.create_task(each) for each in others]
        while parsers._processes[0].depth < 4:  # noqa: ASYNC110 - a loop turn or two
            await asyncio.sleep(0)
        os.kill(parsers._processes[0].pid, signal.SIGKILL)
        while not hung.done():
            come = parsers.parse(f"3-{len(asked)}", spooled, SenderFacts(), 1)
            asked.append(asyncio.create_task(come))
            await asyncio.sleep(0)
        with pytest.raises(ParserDied):
            await hung
        async with asyncio.timeout(60):
            await asyncio.gather(*asked)


async def test_no_parts_are_left_of_a_letter_that_was_asked_twice(
    tmp_path: Path, spooled: Path
) -> None:
    slow, parts = endless(tmp_path, "9-slow"), tmp_path / "parts"
    async with ParsePool(1, 600.0, 1024, parts, unwritten=0).running() as parsers:
        await read(parsers, spooled)
        hung = asyncio.create_task(parsers.parse(slow.stem, slow, SenderFacts()))
        await asyncio.sleep(0)
        assert (await parsers.parse("1-a", spooled, SenderFacts())).apart[-1].path.exists()
        await parsers.forget("1-a")
        content = trace_block(DELIVERY, "b.example") + letter()
        with slow.open("wb") as pipe:
            slow.unlink()
            slow.write_bytes(content)
            pipe.write(content)
        await hung  # and behind it the first process reads the other letter once more
        async with asyncio.timeout(30):
            while parsers._slow:  # noqa: ASYNC110 - what is waited for happens in a process
                await asyncio.sleep(0.05)
    assert list(parts.iterdir()) == []
