"""A mail server that forwards a mailbox to the bridge: it queues and comes again after our 451."""

import os
import smtplib
from pathlib import Path

import pytest

from tests import servers
from tests.letters import letter
from tests.smtp_client import on_the_wire
from tests.whole import postfix
from tests.whole.conftest import Whole

MAILBOXES = '{"support@yandex.ru": ["in-4f2a@bridge.test"]}'


@pytest.mark.skipif(
    postfix.POSTFIX is None, reason="Postfix is not installed: apt-get install postfix"
)
@pytest.mark.skipif(os.geteuid() != 0, reason="Postfix is started by root only")
def test_what_a_rule_forwards_comes_in_also_after_our_452(tmp_path: Path, whole: Whole) -> None:
    directory = tmp_path / "forwarded"
    directory.mkdir()
    port = whole.receiver.env["RECEIVER_PORT"]
    door = servers.bridge(directory, port, MAILBOXES=MAILBOXES)
    spool_tmp = directory / "spool" / "tmp"
    with postfix.running(int(door.env["SMTP_PORT"])) as server, servers.running(door):
        forward(server.port, letter("1@example.ru", text="Привет " * 400))
        servers.wait_until(lambda: len(whole.messages()) == 1)

        spool_tmp.rename(directory / "elsewhere")  # as a disk that is gone: 452
        forward(server.port, letter("2@example.ru"))
        servers.wait_until(lambda: "452 4.3.1" in server.log())
        assert server.queued() == 1
        (directory / "elsewhere").rename(spool_tmp)
        servers.wait_until(lambda: len(whole.messages()) == 2)

        door.stop()
        forward(server.port, letter("3@example.ru"))
        servers.wait_until(lambda: "Connection refused" in server.log())
        door.start()
        servers.wait_until(lambda: len(whole.messages()) == 3)
        servers.wait_until(lambda: server.queued() == 0)
    assert "status=bounced" not in server.log()
    sources = [copy["source"] for kept in whole.letters() for copy in kept["copies"]]
    assert {source["mail_from"] for source in sources} == {"ivan@example.ru"}
    assert {tuple(source["rcpt_to"]) for source in sources} == {("in-4f2a@bridge.test",)}


def forward(port: int, content: bytes) -> None:
    """Hand a letter to the server as its sender does."""
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
        client.sendmail("ivan@example.ru", ["support@yandex.test"], on_the_wire(content))
