"""What the documents name is there: tests, files, targets of make."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.servers import ROOT

DOCUMENTS = [*ROOT.glob("docs/*.md"), *ROOT.glob("*.md")]
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


@pytest.mark.parametrize("name", ["README", "docs/yandex", "docs/webhook", "docs/api"])
def test_both_languages_name_the_same_things(name: str) -> None:
    english, russian = (
        (ROOT / f"{name}{suffix}.md").read_text(encoding="utf-8") for suffix in ("", ".ru")
    )
    for pattern in (
        r"`([A-Z]+(?:_[A-Z]+)+)`",
        r"python -m \w+ \w+",
        r"make [a-z-]+",
        r"\bdocker-compose [\w -]+",
        r"`([a-z_]+: \"\w+\")`",
    ):
        assert set(re.findall(pattern, english)) == set(re.findall(pattern, russian)), pattern
    assert english.count("\n## ") == russian.count("\n## ")


def test_make_help_tells_of_targets_that_are_there() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    told = set(re.findall(r"^make ([a-z-]+)", done.stdout, re.MULTILINE))
    assert {"run", "test", "threading"} <= told <= TARGETS
