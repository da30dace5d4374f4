"""The courier against a receiver with scripted answers: what is tried again, and what is not."""

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import encode_basic_auth, web

from bridge.spool.attempts import tried
from bridge.spool.envelope import Delivery, trace_block
from bridge.spool.spool import Spool, new_id
from contract.batch import NDJSON
from contract.event import EmailReceived
from contract.sending.delays import LEAST_ATTEMPTS
from contract.signature import parse_keys, verify
from tests import servers
from tests.letters import letter
from tests.smtp_client import send


class Scripted:
    """A receiver that takes events one by one; its answers are given, the last one is repeated."""

    def __init__(self) -> None:
        self.answers: list[web.Response] = [web.Response(status=201)]
        self.events: list[tuple[str, EmailReceived]] = []
        self.blobs: dict[str, bytes] = {}
        self.stalls_for = ""
        self.logins: set[str] = set()

    async def post(self, request: web.Request) -> web.Response:
        body = await request.read()
        if request.content_type == NDJSON:
            return web.Response(status=415)
        self.logins.add(request.headers.get("Authorization", ""))
        keys = parse_keys(servers.SECRET)
        moment = float(request.headers["webhook-timestamp"])
        event_id = verify(keys, request.headers, body, moment)
        self.events.append((event_id, EmailReceived.model_validate_json(body)))
        if self.events[-1][1].data.message_id == self.stalls_for:
            await asyncio.sleep(3600)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)

    async def put(self, request: web.Request) -> web.Response:
        self.blobs[request.match_info["sha256"]] = await request.read()
        return web.Response(status=201)


@pytest.fixture
async def scripted() -> AsyncIterator[tuple[Scripted, str]]:
    """A scripted receiver and its port."""
    receiver = Scripted()
    app = web.Application(client_max_size=2**26)
    app.router.add_post("/webhook/email", receiver.post)
    app.router.add_put("/webhook/blobs/{sha256}", receiver.put)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    port = servers.free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield receiver, str(port)
    await runner.cleanup()


