"""The examples of docs/api.md and its Russian twin, run as they stand there."""

import asyncio
import hashlib
import re
import shutil
import sqlite3
import sys
import time
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from contract.signature import parse_keys, sign
from receiver.store.mongo import Database
from tests.receiver.api_client import Caller, calling, make_token
from tests.servers import ROOT, SECRET, Service, environment, free_port, listens, wait_until
from tests.webhook_client import Client, event

PAGES = ["api.md", "api.ru.md"]
SUPPORT = "support@yandex.ru"


def example(page: str, language: str, word: str) -> str:
    """Return the block of a page that is in this language and has this word."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    blocks = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    [found] = [each for each in blocks if word in each]
    return str(found)


@pytest.fixture
async def token(receiver: Service, database: Database) -> str:
    await database.gone.delete_many({})
    return await make_token(database, "read correct post", SUPPORT)


@pytest.fixture
async def caller(receiver: Service, token: str) -> AsyncIterator[Caller]:
    async with calling(receiver.env["RECEIVER_PORT"], token) as found:
        yield found


async def started(caller: Caller, directory: Path, *line: str) -> Process:
    env = environment(URL=caller.base, TOKEN=caller.token or "")
    return await create_subprocess_exec(*line, cwd=directory, env=env, stdout=PIPE, stderr=PIPE)


async def run(caller: Caller, directory: Path, *line: str) -> str:
    """Run to the end, and return what it printed."""
    out, wrong = await (process := await started(caller, directory, *line)).communicate()
    assert process.returncode == 0, wrong.decode()
    return out.decode()


def saved_in(directory: Path) -> dict[str, bytes]:
    """Return files by their names, without the digest in front."""
    return {each.name.split(" ", 1)[1]: each.read_bytes() for each in directory.iterdir()}


async def posted(client: Client, number: int, **fields: Any) -> str:
    ordinary = {"message_id": f"{number}@a.ru", "text": str(number), "sender": f"u{number}@a.ru"}
    ordinary |= {"date": f"2026-11-23T10:{number:02}:00Z", "received_at": "2026-11-23T12:00:00Z"}
    _, answer = await client.post(event(**(ordinary | fields)), event_id=f"event-{number}")
    return str(answer["dialog"])


@pytest.mark.parametrize("page", PAGES)
class TestExamples:
    """One for each language, on both pages."""

    async def test_the_examples_run_in_the_shell(
        self, page: str, client: Client, caller: Caller, tmp_path: Path
    ) -> None:
        for program in ("curl", "jq", "bash"):
            if not shutil.which(program):
                pytest.skip(f"{program} is not installed")
        files = {"счёт.txt": b"a bill", "../чего.txt": b"what is wanted"}
        listed = []
        for name, content in files.items():
            await client.put(content)
            file = {"filename": name, "content_type": "text/plain", "size": len(content)}
            listed.append(file | {"sha256": hashlib.sha256(content).hexdigest()})
        await posted(client, 2, subject="Второй")
        await posted(client, 1, subject="Первый", attachments=listed)
        script = example(page, "sh", "waiting_since")
        out = await run(caller, tmp_path, "bash", "-euo", "pipefail", "-c", script)
        assert [line.split()[1:] for line in out.splitlines()] == [
            ["u1@a.ru", "Первый"],
            ["u2@a.ru", "Второй"],
        ]
        assert saved_in(tmp_path) == {"счёт.txt": b"a bill", ".._чего.txt": b"what is wanted"}

    async def test_the_letter_is_posted_in_the_shell(
        self, page: str, caller: Caller, database: Database, tmp_path: Path
    ) -> None:
        if not shutil.which("curl"):
            pytest.skip("curl is not installed")
        script = example(page, "sh", "/webhook/email").replace("http://127.0.0.1:8080", caller.base)
        assert '"outcome":"created"' in await run(caller, tmp_path, "bash", "-ec", script)
        assert await database.letters.count_documents({"message.message_id": "form-17@example.ru"})

    async def test_the_examples_run_in_python(
        self, page: str, client: Client, caller: Caller, tmp_path: Path
    ) -> None:
        program = tmp_path / "follow.py"
        program.write_text(example(page, "python", "sqlite3"), encoding="utf-8")
        one, two = await posted(client, 1), await posted(client, 2)

        async def table() -> dict[str, str]:
            await run(caller, tmp_path, sys.executable, str(program))
            db = sqlite3.connect(tmp_path / "dialogs.sqlite")
            try:
                return dict(db.execute("SELECT id, waiting FROM dialogs"))
            finally:
                db.close()

        assert await table() == {one: "us", two: "us"}
        await posted(
            client,
            3,
            sender=SUPPORT,
            direction="out",
            to=[{"address": "u1@a.ru"}],
            in_reply_to=["1@a.ru"],
        )
        four = await posted(client, 4)
        assert await table() == {one: "them", two: "us", four: "us"}
        await caller.call("POST", f"/v1/dialogs/{one}/merge", {"with": two})
        assert (await table()).keys() == {one, four}

    async def test_the_examples_run_in_javascript(
        self, page: str, client: Client, caller: Caller, tmp_path: Path
    ) -> None:
        if not (node := shutil.which("node")):
            pytest.skip("Node is not installed")
        program = tmp_path / "listen.mjs"
        program.write_text(example(page, "js", "fetch"), encoding="utf-8")
        process = await started(caller, tmp_path, node, str(program))
        assert process.stdout
        try:
            async with asyncio.timeout(30):
                await asyncio.sleep(0.5)
                dialog = await posted(client, 1, subject="Первый")
                line = (await process.stdout.readline()).decode()
        finally:
            process.kill()
            await process.communicate()
        assert line.split() == [dialog, "us", "Первый"]

    @pytest.mark.parametrize("language", ["python", "js"])
    async def test_the_examples_answer_a_hook(
        self, page: str, language: str, client: Client, database: Database, receiver: Service,
        tmp_path: Path,
    ) -> None:  # fmt: skip
        runs = {"python": sys.executable, "js": shutil.which("node")}
        if not (program := runs[language]):
            pytest.skip("Node is not installed")
        path = tmp_path / {"python": "hook.py", "js": "hook.mjs"}[language]
        path.write_text(example(page, language, "webhook-signature"), encoding="utf-8")
        port = free_port()
        url = f"http://127.0.0.1:{port}/"
        token = await make_token(database, "admin", SUPPORT)
        async with calling(receiver.env["RECEIVER_PORT"], token) as caller:
            made = (await caller.call("POST", "/v1/hooks", {"url": url})).json
            env = environment(SECRET=made["secret"], PORT=str(port))
            process = await create_subprocess_exec(program, str(path), env=env, stdout=PIPE)
            assert process.stdout
            try:
                await asyncio.to_thread(wait_until, lambda: listens(port))
                tested = await caller.call("POST", f"/v1/hooks/{made['id']}/test")
                assert tested.json["status"] == 204
                stranger = sign(parse_keys(SECRET), "evt_1", int(time.time()), b"{}")
                async with caller.session.post(url, data=b"{}", headers=stranger) as got:
                    assert got.status == 401
                dialog = await posted(client, 1)
                async with asyncio.timeout(60):
                    lines = [(await process.stdout.readline()).decode().split() for _ in range(3)]
            finally:
                process.kill()
                await process.communicate()
        assert lines[0] == ["hook.test"]
        assert sorted(lines[1:]) == [["dialog.opened", dialog], ["letter.stored", dialog]]
