"""Whose a letter in the spool is, and what people ask for it by, however its trace header looks."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bridge.reporting.report import held
from bridge.settings import BridgeSettings
from bridge.spool.envelope import Delivery, trace_block
from bridge.spool.spool import Spool, new_id
from bridge.trace.search import search
from tests import servers

OWN = (
    "From: =?utf-8?b?0JjQstCw0L0=?= <ivan@example.ru>\r\nTo: shop@a.ru, Olga <olga@a.ru>\r\n"
    "Subject: =?utf-8?b?0JPQtNC1INC30LDQutCw0Lc=?=\r\nMessage-ID: <f1@a.ru>\r\n\r\nx\r\n"
)
TO = "X-Original-To: in-1@y.ru\r\nDelivered-To: support@y.ru\r\n"


def spool(directory: Path, content: bytes, state: str = "failed") -> tuple[Spool, str]:
    """Return a spool with one letter."""
    found, letter_id = Spool(directory / "spool").prepare(), f"{10**15:016}-{'a' * 16}"
    (found.root / state / f"{letter_id}.eml").write_bytes(content)
    return found, letter_id


@pytest.mark.parametrize(
    ("above", "mail_from", "rcpt_to"),
    [
        ("", "ivan@example.ru", "shop@a.ru, olga@a.ru"),
        (TO, "ivan@example.ru", "in-1@y.ru, support@y.ru"),
        (TO + "\r\n", "ivan@example.ru", "in-1@y.ru, support@y.ru"),
        ("Return-Path: <b@a.ru>\r\n" + TO, "b@a.ru", "in-1@y.ru, support@y.ru"),
        ("\0\1garbage\r\n" + TO, "ivan@example.ru", "in-1@y.ru, support@y.ru"),
        ("garbage without a colon\r\n", "ivan@example.ru", "shop@a.ru, olga@a.ru"),
        ("Received: from x by y; yesterday\r\n", "ivan@example.ru", "shop@a.ru, olga@a.ru"),
    ],
)
def test_a_letter_whose_trace_is_illegible_is_told_by_its_own_header(
    tmp_path: Path, above: str, mail_from: str, rcpt_to: str
) -> None:
    failed, letter_id = spool(tmp_path, (above + OWN).encode())
    [letter] = held(failed, 2e9)
    assert (letter.id, letter.mailbox, letter.is_read) == (letter_id, "", True)
    assert (letter.message_id, letter.subject) == ("f1@a.ru", "Где заказ")
    assert (letter.mail_from, letter.rcpt_to) == (mail_from, rcpt_to)
    named = f"{letter.mail_from}, {letter.rcpt_to}, {letter.people}"
    assert {"ivan@example.ru", "shop@a.ru", "olga@a.ru"} <= set(named.split(", "))
    settings = BridgeSettings.model_validate(
        {"mailboxes": {"s@y.ru": ["s@y.ru"]}, "webhook_url": "http://127.0.0.1:1/webhook/email"}
        | {"webhook_secrets": servers.SECRET, "data_dir": tmp_path, "smtp_hostname": "b.example"}
    )
    assert [each.id for each in search(settings, "f1@a.ru")] == [letter_id]


def test_people_of_the_header_are_told_beside_the_envelope(tmp_path: Path) -> None:
    delivery = Delivery(new_id(), "support@y.ru", datetime.now(UTC), "bounce@list.ru", ("s@y.ru",))
    waiting, _ = spool(tmp_path, trace_block(delivery, "b.example") + OWN.encode(), "new")
    [letter] = held(waiting, 2e9)
    assert (letter.mail_from, letter.rcpt_to) == ("bounce@list.ru", "s@y.ru")
    assert letter.people == "ivan@example.ru, shop@a.ru, olga@a.ru"


@pytest.mark.parametrize("content", [b"", b"\0" * 5000, TO.encode(), f"{TO}\r\nx\r\n".encode()])
def test_what_is_legible_of_no_letter_is_not_told_as_read(tmp_path: Path, content: bytes) -> None:
    failed, _ = spool(tmp_path, content)
    assert [each.is_read for each in held(failed, 2e9)] == [False]


def test_of_what_the_disk_does_not_give_nothing_is_said_to_be_known(tmp_path: Path) -> None:
    failed, _ = spool(tmp_path, b"")
    path = next(failed.failed.iterdir())
    path.unlink()
    path.mkdir()
    [letter] = held(failed, 2e9)
    assert (letter.is_read, letter.message_id, letter.subject) == (False, "", "")
