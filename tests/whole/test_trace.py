"""``python -m bridge trace``: from what SMTP said to the dialog, wherever the letter is by now."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from smtplib import SMTP
from typing import Any

import pytest

from bridge.command_line import command_line
from bridge.settings import BridgeSettings
from tests import servers, webhook_client
from tests.letters import letter
from tests.servers import ROOT
from tests.webhook_client import Client
from tests.whole.conftest import Whole


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """An English terminal."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def sent(whole: Whole, content: bytes, sender: str = "ivan@example.ru") -> str:
    """Send a letter and return the id in the answer."""
    with SMTP("127.0.0.1", int(whole.smtp_port), timeout=30) as client:
        client.ehlo()
        client.mail(sender)
        client.rcpt("support@yandex.ru")
        status, answer = client.data(content)
    assert status == 250
    return answer.decode().split()[-1]


def trace(whole: Whole, *words: str, **settings: Any) -> tuple[int, str]:
    """Run the command in this process, with the bridge's settings."""
    env = whole.bridge.env
    known = {
        "data_dir": Path(env["DATA_DIR"]),
        "webhook_url": env["WEBHOOK_URL"],
        "webhook_secrets": env["WEBHOOK_SECRETS"],
    }
    arguments = command_line().parse_args(["trace", *words])
    output = StringIO()
    with redirect_stdout(output), redirect_stderr(output):
        status = arguments.run(BridgeSettings(**(known | settings)), arguments)
    return status, output.getvalue()


def told(whole: Whole, words: str) -> list[dict[str, Any]]:
    status, said = trace(whole, words, "--json")
    assert status == 0, said
    return list(json.loads(said))


def called(whole: Whole, work: Callable[[Client], Awaitable[None]]) -> None:
    """Let a signed client of the receiver do something."""

    async def connected() -> None:
        async with webhook_client.connected(whole.receiver.env["RECEIVER_PORT"]) as client:
            await work(client)

    asyncio.run(connected())


def test_the_id_of_250_and_a_message_id_lead_to_the_dialog(whole: Whole) -> None:
    opened = sent(whole, letter("open.17@a.ru", subject="Счёт 17"))
    whole.wait_until_delivered()
    answer = sent(whole, letter("answer.17@a.ru", in_reply_to="open.17@a.ru"))
    whole.wait_until_delivered()
    [dialog] = whole.dialogs()
    for words in (opened, opened[:-3], "open.17@a.ru", "<open.17@a.ru>"):
        status, said = trace(whole, words)
        assert status == 0
        assert f"{opened}  for support@yandex.ru\nMessage-ID <open.17@a.ru>" in said
        assert f"delivered: it opened dialog {dialog['_id']}" in said
        assert f"now  in dialog {dialog['_id']} “Счёт 17”, letters: 2" in said
        assert f"python -m receiver why {dialog['_id']}" in said
    assert f"it joined dialog {dialog['_id']}" in trace(whole, answer)[1]
    sent(whole, letter("open.17@a.ru", subject="Счёт 17"))
    whole.wait_until_delivered()
    outcomes = [each["outcome"] for each in told(whole, opened)]
    assert outcomes == ["created", "duplicate"]  # every copy of the letter is told of


def test_the_same_bytes_of_several_senders_are_told_apart(whole: Whole) -> None:
    """The bytes name neither sender nor date; letters of one second used to count as one."""
    senders = [f"v{number}@b.ru" for number in range(3)]
    ids = [sent(whole, b"Subject: Meter\r\n\r\n42\r\n", each) for each in senders]
    whole.wait_until_delivered()
    of = {str(dialog["_id"]): dialog["email_from"] for dialog in whole.dialogs()}
    found = [each["now"]["dialog"] for one in ids for each in told(whole, one)]
    assert [of[dialog] for dialog in found] == senders


