"""Letters sent together: how many, the outcome of each, and what an older receiver gets."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha256
from pathlib import Path

import pytest
from aiohttp import web

from bridge.courier import outbox as outbox_module
from bridge.courier.attempt import Attempt
from bridge.courier.outbox import Outbox
from bridge.courier.outcome import Outcome
from bridge.courier.parsing.questions import BlobFile, Parsed
from bridge.courier.receiver_client import ReceiverClient, connected
from bridge.courier.together import SEPARATE_SECONDS, Ready, Together
from bridge.courier.together import ready as made_ready
from contract.batch import FILES, IN_LINES, MAX_LINES, NDJSON, Line
from contract.bounds import EVENT_BYTES
from contract.event import EmailReceived
from contract.signature import parse_keys, verify
from tests import servers
from tests.bridge.courier.test_courier import eventually

CONTENT = "Subject: привет\r\n\r\nтекст\r\n".encode()
Answering = Callable[[web.Request, list[str]], Awaitable[web.Response]]


class Receiver:
    """Answers as scripted; remembers the ids of each request, and blobs uploaded apart."""

    def __init__(self) -> None:
        self.requests: list[list[str]] = []
        self.alone: list[tuple[str, EmailReceived]] = []
        self.blobs: dict[str, bytes] = {}
        self.in_lines: dict[str, bytes] = {}
        self.told: dict[str, str] = {}
        self.puts = 201
        self.answering: Answering = all_taken

    async def post(self, request: web.Request) -> web.Response:
        body = await request.read()
        moment = float(request.headers["webhook-timestamp"])
        event_id = verify(parse_keys(servers.SECRET), request.headers, body, moment)
        if request.content_type != NDJSON:
            self.alone.append((event_id, EmailReceived.model_validate_json(body)))
            return web.json_response(status=201)
        events = [Line.model_validate_json(line) for line in body.split(b"\n")]
        for event in events:
            self.in_lines |= event.files
        self.requests.append([event.id for event in events])
        answer = await self.answering(request, self.requests[-1])
        answer.headers.update(self.told)
        return answer

    async def put(self, request: web.Request) -> web.Response:
        self.blobs[request.match_info["sha256"]] = await request.read()
        return web.Response(status=self.puts)


def lines(*answers: tuple[str, int]) -> web.Response:
    told = [
        {"id": event_id, "status": status, "title": "t", "errors": []}
        for event_id, status in answers
    ]
    return web.Response(text="\n".join(map(json.dumps, told)), content_type=NDJSON)


async def all_taken(_request: web.Request, ids: list[str]) -> web.Response:
    return lines(*((each, 201) for each in ids))


def always(status: int, **headers: str) -> Answering:
    async def answer(_request: web.Request, _ids: list[str]) -> web.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, headers=named)

    return answer


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def webhook(receiver: Receiver) -> AsyncIterator[ReceiverClient]:
    app = web.Application(client_max_size=2**26)
    app.router.add_post("/webhook/email", receiver.post)
    app.router.add_put("/webhook/blobs/{sha256}", receiver.put)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    port = servers.free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    url = f"http://127.0.0.1:{port}/webhook/email"
    async with connected(url, lambda: parse_keys(servers.SECRET), 2.0) as client:
        yield client
    await runner.cleanup()


def ready(tmp_path: Path, name: str, conversation: str = "") -> Ready:
    """A small letter whose bytes lie in its event."""
    path = tmp_path / name
    path.write_bytes(CONTENT)
    digest, size = sha256(CONTENT).hexdigest(), len(CONTENT)
    data = {
        "mailbox": "support@yandex.ru",
        "subject": name,
        "from": {"address": "ivan@example.ru"},
        "raw": {"sha256": digest, "size": size, "content": b64encode(CONTENT).decode()},
    }
    event = json.dumps({"type": "email.received", "data": data}).encode()
    held = (BlobFile(digest, size, path, 0, held=True),)
    return Ready(name, Parsed(event, held, conversation=conversation))


def outcomes(attempts: list[Attempt]) -> list[Outcome]:
    return [attempt.outcome for attempt in attempts]


DONE, RETRY, REFUSED = Outcome.DONE, Outcome.RETRY, Outcome.REFUSED


async def test_each_letter_has_its_own_answer(
    tmp_path: Path, receiver: Receiver, webhook: ReceiverClient
) -> None:
    async def answer(_request: web.Request, ids: list[str]) -> web.Response:
        return lines(*zip(ids, (201, 422, 503, 200), strict=True))

    receiver.answering = answer
    letters = [ready(tmp_path, name) for name in "abcd"]
    assert outcomes(await Together(webhook).post(letters)) == [DONE, REFUSED, RETRY, DONE]
    assert receiver.requests == [["a", "b", "c", "d"]]
    assert receiver.blobs == {}


async def test_requests_grow_by_one_and_halve(
    tmp_path: Path, receiver: Receiver, webhook: ReceiverClient
) -> None:
    together = Together(webhook)
    letters = [ready(tmp_path, f"{number}") for number in range(MAX_LINES + 5)]
    sizes = []
    for _ in range(MAX_LINES + 3):
        sizes.append(together.fit(letters))
        await together.post(letters[: sizes[-1]])
    assert sizes == [*range(1, MAX_LINES + 1), MAX_LINES, MAX_LINES, MAX_LINES]
    receiver.answering = always(503, Retry_After="17")
    attempts = await together.post(letters[:8])
    assert outcomes(attempts) == [RETRY] * 8
    assert {attempt.pause for attempt in attempts} == {17.0}
    assert together.most == MAX_LINES // 2
    assert len(receiver.requests[-1]) == 8  # and nothing was sent after it


@pytest.mark.parametrize("way", ["413", "503", "it never answers"])
async def test_they_halve_where_a_receiver_cannot_take_so_many(
    tmp_path: Path, receiver: Receiver, webhook: ReceiverClient, way: str
) -> None:
    together = Together(webhook)
    letters = [ready(tmp_path, f"{number}") for number in range(8)]
    for size in range(1, 8):
        await together.post(letters[:size])
    assert together.most == 8

    async def answer(request: web.Request, ids: list[str]) -> web.Response:
        if len(ids) > 4 and way == "it never answers":
            await asyncio.sleep(60)
        return await (always(int(way)) if len(ids) > 4 else all_taken)(request, ids)

    receiver.answering = answer
    await together.post(letters)
    assert len(receiver.requests[7]) == 8
    assert together.most == {"413": 6, "503": 4, "it never answers": 4}[way]


async def test_a_request_that_is_too_large_is_sent_in_smaller_ones(
    tmp_path: Path, receiver: Receiver, webhook: ReceiverClient
) -> None:
    async def answer(request: web.Request, ids: list[str]) -> web.Response:
        return await (always(413) if len(ids) > 2 else all_taken)(request, ids)

    receiver.answering = answer
    letters = [ready(tmp_path, name) for name in "abcdefg"]
    assert outcomes(await Together(webhook).post(letters)) == [DONE] * 7
    assert [each for ids in receiver.requests if len(ids) < 3 for each in ids] == list("abcdefg")


@pytest.mark.parametrize("way", ["500", "it never answers", "it hangs up"])
async def test_a_letter_that_breaks_its_request_breaks_no_other(
    tmp_path: Path, receiver: Receiver, webhook: ReceiverClient, way: str
) -> None:
    async def answer(request: web.Request, ids: list[str]) -> web.Response:
        if "c" in ids and way == "500":
            return web.Response(status=500)
        if "c" in ids and way == "it never answers":
            await asyncio.sleep(60)
        if "c" in ids and request.transport is not None:
            request.transport.abort()
        return await all_taken(request, ids)

    receiver.answering = answer
    letters = [ready(tmp_path, name) for name in "abcde"]
    attempts = await Together(webhook).post(letters)
    assert outcomes(attempts) == [DONE, DONE, RETRY, DONE, DONE]


async def test_a_receiver_that_is_not_well_is_not_asked_for_each(
    tmp_path: Path, receiver: Receiver, webhook: ReceiverClient
) -> None:
    receiver.answering = always(500)
    letters = [ready(tmp_path, f"{number}") for number in range(20)]
    assert outcomes(await Together(webhook).post(letters)) == [RETRY] * 20
    assert [len(ids) for ids in receiver.requests] == [20, 1, 1]


@pytest.mark.parametrize("status", [201, 400, 404, 405, 415, 422])
async def test_an_older_receiver_gets_events_one_by_one_and_bytes_apart(
    tmp_path: Path, receiver: Receiver, webhook: ReceiverClient, status: int
) -> None:
    """If it answers 201 it has read the first line at most, so that does not count as delivery."""
    now = 0.0
    receiver.answering = always(status)
    together = Together(webhook, lambda: now)
    letters = [ready(tmp_path, name) for name in "ab"]
    assert outcomes(await together.post(letters)) == [DONE] * 2
    assert together.most == 1
    assert outcomes(await together.post(letters[:1])) == [DONE]
    assert len(receiver.requests) == 1
    assert [event_id for event_id, _ in receiver.alone] == ["a", "b", "a"]
    raws = [event.data.raw for _, event in receiver.alone]
    assert all(raw is not None and raw.content is None for raw in raws)
    assert receiver.blobs == {sha256(CONTENT).hexdigest(): CONTENT}
    receiver.answering = all_taken
    now = SEPARATE_SECONDS + 1  # it may have learned
    assert outcomes(await together.post(letters)) == [DONE] * 2
    assert receiver.requests[-1] == ["a", "b"]


async def test_a_receiver_that_takes_no_bytes_in_an_event_gets_them_apart(
    tmp_path: Path, receiver: Receiver, webhook: ReceiverClient
) -> None:
    async def answer(_request: web.Request, ids: list[str]) -> web.Response:
        wrong = [{"path": "data.raw.content", "message": "Extra inputs are not permitted"}]
        told = [{"id": each, "status": 422, "title": "t", "errors": wrong} for each in ids]
        return web.Response(text="\n".join(map(json.dumps, told)), content_type=NDJSON)

    receiver.answering = answer
    letters = [ready(tmp_path, name) for name in "ab"]
    assert outcomes(await Together(webhook).post(letters)) == [DONE] * 2
    assert [event_id for event_id, _ in receiver.alone] == ["a", "b"]
    assert receiver.blobs == {sha256(CONTENT).hexdigest(): CONTENT}


async def test_answers_that_are_not_for_these_letters_count_for_nothing(
    tmp_path: Path, receiver: Receiver, webhook: ReceiverClient
) -> None:
    async def answer(_request: web.Request, ids: list[str]) -> web.Response:
        return lines(*((each, 201) for each in reversed(ids)))

    receiver.answering = answer
    await Together(webhook).post([ready(tmp_path, name) for name in "ab"])
    assert [event_id for event_id, _ in receiver.alone] == ["a", "b"]


async def test_nothing_waits_for_a_request_to_fill_up(
    tmp_path: Path, receiver: Receiver, webhook: ReceiverClient
) -> None:
    """Letters that come while requests are under way go together; without these none waits."""
    held = asyncio.Event()

    async def answer(request: web.Request, ids: list[str]) -> web.Response:
        await held.wait()
        return await all_taken(request, ids)

    outbox = Outbox(webhook, 8)
    for name in "abc":
        letter = ready(tmp_path, name)
        assert (await outbox.send(letter.id, letter.parsed)).outcome is DONE
    assert receiver.requests == [["a"], ["b"], ["c"]]
    receiver.answering = answer
    letters = [ready(tmp_path, f"{number}") for number in range(9)]
    sent = [asyncio.create_task(outbox.send(each.id, each.parsed)) for each in letters[:6]]
    await eventually(lambda: len(receiver.requests) == 5)
    sent += [asyncio.create_task(outbox.send(each.id, each.parsed)) for each in letters[6:]]
    await asyncio.sleep(0)
    held.set()
    assert {attempt.outcome for attempt in await asyncio.gather(*sent)} == {DONE}
    assert receiver.requests[3:] == [["0", "1", "2", "3"], ["4", "5"], ["6", "7", "8"]]


async def test_where_more_waits_than_fits_in_conversations_go_whole(
    tmp_path: Path, receiver: Receiver, webhook: ReceiverClient
) -> None:
    held = asyncio.Event()

    async def answer(request: web.Request, ids: list[str]) -> web.Response:
        await held.wait()
        return await all_taken(request, ids)

    outbox = Outbox(webhook, 2)
    for name in "xyz":  # a request may have four to six letters after these
        letter = ready(tmp_path, name)
        await outbox.send(letter.id, letter.parsed)
    receiver.answering = answer
    names = ["p", "q", "a1", "b1", "c1", "-", "a2", "--", "b2", "d1"]
    letters = [ready(tmp_path, each, each.strip("-")[:1]) for each in names]
    first = [asyncio.create_task(outbox.send(each.id, each.parsed)) for each in letters[:1]]
    await eventually(lambda: len(receiver.requests) == 4)
    first += [asyncio.create_task(outbox.send(each.id, each.parsed)) for each in letters[1:2]]
    await eventually(lambda: len(receiver.requests) == 5)
    rest = [asyncio.create_task(outbox.send(each.id, each.parsed)) for each in letters[2:]]
    await asyncio.sleep(0)
    held.set()
    assert {attempt.outcome for attempt in await asyncio.gather(*first, *rest)} == {DONE}
    assert receiver.requests[5][:4] == ["a1", "a2", "b1", "b2"]
    assert "--" not in receiver.requests[5]  # two letters without an id are no conversation


async def test_a_letter_is_not_the_last_behind_many_that_the_receiver_hangs_over(
    tmp_path: Path,
    receiver: Receiver,
    webhook: ReceiverClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbox_module, "SLOW_SECONDS", 0.05)

    async def hangs(_request: web.Request, ids: list[str]) -> web.Response:
        if any(each.startswith("bad") for each in ids):
            await asyncio.sleep(3600)
        return lines(*((each, 201) for each in ids))

    receiver.answering = hangs
    outbox = Outbox(webhook, 4)
    letters = [ready(tmp_path, f"bad{number}") for number in range(100)]
    bad = [asyncio.create_task(outbox.send(each.id, each.parsed)) for each in letters]
    await eventually(lambda: len(receiver.requests) > 4)  # of which four are slow
    good = ready(tmp_path, "good")
    while (await outbox.send(good.id, good.parsed)).outcome is not DONE:
        continue
    assert sum(each.done() for each in bad) < len(bad) / 2
    for each in bad:
        each.cancel()
    await asyncio.gather(*bad, return_exceptions=True)


async def test_a_letter_whose_sender_was_stopped_holds_up_no_other(
    tmp_path: Path, receiver: Receiver, webhook: ReceiverClient
) -> None:
    outbox = Outbox(webhook, 1)
    letters = [ready(tmp_path, name) for name in "abc"]
    sent = [asyncio.create_task(outbox.send(each.id, each.parsed)) for each in letters]
    await asyncio.sleep(0)
    sent[0].cancel()
    assert (await asyncio.gather(*sent[1:]))[0].outcome is DONE


def with_file(letter: Ready, *contents: bytes) -> Parsed:
    """Return the letter with files of these bytes, which came with the parsing process's answer."""
    files = [BlobFile(sha256(each).hexdigest(), len(each), content=each) for each in contents]
    return Parsed(letter.parsed.event, (*letter.parsed.blobs, *files))


