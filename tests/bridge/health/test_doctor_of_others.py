"""The doctor on what the bridge depends on: DNS, the receiver, IMAP, its own spool."""

import json
import os
import re
import resource
import threading
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import (
    BaseRequestHandler,
    StreamRequestHandler,
    ThreadingTCPServer,
    ThreadingUDPServer,
)
from typing import Any

import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset
import pytest

from bridge.doctor import here
from bridge.doctor.command import doctor as examined
from bridge.ingress.imap.supervisor import watching_alone
from bridge.settings import BridgeSettings
from bridge.spool.inventory import Inventory
from contract.doctor.checkup import Finding
from tests import servers
from tests.imap.conftest import pymap_port
from tests.imap.dovecot import PASSWORD, USER

__all__ = ["pymap_port"]

ZONE = {
    "right.example.": "10 bridge.example.",
    "right.elsewhere.": "10 mx.yandex.ru.",
    "two.example.": "10 bridge.example.",
}


class NameServer(BaseRequestHandler):
    """Answers from ``ZONE``, of a name that begins with ``mute`` not at all."""

    def handle(self) -> None:
        data, connection = self.request
        query = dns.message.from_wire(data)
        name = query.question[0].name.to_text()
        if name.startswith("mute"):
            return
        response = dns.message.make_response(query)
        if name in ZONE and query.question[0].rdtype == dns.rdatatype.MX:
            response.answer.append(dns.rrset.from_text(name, 60, "IN", "MX", ZONE[name]))
        else:
            response.set_rcode(dns.rcode.NXDOMAIN)
        connection.sendto(response.to_wire(), self.client_address)


class Receiver(BaseHTTPRequestHandler):
    """Answers every request with one status, and with a clock that is some seconds off."""

    status, seconds, date = 204, 0.0, ""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response_only(self.status)
        now = formatdate(time.time() + self.seconds, usegmt=True)
        self.send_header("Date", self.date or now)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(server: Any) -> Iterator[int]:
    """Serve on a port of the loopback interface, which is given."""
    with server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture(scope="module")
def name_server() -> Iterator[None]:
    """A name server that the whole process asks."""
    with serving(ThreadingUDPServer(("127.0.0.1", 0), NameServer)) as port:
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], port
        dns.resolver.default_resolver = resolver
        yield
        dns.resolver.default_resolver = None


@pytest.fixture(scope="module")
def receiver_port() -> Iterator[int]:
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Receiver)) as port:
        yield port


@pytest.fixture
def doctor(
    receiver_port: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Any:
    """What runs the doctor and returns (status, {check: the worst finding})."""
    ours = {
        "DATA_DIR": str(tmp_path), "WEBHOOK_SECRETS": servers.SECRET, "DNS_CHECKS": "false",
        "WEBHOOK_URL": f"http://127.0.0.1:{receiver_port}/webhook/email", "SMTP_PORT": "1",
    }  # fmt: skip

    def ask(locale: str = "C", **settings: str) -> tuple[int, dict[str, Any]]:
        with monkeypatch.context() as environment:
            for name, value in {**ours, "LC_ALL": locale, **settings}.items():
                environment.setitem(os.environ, name, value)
            status = examined(BridgeSettings(), Namespace(json=True, door=None))
        found: dict[str, Any] = {}
        for each in json.loads(capsys.readouterr().out)["checks"]:
            if each["check"] not in found or each["state"] != "well":
                found[each["check"]] = each
        return status, found

    return ask


def is_told(found: dict[str, Any], state: str, says: str, do: str) -> bool:
    """Tell whether a check says so, and names the remedy if it is not well."""
    assert (found["state"], says in found["says"], do in found["do"]) == (state, True, True), found
    return bool(found["do"]) == (state != "well")


@pytest.mark.parametrize(
    ("domain", "state", "says"),
    [
        ("right.example", "well", "right.example leads to bridge.example"),
        ("right.elsewhere", "look", "right.elsewhere leads to mx.yandex.ru"),
        ("none.example", "broken", "none.example has no MX"),
        ("mute.example", "look", "DNS does not answer about mute.example"),
    ],
)
def test_mx(
    name_server: None,
    doctor: Any,
    monkeypatch: pytest.MonkeyPatch,
    domain: str,
    state: str,
    says: str,
) -> None:
    monkeypatch.setattr("bridge.doctor.door.SECONDS", 1.0)
    mailboxes = json.dumps({"support@yandex.ru": [f"in-1@{domain}"]})
    settings = {"MAILBOXES": mailboxes, "SMTP_HOSTNAME": "bridge.example", "DNS_CHECKS": "true"}
    do = {"well": "", "look": "", "broken": "let the MX of none.example be bridge.example"}[state]
    assert is_told(doctor(**settings)[1]["mx"], state, says, do)
    assert doctor("ru_RU.UTF-8", **settings)[1]["mx"]["says"] != says


@pytest.mark.parametrize(
    ("status", "state", "says", "do"),
    [
        (204, "well", "takes what we sign", ""),
        (405, "well", "takes what we sign", ""),
        (200, "broken", "there is no webhook", "is the URL right?"),
        (401, "broken", "the secrets do not fit", "give both sides one WEBHOOK_SECRETS"),
        (404, "broken", "there is no webhook", "is the URL right?"),
        (503, "look", "503", "python -m receiver doctor says why"),
        (500, "broken", "500", "is it running"),
    ],
)
def test_the_receiver(
    doctor: Any, monkeypatch: pytest.MonkeyPatch, status: int, state: str, says: str, do: str
) -> None:
    monkeypatch.setattr(Receiver, "status", status)
    assert is_told(doctor()[1]["receiver"], state, says, do)


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, "well"), (-90, "look"), (90, "look"), (4000, "broken")]
)
def test_the_clock_of_the_receiver(
    doctor: Any, monkeypatch: pytest.MonkeyPatch, seconds: float, state: str
) -> None:
    monkeypatch.setattr(Receiver, "seconds", seconds)
    assert is_told(doctor()[1]["clock"], state, "the receiver", "NTP" if state != "well" else "")