def test_a_letter_that_was_moved_is_found_where_it_is(whole: Whole) -> None:
    first = sent(whole, letter("moved.1@a.ru", subject="Один"))
    second = sent(whole, letter("moved.2@a.ru", in_reply_to="moved.1@a.ru", subject="Два"))
    whole.wait_until_delivered()
    [dialog] = whole.dialogs()
    [key] = [each["letter"] for each in told(whole, second)]

    async def split(client: Client) -> None:
        asked = {"messages": [key], "who": "test"}
        status, said = await client.call("POST", f"/dialogs/{dialog['_id']}/split", asked)
        assert status == 200, said

    called(whole, split)
    [was], [moved] = told(whole, first), told(whole, second)
    assert was["now"]["dialog"] == str(dialog["_id"])
    assert moved["dialog"] == str(dialog["_id"])
    assert moved["now"]["dialog"] != str(dialog["_id"])

    async def merge(client: Client) -> None:
        asked = {"with": was["now"]["dialog"], "who": "test"}
        status, said = await client.call("POST", f"/dialogs/{moved['now']['dialog']}/merge", asked)
        assert status == 200, said

    called(whole, merge)
    assert told(whole, first)[0]["now"]["dialog"] == told(whole, second)[0]["now"]["dialog"]


def test_a_letter_that_waits_failed_or_was_dropped_says_so(whole: Whole) -> None:
    whole.receiver.stop()
    waiting = sent(whole, letter("waits.1@a.ru"))
    servers.wait_until(
        lambda: (
            "never been" in trace(whole, waiting)[1] or "nobody listens" in trace(whole, waiting)[1]
        )
    )
    status, said = trace(whole, "waits.1@a.ru")
    assert status == 0
    assert f"{waiting}  for support@yandex.ru\nMessage-ID <waits.1@a.ru>" in said
    assert "/spool; next attempt 20" in said
    whole.bridge.kill()
    [path] = whole.spool("new")
    failed = path.parent.parent / "failed"
    path.rename(failed / path.name)
    (failed / f"{waiting}.json").write_text('{"reason": "422 the event has wrong fields"}')
    assert "refused for good, kept in" in trace(whole, waiting)[1]
    assert "422 the event has wrong fields" in trace(whole, "waits.1@a.ru")[1]
    settings = BridgeSettings(data_dir=Path(whole.bridge.env["DATA_DIR"]))
    arguments = command_line().parse_args(["spool", "drop", waiting])
    assert arguments.run(settings, arguments) == 0
    assert "deleted by a person from failed/" in trace(whole, waiting)[1]


def test_a_receiver_that_does_not_answer_costs_only_where_it_is_now(whole: Whole) -> None:
    opened = sent(whole, letter("gone.1@a.ru"))
    whole.wait_until_delivered()
    [dialog] = whole.dialogs()
    url = f"http://127.0.0.1:{servers.free_port()}/webhook/email"
    status, said = trace(whole, opened, webhook_url=url)
    assert status == 0
    assert f"delivered: it opened dialog {dialog['_id']}" in said
    assert "where it is now the receiver does not say: WEBHOOK_URL" in said


UNKNOWN = {
    "3000000000000000-0000000000000000": (1, "nothing is known of 3000000000000000"),
    "nobody@nowhere.ru": (1, "python -m receiver find nobody@nowhere.ru"),
    "\x1b[31m": (1, "nothing is known of  [31m"),
    "": (1, "give the id in SMTP's 250, or a Message-ID"),
    "<>": (1, "give the id in SMTP's 250, or a Message-ID"),
    "1000000000000000-00000000": (1, "for 30 days at most"),
}


@pytest.mark.parametrize(("words", "outcome"), UNKNOWN.items())
def test_what_is_not_known_is_said(whole: Whole, words: str, outcome: tuple[int, str]) -> None:
    sent(whole, letter("known.1@a.ru"))
    whole.wait_until_delivered()
    status, said = trace(whole, words)
    assert status == outcome[0]
    assert outcome[1] in said
    assert trace(whole, words, "--json") == (1, "[]\n")


def test_a_directory_without_anything_is_said(whole: Whole, tmp_path: Path) -> None:
    status, said = trace(whole, "17", data_dir=tmp_path / "nothing")
    assert (status, "look at DATA_DIR" in said) == (1, True)


def test_on_a_russian_terminal_it_speaks_russian(whole: Whole) -> None:
    opened = sent(whole, letter("russian.1@a.ru", subject="Привет"))
    whole.wait_until_delivered()
    env = {**whole.bridge.env, "LC_ALL": "ru_RU.UTF-8"}
    command = [sys.executable, "-m", "bridge", "trace", opened]
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, timeout=60, check=True, encoding="utf-8"
    )
    [dialog] = whole.dialogs()
    assert f"доставлено: с него начался диалог {dialog['_id']}" in done.stdout
    assert f"сейчас  в диалоге {dialog['_id']} «Привет», писем: 1" in done.stdout
    assert done.stderr == ""
