"""Every line that a command prints for a person has a Russian text: checked in the sources.

A module counts if it is a command, prints for one, or says why one ends. Of each every string is
looked at that could be a sentence, so that a new line needs its Russian to pass.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bridge.command_line
import bridge.ingress.refusals
import bridge.words
import receiver.command_line
import receiver.words
from contract.doctor.russian import in_russian
from contract.language import refusals
from local import words
from tests.contract.test_doctor_in_russian import sentences_in, two_words
from tests.servers import ROOT

# How a line reaches a terminal, and what a command ends with that it has not asked for.
SAYS = {"print", "tell", "_say", "say"}
ENDS = {
    "CannotStart", "Damaged", "NotEmpty", "NoArchive", "NotUnsealed", "SpoolInUse", "NotMade",
    "AlreadyWatched", "QueryWrong", "NoSuchFolder", "NotMail", "NotUnpacked", "NotReached",
    "FolderNotThere", "NotRecorded", "NotAnswered", "ArgumentTypeError", "SystemExit",
}  # fmt: skip
CALLS = re.compile(rf"\b(?:{'|'.join(SAYS | ENDS)})\(")
TOLD_FOR_THEM = [
    "bridge/proving/verdict.py",
    "bridge/ingress/importer/looks.py",
    "receiver/hooks/address.py",
    "receiver/retaining/retain.py",
    "receiver/migration/corrections.py",
    "receiver/reparsing/anew.py",
    "receiver/store/standing.py",
    "local/welcome.py",
]
TABLES = (
    bridge.words.texts,
    bridge.ingress.refusals.told,
    receiver.words.texts,
    refusals.told,
    words.texts,
)
KNOWN = {english for table in TABLES for english in table.russian}
# Not for people at a terminal: what processes and tables say to each other, and what is data.
OTHERS = {
    "bridge/courier/parsing/reading.py",  # a parsing process, on the log
    "bridge/courier/parsing/parse_worker.py",
    "bridge/trace/wording.py",  # has both languages side by side
    "receiver/erasing/act.py",  # is Russian
    "local/demo_mailbox.py",  # letters
    "bridge/ingress/imap/watcher.py",  # what it says is read by /healthz: test_doctor_in_russian
}
# Whose words go over HTTP, or to the log.
FOLDERS = (
    "receiver/page",
    "receiver/web",
    "receiver/store",
    "receiver/running",
    "receiver/changes",
)
# What is no line: a part of one that is told as a whole elsewhere, a letter's text, an answer to
# the other side, a name of a state.
PARTS = {
    *("the settings", "one of X", ", and X none either", "X others are", "1 other is"),
    "“X” is none of X",
    *("it waits", "it failed, and is", "X in the spool: python -m bridge spool list"),
    *("421 4.3.2 Service is going down", "This letter only shows that the way is open.\n"),
    *("the draft was discarded", "command line", "changing places", "not read", "without original"),
    *("it goes on where it cannot be read", "X bytes are more than X"),
}


# States in files, a name of a part, of a field, of how bytes are decoded.
PRINTED_AS_IT_IS = {"waiting", "starting", "refused", "run", "url", "replace"}


def modules() -> Iterator[str]:
    """Yield the path of each module that speaks to who runs a command."""
    commands = {
        *(each.module for each in bridge.command_line.COMMANDS.values()),
        *receiver.command_line.COMMANDS.values(),
    }
    yield from sorted({f"{name.replace('.', '/')}.py" for name in commands} | {*TOLD_FOR_THEM})
    for path in sorted(
        [*ROOT.glob("local/*.py"), *ROOT.glob("bridge/**/*.py"), *_of_the_receiver()]
    ):
        name = str(path.relative_to(ROOT))
        if name not in OTHERS and _speaks(path):
            yield name


def _of_the_receiver() -> Iterator[Path]:
    for path in ROOT.glob("receiver/**/*.py"):
        if not str(path.relative_to(ROOT)).startswith(FOLDERS):
            yield path


def _speaks(path: Path) -> bool:
    text = path.read_text("utf-8")
    if not CALLS.search(text):
        return False
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in SAYS | ENDS:
                return True
    return False


MODULES = sorted({*modules()})


@pytest.mark.parametrize("path", MODULES)
def test_each_line_of_a_command_has_its_russian(path: str) -> None:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    english = {each for each in sentences_in(tree) if two_words(each)} - KNOWN - PARTS
    assert {each for each in english if two_words(in_russian(each))} == set()


WORD = re.compile(r"(?<![\w./=-])[a-z]{3,}(?![\w/=.-])")
TRANSLATES = {"texts", "texts.word", "told", "told.word", "spoken"}


@pytest.mark.parametrize("path", MODULES)
def test_no_word_is_printed_that_goes_by_no_table(path: str) -> None:
    """This includes lines of one word, or of a number and a word: ``f"{count} letters"``."""
    found = {
        said
        for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in SAYS
        for argument in node.args
        for said in _untranslated(argument)
        if WORD.search(said)
    }
    assert found - PRINTED_AS_IT_IS == set()


def _untranslated(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and ast.unparse(node.func) in TRANSLATES | {"json.dumps"}:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.Subscript):  # document["name"]
        yield from _untranslated(node.value)
        return
    for each in ast.iter_child_nodes(node):
        yield from _untranslated(each)
