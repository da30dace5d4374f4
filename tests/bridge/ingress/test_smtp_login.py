"""STARTTLS and AUTH: an authenticated session is the one way by which SMTP brings ``out``."""

import smtplib
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
import trustme
from pydantic import SecretStr

from bridge.settings import BridgeSettings
from bridge.spool.envelope import read_trace
from local.demo import login
from tests import servers
from tests.letters import letter
from tests.smtp_client import HELLO, SmtpDialogue


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


def connect(bridge: servers.Service, address: str = "127.0.0.1") -> smtplib.SMTP:
    port = int(bridge.env["SMTP_PORT"])
    return smtplib.SMTP("127.0.0.1", port, timeout=10, source_address=(address, 0))


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


def test_who_is_offered_auth_may_say_who_gave_him_the_letter(
    bridge: servers.Service, authority: trustme.CA
) -> None:
    """Exim sends the AUTH parameter of RFC 4954 section 5. Its value is never believed."""
    with connect(bridge) as client:
        client.starttls(context=trusting(authority))
        client.ehlo("client.example")
        assert client.mail("i@example.ru", ["AUTH=<>"])[0] == 250
        client.rset()
        assert client.mail("i@example.ru", ["AUTH=specialist+40yandex.ru", "SIZE=10"])[0] == 250
        client.rset()
        assert client.mail("i@example.ru", ["RET=HDRS"])[0] == 555


def test_the_demo_sends_its_answer_as_one_of_the_users(bridge: servers.Service) -> None:
    """This holds with any SMTP_USERS: an answer without a login would not join the dialog."""
    users = {"specialist": SecretStr("password-1")}
    with connect(bridge) as client:
        login(client, BridgeSettings(smtp_users=users, smtp_auth_without_tls=True))
        client.sendmail("a@b.ru", "support@yandex.ru", letter())
    assert ("ESMTPSA", "out") in protocols(bridge)[-1:]


def test_auth_is_not_offered_in_the_clear(bridge: servers.Service) -> None:
    with connect(bridge) as client:
        client.ehlo()
        assert client.has_extn("STARTTLS")
        assert not client.has_extn("AUTH")


@pytest.mark.parametrize(("user", "password"), [("specialist", "wrong"), ("nobody", ""), ("", "")])
def test_a_wrong_login_is_refused(
    bridge: servers.Service, authority: trustme.CA, user: str, password: str
) -> None:
    with connect(bridge, f"127.0.2.{1 + len(user)}") as client:
        client.starttls(context=trusting(authority))
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login(user, password)
    assert "wrong" not in bridge.log.read_text()


def test_passwords_are_guessed_slowly_whatever_the_number_of_connections(
    tmp_path: Path,
) -> None:
    """Three are tried at once, then after 1, 3, 7 and 15 s; all others must come again later."""
    settings = {"SMTP_USERS": '{"specialist": "password-1"}', "SMTP_AUTH_WITHOUT_TLS": "true"}
    service = servers.bridge(tmp_path, str(servers.free_port()), **settings)
    with ExitStack() as stack:
        stack.enter_context(servers.running(service))
        clients = [stack.enter_context(SmtpDialogue(service)) for _ in range(12)]
        for client in clients:
            client.play("S: 220\nC: EHLO a\nS: 250")
        for number, client in enumerate(clients):
            client.send(guess("a", f"guess {number}"))
            if number < 3:
                client.play("S: 535")
        answers = [line for client in clients[3:] if (line := client.said_within(0.3))]
        assert sum(line.startswith("454 4.7.0") for line in answers) == 5
    log = service.log.read_text()
    assert log.count("a login was refused") == 1


def guess(name: str, password: str) -> bytes:
    return b"AUTH PLAIN " + b64encode(f"\0{name}\0{password}".encode()) + b"\r\n"


def tried(service: servers.Service, address: str, *passwords: str) -> list[str]:
    """Return the codes of the answers to passwords of the user."""
    with SmtpDialogue(service, address) as client:
        client.play(HELLO)
        codes = []
        for each in passwords:
            client.send(guess("a", each))
            codes.append(client.answer()[:3])
    return codes


