"""``python -m receiver doctor``: each thing that is wrong is found, with what to do about it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from receiver.doctor import rights
from receiver.hooks.event import KINDS
from receiver.hooks.manage.managing import HookManaging
from receiver.store.mongo import Database
from tests import servers
from tests.receiver.running import Run
from tests.receiver.written import MAILBOX, filed, written

NOBODY = "mongodb://127.0.0.1:1"


@pytest.fixture
def doctor(receiver: servers.Service, run: Run, tmp_path: Path) -> Any:
    """What runs the doctor beside the running receiver, and returns (status, {check: finding})."""
    ours = {"RECEIVER_PORT": receiver.env["RECEIVER_PORT"], "WEBHOOK_SECRETS": servers.SECRET}

    def ask(**settings: str) -> tuple[int, dict[str, Any]]:
        status, output, _ = run(
            "doctor", "--json", **(ours | {"DATA_DIR": str(tmp_path)} | settings)
        )
        found = json.loads(output)
        assert found["status"] == status
        return status, {each["check"]: each for each in found["checks"]}

    return ask


def states(found: dict[str, Any]) -> dict[str, str]:
    return {name: each["state"] for name, each in found.items() if each["state"] != "well"}


async def test_where_all_is_well_only_copies_are_missed(database: Database, doctor: Any) -> None:
    await database.meta.delete_many({"_id": "backup"})
    status, found = doctor()
    assert states(found) == {"topology": "look", "backup": "look"}
    assert status == 1
    await database.meta.insert_one({"_id": "backup", "name": "x", "when": datetime.now(UTC)})
    assert states(doctor()[1]) == {"topology": "look"}
    long_ago = datetime.now(UTC) - timedelta(hours=30)
    await database.meta.update_one({"_id": "backup"}, {"$set": {"when": long_ago}})
    assert "30 h" in doctor()[1]["backup"]["says"]
    to_come = datetime.now(UTC) + timedelta(days=2000)
    await database.meta.update_one({"_id": "backup"}, {"$set": {"when": to_come}})
    assert "48000 h ahead of the clock" in doctor()[1]["backup"]["says"]


async def test_a_hook_that_was_disabled_is_worth_a_look(database: Database, doctor: Any) -> None:
    managing = HookManaging(database, private=True)
    made = await managing.make("http://127.0.0.1:1/", "crm", [MAILBOX], KINDS, full=False, who="x")
    assert doctor()[1]["hooks"]["says"] == "1 are on"
    await database.hooks.update_one(
        {"_id": made["_id"]}, {"$set": {"state": "failed", "why": "410"}}
    )
    found = doctor()[1]["hooks"]
    assert (found["state"], "crm: 410" in found["says"]) == ("look", True)


@pytest.mark.parametrize(
    ("settings", "check", "state", "says"),
    [
        ({"MONGO_POOL": "many"}, "settings", "broken", "MONGO_POOL"),
        ({"RECEIVER_HSOT": "x"}, "settings", "look", "RECEIVER_HOST"),
        ({"WEBHOOK_SECRETS": ""}, "secret", "look", "webhook.secret"),
        ({"RECEIVER_PORT": "1"}, "receiver", "broken", "does not answer"),
        ({"MONGO_URI": NOBODY, "MONGO_TIMEOUT": "1"}, "mongodb", "broken", "nobody listens"),
        ({"MONGO_DATABASE": "nobody_has_made_it"}, "indexes", "look", "missing"),
        ({"JOIN_POLICY": "anyone"}, "rule", "broken", "JOIN_POLICY=participants"),
        (
            {"ENV_FILE": "/dev/null/.env"},
            "settings",
            "broken",
            "ENV_FILE: /dev/null/.env: there is",
        ),
    ],
)
async def test_what_is_wrong_is_found(
    database: Database, doctor: Any, settings: dict[str, str], check: str, state: str, says: str
) -> None:
    status, found = doctor(**settings)
    assert (found[check]["state"], says in found[check]["says"]) == (state, True), found[check]
    assert bool(found[check]["do"]) == (state != "well")
    assert status == (2 if state == "broken" else 1)


async def test_letters_that_nobody_reads_back_are_told(
    database: Database, database_name: str, doctor: Any
) -> None:
    other = database.client[database_name]
    await filed(other, [written("1")])
    for hours, state in ((2, "look"), (0, "well")):
        until = {"until": datetime.now(UTC) - timedelta(hours=hours)}
        await other.meta.update_one({"_id": f"read back {MAILBOX}"}, {"$set": until}, upsert=True)
        assert doctor(MONGO_DATABASE=database_name)[1]["read-back"]["state"] == state


def test_a_secret_that_others_may_read(doctor: Any, tmp_path: Path) -> None:
    secret = tmp_path / "webhook.secret"
    secret.write_text(servers.SECRET)
    secret.chmod(0o644)
    assert doctor(WEBHOOK_SECRETS="")[1]["secret"]["do"] == f"chmod 600 {secret}"
    secret.chmod(0o600)
    assert doctor(WEBHOOK_SECRETS="")[1]["secret"]["state"] == "well"
    secret.write_text("nonsense")
    assert doctor(WEBHOOK_SECRETS="")[1]["secret"]["state"] == "broken"


@pytest.mark.parametrize(
    ("locale", "says"),
    [
        ({"LC_ALL": "ru_RU.UTF-8"}, "ПЛОХО"),
        ({"LC_ALL": "", "LANG": "ru_RU.UTF-8"}, "что делать:"),
        ({"LC_ALL": "C", "LANG": "ru_RU.UTF-8"}, "WRONG"),
    ],
)
def test_it_speaks_russian_or_english(run: Run, locale: dict[str, str], says: str) -> None:
    nobody = {"MONGO_URI": NOBODY, "MONGO_TIMEOUT": "1", "RECEIVER_PORT": "1"}
    status, output, _ = run("doctor", **nobody, **locale)
    assert (status, says in output) == (2, True)
    assert ("там никто не слушает" in output) == ("MongoDB не отвечает" in output)


async def test_a_forwarding_rule_that_nobody_confirmed_is_told(
    database: Database, doctor: Any
) -> None:
    await filed(database, [written("1", kind="confirmation")])
    found = doctor()[1]["forwarding"]
    letter = await database.letters.find_one()
    assert letter is not None
    assert (found["state"], str(letter["dialog"]) in found["do"]) == ("look", True)
    await filed(database, [written("2", "olga")])
    assert doctor()[1]["forwarding"]["state"] == "well"


READ_WRITE = ["find", "insert", "update", "remove", "createIndex", "createCollection"]


@pytest.mark.parametrize(
    ("privileges", "missing"),
    [
        ([({"db": "dialog", "collection": ""}, READ_WRITE)], ""),
        ([({"db": "", "collection": ""}, READ_WRITE)], ""),
        ([({"anyResource": True}, ["anyAction"])], ""),
        ([({"db": "dialog", "collection": ""}, ["find"])], "createCollection, createIndex, insert"),
        ([({"db": "other", "collection": ""}, READ_WRITE)], "createCollection"),
        ([({"db": "dialog", "collection": "letters"}, READ_WRITE)], "createCollection"),
        ([], "createCollection"),
    ],
)
def test_what_the_user_of_the_database_may_not_do(
    privileges: list[tuple[dict[str, Any], list[str]]], missing: str
) -> None:
    told = [{"resource": resource, "actions": actions} for resource, actions in privileges]
    found = rights.finding("dialog", told)
    assert (found.state, missing in found.says.en) == ("broken" if missing else "well", True)
    assert bool(found.do) == bool(missing)