async def eventually(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in a process
            await asyncio.sleep(0.05)


def spool(directory: Path, state: str) -> list[str]:
    return sorted(path.name for path in (directory / "spool" / state).iterdir())


async def deliver(directory: Path, port: str, *letters: bytes) -> servers.Service:
    bridge = servers.bridge(directory, port)
    await asyncio.to_thread(bridge.start)
    assert await asyncio.to_thread(send, bridge.env["SMTP_PORT"], letters) == len(letters)
    return bridge


async def test_our_own_mistakes_are_tried_again(
    tmp_path: Path, scripted: tuple[Scripted, str]
) -> None:
    receiver, port = scripted
    mistakes = [301, 302, 400, 401, 404, 410, 413]
    receiver.answers = [web.Response(status=status) for status in (*mistakes, 201)]
    bridge = await deliver(tmp_path, port, *(letter(f"{status}@a.ru") for status in mistakes))
    try:
        await eventually(lambda: not spool(tmp_path, "new"), seconds=90)
    finally:
        bridge.kill()
    tries = Counter(event_id for event_id, _ in receiver.events)
    # Whichever letter met a mistake, it was tried once more for each.
    assert (len(tries), tries.total()) == (len(mistakes), 2 * len(mistakes))
    assert spool(tmp_path, "failed") == []


async def test_retry_after_is_honoured(tmp_path: Path, scripted: tuple[Scripted, str]) -> None:
    receiver, port = scripted
    receiver.answers = [web.Response(status=503, headers={"Retry-After": "3600"})]
    bridge = await deliver(tmp_path, port, letter())
    try:
        await eventually(lambda: "waits 3600 s" in bridge.log.read_text())
        [waiting] = (tmp_path / "spool" / "waits").iterdir()
        assert waiting.read_text().startswith("1\n503 ")
    finally:
        bridge.kill()
    assert len(spool(tmp_path, "new")) == 1


async def test_a_letter_that_is_refused_for_good_is_kept_with_its_reason(
    tmp_path: Path, scripted: tuple[Scripted, str]
) -> None:
    receiver, port = scripted
    receiver.answers = [web.Response(status=422, text='{"errors": ["data.from"]}')]
    bridge = await deliver(tmp_path, port, letter())
    try:
        await eventually(lambda: len(spool(tmp_path, "failed")) == 2)
    finally:
        bridge.kill()
    event_id = receiver.events[0][0]
    assert spool(tmp_path, "failed") == [f"{event_id}.eml", f"{event_id}.json"]
    note = json.loads((tmp_path / "spool" / "failed" / f"{event_id}.json").read_text())
    assert "data.from" in note["reason"]
    assert "Где мой заказ" not in bridge.log.read_text()


async def test_blobs_go_before_the_event_that_names_them(
    tmp_path: Path, scripted: tuple[Scripted, str]
) -> None:
    receiver, port = scripted
    small, large = b"small", bytes(range(256)) * 8000
    sent = letter(attachments={"чек.pdf": small, "видео.mp4": large})
    bridge = await deliver(tmp_path, port, sent)
    try:
        await eventually(lambda: not spool(tmp_path, "new"))
    finally:
        bridge.kill()
    [(_, event)] = receiver.events
    assert event.data.raw is not None
    assert receiver.blobs[event.data.raw.sha256] == sent
    found = [(each.filename, receiver.blobs[each.sha256]) for each in event.data.attachments]
    assert found == [("чек.pdf", small), ("видео.mp4", large)]


async def test_one_letter_that_waits_does_not_hold_up_the_others(
    tmp_path: Path, scripted: tuple[Scripted, str]
) -> None:
    receiver, port = scripted
    later = {"Retry-After": "300"}
    receiver.answers = [web.Response(status=500, headers=later), web.Response(status=201)]
    bridge = await deliver(tmp_path, port, letter("1@a.ru"))
    try:
        await eventually(lambda: len(receiver.events) == 1)
        await asyncio.to_thread(send, bridge.env["SMTP_PORT"], [letter("2@a.ru")])
        await eventually(lambda: len(receiver.events) == 2)
        assert receiver.events[1][1].data.message_id == "2@a.ru"
    finally:
        bridge.kill()


async def test_an_illegible_trace_costs_no_letter(
    tmp_path: Path, scripted: tuple[Scripted, str]
) -> None:
    """SMTP_HOSTNAME='my host' once led to such a trace; a file without any has no mailbox.

    What lies there and is no file, or cannot be looked at, hides no letter.
    """
    receiver, port = scripted
    delivery = Delivery(new_id(), "support@yandex.ru", datetime.now(UTC), "i@a.ru", ("s@y.ru",))
    block = trace_block(delivery, "bridge.example").replace(b"by bridge.example", b"by my host")
    new = Spool(tmp_path / "spool").prepare().new
    (new / f"{delivery.id}.eml").write_bytes(block + letter())
    (new / f"{(nobodys := new_id())}.eml").write_bytes(letter())
    around, folder = (new / f"{new_id()}.eml" for _ in range(2))
    around.symlink_to(around)
    folder.mkdir()
    bridge = servers.bridge(tmp_path, port)
    await asyncio.to_thread(bridge.start)
    try:
        await eventually(lambda: spool(tmp_path, "new") == sorted((around.name, folder.name)))
    finally:
        bridge.kill()
    log = bridge.log.read_text()
    assert "Traceback" not in log
    assert "disk: Too many levels of symbolic links" in log
    [(event_id, event)] = receiver.events
    assert event_id == delivery.id
    assert (event.data.envelope.mail_from, event.data.subject) == ("i@a.ru", "Где мой заказ?")
    assert spool(tmp_path, "failed") == [f"{nobodys}.eml", f"{nobodys}.json"]
    assert "whose letter it is" in (tmp_path / "spool" / "failed" / f"{nobodys}.json").read_text()


async def test_letters_that_failed_before_go_by_themselves(
    tmp_path: Path, scripted: tuple[Scripted, str]
) -> None:
    """The receiver never answers about the letter that failed before; only one may be under way."""
    receiver, port = scripted
    receiver.stalls_for = "1@a.ru"
    an_hour_ago = f"{time.time_ns() // 1000 - 3600 * 10**6:016d}-{'0' * 16}"
    delivery = Delivery(an_hour_ago, "support@yandex.ru", datetime.now(UTC), "i@a.ru")
    new = Spool(tmp_path / "spool").prepare().new
    (new / f"{an_hour_ago}.eml").write_bytes(trace_block(delivery, "b") + letter("1@a.ru"))
    bridge = servers.bridge(tmp_path, port, COURIER_CONCURRENCY="1")
    await asyncio.to_thread(bridge.start)
    try:
        await eventually(lambda: len(receiver.events) == 1)
        await asyncio.to_thread(send, bridge.env["SMTP_PORT"], [letter("2@a.ru")])
        await eventually(lambda: len(spool(tmp_path, "new")) == 1)
    finally:
        bridge.kill()
    assert [event.data.message_id for _, event in receiver.events] == ["1@a.ru", "2@a.ru"]


async def test_a_letter_that_waited_while_all_was_off_is_tried_again(
    tmp_path: Path, scripted: tuple[Scripted, str]
) -> None:
    """The letter is older than five days; the receiver starts a little later than the bridge."""
    receiver, port = scripted
    receiver.answers = [web.Response(status=503)]
    a_week_ago = f"{time.time_ns() // 1000 - 8 * 86400 * 10**6:016d}-{'0' * 16}"
    delivery = Delivery(a_week_ago, "support@yandex.ru", datetime.now(UTC), "i@a.ru")
    root = tmp_path / "spool"
    path = Spool(root).prepare().new / f"{a_week_ago}.eml"
    path.write_bytes(trace_block(delivery, "b") + letter())
    bridge = servers.bridge(tmp_path, port)
    await asyncio.to_thread(bridge.start)
    try:
        await eventually(lambda: tried(root, a_week_ago).times == 1)
        assert (spool(tmp_path, "new"), spool(tmp_path, "failed")) == ([path.name], [])
        (root / "waits" / a_week_ago).write_text(f"{LEAST_ATTEMPTS - 1}\n503")
        os.utime(path, (0, 0))
        await eventually(lambda: spool(tmp_path, "failed") != [])
    finally:
        bridge.kill()
    note = json.loads((root / "failed" / f"{a_week_ago}.json").read_text())
    assert note["attempts"] == str(LEAST_ATTEMPTS)


async def test_a_password_in_the_url_is_sent_and_not_told(
    tmp_path: Path, scripted: tuple[Scripted, str]
) -> None:
    receiver, port = scripted
    url = f"http://bridge:hunter2@127.0.0.1:{port}/webhook/email?token=hunter3"
    bridge = servers.bridge(tmp_path, port)
    bridge.env = {**bridge.env, "WEBHOOK_URL": url}
    await asyncio.to_thread(bridge.start)
    try:
        await asyncio.to_thread(send, bridge.env["SMTP_PORT"], [letter()])
        await eventually(lambda: not spool(tmp_path, "new"))
    finally:
        bridge.kill()
    assert receiver.logins == {encode_basic_auth("bridge", "hunter2")}
    log = bridge.log.read_text()
    assert f"events to http://127.0.0.1:{port}/webhook/email" in log
    assert "hunter" not in log


async def test_a_letter_put_back_by_hand_is_delivered_whatever_its_time_says(
    tmp_path: Path, scripted: tuple[Scripted, str]
) -> None:
    receiver, port = scripted
    receiver.answers = [web.Response(status=422), web.Response(status=201)]
    bridge = await deliver(tmp_path, port, letter())
    try:
        await eventually(lambda: len(spool(tmp_path, "failed")) == 2)
        [path] = (tmp_path / "spool" / "failed").glob("*.eml")
        os.utime(path, (2**33, 2**33))  # as a clock would that was turned back since
        path.rename(tmp_path / "spool" / "new" / path.name)
        await eventually(lambda: len(receiver.events) == 2 and not spool(tmp_path, "new"))
    finally:
        bridge.kill()