FILE = b"a small file"
NAMED = {sha256(FILE).hexdigest(): FILE}


async def test_small_files_lie_in_the_lines_of_a_receiver_that_takes_them(
    tmp_path: Path, receiver: Receiver, webhook: ReceiverClient
) -> None:
    outbox, parsed = Outbox(webhook, 1), with_file(ready(tmp_path, "a"), FILE)
    receiver.told = {FILES: IN_LINES}
    assert (await outbox.send("1-a", parsed)).outcome is DONE
    assert (receiver.blobs, receiver.in_lines) == (NAMED, {})  # it had not told yet
    receiver.blobs.clear()
    assert (await outbox.send("2-a", parsed)).outcome is DONE
    assert (receiver.blobs, receiver.in_lines) == ({}, NAMED)


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize(("puts", "outcome"), [(201, DONE), (503, RETRY)])
async def test_files_in_lines_that_an_older_receiver_passes_over_are_uploaded(
    tmp_path: Path,
    receiver: Receiver,
    webhook: ReceiverClient,
    alone: bool,
    puts: int,
    outcome: Outcome,
) -> None:
    webhook.takes_files = True
    letter = made_ready(webhook, "a", with_file(ready(tmp_path, "a"), FILE))
    assert letter.to_upload == ()
    receiver.answering = always(415) if alone else all_taken
    receiver.puts = puts
    assert outcomes(await Together(webhook).post([letter])) == [outcome]
    assert receiver.blobs.items() >= NAMED.items()
    assert not webhook.takes_files


async def test_what_would_make_a_line_too_long_is_uploaded(
    tmp_path: Path, webhook: ReceiverClient
) -> None:
    webhook.takes_files = True
    letter = ready(tmp_path, "a")
    large = made_ready(webhook, "a", with_file(letter, b"x" * EVENT_BYTES))
    assert [each.size for each in large.to_upload] == [EVENT_BYTES]
    small = made_ready(webhook, "a", with_file(letter, b"", FILE, b"x" * 100_001))
    assert len(small.event) <= small.size
