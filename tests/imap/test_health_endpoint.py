"""Health and metrics of a bridge that reads mailboxes, by IMAP alone."""

import json
from pathlib import Path
from urllib.request import urlopen

from tests import servers
from tests.imap.mailbox import Mailbox, bridge
from tests.imap.proxy import ImapProxy


def get(service: servers.Service, path: str) -> str:
    """Return what the health port answers; the port must be there."""
    url = f"http://127.0.0.1:{service.env['HEALTH_PORT']}{path}"
    with urlopen(url, timeout=5) as answer:
        return str(answer.read().decode())


def test_a_refused_login_is_an_alarm_that_names_the_mailbox(
    tmp_path: Path, mailbox: Mailbox, worse: ImapProxy
) -> None:
    worse.login_answer = b"NO [AUTHENTICATIONFAILED] LOGIN invalid credentials"
    port = str(servers.free_port())
    service = bridge(tmp_path, worse.port, HEALTH_PORT=port)
    service.ready = lambda: servers.listens(int(port))
    with servers.running(service):
        servers.wait_until(lambda: bool(json.loads(get(service, "/healthz"))["mailboxes"]))
        health = json.loads(get(service, "/healthz"))
        assert "mailbox not read" in health["alarms"]
        assert all("refused" in complaint for complaint in health["mailboxes"])
        user = service.env["IMAP_USER"]
        assert any(complaint.startswith(user) for complaint in health["mailboxes"])
        assert 'bridge_alarm{reason="mailbox not read"} 1.0' in get(service, "/metrics")
        assert "app-password" not in get(service, "/healthz")


def test_a_mailbox_that_is_read_is_no_alarm(tmp_path: Path, mailbox: Mailbox) -> None:
    port = str(servers.free_port())
    with servers.running(service := bridge(tmp_path, mailbox.port, HEALTH_PORT=port)):
        servers.wait_until(lambda: servers.listens(int(port)))
        health = json.loads(get(service, "/healthz"))
        assert (health["status"], health["mailboxes"]) == ("alive", [])
        assert "mailbox not read" not in health["alarms"]
        assert "bridge_spool_letters 0.0" in get(service, "/metrics")
        assert json.loads(get(service, "/readyz")) == {"status": "ready"}
