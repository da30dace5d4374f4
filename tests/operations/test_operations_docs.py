"""Every command of docs/operations.md is run by a test: here ours as written, in the page's order.

Those of the shell, of other programs and of Docker are run by the files beside this one.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.spool.envelope import Delivery, trace_block
from bridge.spool.spool import Spool, new_id
from contract.process import EXIT_CONFIG
from receiver.backup.directory import complete
from receiver.database import opened
from receiver.settings import ReceiverSettings
from tests import servers
from tests.letters import START, letter
from tests.operations.operated import Operated, a_target_of_hooks, operated, pymap_port
from tests.operations.page_commands import KINDS, PAGES, commands, kinds_of, of
from tests.receiver.backup.test_mongodump import dumped
from tests.smtp_client import send

__all__ = ["operated", "pymap_port"]

COMMAND = re.compile(
    r"(?:(?P<name>[A-Z_]+)=(?P<value>\"[^\"]*\"|\S+) )?"
    r"python -m (?P<side>receiver|bridge) (?P<words>.+)"
)
# A standalone server is, as the doctor says; and that nothing is stored of somebody.
WORTH_A_LOOK = ("doctor", "erase ivan@a.ru")
WITHOUT_WORDS = ("bridge import", "bridge read", "bridge erase", "bridge restore")
"""Named in passing, without what they need: they say what that is."""
SIDES = {"spool": "bridge", "receiver": "receiver", "bridge": "bridge"}
IN_ANOTHER = {
    r"restore backups$|token |hook (rotate|remove)": "restored",  # what a restore asks for
    r"restore dump": "dump",
}
HERE = Path(__file__).parent


def test_both_languages_have_the_same_commands() -> None:
    english, russian = ({_without_words(each) for each in commands(page)} for page in PAGES)
    assert english == russian
    assert len(english) > 80


def _without_words(command: str) -> str:
    return re.sub(r'"[^"]*"', '""', command).replace("ИМЯ", "NAME")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_command_is_of_a_kind_that_some_test_runs(page: Path) -> None:
    """A new one that nothing runs fails here, as do words that only look like one."""
    tests = "".join(each.read_text("utf-8") for each in HERE.glob("test_*.py"))
    run = set(re.findall(r'"([\w ]+)"', "".join(re.findall(r"\bof\(([^)]*)\)", tests))))
    assert run == {*KINDS}
    assert [each for each in commands(page) if len(kinds_of(each)) != 1] == []


def test_what_nothing_runs_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Run `frobnicate --all` or `it.all()`, or\n\n    frobnicate --now    at once\n")
    assert commands(page) == ["frobnicate --all", "it.all()", "frobnicate --now"]
    assert list(map(kinds_of, commands(page))) == [[], [], []]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_sizes_are_by_our_figures(page: Path) -> None:
    """From docs/scaling.md: time per letter, five times the mean rate, 0.6 of a core."""
    scaling = (servers.ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
    total = re.search(r"^\| together \| ([\d.]+) \|", scaling, re.MULTILINE)
    assert total is not None
    text = page.read_text(encoding="utf-8")
    assert f"{total[1]} " in text or f"{total[1].replace('.', ',')} " in text
    rows = re.findall(r"^\| (1[\d, ]*000) \| ([\d.,]+) \| ([\d.,]+) \|$", text, re.MULTILINE)
    assert len(rows) == 4
    for day, second, cores in rows:
        often = int(re.sub(r"\D", "", day)) / 86_400 * 5
        needed = often * float(total[1]) / 1000 / 0.6
        for told, right in ((second, often), (cores, needed)):
            digits = len(told.replace(",", ".").partition(".")[2])
            assert float(told.replace(",", ".")) == round(right, digits), (day, told)


async def test_each_command_does_what_the_page_says(operated: Operated, tmp_path: Path) -> None:
    mailbox = operated.mailbox
    (tmp_path / "letter.eml").write_bytes(letter("9@example.ru"))
    mailbox.put(letter("2@example.ru", sender="olga@example.ru"))
    mailbox.close()
    assert send(operated.bridge.env["SMTP_PORT"], [letter("1@example.ru")]) == 1
    dialogs = operated.client[operated.database].dialogs
    servers.wait_until(lambda: operated.letters == dialogs.count_documents({}) == 2)
    dialog = dialogs.find_one({"email_from": "olga@example.ru"})
    assert dialog is not None
    assert operated.runs["receiver"]("token", "add", "crm", "--mailbox", "*")[0] == 0
    where = {"mongo_uri": operated.receiver.env["MONGO_URI"], "mongo_database": operated.database}
    async with opened(ReceiverSettings.model_validate(where)) as database:
        await dumped(database, tmp_path / "dump")
    loaded = {name: f"{operated.database}_{name}" for name in ("restored", "dump")}
    settings = operated.settings("receiver")
    try:
        with a_target_of_hooks() as url:
            added = ("hook", "add", url, "--mailbox", "*", "--name", "crm")
            assert operated.runs["receiver"](*added, **settings)[0] == 0
            for command in of("ours", "ours by name"):
                words = in_full(command).replace("DIALOG", str(dialog["_id"]))
                if " ID" in words:
                    spool = Path(operated.bridge.env["DATA_DIR"])
                    words = words.replace("ID", a_failed_letter(spool))
                said = COMMAND.fullmatch(words)
                assert said, command
                carry_out(operated, said, loaded)
        for name in ("drill", *loaded.values()):
            # What was erased after the backup is erased again.
            assert operated.client[name].letters.count_documents({}) == 2, name
    finally:
        for name in ("drill", *loaded.values()):
            operated.client.drop_database(name)


def in_full(command: str) -> str:
    """Return a command as it is typed, where the page leaves out what goes without saying."""
    if command in of("ours by name"):
        first, _, rest = command.partition(" ")
        side = SIDES.get(first, "receiver")
        command = f"python -m {side} {rest if first == side else command}"
    command = command.replace("python …", "python -m receiver retain --dry-run")
    command = re.sub(r"erase \S+$", r"\g<0> --reason withdrawn", command.replace("NAME", "crm"))
    return command.replace(" DIR", " backups")


def a_failed_letter(directory: Path) -> str:
    """Put a letter among those that were refused, and return its id."""
    spool = Spool(directory / "spool").prepare()
    delivery = Delivery(new_id(), "support@yandex.ru", START, "x@a.ru", ("in@b.example",))
    draft = spool.draft(delivery.id)
    draft.write(trace_block(delivery, "b.example") + letter("8@example.ru"))
    draft.commit()
    [waiting] = [each for each in spool.waiting() if each.id == delivery.id]
    spool.fail(waiting, "422", 0.0)
    return delivery.id


def carry_out(operated: Operated, said: re.Match[str], loaded: dict[str, str]) -> None:
    """Run one command; raise AssertionError if it does not end as it must."""
    side, words = said["side"], said["words"]
    settings = operated.settings(side) | {"RETENTION": "* originals=36500"}
    if side == "receiver":
        name = next((name for shape, name in IN_ANOTHER.items() if re.match(shape, words)), "")
        settings["MONGO_DATABASE"] = loaded.get(name, operated.database)
    if said["name"]:
        settings[said["name"]] = said["value"].strip('"')
    if "--every" in words:
        assert goes_on(operated, side, words, settings)
        return
    if side == "bridge" and words.startswith("restore"):
        settings["DATA_DIR"] = "elsewhere"
        words = words.replace("bridge-….tar.gz", next(Path("backups").glob("bridge-*")).name)
    split = [each.strip('"') for each in re.findall(r'"[^"]*"|\S+', words)]
    if f"{side} {words}" in WITHOUT_WORDS:
        assert operated.runs[side](*split, "--help", **settings)[0] == 0
        return
    expected = 1 if words.startswith(WORTH_A_LOOK) else 0
    status, output, complaints = operated.runs[side](*split, **settings)
    assert status != EXIT_CONFIG, (words, output, complaints)
    assert status <= expected, (words, output, complaints)


def goes_on(operated: Operated, side: str, words: str, settings: dict[str, str]) -> bool:
    """Tell whether a command does its work, and goes on afterwards."""
    place = Path("backups")
    done = {"receiver": complete(place), "bridge": [*place.glob("bridge-*")]}[side]
    for each in place.glob("bridge-*"):
        os.utime(each, (0, 0))  # else it waits for a day
    away = Path("away")
    away.mkdir(exist_ok=True)
    moved = [each.rename(away / each.name) for each in complete(place)]  # the same
    canaries = operated.client[operated.database].canaries
    flown = canaries.count_documents({})
    happened: dict[str, Callable[[], bool]] = {
        "backup": lambda: bool(
            {*(complete(place) if side == "receiver" else place.glob("bridge-*"))} - {*done}
        ),
        "canary": lambda: canaries.count_documents({}) > flown,
    }
    env = servers.environment(**settings)
    command = [sys.executable, "-m", side, *words.split()]
    with subprocess.Popen(command, env=env) as process:
        try:
            servers.wait_until(happened[words.split()[0]])
            return process.poll() is None
        finally:
            process.kill()
            for each in moved:
                each.rename(place / each.name)
