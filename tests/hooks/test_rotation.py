"""A hook's secret is changed without an event that its target takes for forged."""

from datetime import UTC, datetime, timedelta

import pytest

from receiver.hooks.manage.managing import HookManaging, NotMade
from receiver.store.mongo import Database
from tests.hooks.conftest import Teller
from tests.hooks.listening import Listening, is_signed_with
from tests.receiver.written import file, filing, written


async def test_both_secrets_sign_for_a_day_and_then_the_new_one_alone(
    teller: Teller, target: Listening, database: Database
) -> None:
    managing = HookManaging(database, private=True)
    hook = await teller.make(target.url, kinds=["letter.stored"])
    made = await teller.document(hook)
    new = await managing.rotate(made)
    with pytest.raises(NotMade, match="just now"):
        await managing.rotate(made)  # somebody who has not seen the new one yet
    secrets = made["secret"], new["secret"]

    async def told(number: str) -> list[bool]:
        """Return who takes the next event for genuine: who knows the old one, who the new one."""
        await file(filing(database), written(number))
        await teller.round(hook)
        return [is_signed_with(each, target.heard[-1]) for each in secrets]

    assert await told("1") == [True, True]
    until = (await teller.document(hook))["formers"][0]["until"]
    assert abs(until - datetime.now(UTC) - timedelta(days=1)) < timedelta(minutes=5)
    past = datetime.now(UTC) - timedelta(seconds=1)
    await database.hooks.update_one({"_id": hook}, {"$set": {"formers.0.until": past}})
    assert await told("2") == [False, True]
    assert len(target.heard) == 2


async def test_whoever_did_not_get_the_new_secret_changes_it_again(
    teller: Teller, target: Listening, database: Database
) -> None:
    """The first answer was lost. The target still has the first secret, valid for a whole day."""
    managing = HookManaging(database, private=True)
    hook = await teller.make(target.url, kinds=["letter.stored"])
    secrets = [(await teller.document(hook))["secret"]]
    for _ in range(2):
        secrets.append((await managing.rotate(await teller.document(hook)))["secret"])
    await file(filing(database), written("1"))
    await teller.round(hook)
    assert all(is_signed_with(each, target.heard[-1]) for each in secrets)
