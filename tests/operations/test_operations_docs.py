"""Every command of docs/operations.md is run as written, in the order of the page.

Commands of make, Docker, Kubernetes and systemd have tests of their own, which are named here.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from contract.process import EXIT_CONFIG
from receiver.backup.directory import complete
from tests import servers
from tests.letters import letter
from tests.operations.operated import Operated, operated, pymap_port
from tests.smtp_client import send

__all__ = ["operated", "pymap_port"]

PAGES = [servers.ROOT / "docs" / name for name in ("operations.md", "operations.ru.md")]
COMMAND = re.compile(
    r"(?:MONGO_DATABASE=(?P<database>\w+) )?python -m (?P<side>receiver|bridge) (?P<words>.+)"
)
BLOCK = re.compile(r"^    (\S.*?)(?:   .*)?$", re.MULTILINE)
INLINE = re.compile(r"`((?:python -m|hook|make|docker build|ENV_FILE=\S+)\s[^`]+)`")
BY_OTHERS = {
    r"docker compose up --build": "test_it_comes_up_with_nothing_prepared",
    r"docker compose --profile \w+ up --build": "test_it_is_read_without_a_warning",
    r"docker compose exec mongo cat .*": "test_a_new_volume_is_a_replica_set_with_passwords",
    r"docker compose run --rm -e .* backup .*": "test_a_restore_by_compose_has_what_it_reads",
    r"docker compose (run --rm (--no-deps -T )?(backup(-bridge)?|receiver) .*|up --detach)": (
        "test_what_was_taken_out_comes_back_on_new_volumes"
    ),
    r"docker image inspect .*": "test_it_comes_up_with_nothing_prepared",
    r"cp ops/systemd/\* .*|systemctl enable .*": "test_systemd_takes_the_units",
    r'echo "whsec_.*': "test_the_command_of_the_page_makes_a_secret",
    r"make .*": "test_make_does_what_the_page_says",
    r"docker build .*": "test_the_image_takes_the_arguments_of_the_page",
    r"ENV_FILE=.* doctor": "test_the_page_names_the_files_of_the_units",
    r"kubectl create namespace .*": "test_each_manifest_is_valid",
    r"kubectl -n email-listener create secret .*": "test_the_secret_of_the_page_is_what_pods_read",
    r"kubectl apply -k ops/kubernetes": "test_kustomize_builds_it",
}
WORTH_A_LOOK = ("doctor",)  # a standalone server is, as the doctor says
SAYS_USAGE = {"bridge import": 2, "bridge read": 0}  # named in passing, without what they need
TESTS = "\n".join(each.read_text("utf-8") for each in (servers.ROOT / "tests").rglob("test_*.py"))


def commands(page: Path) -> list[str]:
    """Return each command of a page: those on lines of their own, then those within the text."""
    text = page.read_text(encoding="utf-8")
    found = BLOCK.findall(text) + INLINE.findall(text)
    return list(dict.fromkeys(" ".join(each.split()) for each in found))


def test_both_languages_have_the_same_commands() -> None:
    english, russian = (sorted(map(_without_words, commands(each))) for each in PAGES)
    assert english == russian
    assert len(english) > 35


def _without_words(command: str) -> str:
    return re.sub(r'"[^"]*"', '""', command)


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


def test_what_others_run_is_run_by_a_test_that_is_there() -> None:
    others = [each for each in commands(PAGES[0]) if not COMMAND.match(each)]
    for command in (each for each in others if not each.startswith("hook ")):
        [name] = [test for shape, test in BY_OTHERS.items() if re.fullmatch(shape, command)]
        assert f"def {name}(" in TESTS, command


def test_make_does_what_the_page_says() -> None:
    """Each target exists, and so does what it runs; running them all would take hours."""
    asked = [each for each in commands(PAGES[0]) if each.startswith("make ")]
    assert len(asked) > 5
    for command in asked:
        _, *words = shlex.split(command)
        shown = ["make", "-n", "-o", ".venv/installed", *words]
        done = subprocess.run(shown, cwd=servers.ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        for module in re.findall(r"\.venv/bin/python -m ((?:tests|local)\S+)", done.stdout):
            assert find_spec(module), command
            for arguments in (each.removeprefix("ARGS=") for each in words if "ARGS=" in each):
                run = [sys.executable, "-m", module, *arguments.split(), "--help"]
                subprocess.run(run, cwd=servers.ROOT, capture_output=True, check=True)


def test_the_image_takes_the_arguments_of_the_page() -> None:
    [command] = [each for each in commands(PAGES[0]) if each.startswith("docker build ")]
    declared = re.findall(r"^ARG (.+)$", (servers.ROOT / "Dockerfile").read_text(), re.MULTILINE)
    names = {each.partition("=")[0] for line in declared for each in line.split()}
    named = set(re.findall(r"--build-arg (\w+)=", command))
    assert len(named) == 3
    assert named <= names


def test_each_command_does_what_the_page_says(operated: Operated, tmp_path: Path) -> None:
    mailbox = operated.mailbox
    (tmp_path / "letter.eml").write_bytes(letter("9@example.ru"))
    mailbox.put(letter("2@example.ru", sender="olga@example.ru"))
    mailbox.close()
    assert send(operated.bridge.env["SMTP_PORT"], [letter("1@example.ru")]) == 1
    dialogs = operated.client[operated.database].dialogs
    servers.wait_until(lambda: operated.letters == dialogs.count_documents({}) == 2)
    dialog = dialogs.find_one({"email_from": "olga@example.ru"})
    assert dialog is not None
    hook = "https://example.ru/hook"
    operated.runs["receiver"]("hook", "add", hook, "--mailbox", "*", "--name", "crm")
    restored = f"{operated.database}_restored"
    try:
        for command in commands(PAGES[0]):
            if command.startswith("hook "):
                command = f"python -m receiver {command.replace('NAME', 'crm')}"
            if said := COMMAND.match(command.replace("DIALOG", str(dialog["_id"]))):
                carry_out(operated, said, restored)
        for name in ("drill", restored):
            # What was erased after the backup is erased again.
            assert operated.client[name].letters.count_documents({}) == 2
    finally:
        for name in ("drill", restored):
            operated.client.drop_database(name)


def carry_out(operated: Operated, said: re.Match[str], restored: str) -> None:
    """Run one command; raise AssertionError if it does not end as it must."""
    side, words = said["side"], said["words"]
    settings = operated.settings(side) | {"RETENTION": "* originals=36500"}
    if side == "receiver":
        into = restored if words == "restore backups" else operated.database
        settings["MONGO_DATABASE"] = said["database"] or into
    if "--every" in words:
        assert goes_on(operated, side, words, settings)
        return
    if side == "bridge" and words.startswith("restore"):
        settings["DATA_DIR"] = "elsewhere"
        words = words.replace("bridge-….tar.gz", next(Path("backups").glob("bridge-*")).name)
    split = [each.strip('"') for each in re.findall(r'"[^"]*"|\S+', words)]
    if f"{side} {words}" in SAYS_USAGE and len(split) == 1:
        split.append("--help")
        expected = 0
    else:
        expected = 1 if split[0] in WORTH_A_LOOK else 0
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
