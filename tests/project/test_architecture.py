"""Which part may know which, by the import statements."""

import ast
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.servers import ROOT

FORBIDDEN = {
    "contract": {"bridge", "receiver", "aiohttp", "motor", "aiosmtpd", "mailparser", "socket"},
    "bridge": {"receiver", "motor", "pymongo", "bson", "gridfs"},
    "receiver": {"bridge", "mailparser", "aiosmtpd", "smtplib"},
    "bridge/parse": {"asyncio", "socket", "os", "pathlib", "aiohttp", "aiosmtpd", "time"},
}
ONLY_IN = {
    "aiosmtpd": {"bridge/ingress/smtp/session.py"},
    "imapclient": {"bridge/ingress/imap/extended_client.py"},
    "motor": {"receiver/store/mongo.py"},
    "prometheus_client": {"bridge/metrics.py", "receiver/metrics.py"},
    "mailparser": {"bridge/parse/header/mail_parser.py"},
}
PURE = {
    *(str(path.relative_to(ROOT)) for path in (ROOT / "receiver/letters").glob("*.py")),
    *(str(path.relative_to(ROOT)) for path in (ROOT / "receiver/threads").glob("*.py")),
    *(str(path.relative_to(ROOT)) for path in (ROOT / "receiver/reply").glob("*.py")),
    *(
        f"receiver/search/{name}.py"
        for name in ("terms", "query", "searched", "snippet", "segment")
    ),
    "bridge/courier/outcome.py",
    "contract/sending/delays.py",
    "receiver/changes/state.py",
    "receiver/hooks/address.py",
    "receiver/hooks/calling/answer.py",
    "receiver/hooks/event.py",
    "receiver/hooks/rules.py",
    "bridge/ingress/imap/backoff.py",
    "bridge/ingress/imap/folders.py",
}
DOES_IO = {"asyncio", "socket", "os", "pathlib", "aiohttp", "motor", "time", "random"}


@cache
def tree(path: Path) -> ast.Module:
    """Return what a file says."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported(path: Path) -> set[str]:
    """Return the top-level names of the packages that a file imports."""
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def sources() -> list[Path]:
    return [
        path for side in ("contract", "bridge", "receiver") for path in (ROOT / side).rglob("*.py")
    ]


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_no_side_knows_what_is_not_its_own(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        assert not imported(path) & FORBIDDEN[folder], path


@pytest.mark.parametrize("package", ONLY_IN)
def test_one_file_knows_the_library(package: str) -> None:
    users = {str(path.relative_to(ROOT)) for path in sources() if package in imported(path)}
    assert users == ONLY_IN[package]


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_no_import_goes_round_in_a_circle() -> None:
    """Imports for type checking and imports within functions count as well."""
    modules = {module(path): path for path in sources()}
    graph = {name: imports(path, modules) - {name} for name, path in modules.items()}
    TopologicalSorter(graph).prepare()


def test_a_letter_passes_few_modules_on_its_way_down() -> None:
    """The longest chain of imports within the receiver: who reads has to keep it in mind.

    Of the command line downwards: what is before that only tells a health check from the rest.
    """
    modules = {module(path): path for path in (ROOT / "receiver").rglob("*.py")}
    del modules["receiver.__main__"]

    @cache
    def depth(name: str) -> int:
        return 1 + max(map(depth, imports(modules[name], modules) - {name}), default=0)

    assert max(map(depth, modules)) <= 12


def imports(path: Path, modules: Mapping[str, Path]) -> set[str]:
    """Return our modules that a file imports; of ``from package import module`` only the module."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in modules else node.module)
    return found & modules.keys()


def test_no_two_classes_have_one_name() -> None:
    names = Counter(
        node.name
        for path in sources()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("side", ["contract", "bridge", "receiver"])
def test_every_package_says_what_it_is_for(side: str) -> None:
    for folder in {path.parent for path in (ROOT / side).rglob("*.py")}:
        said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
        assert said, folder
        assert len(list(folder.glob("*.py"))) <= 15, folder


@cache
def constants(path: Path) -> set[str]:
    """Return the strings in a file's code; those that stand alone, as docstrings do, are none."""
    alone = {id(node.value) for node in ast.walk(tree(path)) if isinstance(node, ast.Expr)}
    found = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Constant)]
    return {str(node.value).lower() for node in found if id(node) not in alone}


@pytest.mark.parametrize(
    ("words", "file"),
    [
        (r"\bya\.ru|narod\.ru|yandex\\?\.(net|ru|com)", "contract/yandex.py"),
        (r"\bfwd\b.*\b(fw|wg|пересл)|\baw\b.*\b(sv|antw)|отв\b.*ответ", "contract/subject.py"),
    ],
)
def test_a_list_is_written_once(words: str, file: str) -> None:
    users = {
        str(path.relative_to(ROOT))
        for path in sources()
        if any(re.search(words, each) for each in constants(path))
    }
    assert users == {file}


@pytest.mark.parametrize("name", sorted(PURE))
def test_rules_do_no_io(name: str) -> None:
    assert not imported(ROOT / name) & DOES_IO


def test_a_header_field_is_named_where_it_is_declared_and_where_it_is_read() -> None:
    """The third place is docs/event.schema.json, which `make schema` writes."""
    users = {
        str(path.relative_to(ROOT))
        for side in ("bridge", "contract")
        for path in (ROOT / side).rglob("*.py")
        if re.search(r"\bthread_index\b", path.read_text(encoding="utf-8"))
    }
    assert users == {"contract/event.py", "bridge/parse/header/fields.py"}


@pytest.mark.parametrize("way", ["draft(", "commit(", "metrics.ACCEPTED", "capacity.added("])
def test_letters_come_in_by_one_entrance(way: str) -> None:
    users = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "bridge").rglob("*.py")
        if re.search(r"(?<!def )(?<!letter\.)\b" + re.escape(way), path.read_text())
    }
    assert users - {"bridge/spool/spool.py"} == {"bridge/spool/intake.py"}


def test_the_doors_wait_for_nothing_behind_the_spool() -> None:
    for folder in ("ingress/smtp", "ingress/imap", "spool"):
        text = "".join(each.read_text() for each in (ROOT / "bridge" / folder).glob("*.py"))
        assert "bridge.courier" not in text, folder
        assert "bridge.parse" not in text, folder
