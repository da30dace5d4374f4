"""Every pinned dependency is reviewed in this very version, and the review finds faults."""

import pytest

from tests.measure.audit.review import PINS, REVIEW, Reviewed, complaints


def test_what_is_pinned_is_reviewed() -> None:
    assert len(PINS) > 20
    assert complaints(PINS, REVIEW) == []


FIXED = {"CVE-1": {"fixed": "1.2.0", "here": "bounded by us"}}
OPEN = {"CVE-1": {"fixed": "", "here": "we do not use it"}}
UNSAID = {"CVE-1": {"fixed": "", "here": ""}}
CASES: dict[str, tuple[dict[str, str], dict[str, Reviewed], str]] = {
    "no review": ({"a": "1"}, {}, "a 1 is not reviewed"),
    "another version": ({"a": "1.10"}, {"a": Reviewed("1.9", "MIT", {})}, "1.10 is not reviewed"),
    "a weakness": (
        {"a": "1.1.9"},
        {"a": Reviewed("1.1.9", "MIT", FIXED)},
        "mended in 1.2.0",
    ),
    "mended": ({"a": "1.10.0"}, {"a": Reviewed("1.10.0", "MIT", FIXED)}, ""),
    "not mended, but it does not concern us": (
        {"a": "1"},
        {"a": Reviewed("1", "MIT", OPEN)},
        "",
    ),
    "not judged": ({"a": "1"}, {"a": Reviewed("1", "MIT", UNSAID)}, "nothing is said on CVE-1"),
    "a licence": ({"a": "1"}, {"a": Reviewed("1", "LGPL-3.0-only", {})}, "no licence"),
    "no longer used": ({}, {"a": Reviewed("1", "MIT", {})}, "not pinned"),
}


@pytest.mark.parametrize(("pins", "review", "said"), CASES.values(), ids=CASES.keys())
def test_what_is_wrong_is_said(
    pins: dict[str, str], review: dict[str, Reviewed], said: str
) -> None:
    wrong = complaints(pins, review)
    assert len(wrong) == bool(said)
    assert said in "".join(wrong)
