"""Dialogs on a terminal: what a person finds, and that no letter can control the terminal."""

from collections.abc import Mapping, Sequence
from string import Formatter

import pytest

from receiver.commands.terminal import harmless, is_russian
from receiver.store.mongo import Database
from receiver.why import wording
from tests.receiver.running import Run
from tests.receiver.written import MAILBOX, filed, sent, written

ENGLISH = {"LC_ALL": "C.UTF-8"}
RUSSIAN = {"LC_ALL": "ru_RU.UTF-8"}


async def some(database: Database) -> tuple[str, str]:
    """File two dialogs; return their ids."""
    letters = [
        written("1", "ivan", text="Где он?"),
        sent("2", "ivan", "1", text="В пути."),
        written("3", "petr", subject="Счёт\x1b[2J 17", days=1, names="1"),
    ]
    await filed(database, letters)
    heads = await database.dialogs.find().sort("created", 1).to_list(None)
    one, other = (str(each["_id"]) for each in heads)
    return one, other


async def test_list_has_the_newest_first(database: Database, run: Run) -> None:
    one, other = await some(database)
    status, output, _ = run("list", **ENGLISH)
    assert status == 0
    assert [line.split()[0] for line in output.splitlines()] == [other, one]
    assert "letters: 2  ivan@example.ru  Где мой заказ?" in output
    assert run("list", "-n", "1", **ENGLISH)[1].split()[0] == other
    status, output, _ = run("list", "--mailbox", "x@yandex.ru", **ENGLISH)  # never had a letter
    assert (status, output) == (78, "")
    assert "писем: 2" in run("list", "--mailbox", MAILBOX.upper(), **RUSSIAN)[1]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Ivan@Example.ru", 0),
        ("<2@example.ru>", 0),
        ("ЗАКАЗ?", 0),
        ("3@example.ru", 1),
        ("17", 1),
        ("ЗАКАЗ.", None),
        ("nobody@example.ru", None),
    ],
)
async def test_find_goes_by_address_id_and_subject(
    database: Database, run: Run, words: str, found: int | None
) -> None:
    ids = await some(database)
    status, output, _ = run("find", words, **ENGLISH)
    expected = [] if found is None else [ids[found]]
    assert [line.split()[0] for line in output.splitlines() if "@" in line] == expected
    assert status == (0 if expected else 1)


async def test_show_has_every_letter(database: Database, run: Run) -> None:
    one, other = await some(database)
    status, output, _ = run("show", one, **ENGLISH)
    assert status == 0
    assert output.index("Где он?") < output.index("→") < output.index("В пути.")
    assert f"related: {other}" in output
    letter = await database.letters.find_one({"message.body": "В пути."})
    assert letter is not None
    assert run("show", str(letter["_id"]), **ENGLISH)[1] == output


async def test_why_has_the_reason_for_each(database: Database, run: Run) -> None:
    one, other = await some(database)
    assert "its References name <1@example.ru>" in run("why", one, **ENGLISH)[1]
    assert f"it names <1@example.ru> of dialog {one}" in run("why", other, **ENGLISH)[1]
    assert "в его References есть <1@example.ru>" in run("why", one, **RUSSIAN)[1]
    told = run("why", other, **RUSSIAN)[1]
    assert f"оно ссылается на <1@example.ru> из диалога {one}" in told
    assert "поэтому для него открыт отдельный диалог" in told
    assert "адрес отправителя никем не подтверждён" in told


def blanks(text: object) -> object:
    """Return what is to be filled in, in the place of each text."""
    if isinstance(text, str):
        return sorted(name for _, name, _, _ in Formatter().parse(text) if name)
    if isinstance(text, Mapping):
        return {key: blanks(each) for key, each in text.items()}
    return [blanks(each) for each in text] if isinstance(text, Sequence) else text


def test_both_languages_say_the_same() -> None:
    english, russian = vars(wording.ENGLISH), vars(wording.RUSSIAN)
    assert blanks(russian) == blanks(english)


@pytest.mark.parametrize("command", ["show", "why"])
@pytest.mark.parametrize("named", ["0" * 24, "x"])
def test_an_id_that_is_none_is_1(run: Run, command: str, named: str, database: Database) -> None:
    status, _, complaints = run(command, named, **ENGLISH)
    assert (status, "there is no such dialog" in complaints) == (1, True)
    assert "такого диалога нет" in run(command, named, **RUSSIAN)[2]


async def test_no_letter_commands_the_terminal(database: Database, run: Run) -> None:
    _, other = await some(database)
    for words in (("list",), ("show", other), ("why", other), ("find", "17")):
        assert "\x1b" not in run(*words, **ENGLISH)[1]
    assert harmless("a\x1b[2J\u202eb\x07\nc") == "a [2J b  c"
    assert harmless("a\nb\r", lines=True) == "a\nb "


@pytest.mark.parametrize(
    ("environment", "russian"),
    [
        ({}, False),
        ({"LANG": "ru_RU.UTF-8"}, True),
        ({"LANG": "ru"}, True),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ru_RU"}, True),
    ],
)
def test_the_language_is_the_terminals(environment: dict[str, str], russian: bool) -> None:
    assert is_russian(environment) is russian
