"""Every sentence that a doctor repeats from elsewhere is known in Russian.

The sentences are read from the code that makes them; their values become ``X``.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from contract.doctor.russian import in_russian
from tests.servers import ROOT

# Three words in a row that are no name, option or command.
ENGLISH = re.compile(r"(?<![\w./=-])[a-z]{2,}(?:[,:]? [a-z']{2,}){2,}(?![\w/=])")
TWO_WORDS = re.compile(r"(?<![\w./=-])[a-z]{2,}[,:;]? [a-z']{2,}(?![\w/=])")
WORDS_THAT_STAY = re.compile(r"(?:python )?-m \w+ [\w -]+|make \w+|openssl [\w .-]+|ulimit -n")
# Sentences in tables of texts are not among these: tests/starts/told/test_russian.py.
SOURCES = {
    "contract/keyring.py": (),
    "contract/signature.py": ("parse_keys", "Key"),
    "bridge/command_line.py": ("ping", "_wrong_with_smtp"),
    "bridge/start.py": ("warnings",),
    "bridge/ingress/importer/command.py": ("_refuse", "_source", "_mailbox", "_date"),
    "bridge/ingress/importer/finding.py": ("find", "_in_folder"),
    "bridge/ingress/importer/archives/unpacking.py": (
        "_write",
        "unpack",
        "_too_much",
        "_in_tar",
        "_Member",
    ),
    "bridge/ingress/smtp/certificate.py": ("_presented",),
    "receiver/retaining/terms.py": ("terms_of", "_one"),
    "bridge/ingress/imap/states.py": ("complaints",),
    "bridge/ingress/imap/login.py": ("credentials",),
    "bridge/ingress/imap/trouble.py": (),
    "bridge/courier/unreachable.py": (),
    "bridge/reach.py": ("not_mended",),
    "bridge/spool/capacity.py": ("lacks", "broken"),
    "receiver/store/standing.py": (),
    "receiver/web/door/descriptors.py": ("connection_limit",),
}


def sentences(path: str) -> Iterator[str]:
    """Yield the sentences of a module, or of some functions of it, with X for their values."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    functions = [each for each in ast.walk(tree) if getattr(each, "name", "") in SOURCES[path]]
    assert len(functions) == len(SOURCES[path]), path
    for function in functions or [tree]:
        yield from sentences_in(function)


def sentences_in(tree: ast.AST) -> Iterator[str]:
    """Yield every string that is shown there."""
    silent = {id(part) for each in _unsaid(tree) for part in ast.walk(each)}
    for node in ast.walk(tree):
        if id(node) in silent:
            continue
        if isinstance(node, ast.JoinedStr):
            silent |= {id(each) for each in node.values if isinstance(each, ast.Constant)}
            values = [getattr(each, "value", "") for each in node.values]
            yield "".join(each if isinstance(each, str) else "X" for each in values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def two_words(text: str) -> bool:
    """Tell whether two English words stand in a row that are no name, option or command."""
    return bool(TWO_WORDS.search(WORDS_THAT_STAY.sub("", text)))


def _unsaid(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield strings that are not sentences for people: docstrings, descriptions, logs, patterns."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Compare():
                yield node
            case ast.keyword(arg="description" | "examples"):
                yield node
            case ast.Call() if ast.unparse(node.func).startswith(("log.", "re.")):
                yield node


@pytest.mark.parametrize("path", SOURCES)
def test_each_sentence_has_its_russian(path: str) -> None:
    english = [each for each in sentences(path) if ENGLISH.search(each)]
    left = {each: in_russian(each) for each in english}
    assert {
        each: russian
        for each, russian in left.items()
        if ENGLISH.search(WORDS_THAT_STAY.sub("", russian))
    } == {}
