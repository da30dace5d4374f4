"""Whether the receiver can be delivered to, by sequences of its answers."""

import asyncio
import json
import logging
import resource
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import web

from bridge import service
from bridge.courier.parsing.questions import BlobFile
from bridge.courier.receiver_client import connected
from bridge.reach import LOOKED, UNSIGNED, Reach, complaint_in
from bridge.settings import BridgeSettings
from bridge.spool.spool import Spool
from contract.keyring import Keyring, SecretsMissing
from contract.signature import Key, parse_keys
from tests import servers

NO_DATABASE = (503, "MongoDB is not reached")
LOOK = (LOOKED, "Method Not Allowed")
GONE = (0, "nobody listens there")
GARBAGE = (UNSIGNED, "WEBHOOK_SECRETS_FILE: it is no text")


@pytest.fixture(autouse=True)
def runs(tmp_path: Path) -> Iterator[None]:
    """Run a courier on the directory."""
    with Spool(tmp_path / "spool").prepare().locked():
        yield


@pytest.fixture
async def page() -> AsyncIterator[str]:
    """The URL of a web page."""

    async def welcome(_request: web.Request) -> web.Response:
        return web.Response(text="welcome")

    app = web.Application()
    app.router.add_get("/page", welcome)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    port = servers.free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}/page"
    await runner.cleanup()


@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        ([], ""),
        ([GONE], "never reached yet: nobody listens there"),
        ([GONE, LOOK], ""),
        ([LOOK, GARBAGE], "nothing is delivered any more: WEBHOOK_SECRETS_FILE"),
        ([LOOK, GARBAGE, GONE], "nothing is delivered any more: WEBHOOK_SECRETS_FILE"),
        ([LOOK, GARBAGE, LOOK], ""),
        ([LOOK, GONE], ""),
        ([LOOK, NO_DATABASE, LOOK], "it takes nothing yet: MongoDB is not reached"),
        ([LOOK, NO_DATABASE, (401, ""), LOOK], "it takes nothing yet: MongoDB is not reached"),
        ([LOOK, NO_DATABASE], "it takes nothing yet: MongoDB is not reached"),
        ([LOOK, NO_DATABASE, GONE], "it takes nothing yet: MongoDB is not reached"),
        ([LOOK, NO_DATABASE, (201, "")], ""),
        ([(201, ""), NO_DATABASE], ""),
        ([(201, ""), GONE], ""),
        ([(401, "")], "the secrets do not fit"),
        ([(201, ""), (401, "")], "the secrets do not fit"),
        ([(401, ""), (201, "")], ""),
        ([GARBAGE], "never reached yet: WEBHOOK_SECRETS_FILE"),
        ([(201, ""), GARBAGE, GONE], "nothing is delivered any more: WEBHOOK_SECRETS_FILE"),
        ([(201, ""), GARBAGE, (201, "")], ""),
        ([LOOK, (405, "")], "there is no webhook: look at the path in WEBHOOK_URL"),
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


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "reached.json is not written: is the disk full?"),
        ("", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"complaint": "", "url": "http://receiver/"}', ""),
        ('{"complaint": ""}', "cannot be read"),
    ],
)
def test_where_no_courier_has_said_anything_it_is_not_well(
    tmp_path: Path, content: str | None, complaint: str
) -> None:
    path = tmp_path / "reached.json"
    if content is not None:
        path.write_text(content)
    assert complaint in complaint_in(path)
    assert bool(complaint_in(path)) == bool(complaint)


def test_what_an_earlier_run_has_said_is_nothing(tmp_path: Path) -> None:
    """Neither its success nor its failure counts: the receiver may have been changed since."""
    there = tmp_path / "there"
    with (spool := Spool(there / "spool").prepare()).locked():
        reach = Reach(there / "reached.json", "http://receiver/emial")
        reach.saw(404, "")
    gone = f"nothing is delivered: no bridge is running, by DATA_DIR ({there})"
    assert complaint_in(there / "reached.json") == gone
    with spool.locked():
        Reach(there / "reached.json", "http://receiver/email")
        assert complaint_in(there / "reached.json") == ""
        reach.saw(401, "")
        reach.saw(201, "")
    assert complaint_in(there / "reached.json") == gone


def test_what_an_earlier_run_has_said_is_not_believed_on_a_full_disk(tmp_path: Path) -> None:
    """Nor this run's earlier notes: without a writable disk there is no note at all."""
    path = tmp_path / "reached.json"
    Reach(path, "http://receiver/webhook/email").saw(201, "")
    unwritten = f"nobody knows what is delivered: {path} is not written: is the disk full?"
    with a_full_disk():
        reach = Reach(path, "http://receiver/webhook/email")
        assert complaint_in(path) == unwritten
        reach.saw(401, "")
        assert complaint_in(path) == unwritten
        assert not list(tmp_path.glob("*.tmp"))
    reach.saw(401, "")
    assert "the secrets do not fit" in complaint_in(path)


