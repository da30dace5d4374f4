"""Whatever the text is, reading its new words ends soon and loses no letter whole."""

import re
import time
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.parse.reply import (
    lines,
    markers,
    occasion,
    pasted,
    wording,
)
from bridge.parse.reply.closing import signature, tails
from bridge.parse.reply.copied import block, field_names, shapes
from bridge.parse.reply.new_words import new_words
from tests.parse.reply.letters import CLIENTS, Client, Position, letter

MEBIBYTE = 1 << 20
SAID = "On Mon, Sep 15, 2025 at 3:46 PM, Jane <jane@example.org> wrote:\n"

HOSTILE = {
    "words after On": "On " + "word " * 20_000,
    "blank lines": "one" + "\n" * 20_000 + "two",
    "a mebibyte of blank lines": "one" + "\n" * MEBIBYTE + "two",
    "quote marks": ">\n" * 200_000,
    "quote marks in one line": ">" * MEBIBYTE,
    "one long line": "x" * MEBIBYTE,
    "one long line with a colon": "On 1 May 2025 " + "x" * MEBIBYTE + " wrote:",
    "short lines": "a\n" * (MEBIBYTE // 2),
    "every other line quoted": "> a\nb\n" * 170_000,
    "colons": "1:\n" * 350_000,
    "folded attributions": "On 1 May 2025\n" * 70_000,
    "attributions": SAID * 15_000,
    "attributions and quotations": (SAID + "> a\nb\n") * 14_000,
    "header fields": "From: a\n" * 130_000,
    "header fields and folds": "From: a\nx\n" * 100_000,
    "header fields and blanks": "From: a\n\n" * 110_000,
    "delimiters": "--\n" * 350_000,
    "rules": "_____\n" * 170_000,
    "tails": "Sent from my iPhone\n\n" * 50_000,
    "markers": "-----Original Message-----\n" * 38_000,
    "open brackets": ("<" * 390 + ":\n") * 2_600,
    "half addresses": ("a@" * 195 + ":\n") * 2_600,
    "digits": ("1" * 390 + ":\n") * 2_600,
}  # fmt: skip

POSITIONS: tuple[Position, ...] = ("above", "below", "between", "deep")
PIECES = st.sampled_from(
    [
        *("", "Да.", "> Пришёл?", ">> Да?", "-- ", "--", "_____", "----------------", ">", ">:"),
        *(client.said for client in CLIENTS),
        *(client.forward for client in CLIENTS),
        *(client.tail for client in CLIENTS),
    ]
)


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_mebibyte_of_anything_is_read_in_time(body: str) -> None:
    started = time.process_time()
    new_words(body)
    assert time.process_time() - started < 3, "seconds of processor time; a slow machine has room"


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_twice_the_text_takes_about_twice_the_time(body: str) -> None:
    def spent(text: str) -> float:
        started = time.process_time()
        new_words(text)
        return time.process_time() - started

    eighth, quarter = body[: len(body) // 8], body[: len(body) // 4]
    assert spent(quarter) < 3 * spent(eighth) + 0.1


@pytest.mark.parametrize(
    "module",
    [block, field_names, shapes, lines, markers, occasion, pasted, signature, tails, wording],
    ids=lambda m: m.__name__,
)
def test_no_unbounded_repetition_lies_in_another(module: ModuleType) -> None:
    patterns = [value for value in vars(module).values() if isinstance(value, re.Pattern)]
    for pattern in patterns:
        parsed: Any = re._parser.parse(pattern.pattern, pattern.flags)  # type: ignore[attr-defined]
        assert not _is_nested(parsed, inside=False), pattern.pattern


def _is_nested(parsed: Any, inside: bool) -> bool:
    """Whether a repetition with no end lies inside any repetition of more than one."""
    for operation, argument in parsed:
        repeats = str(operation) in ("MAX_REPEAT", "MIN_REPEAT")
        if repeats and inside and argument[1] > 1_000:
            return True
        parts = argument if isinstance(argument, tuple | list) else ()
        for part in [y for x in parts for y in (x if isinstance(x, list) else [x])]:
            within = inside or (repeats and argument[1] > 1)
            if hasattr(part, "state") and _is_nested(part, within):
                return True
    return False


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read(body: str) -> None:
    _check_promises(body)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=12))
def test_any_mixture_of_what_clients_write_is_read(pieces: list[str]) -> None:
    _check_promises("\n".join(pieces))


@settings(deadline=None)
@given(st.sampled_from(CLIENTS), st.sampled_from(POSITIONS), st.integers(0, 400))
def test_a_letter_broken_off_anywhere_is_read(client: Client, position: Position, at: int) -> None:
    _check_promises(letter(client, position)[:at])


def _check_promises(body: str) -> None:
    """Nothing is made up, and something is left wherever there was something."""
    reply = new_words(body)
    written = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert {line.rstrip() for line in reply.split("\n")} <= {line.rstrip() for line in written} | {
        ""
    }
    assert bool(reply.strip()) == bool(body.strip())
