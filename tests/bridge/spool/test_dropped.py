"""A letter that a person dropped from ``failed`` is remembered: whoever asks for it is told."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bridge.command_line import command_line
from bridge.settings import BridgeSettings
from bridge.spool.envelope import Delivery, trace_block
from bridge.spool.spool import Spool, new_id
from bridge.trace.dropped import NAME, dropped, remember
from bridge.trace.whose import Whose
from contract.bridge.report import MAX_LETTERS
from tests.letters import START

MAILBOX = "support@yandex.ru"


def put(directory: Path, who: str, number: int = 1, *, legible: bool = True) -> str:
    """Put a letter into ``failed`` and return its id."""
    delivery = Delivery(new_id(), MAILBOX, START, f"bounce@{who}", (MAILBOX,))
    block = trace_block(delivery, "b.example") if legible else b"Delivered-To: x@x.ru\r\n"
    own = f"From: a@{who}\r\nTo: {MAILBOX}\r\nSubject: S{number}\r\nMessage-ID: <{number}@{who}>"
    failed = Spool(directory / "spool").prepare().failed
    (failed / f"{delivery.id}.eml").write_bytes(block + own.encode() + b"\r\n\r\nx\r\n")
    return delivery.id


def run(directory: Path, *words: str) -> int:
    arguments = command_line().parse_args([*words])
    settings = BridgeSettings(data_dir=directory, webhook_url="http://127.0.0.1:1/webhook/email")
    return int(arguments.run(settings, arguments))


@pytest.mark.parametrize("legible", [True, False])
def test_a_dropped_letter_is_traced_by_its_message_id(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], legible: bool
) -> None:
    letter_id = put(tmp_path, "one.ru", legible=legible)
    assert run(tmp_path, "spool", "drop", letter_id) == 0
    capsys.readouterr()
    for words in ("<1@one.ru>", "1@one.ru", letter_id):
        assert run(tmp_path, "trace", words) == 0
        said = capsys.readouterr().out
        assert letter_id in said
        assert "Message-ID <1@one.ru>" in said
        assert "deleted by a person from failed/ (" in said
    [letter] = dropped(tmp_path)
    assert letter.who
    assert (letter.message_id, letter.subject) == ("1@one.ru", "S1")
    named = {letter.mail_from, *letter.people.split(", ")}
    assert named >= ({"bounce@one.ru", "a@one.ru"} if legible else {"a@one.ru"})
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600


def test_a_hundred_are_remembered_for_thirty_days(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    remember(tmp_path, "old", Whose(), (now - timedelta(days=31)).timestamp())
    remember(tmp_path, "new", Whose(), (now - timedelta(days=29)).timestamp())
    assert [each.id for each in dropped(tmp_path)] == ["new"]
    for number in range(MAX_LETTERS):
        remember(tmp_path, str(number), Whose(), now.timestamp())
    assert [each.id for each in dropped(tmp_path)] == [str(n) for n in range(MAX_LETTERS)]


@pytest.mark.parametrize("content", ["", "[", "{}", "[1]", "null", '[{"id": "1"}]'])
def test_whatever_the_file_has_become_a_letter_can_be_dropped(tmp_path: Path, content: str) -> None:
    (tmp_path / NAME).write_text(content)
    assert run(tmp_path, "spool", "drop", put(tmp_path, "one.ru")) == 0
    assert [each.message_id for each in dropped(tmp_path)] == ["1@one.ru"]


def test_what_cannot_be_remembered_is_said_and_dropped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    letter_id = put(tmp_path, "one.ru")
    (tmp_path / NAME).mkdir()
    assert run(tmp_path, "spool", "drop", letter_id) == 1
    assert NAME in capsys.readouterr().err
    assert not [*tmp_path.glob("*.tmp")]
    assert not [*(tmp_path / "spool" / "failed").iterdir()]


def test_of_an_erased_person_no_dropped_letter_is_remembered(tmp_path: Path) -> None:
    ids = [put(tmp_path, who, number) for number, who in enumerate(("one.ru", "two.ru"))]
    assert run(tmp_path, "spool", "drop", *ids) == 0
    assert run(tmp_path, "erase", "A@one.ru", "--yes") == 0
    assert "one.ru" not in (tmp_path / NAME).read_text()
    assert [each.message_id for each in dropped(tmp_path)] == ["1@two.ru"]
    assert json.loads((tmp_path / NAME).read_text())


def test_a_letter_whose_trace_is_illegible_is_erased_with_its_writer(tmp_path: Path) -> None:
    gone, stays = (put(tmp_path, who, legible=False) for who in ("one.ru", "two.ru"))
    assert run(tmp_path, "erase", "a@one.ru", "--yes") == 0
    assert [each.stem for each in (tmp_path / "spool" / "failed").iterdir()] == [stays]
    assert gone != stays
