"""What the documents name is there: tests, files, targets of make."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.servers import ROOT

DOCUMENTS = [*ROOT.glob("docs/*.md"), *ROOT.glob("*.md")]
IN_BOTH = [
    *("README", "docs/api", "docs/operations", "docs/scaling", "docs/upgrade", "docs/webhook"),
    "docs/yandex",
]  # others leave parts for programmers to the English page, and say so
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_what_is_named_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", text))
    assert {name for name in named if f"def {name}(" not in TESTS} == set()
    called = set(re.findall(r"^    make ([a-z-]+)|`make ([a-z-]+)[` ]", text, re.MULTILINE))
    assert {name for pair in called for name in pair if name} <= TARGETS
    files = set(re.findall(r"`((?:bridge|receiver|contract|tests)/[\w/]+\.py)`", text))
    assert {name for name in files if not (ROOT / name).exists()} == set()


@pytest.mark.parametrize("name", IN_BOTH)
def test_both_languages_name_the_same_things(name: str) -> None:
    english, russian = (
        (ROOT / f"{name}{suffix}.md").read_text(encoding="utf-8") for suffix in ("", ".ru")
    )
    for pattern in (
        r"`([A-Z]+(?:_[A-Z]+)+)`",
        r"python -m \w+ \w+",
        r"^    make [a-z-]+|`make [a-z-]+",
        r"\bdocker-compose [\w -]+",
        r"`([a-z_]+: \"\w+\")`",
    ):
        assert found_in(pattern, english) == found_in(pattern, russian), pattern
    assert english.count("\n## ") == russian.count("\n## ")


def found_in(pattern: str, text: str) -> set[str]:
    return set(re.findall(pattern, text, re.MULTILINE))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    text = without_code(path)
    for target, anchor in re.findall(r"\]\(([^()#\s:]*)(?:#([^()\s]+))?\)", text):
        there = path.parent / target if target else path
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), f"{target}#{anchor}"


@pytest.mark.parametrize(
    "path", [each for each in DOCUMENTS if each.name.endswith(".ru.md")], ids=lambda path: path.name
)
def test_each_language_links_the_other(path: Path) -> None:
    """The link is right under the heading, so that nobody has to read on in the wrong language."""
    english = path.with_name(path.name.replace(".ru.md", ".md"))
    assert path.read_text("utf-8").split("\n")[2].startswith(f"[In English]({english.name})")
    assert english.read_text("utf-8").split("\n")[2].startswith(f"[По-русски]({path.name})")


@pytest.mark.parametrize("name", ["scaling.md", "scaling.ru.md"])
def test_cores_follow_from_the_figures_that_are_printed(name: str) -> None:
    """At 580 letters a second and 0.6 of a core; the parts in the order of the table."""
    performance = (ROOT / "docs" / "performance.md").read_text("utf-8")
    printed = performance.partition("\n  unrelated ")[2].partition("ours, CPU ms/letter: ")[2]
    receiver, bridge, parsing, database = re.findall(r"\d\.\d\d", printed.partition("\n")[0])
    cost = [float(each) for each in (receiver, bridge, parsing, database)]
    table = (ROOT / "docs" / name).read_text("utf-8").replace(",", ".")
    told = re.findall(r"^\| [^|]+ \| (\d+\.\d+) \| (\d+\.\d) \|$", table, re.MULTILINE)
    assert told == [
        (f"{each:.2f}", f"{each * 580 / 1000 / 0.6:.1f}") for each in [*cost, sum(cost)]
    ]


def anchors(path: Path) -> set[str]:
    """Return how GitHub names the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", without_code(path), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


def without_code(path: Path) -> str:
    return re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_make_help_tells_of_targets_that_are_there() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    told = set(re.findall(r"^make ([a-z-]+)", done.stdout, re.MULTILINE))
    assert {"run", "test", "threading"} <= told <= TARGETS