@contextmanager
def a_full_disk() -> Iterator[None]:
    """Make every write of this process to a file fail, by EFBIG of setrlimit(2)."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_nothing_has_begun_where_nobody_runs(tmp_path: Path) -> None:
    begun = "nothing is delivered: no bridge has begun to, by DATA_DIR"
    assert complaint_in(tmp_path / "elsewhere" / "reached.json").startswith(begun)


def test_what_goes_to_another_address_does_not_go_to_this_one(tmp_path: Path) -> None:
    path = tmp_path / "reached.json"
    Reach(path, "http://receiver/webhook/email").saw(201, "")
    assert complaint_in(path, "http://receiver/webhook/email") == ""
    assert complaint_in(path, "http://other/webhook/email").endswith(
        "the bridge that is running delivers to http://receiver/webhook/email"
    )


async def test_a_look_that_is_answered_well_is_at_a_page(tmp_path: Path, page: str) -> None:
    """A proxy without its receiver may answer 200, too, but the webhook never does."""
    reach = Reach(tmp_path / "reached.json", "http://receiver")
    async with connected(page, lambda: parse_keys(servers.SECRET), 5.0, reach.saw) as webhook:
        assert (await webhook.look()).status == 404
    assert (reach.answered, reach.delivered) == (False, False)
    assert "there is no webhook" in reach.complaint
    reach.saw(502, "Bad Gateway")
    assert "it takes nothing yet" in reach.complaint


async def test_secrets_that_turn_to_garbage_are_complained_of(tmp_path: Path, page: str) -> None:
    """This holds for letters with attachments, too, whose files are sent before them."""

    def garbage() -> list[Key]:
        raise SecretsMissing("secret: it is no text")

    for one in ("post", "several", "blobs"):
        reach = Reach(tmp_path / "reached.json", "http://receiver")
        reach.saw(201, "")
        async with connected(page, garbage, 5.0, reach.saw) as webhook:
            if one == "post":
                await webhook.post("1-a", b"{}")
            elif one == "several":
                await webhook.post_several([("1-a", b"{}")])
            else:
                await webhook.upload("1-a", [BlobFile("0" * 64, 1, content=b"x")])
        assert "it is no text" in complaint_in(tmp_path / "reached.json"), one


@pytest.fixture
async def webhook() -> AsyncIterator[tuple[list[int], str]]:
    """What a webhook answers to looks, which may be changed, and its URL."""
    status = [204]

    async def looked_at(_request: web.Request) -> web.Response:
        return web.Response(status=status[0])

    app = web.Application()
    app.router.add_get("/webhook/email", looked_at)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    port = servers.free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield status, f"http://127.0.0.1:{port}/webhook/email"
    await runner.cleanup()


async def test_without_a_letter_it_is_seen_all_the_same(
    tmp_path: Path, webhook: tuple[list[int], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What breaks while no letters come is noticed, and so is its repair."""
    monkeypatch.setattr(service, "FIRST_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(service, "LAST_LOOK_SECONDS", 0.01)
    status, url = webhook
    secret = tmp_path / "secret"
    secret.write_text(servers.SECRET)
    keyring = Keyring(BridgeSettings(webhook_secrets_file=secret, data_dir=tmp_path))
    reach = Reach(tmp_path / "reached.json", url)

    seen = asyncio.Event()

    def saw(answered: int, reason: str) -> None:
        reach.saw(answered, reason)
        seen.set()

    async def comes_to(complaint: str) -> None:
        while complaint not in reach.complaint or bool(complaint) != bool(reach.complaint):
            seen.clear()
            await seen.wait()

    async with connected(url, keyring.current, 5.0, saw) as client:
        looking = asyncio.create_task(service.look_for_ever(client, reach))
        try:
            async with asyncio.timeout(30):
                status[0] = 502
                await comes_to("never reached yet: WEBHOOK_URL")
                for wrong, complaint in ((401, "the secrets do not fit"), (404, "no webhook")):
                    status[0] = 204
                    await comes_to("")
                    status[0] = wrong
                    await comes_to(complaint)
                status[0] = 204
                await comes_to("")
                secret.write_text("garbage")
                await comes_to("nothing is delivered any more: WEBHOOK_SECRETS_FILE")
                secret.write_text(servers.SECRET + "\n")
                await comes_to("")
        finally:
            looking.cancel()


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
    assert [*directory.iterdir()] == [directory / "reached.json"]
    assert json.loads((directory / "reached.json").read_text())["complaint"] == ""
