"""A mailbox that is named and never had a letter, by a command or a setting, is told."""

from typing import Any

import pytest

from receiver.filing.collections import Store
from receiver.projecting.mailbox import Projecting
from receiver.retaining.daily import Daily
from receiver.retaining.retain import Retaining
from receiver.retaining.terms import terms_of, unknown_in
from receiver.store.mongo import Database
from receiver.store.nearest import never_had
from tests.receiver.running import Run
from tests.receiver.written import MAILBOX, filed, written
from tests.receiver.years.test_doctor import doctor  # noqa: F401 - a fixture

TYPO = f"x{MAILBOX}"
NEAREST = f"{TYPO} has no letters and never had; the nearest is {MAILBOX}"


@pytest.mark.parametrize(
    ("named", "mailboxes", "found"),
    [
        (["a@b.ru"], ["a@b.ru"], {}),
        ([" A@B.ru"], ["a@b.ru"], {}),
        (["a@xn--d1acufc.xn--p1ai"], ["a@домен.рф"], {}),
        (["a@домен.рф"], ["a@xn--d1acufc.xn--p1ai"], {}),
        (
            ["suport@b.ru", "z@y.de"],
            ["support@b.ru"],
            {"suport@b.ru": "support@b.ru", "z@y.de": ""},
        ),
    ],
)
def test_which_never_had_a_letter(
    named: list[str], mailboxes: list[str], found: dict[str, str]
) -> None:
    assert never_had(named, mailboxes) == found


@pytest.mark.parametrize(
    ("retention", "mailboxes", "found"),
    [
        ("suport@b.ru html=1", ["support@b.ru"], {"suport@b.ru": "support@b.ru"}),
        ("suport@b.ru html=1; * text=1", ["support@b.ru"], {"suport@b.ru": "support@b.ru"}),
        ("a@b.ru html=1; new@b.ru html=1", ["a@b.ru"], {}),  # it waits for its first letter
        ("* html=1", ["a@b.ru"], {}),
        ("a@b.ru html=1", [], {}),
        ("a@домен.рф html=1", ["a@xn--d1acufc.xn--p1ai"], {}),
    ],
)
def test_which_of_retention_never_had_a_letter(
    retention: str, mailboxes: list[str], found: dict[str, str]
) -> None:
    assert unknown_in(terms_of(retention), mailboxes) == found


@pytest.mark.parametrize(
    "words",
    [("list",), ("search", "letter"), ("search", "--rebuild"), ("reparse", "--dry-run")],
    ids=" ".join,
)
async def test_a_command_that_reads_one_refuses(
    database: Database, run: Run, words: tuple[str, ...]
) -> None:
    await filed(database, [written("1")])
    status, _, told = run(*words, "--mailbox", TYPO)
    assert (status, NEAREST in told) == (78, True), told
    assert "has no letters" not in run(*words, "--mailbox", MAILBOX)[2]


@pytest.mark.parametrize(
    "words",
    [("token", "add", "crm"), ("hook", "add", "https://crm.example/"), ("link",)],
    ids=" ".join,
)
async def test_what_is_made_for_one_is_made_and_it_is_told(
    database: Database, run: Run, words: tuple[str, ...]
) -> None:
    assert "has no letters" not in run(*words, "--mailbox", TYPO, "--mailbox", "*")[2]
    for collection in ("tokens", "hooks", "links"):
        await database[collection].delete_many({})
    await filed(database, [written("1")])
    status, _, told = run(*words, "--mailbox", TYPO, "--mailbox", "*")
    assert (status, NEAREST in told) == (0, True), told


async def test_retention_of_one_is_told_by_doctor_retain_and_a_receiver_that_starts(
    database: Database,
    run: Run,
    doctor: Any,  # noqa: F811 - the fixture
    caplog: pytest.LogCaptureFixture,
) -> None:
    await filed(database, [written("1")])
    wrong, right = f"{TYPO} html=90", f"{MAILBOX} html=90; new@elsewhere.example html=90"
    _, found = doctor(RETENTION=wrong)
    assert (found["retention"]["state"], f"{TYPO} → {MAILBOX}" in found["retention"]["says"]) == (
        "look",
        True,
    )
    assert doctor(RETENTION=right)[1]["retention"]["state"] == "well"
    for words in (("retain",), ("retain", "--dry-run")):
        assert f"RETENTION: {NEAREST}" in run(*words, RETENTION=wrong)[2]
        assert "has no letters" not in run(*words, RETENTION=right)[2]
    store = Store.of(database)
    project = Projecting(store, "participants").project
    for retention, told in ((right, 0), (wrong, 1)):
        caplog.clear()
        retaining = Retaining(database, store, "participants", project)
        daily = Daily(database, store, retaining, terms_of(retention))
        for _ in range(3):
            await daily.run_if_due()
        assert sum(f"RETENTION names {TYPO}" in each for each in caplog.messages) == told