@pytest.mark.parametrize(
    ("date", "state"),
    [
        ("", "well"),
        ("Tue, 24 Nov 2020 10:00:00 -0000", "broken"),
        ("24.11.2026", None),
        ("0", None),
    ],
)
def test_whatever_a_date_of_the_receiver_says_all_is_looked_at(
    doctor: Any, monkeypatch: pytest.MonkeyPatch, date: str, state: str | None
) -> None:
    monkeypatch.setattr(Receiver, "date", date)
    _, found = doctor(MAILBOXES=USER)
    assert found["receiver"]["state"] == "well"
    assert found.get("clock", {}).get("state") == state
    assert {"smtp", "health", "backup"} <= found.keys()


class Greeter(StreamRequestHandler):
    """Says one line, as a server of mail does, and hangs up at once or after a silence."""

    line, silence = b"220 mail.example ESMTP\r\n", 0.0

    def handle(self) -> None:
        self.wfile.write(self.line)
        self.wfile.flush()
        time.sleep(self.silence)


# Three words in a row that are no name, option or command.
ENGLISH = re.compile(r"(?<![\w./=-])[a-z]{2,}(?:[,:]? [a-z']{2,}){2,}(?![\w/=])")


@pytest.mark.parametrize(
    "line",
    [b"220 mail.example ESMTP\r\n", b"", b"\x00\xff" * 400, b"HTTP/1.1 200 OK\r\n", b"220 x"],
)
@pytest.mark.parametrize("silence", [0.0, 2.0])
def test_whoever_else_answers_at_a_port_of_ours_is_told_in_words(
    doctor: Any, monkeypatch: pytest.MonkeyPatch, line: bytes, silence: float
) -> None:
    monkeypatch.setattr(Greeter, "line", line)
    monkeypatch.setattr(Greeter, "silence", silence)
    for module in ("door", "here", "receiver"):
        monkeypatch.setattr(f"bridge.doctor.{module}.SECONDS", 0.5)
    with serving(ThreadingTCPServer(("127.0.0.1", 0), Greeter)) as port:
        url = f"http://127.0.0.1:{port}/webhook/email"
        ports = {"SMTP_PORT": str(port), "HEALTH_PORT": str(port)}
        status, found = doctor("ru_RU.UTF-8", WEBHOOK_URL=url, MAILBOXES=USER, **ports)
    assert status == 2
    assert [found[name]["state"] for name in ("receiver", "health")] == ["broken", "look"]
    assert "backup" in found
    for each in found.values():
        assert not ENGLISH.search(f"{each['says']} {each['do']}"), each


