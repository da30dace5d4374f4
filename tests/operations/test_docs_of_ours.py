"""Our commands of docs/operations.md as written, in the page's order."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bridge.spool.envelope import Delivery, trace_block
from bridge.spool.spool import Spool, new_id
from contract.process import EXIT_CONFIG
from receiver.backup.directory import complete
from receiver.database import opened
from receiver.settings import ReceiverSettings
from tests import servers
from tests.letters import START, letter
from tests.operations.operated import Operated, a_target_of_hooks, operated, pymap_port
from tests.operations.page_commands import of
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
