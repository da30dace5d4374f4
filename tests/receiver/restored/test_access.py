"""What gave access before a backup gives none after its restore, until somebody allows it."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from receiver.access.token import digest_of, is_good
from receiver.access.tokens import Tokens
from receiver.page.signing.sign_ins import Pass, SignIns
from receiver.store.mongo import Database
from tests.receiver.api_client import make_token
from tests.receiver.running import Run
from tests.receiver.written import filed, written

SOON = datetime.now(UTC) + timedelta(days=1)


async def good(database: Database, token: str) -> bool:
    """Tell whether the API takes a token."""
    return is_good(token, await Tokens(database).find(digest_of(token)), datetime.now(UTC))


@pytest.mark.parametrize("words", [(), ("--keep-tokens",)])
async def test_a_token_that_was_revoked_since_is_none_after_a_restore(
    database: Database, run: Run, tmp_path: Path, database_name: str, words: tuple[str, ...]
) -> None:
    await filed(database, [written("1")])
    leaked, crm = [await make_token(database, name=each) for each in ("leaked", "crm")]
    over = await make_token(database, name="over")
    assert run("token", "revoke", "over")[0] == 0
    assert run("backup", str(tmp_path))[0] == 0
    assert run("token", "revoke", "leaked") == (0, "", "the token leaked is revoked\n")
    here = {"MONGO_DATABASE": database_name}
    status, _, said = await asyncio.to_thread(run, "restore", str(tmp_path), *words, **here)
    assert status == 0
    restored = database.client[database_name]
    kept = bool(words)
    assert [await good(restored, each) for each in (leaked, crm, over)] == [kept, kept, False]
    assert ("2 tokens are suspended" in said, "2 tokens are as they were" in said) == (
        not kept,
        kept,
    )
    listed = run("token", "list", **here)[1]
    assert listed.count("\tsuspended") == (0 if kept else 2)
    if kept:
        return
    assert await Tokens(restored).ended({"leaked", "crm"}, datetime.now(UTC)) == {"leaked", "crm"}
    assert run("token", "renew", "crm", **here) == (0, "", "the token crm is valid again\n")
    assert [await good(restored, each) for each in (leaked, crm, over)] == [False, True, False]
    for name in ("crm", "over", "nobody"):
        assert run("token", "renew", name, **here)[0] == 1, name
    assert run("token", "revoke", "leaked", **here)[0] == 0
    assert run("token", "renew", "leaked", **here)[0] == 1


async def test_links_and_sign_ins_end_with_a_restore(
    database: Database, run: Run, tmp_path: Path, database_name: str
) -> None:
    await filed(database, [written("1")])
    allows = Pass("anna", ["read"], ["*"], SOON)
    for name in ("links", "sign_ins"):
        await database[name].delete_many({})
    sign_ins = SignIns(database)
    await sign_ins.add("cookie", allows, datetime.now(UTC))
    await sign_ins.add_link("link", allows, datetime.now(UTC))
    assert run("backup", str(tmp_path))[0] == 0
    status, _, said = run("restore", str(tmp_path), MONGO_DATABASE=database_name)
    assert (status, "2 links and sign-ins have ended" in said) == (0, True)
    restored = SignIns(database.client[database_name])
    now = datetime.now(UTC)
    assert await restored.find("cookie", now) is None
    assert await restored.link("link", now) is None


async def test_holds_that_a_restore_brought_back_are_told(
    database: Database, run: Run, tmp_path: Path, database_name: str
) -> None:
    await filed(database, [written("1")])
    [found] = await database.dialogs.find().to_list(None)
    dialog = str(found["_id"])
    assert run("hold", dialog, "--why", "a lawsuit", "--who", "anna")[0] == 0
    assert run("backup", str(tmp_path))[0] == 0
    assert run("hold", dialog, "--release")[0] == 0
    status, _, said = run("restore", str(tmp_path), MONGO_DATABASE=database_name)
    assert (status, "1 dialogs are on hold as they were" in said) == (0, True)