def test_a_right_password_is_not_held_up_by_the_guesses_of_others(tmp_path: Path) -> None:
    """Neither from a known address nor from a new one, even after one wrong try."""
    settings = {"SMTP_USERS": '{"a": "password-1"}', "SMTP_AUTH_WITHOUT_TLS": "true"}
    guesses = [f"guess {number}" for number in range(4)]
    guessers = [f"127.0.3.{number}" for number in range(1, 21)]
    with servers.running(service := servers.bridge(tmp_path, str(servers.free_port()), **settings)):
        assert tried(service, "127.0.0.1", "password-1") == ["235"]
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda each: tried(service, each, *guesses), guessers))
        assert {tuple(each[:3]) for each in answers} == {("535",) * 3}
        assert sorted(each[3] for each in answers) == ["454"] * 10 + ["535"] * 10
        assert tried(service, "127.0.0.1", "password-1") == ["235"]
        assert tried(service, "127.0.4.1", "password-1") == ["235"]
        assert tried(service, "127.0.4.2", "pasword-1", "password-1") == ["535", "235"]


def test_a_right_password_is_no_guess_from_however_many_addresses(tmp_path: Path) -> None:
    """A provider's servers bring the letters of one user from many."""
    settings = {"SMTP_USERS": '{"a": "password-1"}', "SMTP_AUTH_WITHOUT_TLS": "true"}
    with servers.running(service := servers.bridge(tmp_path, str(servers.free_port()), **settings)):
        for number in range(2, 30):
            with SmtpDialogue(service, f"127.0.0.{number}") as client:
                client.play(HELLO + "C: AUTH PLAIN AGEAcGFzc3dvcmQtMQ==\nS: 235")


def test_auth_is_not_offered_where_nobody_can_log_in(tmp_path: Path) -> None:
    """AUTH without any mechanism (RFC 4954 section 4) makes some clients give up."""
    settings = {"SMTP_AUTH_WITHOUT_TLS": "true"}
    with (
        servers.running(service := servers.bridge(tmp_path, str(servers.free_port()), **settings)),
        connect(service) as client,
    ):
        client.ehlo("client.example")
        assert client.has_extn("SIZE")
        assert not client.has_extn("AUTH")
        assert client.mail("i@example.ru")[0] == 250


MECHANISMS = ["PLAIN AGEAcGFzc3dvcmQtMQ==", "plain AGEAcGFzc3dvcmQtMQ==", "Plain", "login YQ=="]


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_mechanism_is_known_in_whatever_case(tmp_path: Path, mechanism: str) -> None:
    """Like every keyword of SMTP (RFC 5321 2.4)."""
    settings = {"SMTP_USERS": '{"a": "password-1"}', "SMTP_AUTH_WITHOUT_TLS": "true"}
    more = {"Plain": "AGEAcGFzc3dvcmQtMQ==", "login YQ==": "cGFzc3dvcmQtMQ=="}.get(mechanism)
    asked = f"S: 334\nC: {more}\n" if more else ""
    with (
        servers.running(service := servers.bridge(tmp_path, str(servers.free_port()), **settings)),
        SmtpDialogue(service) as client,
    ):
        client.play(HELLO + f"C: AUTH\nS: 501\nC: AUTH {mechanism}\n{asked}S: 235")


def test_tls_begins_once(bridge: servers.Service, authority: trustme.CA) -> None:
    with connect(bridge) as client:
        client.starttls(context=trusting(authority))
        assert client.docmd("STARTTLS")[0] == 503
        client.ehlo()
        assert not client.has_extn("STARTTLS")
    assert "Traceback" not in bridge.log.read_text()


JUNK = {"a command": b"NOOP\r\n", "half a record": b"\x16\x03\x01", "noise": b"\x80" * 500}


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK.keys())
def test_what_is_no_handshake_is_one_line_a_minute(bridge: servers.Service, junk: bytes) -> None:
    with socket.create_connection(("127.0.0.1", int(bridge.env["SMTP_PORT"])), 10) as plain:
        plain.recv(1000)
        plain.sendall(b"EHLO a\r\n")
        plain.recv(1000)
        plain.sendall(b"STARTTLS\r\n")
        plain.recv(1000)
        plain.sendall(junk)
        plain.shutdown(socket.SHUT_WR)
        with suppress(ConnectionError):
            while plain.recv(1000):
                continue
    servers.wait_until(lambda: "no TLS with 127.0.0.1" in bridge.log.read_text())
    assert "Traceback" not in bridge.log.read_text()
    assert "a fault in an SMTP session" not in bridge.log.read_text()


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
