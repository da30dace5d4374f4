"""Why the receiver did not take a letter: in a line, and each line known in Russian."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.doctor.russian import in_russian
from contract.sending.answer_text import in_a_line
from receiver.errors import Problem
from receiver.mistakes import BY_PATTERN, BY_TYPE
from receiver.web.problems import answer_of
from tests.contract.test_doctor_in_russian import two_words
from tests.servers import ROOT

WRONG = Problem(
    422,
    "the event has wrong fields",
    (
        {"path": "data.from.address", "message": "must have at most 1000 characters"},
        {"path": "data.kind", "message": "must be 'letter' or 'bounce'"},
    ),
)
IN_A_LINE = (
    "422 the event has wrong fields: data.from.address: must have at most 1000 characters;"
    " data.kind: must be 'letter' or 'bounce'"
)
PAGE = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body></html>"
# Where sentences are made that a bridge may be answered with.
ANSWERING = [
    *(f"receiver/web/{each}.py" for each in ("events", "blobs", "requests", "problems")),
    "receiver/running/readiness.py",
    "contract/signature.py",
    "contract/bounds.py",
    "contract/event.py",
]
SAID = re.compile(
    r"(?:Problem\(\s*\d+,|unavailable\(|NotVerified\(|ValueError\(|^[A-Z_]+ =)"
    r"\s*f?\"([^\"]+ [^\"]+)\"|^ +words = \"([^\"]+)\"",
    re.MULTILINE,
)
NAMED = {
    "{ID}": "webhook-id",
    "{TIMESTAMP}": "webhook-timestamp",
    "{SIGNATURE}": "webhook-signature",
    "{what}": "event",
}


def text_of(problem: Problem) -> str:
    return f"{problem.status} {answer_of(problem).text}"


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (text_of(WRONG), IN_A_LINE),
        (text_of(WRONG)[:-30], IN_A_LINE.partition(";")[0]),
        ('422 {"id":"1","status":422,"title":"кавычка \\" и \\u044f"}', '422 кавычка " и я'),
        (f"502 {PAGE}", "502 Bad Gateway"),
        ("504 <html>", "504"),
        (f"blob {'a' * 64}: {text_of(Problem(413, 'x'))}", f"blob {'a' * 64}: 413 x"),
        ("503 the store does not answer", "503 the store does not answer"),
        ('500 {"no": "title"}', '500 {"no": "title"}'),
        (
            "WEBHOOK_URL http://r:1/: no answer in time",
            "WEBHOOK_URL http://r:1/: no answer in time",
        ),
    ],
)
def test_an_answer_is_told_in_a_line(answer: str, line: str) -> None:
    assert in_a_line(answer) == line
    assert in_a_line(line) == line


def test_of_many_mistakes_a_few_are_told() -> None:
    each = {"path": "data.to.0", "message": "is missing"}
    line = in_a_line(text_of(Problem(422, "wrong", (each,) * 12)))
    assert line.count("is missing") == 5
    assert line.endswith(" (+7)")
    assert not two_words(in_russian(line.replace("wrong", "the event has wrong fields")))


@given(st.text(max_size=300), st.integers(0, 400))
def test_whatever_was_answered_is_read(text: str, cut: int) -> None:
    for body in (text, text_of(Problem(422, text, ({"path": text, "message": text},)))[:cut]):
        assert in_a_line(f"503 {body}").startswith("503")
        assert isinstance(in_a_line(body), str)


@pytest.mark.parametrize("path", ANSWERING)
def test_what_the_receiver_answers_is_known_in_russian(path: str) -> None:
    said = [a or b for a, b in SAID.findall((ROOT / path).read_text(encoding="utf-8"))]
    assert said
    plain = [re.sub("{[^}]*}", filled, each) for each in said]
    assert [each for each in plain if two_words(in_russian(f"422: {each}"))] == []


def filled(value: re.Match[str]) -> str:
    """Return the sentence as filled in."""
    return NAMED.get(value[0], "7")


def test_each_mistake_of_a_field_is_known_in_russian() -> None:
    for words in [*BY_TYPE.values(), *BY_PATTERN.values()]:
        said = re.sub(r"(?<!{){\w+}", "'7'" if words == BY_TYPE["literal_error"] else "7", words)
        russian = in_russian(f"422 the event has wrong fields: data.x: {said}; data.y: is missing")
        assert russian.endswith("; data.y: отсутствует")
        assert not re.search(r"\b(must|is|has|have|such)\b", russian), russian
