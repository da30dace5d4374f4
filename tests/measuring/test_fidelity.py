"""The rules of comparison, and the shares that real letters must reach."""

from argparse import Namespace
from collections import Counter

import pytest

from bridge.parse.message import read_letter
from tests.letters import base64_part, multipart, part
from tests.letters import raw_letter as letter
from tests.measure.fidelity.__main__ import measure
from tests.measure.fidelity.compare import disagreements
from tests.measure.fidelity.sources import Digest, Expected
from tests.measure.fidelity.texts import alike, same_signs
from tests.real_mail import CORPUS


@pytest.mark.parametrize(
    ("wanted", "ours", "same"),
    [
        ("a b", "a b", True),
        ("Fr\ufffdsche", "Frösche", True),
        ("Frsche", "Frösche", True),
        ("Frï¿½sche", "Frösche", True),
        ("Fr\ufffdsche", "Frosch", False),
        ("Frosche", "Frösche", False),
        ("", "текст", False),
        ("text", "texts", False),
    ],
)
def test_signs_that_a_judge_could_not_read(wanted: str, ours: str, same: bool) -> None:
    assert same_signs(wanted, ours) is same


@pytest.mark.parametrize(
    ("wanted", "ours", "same"),
    [
        ("one\r\n two", "one two\n", True),
        ("one two", "onetwo", True),
        ("one " * 100, "one " * 99 + "two", True),
        ("one two three", "one two four", False),
        ("text [image: x]", "text", True),
        ("text", "text " * 3, False),
        ("привет", "пока", False),
    ],
)
def test_texts_are_alike(wanted: str, ours: str, same: bool) -> None:
    assert alike(wanted, ours) is same


LETTER = multipart(
    part("Мои слова"),
    base64_part(b"x" * 100, "image/png; name=a.png"),
    part(letter("Чужие слова"), "message/rfc822"),
)


@pytest.mark.parametrize(
    ("expected", "column"),
    [
        (Expected(sender="IVAN@example.ru", name="Иван Петров", subject=" Привет"), None),
        (Expected(sender="other@example.ru"), "from"),
        (Expected(name="Другой"), "name"),
        (Expected(subject="Другое"), "subject"),
        (Expected(text="Мои  слова"), None),
        (Expected(text="Мои слова\nЧужие слова"), None),
        (Expected(text="Чужие слова и не мои"), "body"),
        (Expected(html="<p>Мои слова</p>"), None),
        (Expected(text=Digest(9, "Мои слова", "")), None),
        (Expected(text=Digest(9000, "Мои слова", "")), "body"),
        (Expected(attachments=1, names=("a.png",)), None),
        (Expected(attachments=2, names=("a.png", "named otherwise.eml")), None),
        (Expected(attachments=0), "attachments"),
        (Expected(attachments=3), "attachments"),
        (Expected(attachments=1, names=("b.png",), sizes=(100,)), None),
        (Expected(attachments=1, sizes=(50,)), "attachments"),
        (Expected(digests=("0" * 64,)), "digests"),
        (Expected(message_id="<one@example.ru>"), None),
        (Expected(message_id="<two@example.ru>"), "id"),
        (Expected(references=("<a@x>",)), "references"),
        (Expected(date="2026-03-02T07:00:00Z"), None),
        (Expected(date="2026-03-02T10:00:00Z"), "date"),
        (Expected(date="1900-01-01 00:00:00+00:00"), None),
    ],
)
def test_a_disagreement_is_found_in_its_column(expected: Expected, column: str | None) -> None:
    _, found = disagreements(expected, read_letter(LETTER))
    assert list(found) == ([column] if column else [])


EVERY = 4  # `make fidelity` reads them all


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus of real letters at {CORPUS}")
@pytest.mark.parametrize("judge", ["own", "reference"])
def test_real_letters_are_read_as_others_read_them(judge: str) -> None:
    options = Namespace(corpus=CORPUS, judge=judge, every=EVERY, show=None, column="")
    rows = measure(options)[judge].values()
    compared = sum((row.compared - row.forgiven for row in rows), Counter[str]())
    agreed = sum((row.agreed for row in rows), Counter[str]())
    shares = {column: 100 * agreed[column] / compared[column] for column in compared}
    assert shares["from"] >= 99.5
    assert shares["subject"] >= 99.5
    assert shares["body"] >= 98
    assert shares["attachments"] >= 98
    assert sum(row.crashes for row in rows) == 0
    assert max(row.slowest for row in rows) < 2
    assert sum(row.excepted for row in rows) <= 0.1 * sum(row.letters for row in rows)
