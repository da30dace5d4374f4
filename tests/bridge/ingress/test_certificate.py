"""An unusable certificate: what is said of it, and how often."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from bridge.ingress.smtp import certificate
from bridge.ingress.smtp.certificate import Certificate, ExpiryWatch, wrong_with

PEM, PKCS8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
NO_PHRASE = serialization.NoEncryption()


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate and its key that are good."""
    chain, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    issued = trustme.CA().issue_cert("mail.example.ru")
    issued.private_key_pem.write_to_path(str(key))
    issued.cert_chain_pems[0].write_to_path(str(chain))
    return chain, key


def issue(
    chain: Path, key: Path, begin: datetime, end: datetime, *purposes: x509.ObjectIdentifier
) -> None:
    """Write a certificate valid between two moments, with any purposes, and its key."""
    made = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example.ru")])
    begun = (
        x509.CertificateBuilder(name, name, made.public_key(), x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
    )
    if purposes:
        begun = begun.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    issued = begun.sign(made, hashes.SHA256())
    chain.write_bytes(issued.public_bytes(PEM))
    key.write_bytes(made.private_bytes(PEM, PKCS8, NO_PHRASE))


def test_a_key_of_openssh_is_called_so(files: tuple[Path, Path]) -> None:
    chain, key = files
    openssh = serialization.PrivateFormat.OpenSSH
    made = ed25519.Ed25519PrivateKey.generate()
    key.write_bytes(made.private_bytes(PEM, openssh, NO_PHRASE))
    [wrong] = wrong_with(chain, key)
    assert (wrong.setting, "is a key of OpenSSH" in wrong.why) == ("SMTP_TLS_KEY", True)


def test_a_key_of_another_kind_is_another_key(files: tuple[Path, Path]) -> None:
    chain, key = files
    for made in (ec.generate_private_key(ec.SECP192R1()), rsa.generate_private_key(65537, 2048)):
        key.write_bytes(made.private_bytes(PEM, PKCS8, NO_PHRASE))
        [wrong] = wrong_with(chain, key)
        assert (wrong.setting, "is not the key of" in wrong.why) == ("SMTP_TLS_KEY", True)


def test_a_key_that_is_too_short_is_not_called_damaged(files: tuple[Path, Path]) -> None:
    chain, key = files
    made = rsa.generate_private_key(65537, 1024)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example.ru")])
    now = datetime.now(UTC)
    issued = (
        x509.CertificateBuilder(name, name, made.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(made, hashes.SHA256())
    )
    chain.write_bytes(issued.public_bytes(PEM))
    key.write_bytes(made.private_bytes(PEM, PKCS8, NO_PHRASE))
    wrong = wrong_with(chain, key)  # none where OpenSSL is told to take short ones
    assert [each.setting for each in wrong] in ([], ["SMTP_TLS_CERT"])
    assert all("is for a key that is too short" in each.why for each in wrong)


def test_one_that_is_not_valid_yet_is_told_of(files: tuple[Path, Path]) -> None:
    chain, key = files
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    issue(chain, key, tomorrow, tomorrow + timedelta(days=1))
    with pytest.raises(certificate.NotUsable, match=r"SMTP_TLS_CERT: .* is not valid yet"):
        certificate.expires(chain, key)


@pytest.mark.parametrize(
    ("purposes", "said"),
    [
        ([ExtendedKeyUsageOID.CLIENT_AUTH], "is for clients alone"),
        ([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH], ""),
        ([], ""),
    ],
    ids=["clients", "both", "whatever"],
)
def test_one_for_clients_alone_is_told_of(
    files: tuple[Path, Path], purposes: list[x509.ObjectIdentifier], said: str
) -> None:
    now = datetime.now(UTC)
    issue(*files, now - timedelta(days=1), now + timedelta(days=90), *purposes)
    assert wrong_with(*files) == []
    told = [*certificate.warnings(*files)]
    assert (said in "".join(told), len(told)) == (True, bool(said))
    assert said in ExpiryWatch(*files).complaint()


def test_a_renewed_one_that_is_not_usable_is_told_once_and_tried_again(
    files: tuple[Path, Path], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain, key = files
    good = chain.read_bytes()
    followed = Certificate(chain, key)
    first = followed.current()

    def renewed(content: bytes, when: int) -> None:
        chain.write_bytes(content)
        os.utime(chain, (when, when))

    renewed(b"half", 1)
    assert [followed.current() is first for _ in range(100)] == [True] * 100
    assert caplog.text.count("not usable, the old one stays") == 1
    renewed(b"half a minute later", 2)
    followed.current()
    assert caplog.text.count("not usable, the old one stays") == 2
    renewed(good, 2)  # as where rights were given
    assert followed.current() is first
    monkeypatch.setattr(certificate, "AGAIN_SECONDS", 0.0)
    renewed(b"half", 3)
    followed.current()
    renewed(good, 3)
    assert followed.current() is not first


@pytest.mark.parametrize(
    ("days", "said"), [(-1, "has expired"), (3, "expires on"), (90, "")], ids=str
)
def test_a_renewed_one_that_ends_soon_is_used_and_told_of_once(
    files: tuple[Path, Path], caplog: pytest.LogCaptureFixture, days: int, said: str
) -> None:
    followed = Certificate(*files)
    first = followed.current()
    now = datetime.now(UTC)
    issue(*files, now - timedelta(days=2), now + timedelta(days=days))
    os.utime(files[0], (1, 1))
    assert len({followed.current() for _ in range(3)} - {first}) == 1
    assert [said in each for each in caplog.messages] == [True] * bool(said)


@pytest.mark.parametrize(
    ("hours", "said"), [(-1, "has expired"), (13 * 24, "expires on 20"), (15 * 24, "")], ids=str
)
def test_its_end_is_an_alarm_while_the_door_is_open(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, hours: int, said: str
) -> None:
    """The file does not change; only time passes, and the file is not read again."""
    now = datetime.now(UTC)
    issue(*files, now - timedelta(days=2), now + timedelta(days=30))
    ending = ExpiryWatch(*files)
    assert ending.complaint() == ""

    class Later:
        @staticmethod
        def now(_zone: object) -> datetime:
            return now + timedelta(days=30) - timedelta(hours=hours)

    monkeypatch.setattr(certificate, "datetime", Later)
    monkeypatch.setattr(certificate, "load", None)
    assert (said in ending.complaint(), bool(ending.complaint())) == (True, bool(said))


def test_what_becomes_of_its_files_is_an_alarm_until_it_is_mended(files: tuple[Path, Path]) -> None:
    chain, key = files
    ending, good = ExpiryWatch(chain, key), chain.read_bytes()
    for content, said in ((b"", "holds no certificate"), (None, str(chain)), (good, "")):
        chain.unlink(missing_ok=True)
        if content is not None:
            chain.write_bytes(content)
            os.utime(chain, (len(content), len(content)))
        assert said in ending.complaint()
        assert bool(ending.complaint()) is bool(said)
    now = datetime.now(UTC)
    issue(chain, key, now + timedelta(days=1), now + timedelta(days=90))
    os.utime(chain, (1, 1))
    assert "is not valid yet" in ending.complaint()
