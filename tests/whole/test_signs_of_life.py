"""``ping`` and ``/healthz`` do not call something well that has never worked."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from contract.signature import new_secret
from tests import servers
from tests.servers import Service
from tests.whole.conftest import Whole


@pytest.fixture
def receiver(tmp_path: Path, mongo_uri: str, database_name: str) -> Service:
    """A receiver that is not started yet."""
    (tmp_path / "receiver").mkdir()
    return servers.receiver(tmp_path / "receiver", mongo_uri, database_name)


@pytest.fixture
def bridge_settings() -> dict[str, str]:
    """What a test sets otherwise."""
    return {}


@pytest.fixture
def bridge(tmp_path: Path, receiver: Service, bridge_settings: dict[str, str]) -> Iterator[Service]:
    """A bridge that knows the receiver's port."""
    (tmp_path / "bridge").mkdir()
    port = receiver.env["RECEIVER_PORT"]
    service = servers.bridge(tmp_path / "bridge", port)
    service.env = {**service.env, **bridge_settings}
    with servers.running(service):
        yield service


def ping(service: Service, *words: str) -> tuple[int, str]:
    done = servers.run(service.command[2], "ping", *words, env=service.env)
    return done.returncode, done.stderr


def health(service: Service) -> dict[str, object]:
    with urlopen(f"http://127.0.0.1:{service.env['HEALTH_PORT']}/healthz", timeout=5) as answer:
        return dict(json.loads(answer.read()))


def test_a_receiver_that_was_never_reached_is_not_well(receiver: Service, bridge: Service) -> None:
    servers.wait_until(lambda: health(bridge)["alarms"] == ["receiver not reached"])
    status, said = ping(bridge)
    assert (status, "WEBHOOK_URL" in said) == (1, True)
    with servers.running(receiver):
        servers.wait_until(lambda: health(bridge)["alarms"] == [])
        assert ping(bridge) == (0, "")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"WEBHOOK_SECRETS": new_secret()}, "secrets do not fit"),
        ({"WEBHOOK_URL": "http://127.0.0.1:PORT/elsewhere"}, "look at the path"),
        ({"WEBHOOK_URL": "http://nowhere.invalid/webhook/email"}, "never reached yet"),
        (
            {"WEBHOOK_SECRETS": "", "WEBHOOK_SECRETS_FILE": "/nowhere"},
            "WEBHOOK_SECRETS_FILE: /nowhere: there is no such file yet",
        ),
    ],
)
def test_a_receiver_that_does_not_take_our_letters_is_not_well(
    tmp_path: Path, whole: Whole, more: dict[str, str], said: str
) -> None:
    port = whole.receiver.env["RECEIVER_PORT"]
    settings = {name: text.replace("PORT", port) for name, text in more.items()}
    bridge = servers.bridge(tmp_path, port)
    bridge.env = {**bridge.env, **settings}
    with servers.running(bridge):
        servers.wait_until(lambda: said in str(health(bridge)["receiver"]))
        status, told = ping(bridge)
    assert (status, said in told) == (1, True)


def test_a_receiver_without_a_usable_secret_is_not_ready(tmp_path: Path, receiver: Service) -> None:
    secret = tmp_path / "secret"
    secret.write_text(new_secret())
    receiver.env = {**receiver.env, "WEBHOOK_SECRETS": "", "WEBHOOK_SECRETS_FILE": str(secret)}
    with servers.running(receiver):
        assert ping(receiver) == (0, "")
        secret.write_text("garbage")
        status, said = ping(receiver)
        assert status == 1
        assert "WEBHOOK_SECRETS_FILE" in said


def test_a_mailbox_that_was_never_read_is_not_well(
    receiver: Service, bridge_settings: dict[str, str], request: pytest.FixtureRequest
) -> None:
    bridge_settings |= {"IMAP_HOST": "127.0.0.1", "IMAP_PORT": "1"}
    bridge_settings |= {"IMAP_USER": "support@yandex.ru", "IMAP_PASSWORD": "hunter2"}
    bridge = request.getfixturevalue("bridge")
    servers.wait_until(lambda: "mailbox not read" in str(health(bridge)["alarms"]))
    status, said = ping(bridge, "imap")
    assert (status, "127.0.0.1:1: nobody listens there" in said) == (1, True)


def test_no_mailbox_by_imap_is_not_well(bridge: Service) -> None:
    status, said = ping(bridge, "imap")
    assert status == 1
    assert "IMAP_USER" in said