def test_a_check_that_raises_is_a_line_of_its_own(
    doctor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def falls(*_: object) -> None:
        raise KeyError("somebody's words")

    for name in ("here._health", "door._answers", "receiver.clock", "mailboxes._account"):
        monkeypatch.setattr(f"bridge.doctor.{name}", falls)
    imap = {"IMAP_HOST": "127.0.0.1", "IMAP_SECURITY": "none", "MAILBOXES": USER}
    status, found = doctor(**imap, IMAP_USER=USER, IMAP_PASSWORD=PASSWORD)
    assert status == 2
    for check in ("health", "smtp", "clock", "imap"):
        says = "the check itself failed: KeyError at"
        assert is_told(found[check], "broken", says, "what answers there")
    assert found["receiver"]["state"] == "well"
    assert "somebody" not in json.dumps(found)


@contextmanager
def watched(directory: Path, entries: dict[str, Any]) -> Iterator[None]:
    """Act as the bridge that follows the mailboxes, with these states of its watchers."""
    settings = BridgeSettings(data_dir=directory)
    with watching_alone(settings):
        settings.imap_health.write_text(json.dumps(entries))
        yield


def test_imap(doctor: Any, pymap_port: int, tmp_path: Path) -> None:
    server = {"IMAP_HOST": "127.0.0.1", "IMAP_PORT": str(pymap_port), "IMAP_SECURITY": "none"}
    mailbox = server | {"IMAP_USER": USER, "IMAP_PASSWORD": PASSWORD}
    with watched(tmp_path, {}):
        well = doctor(**mailbox)[1]["imap"]
    assert is_told(well, "well", f"{USER}: logged in, INBOX, Sent", "")
    for settings, says, do in (
        ({"IMAP_PASSWORD": "wrong-word"}, "login refused", "make a new app password"),
        ({"IMAP_FOLDERS": '["INBOX", "Архив"]'}, "no folder Архив", "there are: INBOX, Sent"),
        ({"IMAP_TOKEN_COMMAND": "false", "IMAP_PASSWORD": ""}, USER, "IMAP_TOKEN_"),
        ({"IMAP_SECURITY": "tls"}, "127.0.0.1", "IMAP_SECURITY"),
    ):
        status, found = doctor(**mailbox | settings)
        assert status == 2
        assert is_told(found["imap"], "broken", says, do)
        assert "wrong-word" not in json.dumps(found)


def test_a_mailbox_that_nobody_reads(doctor: Any, pymap_port: int, tmp_path: Path) -> None:
    entry = {"state": "watching", "since": 0.0, "seen": time.time() - 5000, "detail": ""}
    server = {"IMAP_HOST": "127.0.0.1", "IMAP_PORT": str(pymap_port), "IMAP_SECURITY": "none"}
    with watched(tmp_path, {f"{USER} INBOX": entry}):
        found = doctor(**server, IMAP_USER=USER, IMAP_PASSWORD=PASSWORD)[1]["imap"]
    assert is_told(found, "look", "not looked at for", "python -m bridge imap")


GIB = 1024**3


@pytest.mark.parametrize(
    ("inventory", "check", "state", "do"),
    [
        (Inventory(), "spool", "well", ""),
        (Inventory(waiting=3, oldest=3599.0), "spool", "well", ""),
        (Inventory(waiting=3, oldest=3601.0), "spool", "look", "the log says"),
        (Inventory(waiting=3, waiting_bytes=int(9.5 * GIB)), "spool", "look", "SPOOL_MAX_BYTES"),
        (Inventory(failed=1), "failed", "look", "python -m bridge spool list --failed"),
    ],
)
def test_the_spool(inventory: Inventory, check: str, state: str, do: str) -> None:
    told = {each.check: each for each in here.of_spool(inventory, BridgeSettings())}
    assert (told[check].state, bool(told[check].do)) == (state, state != "well")
    assert not do or do in _do(told[check])


@pytest.mark.parametrize(
    ("hard", "state"), [(resource.RLIM_INFINITY, "well"), (1 << 20, "well"), (256, "look")]
)
def test_descriptors(hard: int, state: str) -> None:
    found = here.of_descriptors(hard, BridgeSettings())
    assert found.state == state
    assert state == "well" or "raise ulimit -n" in _do(found)


def _do(found: Finding) -> str:
    assert found.do is not None
    return found.do.en
