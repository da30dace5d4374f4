"""Schemathesis on ``/v1`` of a running receiver: nothing undocumented, no 500, whatever is asked.

It brings twenty packages and a pytest plugin of its own, so it lives apart; ``make fuzz`` installs
it. What it asks is made of ``/openapi.json``, with ids of what is there; corrections are asked with
examples, too, some of which must be done and some refused with 409. The stream, which does not end,
is left to its own tests. What each operation answered is printed.
"""

import asyncio
import hashlib
import json
import re
import subprocess
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from receiver.database import opened
from receiver.hooks.event import KINDS
from receiver.hooks.manage.managing import HookManaging
from receiver.settings import ReceiverSettings
from tests import servers, webhook_client
from tests.receiver.api_client import make_token

PROGRAM = servers.ROOT / ".venv/schemathesis/bin/st"
DATABASE = "fuzzed"
NOBODY = "http://127.0.0.1:1/hook"  # which the receiver, by its settings, does not call
FEW = ("--max-examples", "3", "--phases", "examples,fuzzing", "--no-shrink")
MAILBOX, OTHER = "support@yandex.ru", "sales@yandex.ru"
CORRECTED = {name: {"2xx", "409"} for name in ("split", "merge", "move", "undo")}
UNDONE = 9  # times, which is more than there is to undo
BESIDE, LEAST = (
    5,
    5,
)  # seconds that Schemathesis takes beside asking, and for which it asks at least
# What refuses something that breaks the description: also a long address or header.
REFUSED = (400, 401, 403, 404, 405, 406, 409, 412, 414, 415, 416, 422, 429, 431)
REFUSING = f"""[checks.negative_data_rejection]
expected-statuses = {list(map(str, REFUSED))}
"""
A_MINUTE = 540  # below what a token may ask, or most answers would be 429


def fuzz_api(seed: int, *bounds: str, until: float | None = None) -> bool:
    """Ask within bounds; False if an answer breaks what is documented.

    ``bounds`` are options of Schemathesis, such as ``FEW`` of each operation, which is False, too,
    if there was one that it did not come to; ``until`` is a time of ``time.monotonic()``.
    """
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        with servers.mongo(directory) as uri:
            service = servers.receiver(directory, uri, DATABASE)
            with servers.running(service):
                port = service.env["RECEIVER_PORT"]
                token, there, bodies = asyncio.run(_filled(uri, port))
                _describe(port, bodies, directory / "openapi.json")
                words = "".join(f'{name} = "{value}"\n' for name, value in there.items())
                settings = f"[parameters]\n{words}\n{REFUSING}"
                (directory / "schemathesis.toml").write_text(settings)
                if until is not None:
                    bounds = (*bounds, *for_seconds(until - time.monotonic() - BESIDE))
                return _ask(port, token, seed, directory, bounds)


async def _filled(uri: str, port: str) -> tuple[str, dict[str, str], dict[str, list[Any]]]:
    """Post some letters; return a token, what parameters may name of them, and bodies by name."""
    settings = ReceiverSettings(mongo_uri=uri, mongo_database=DATABASE)
    async with webhook_client.connected(port) as client:
        content = b"a file"
        file = {"filename": "a.txt", "content_type": "text/plain", "size": len(content)}
        digest = hashlib.sha256(content).hexdigest()
        await client.put(content)
        with_files = webhook_client.event(
            message_id="0@a.ru",
            html="<p>x</p>",
            raw={"sha256": digest, "size": len(content)},
            attachments=[file | {"sha256": digest}],
        )
        thread = [with_files] + [
            webhook_client.event(message_id=f"{number}@a.ru", references=["0@a.ru"])
            for number in range(1, 6)
        ]
        said = [(await client.post(each, event_id=f"{at}"))[1] for at, each in enumerate(thread)]
        others = [
            webhook_client.event(sender=f"{at}@b.ru", subject=f"{at}", mailbox=mailbox)
            for at, mailbox in enumerate((MAILBOX, MAILBOX, MAILBOX, OTHER))
        ]
        more = [(await client.post(each, event_id=f"o{at}"))[1] for at, each in enumerate(others)]
    async with opened(settings) as database:
        token = await make_token(database, "read raw correct erase admin", MAILBOX, OTHER)
        managing = HookManaging(database, private=True)
        hook = await managing.make(NOBODY, "fuzzed", [MAILBOX], KINDS, full=False, who="fuzz")
    there = {"id": said[0]["dialog"], "key": said[0]["letter"], "sha256": digest}
    there |= {"hook": str(hook["_id"]), "mailbox": MAILBOX}
    return token, there, _bodies([each["letter"] for each in said], more)


