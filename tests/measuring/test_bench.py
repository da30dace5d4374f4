"""The measuring itself: letters are as described, counts are right, and a fault is found."""

import os
import random
import subprocess
import sys
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest
from pymongo import AsyncMongoClient

from bridge.parse.message import read_letter
from tests.measure.bench.commits import Commits, Document, faults
from tests.measure.bench.database import NotCountable, Server, behind
from tests.measure.bench.figures import percentile
from tests.measure.bench.load import LoadLetter, conversations, spread, threads
from tests.measure.bench.plan import Plan
from tests.measure.bench.processes import PROC, cpu_seconds, peak_mebibytes
from tests.measure.bench.report import summary
from tests.measure.bench.rounds import RoundFigures, measure
from tests.measure.bench.sides import Side, checkout, ours
from tests.measure.bench.wire import Requests, command_name, counting

THREAD = threads(seed=7, count=1)[0]
needs_proc = pytest.mark.skipif(not PROC.is_dir(), reason="what processes cost is read from /proc")


def test_a_letter_of_the_load_reads_as_one_of_a_person() -> None:
    first, second, third, _ = (read_letter(letter.content) for letter in THREAD)
    assert first.message_id == THREAD[0].message_id == THREAD[3].thread
    assert first.references == first.in_reply_to == []
    assert third.in_reply_to == [THREAD[1].message_id]
    assert third.references == [THREAD[0].message_id, THREAD[1].message_id]
    assert second.subject == f"Re: {first.subject}"
    assert first.from_.name == "Иван Петров 0"
    assert first.text.startswith("Здравствуйте! ")
    assert "<p>Здравствуйте! " in first.html
    assert not first.parts


def test_a_letter_of_the_load_needs_no_dot_stuffing() -> None:
    for letter in THREAD:
        assert b"\n" not in letter.content.replace(b"\r\n", b"")
        assert letter.content.endswith(b"\r\n")
        assert not any(line.startswith(b".") for line in letter.content.splitlines())


def test_one_seed_makes_the_same_letters_and_another_makes_others() -> None:
    assert threads(7, 3) == threads(7, 3)
    assert threads(7, 3)[2:] == threads(7, 1, first=2)
    ids = [letter.message_id for letter in chain(*threads(7, 3), *threads(8, 3))]
    assert len(set(ids)) == 24


def test_a_thread_stays_in_order_on_one_connection_unless_shuffled() -> None:
    four = threads(7, 4)
    in_order = spread(four, 2)
    assert in_order == [four[0] + four[2], four[1] + four[3]]
    shuffled = spread(four, 2, shuffle=1)
    assert shuffled != in_order
    assert Counter(chain(*shuffled)) == Counter(chain(*in_order))


def op_msg(command: str, before: bytes = b"") -> bytes:
    """Return an OP_MSG request, by hand: {command: 1}, behind another section."""
    key = b"\x10" + command.encode() + b"\0" + (1).to_bytes(4, "little")
    document = (len(key) + 5).to_bytes(4, "little") + key + b"\0"
    message = bytes(4) + before + b"\0" + document
    return (
        b"".join(number.to_bytes(4, "little") for number in (16 + len(message), 1, 0, 2013))
        + message
    )


SEQUENCE = b"\1" + (4 + 10).to_bytes(4, "little") + b"documents\0"


@pytest.mark.parametrize("step", [1, 3, 16, 1000])
def test_requests_are_counted_whatever_pieces_they_come_in(step: int) -> None:
    stream = op_msg("hello") + op_msg("insert", SEQUENCE) + op_msg("find") + op_msg("insert")
    requests = Requests(Counter())
    for start in range(0, len(stream), step):
        requests.feed(stream[start : start + step])
    assert requests.commands == {"insert": 2, "find": 1}


