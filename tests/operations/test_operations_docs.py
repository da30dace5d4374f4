"""Every command of docs/operations.md is of a kind that a test beside this one runs."""

import re
from pathlib import Path

import pytest

from tests import servers
from tests.operations.page_commands import KINDS, PAGES, commands, kinds_of

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