def _bodies(keys: Sequence[str], others: Sequence[Mapping[str, str]]) -> dict[str, list[Any]]:
    """Return what corrections are asked for: what is done, and then what is refused."""
    joined, target, apart, foreign = others
    return {
        "split": [{"messages": [keys[1]]}, {"messages": [keys[2], apart["letter"]]}],
        "merge": [{"with": joined["dialog"]}, {"with": foreign["dialog"]}],
        "move": [
            {"message": keys[3], "to": target["dialog"]},
            {"message": apart["letter"], "to": target["dialog"]},
        ],
        "undo": [{"who": f"{number}"} for number in range(UNDONE)],
    }


def _describe(port: str, bodies: Mapping[str, Sequence[Any]], path: Path) -> None:
    """Write the receiver's description of itself, with examples of bodies."""
    with urlopen(f"http://127.0.0.1:{port}/openapi.json") as answer:
        document = json.load(answer)
    for methods in document["paths"].values():
        for described in methods.values():
            if examples := bodies.get(described.get("operationId")):
                named = {f"{at}": {"value": each} for at, each in enumerate(examples)}
                described["requestBody"]["content"]["application/json"]["examples"] = named
    path.write_text(json.dumps(document))


def for_seconds(seconds: float) -> tuple[str, ...]:
    """Return the bounds of a run that may take so long, below what one token may ask."""
    return ("--rate-limit", f"{A_MINUTE}/m", "--max-time", str(max(LEAST, int(seconds))))


def _ask(port: str, token: str, seed: int, directory: Path, bounds: Sequence[str]) -> bool:
    base = f"http://127.0.0.1:{port}"
    line = [str(PROGRAM), "run", "openapi.json", "--url", base]
    line += ["-H", f"Authorization: Bearer {token}", *bounds]
    line += ["--exclude-operation-id", "stream"]
    line += ["--exclude-operation-id", "remove_hook"]  # of the one that is there
    line += ["--exclude-path-regex", "^/(webhook|dialogs)/"]  # what is signed has its own fuzzing
    line += ["--seed", str(seed), "--generation-database", "none", "--no-color"]
    # Wrong tokens of one address are limited: whether 401 or 429 hangs on how fast they come.
    line += ["--exclude-checks", "positive_data_acceptance,ignored_auth"]
    line += ["--report", "har", "--report-har-path", "asked.har"]
    done = subprocess.run(line, cwd=directory, check=False, stdout=subprocess.PIPE, text=True)
    print(done.stdout)
    asked = json.loads((directory / "asked.har").read_text())["log"]["entries"]
    pairs = [
        (f"{each['request']['method']} {urlsplit(each['request']['url']).path}", each["response"])
        for each in asked
    ]
    document = json.loads((directory / "openapi.json").read_text())
    answers = answers_of(document, [(where, said["status"]) for where, said in pairs])
    for name, statuses in sorted(answers.items()):
        print(f"{name:18}", *(f"{status}: {n}" for status, n in sorted(statuses.items())))
    if not every_one_was_tested(done.stdout):  # of a short time not all are asked for
        return done.returncode == 0 and bounds != FEW
    return done.returncode == 0 and not missed(answers)


def answers_of(
    document: Mapping[str, Any], asked: Sequence[tuple[str, int]]
) -> dict[str, Counter[int]]:
    """Return how often each operation gave which status; ``asked`` are method and path."""
    shapes = [
        (re.compile(f"{method.upper()} {re.sub(r'{[^}]*}', '[^/]*', path)}"), one["operationId"])
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    ]
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for where, status in asked:
        for shape, name in shapes:
            if shape.fullmatch(where):
                found[name][status] += 1
    return found


def missed(answers: Mapping[str, Counter[int]]) -> list[str]:
    """Return what corrections had to be answered and were not, told in lines."""
    lines = []
    for name, wanted in CORRECTED.items():
        given = {"2xx" if status // 100 == 2 else f"{status}" for status in answers.get(name, ())}
        lines += [f"{name} was never {each}" for each in sorted(wanted - given)]
    for each in lines:
        print(each)
    return lines


def every_one_was_tested(summary: str) -> bool:
    """Tell whether Schemathesis asked for each operation that it was to ask for."""
    found = re.search(r"Selected: (\d+)/\d+\s+Tested: (\d+)\s", summary)
    return found is not None and found[1] == found[2] != "0"
