"""Command lines that make no sense end with status 2, before any server is asked."""

import argparse
from collections.abc import Iterator

import pytest

import bridge.command_line
import receiver.command_line
from receiver.command_line import status_of

NO_TEXT = "is no text in this terminal's character set: write it in UTF-8"
REFUSED = {
    "find": (["find", "\udcff\udcfe"], NO_TEXT),
    "list": (["list", "--mailbox", "\udcff"], NO_TEXT),
    "search": (["search", "good", "\udcff"], NO_TEXT),
    "show": (["show", "\udcff"], NO_TEXT),
    "long": (["find", "a" * 1003], "at most 1002 characters can be looked for, not 1003"),
}


@pytest.mark.parametrize(("words", "said"), REFUSED.values(), ids=REFUSED)
def test_an_argument_that_cannot_be_looked_for_is_quoted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    with pytest.raises(SystemExit) as end:
        status_of(words)
    assert end.value.code == 2
    assert said in capsys.readouterr().err


def test_a_path_may_hold_any_bytes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MONGO_URI", "foo://")  # refused next, so nothing is opened
    with pytest.raises(SystemExit) as end:
        status_of(["restore", "\udcff"])
    assert end.value.code == 78
    assert "MONGO_URI" in capsys.readouterr().err


def numbers(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.Action]]:
    """Yield each argument of a command, or of one below it, that is a number by its default."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                yield from numbers(each)
        elif isinstance(action.default, int | float) and action.nargs != 0:
            yield f"{parser.prog} {'/'.join(action.option_strings)}", action


NUMBERS = [
    *numbers(bridge.command_line.command_line()),
    *numbers(receiver.command_line.command_line()),
]


@pytest.mark.parametrize(("name", "action"), NUMBERS, ids=[name for name, _ in NUMBERS])
@pytest.mark.parametrize("text", ["nan", "-1", "inf", "1e400", "x", "", "-0.5", "9" * 5000, "²"])
def test_every_number_of_a_command_has_bounds_that_are_told(
    name: str, action: argparse.Action, text: str
) -> None:
    assert action.type not in (int, float)
    read = action.type
    assert callable(read)
    assert not action.default or read(str(action.default)) == action.default
    if text == "9" * 5000 and name.endswith(" -n"):
        return  # as many as there are
    with pytest.raises(argparse.ArgumentTypeError, match="number"):
        read(text)


def test_what_is_done_again_and_again_has_time_between() -> None:
    """``--every 0`` would fill the disk if the container that runs it is started again."""
    every = [action for name, action in NUMBERS if name.endswith("--every")]
    assert len(every) == 3
    for action in every:
        assert callable(action.type)
        with pytest.raises(argparse.ArgumentTypeError, match=r"from 0\.01 to 8784"):
            action.type("0")


def test_which_numbers_there_are() -> None:
    found = {name.removeprefix("python -m ") for name, _ in NUMBERS}
    assert found >= {
        "bridge reconcile --days", "bridge canary --every", "bridge canary --wait",
        "bridge backup --keep", "receiver backup --every", "receiver list -n",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["reconcile", "--days", "1000000"], "нужно целое число от 0 до 36525, а не '1000000'"),
        (["canary", "--every", "nan"], "нужно число от 0.01 до 8784, а не 'nan'"),
    ],
)
def test_bounds_are_told_in_russian(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    with pytest.raises(SystemExit) as end:
        bridge.command_line.status_of(words)
    assert end.value.code == 2
    assert said in capsys.readouterr().err
