"""What no command can look for is refused with its words (2), before the database is asked."""

import pytest

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