def test_the_old_hello_and_unknown_opcodes_have_names() -> None:
    query = bytes(4) + b"admin.$cmd\0" + bytes(8) + op_msg("isMaster")[21:]
    assert command_name(2004, query) == "isMaster"
    assert command_name(2012, b"") == "opcode 2012"


async def test_the_proxy_counts_the_calls_of_a_real_driver(
    mongo_uri: str, database_name: str
) -> None:
    async with counting(*behind(mongo_uri)) as (port, commands):
        uri = f"mongodb://127.0.0.1:{port}/?directConnection=true"
        async with AsyncMongoClient[Document](uri) as client:
            letters = client[database_name]["letters"]
            await letters.insert_many([{"_id": number} for number in range(3)])
            await letters.update_one({"_id": 1}, {"$set": {"seen": True}})
            assert await letters.find_one({"seen": True}) == {"_id": 1, "seen": True}
            await client.admin.command("ping")
    assert commands == {"insert": 1, "update": 1, "find": 1}


@pytest.mark.parametrize(
    "uri",
    [
        "mongodb+srv://db.example",
        "mongodb://a,b",
        "mongodb://user:word@db.example",
        "mongodb://db.example/?tls=true",
    ],
)
def test_what_cannot_be_counted_is_said(uri: str) -> None:
    with pytest.raises(NotCountable):
        behind(uri)


@needs_proc
def test_the_cost_of_a_service_is_that_of_its_children_too() -> None:
    burn = "import time\nwhile time.process_time() < 0.35: pass\nprint(flush=True)\ninput()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", parent], stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        process.stdout.readline()
        cpu, peak = cpu_seconds([process.pid]), peak_mebibytes([process.pid])
        process.communicate(b"\n")
    assert 0.3 <= cpu < 3
    assert 8 < peak < 200


def dialog(*message_ids: str) -> Document:
    return {"messages": [{"message_id": message_id} for message_id in message_ids]}


def sent(*message_ids: str) -> list[LoadLetter]:
    return [LoadLetter(message_id, message_id[0], b"") for message_id in message_ids]


@pytest.mark.parametrize(
    ("dialogs", "wrong"),
    [
        ([dialog("a1", "<a2>"), dialog("b1")], []),
        ([dialog("a1", "a2")], ["lost: b1"]),
        ([dialog("a1", "a2", "a2"), dialog("b1")], ["stored 2 times: a2"]),
        ([dialog("a1"), dialog("a2"), dialog("b1")], ["in 2 dialogs: a"]),
        ([dialog("a1", "a2", "b1")], ["a dialog of 2 threads: ['a', 'b']"]),
        ([dialog("a1", "a2"), dialog("b1"), dialog("c")], ["never sent: c"]),
    ],
)
def test_a_letter_lost_doubled_or_misplaced_is_found(
    dialogs: list[Document], wrong: list[str]
) -> None:
    assert faults(sent("a1", "a2", "b1"), dialogs) == wrong


async def test_a_commit_is_seen_once_it_is_visible_and_not_before(
    mongo_uri: str, database_name: str
) -> None:
    async with AsyncMongoClient[Document](mongo_uri) as client:
        dialogs = client[database_name]["dialogs"]
        commits = Commits(dialogs)
        commits.expect(THREAD[0], 0.0)
        commits.expect(THREAD[1], 0.0)
        await dialogs.insert_one(dialog(f"<{THREAD[0].message_id}>"))
        async with commits.watching():
            with pytest.raises(TimeoutError):
                await commits.all_seen(0.3)
            assert commits.seen.keys() == {THREAD[0].message_id}
            message = {"messages": {"message_id": THREAD[1].message_id}}
            await dialogs.update_one({}, {"$push": message})
            await commits.all_seen(5)
    assert commits.seen.keys() == {letter.message_id for letter in THREAD[:2]}


@pytest.mark.parametrize(
    ("percent", "value"), [(0, 1), (1, 1), (50, 50), (99, 99), (99.1, 100), (100, 100)]
)
def test_percentiles_go_by_the_nearest_rank(percent: float, value: int) -> None:
    values = list(range(1, 101))
    random.Random(1).shuffle(values)
    assert percentile(values, percent) == value


