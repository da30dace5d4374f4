"""STARTTLS and AUTH: an authenticated session is the one way by which SMTP brings ``out``."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from bridge.spool.envelope import read_trace
from tests import servers
from tests.letters import letter


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def bridge(
    tmp_path_factory: pytest.TempPathFactory, authority: trustme.CA
) -> Iterator[servers.Service]:
    directory = tmp_path_factory.mktemp("tls")
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(str(directory / "key.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(directory / "cert.pem"))
    settings = {
        "SMTP_TLS_CERT": str(directory / "cert.pem"),
        "SMTP_TLS_KEY": str(directory / "key.pem"),
        "SMTP_USERS": '{"specialist": "password-1"}',
    }
    with servers.running(
        service := servers.bridge(directory, str(servers.free_port()), **settings)
    ):
        yield service


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def connect(bridge: servers.Service) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", int(bridge.env["SMTP_PORT"]), timeout=10)


def protocols(bridge: servers.Service) -> list[tuple[str, str]]:
    new = Path(bridge.env["DATA_DIR"]) / "spool" / "new"
    deliveries = [read_trace(path.read_bytes())[0] for path in sorted(new.iterdir())]
    return [(delivery.protocol, delivery.direction) for delivery in deliveries]


def test_a_login_over_tls_makes_a_letter_one_of_ours(
    bridge: servers.Service, authority: trustme.CA
) -> None:
    with connect(bridge) as client:
        client.sendmail("i@example.ru", "support@yandex.ru", letter("1@a.ru"))
    with connect(bridge) as client:
        client.starttls(context=trusting(authority))
        client.sendmail("i@example.ru", "support@yandex.ru", letter("2@a.ru"))
    with connect(bridge) as client:
        client.starttls(context=trusting(authority))
        client.ehlo()
        client.auth("PLAIN", lambda _=None: "\0specialist\0password-1")
        client.sendmail("i@example.ru", "support@yandex.ru", letter("3@a.ru"))
    assert protocols(bridge) == [("ESMTP", "in"), ("ESMTPS", "in"), ("ESMTPSA", "out")]


def test_auth_is_not_offered_in_the_clear(bridge: servers.Service) -> None:
    with connect(bridge) as client:
        client.ehlo()
        assert client.has_extn("STARTTLS")
        assert not client.has_extn("AUTH")


@pytest.mark.parametrize(("user", "password"), [("specialist", "wrong"), ("nobody", ""), ("", "")])
def test_a_wrong_login_is_refused(
    bridge: servers.Service, authority: trustme.CA, user: str, password: str
) -> None:
    with connect(bridge) as client:
        client.starttls(context=trusting(authority))
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login(user, password)
    assert "wrong" not in bridge.log.read_text()


def test_what_was_sent_before_the_handshake_is_forgotten(bridge: servers.Service) -> None:
    """STARTTLS injection: https://nostarttls.secvuln.info/."""
    with socket.create_connection(("127.0.0.1", int(bridge.env["SMTP_PORT"])), 10) as plain:
        plain.recv(1000)
        plain.sendall(b"EHLO a\r\n")
        answer = b""
        while b"250 " not in answer:
            answer += plain.recv(1000)
        plain.sendall(b"STARTTLS\r\nNOOP injected\r\n")
        assert plain.recv(1000).startswith(b"220")
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(plain) as secure:
            secure.sendall(b"EHLO b\r\nQUIT\r\n")
            with secure.makefile("rb") as answers:
                codes = [line[:4] for line in answers]
            assert codes.count(b"250 ") == 1
            assert codes[-1] == b"221 "


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tls_1_1_is_refused(bridge: servers.Service) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    with connect(bridge) as client, pytest.raises(ssl.SSLError):
        client.starttls(context=context)