def test_the_ratio_is_taken_within_each_round() -> None:
    rounds = [
        {"ours": figures(20.0), "peer": figures(10.0)},
        {"ours": figures(30.0), "peer": figures(10.0)},
        {"ours": figures(90.0), "peer": figures(15.0)},
    ]
    _, ours_line, peer_line, ratios, span, costs, memory, *_ = summary("in order", rounds)
    assert ours_line.split() == ["ours", *["30.0"] * 7]
    assert peer_line.split() == ["peer", *["10.0"] * 7]
    assert ratios.split() == ["ours/peer", *["3.00"] * 7]
    assert span.split() == ["from–to", *["2.00–6.00"] * 7]
    assert costs == "  ours, CPU ms/letter: bridge 30.00, database 30.00"
    assert memory == "  ours, MiB when idle again: bridge 30; in all 30"


def figures(all_of_them: float) -> RoundFigures:
    each = all_of_them
    costs = {"bridge": each, "bridge's children": 0.0, "database": each}
    return RoundFigures(each, each, each, each, each, each, each, costs, {"bridge": each})


def test_each_row_has_letters_that_hang_together_as_it_says() -> None:
    assert conversations("in order", 7, 12) == conversations("shuffled", 7, 12) == threads(7, 3)
    unrelated = conversations("unrelated", 7, 12)
    assert unrelated == [thread[:1] for thread in threads(7, 12)]
    assert all(letter.thread == letter.message_id for [letter] in unrelated)
    mixed = conversations("mixed sizes", 7, 200)
    sizes = sorted(len(letter.content) for [letter] in mixed)
    assert 3_000 < sizes[100] < 8_000
    assert [size > 250_000 for size in sizes].count(True) == 10
    assert sizes[-1] > 4_800_000
    assert conversations("mixed sizes", 7, 2, first=3) == mixed[3:5]
    assert not any(
        line.startswith(b".") for [letter] in mixed for line in letter.content.split(b"\n")
    )


@needs_proc
async def test_a_short_round_of_ours_has_every_figure(mongo_uri: str) -> None:
    plan = Plan(letters=16, paced_letters=8, warmup_letters=8)
    server = Server(mongo_uri, os.getpid())
    found = await measure(ours, server, plan, "shuffled", seed=1)
    assert 0 < found.committed_per_second <= found.accepted_per_second
    assert 0 < found.commit_p50_ms <= found.commit_p99_ms
    assert 0 < found.cpu_ms_per_letter < found.cpu_ms_with_database
    assert found.peak_mib > 50
    assert found.by_process.keys() >= {"bridge", "bridge's children", "receiver", "database"}
    # A page of several processes is each one's in part, and counts in full in each one's peak.
    assert 30 < sum(found.memory.values()) < found.peak_mib


def test_another_checkout_runs_in_its_own_place(tmp_path: Path) -> None:
    side = checkout(tmp_path)(tmp_path, "mongodb://127.0.0.1", "bench")
    assert {service.directory for service in side.services.values()} == {tmp_path}
    assert {service.command[0] for service in side.services.values()} == {sys.executable}
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    side = checkout(tmp_path)(tmp_path, "mongodb://127.0.0.1", "bench")
    assert {service.command[0] for service in side.services.values()} == {str(python)}


def test_a_side_waits_as_long_as_a_letter_is_in_its_spool(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    for state in ("tmp", "new", "cur", "failed"):
        (spool / state).mkdir(parents=True)
    side = Side("ours", {}, 25, spool)
    assert not side.waits()
    for state in ("new", "cur"):
        (spool / state / "1.eml").touch()
        assert side.waits()
        (spool / state / "1.eml").unlink()
    assert not Side("peer", {}, 25).waits()
