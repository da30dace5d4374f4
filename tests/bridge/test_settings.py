"""Settings: broken ones stop the start, each with its reason; and the README knows them all."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from bridge.settings import BridgeSettings
from contract.settings import SharedSettings
from receiver.settings import ReceiverSettings
from tests.servers import ROOT, SECRET

GOOD = {"MAILBOXES": '{"support@yandex.ru": ["support@yandex.ru"]}'}
IMAP = {
    "IMAP_HOST": "imap.yandex.ru",
    "IMAP_USER": "support@yandex.ru",
    "IMAP_PASSWORD": "hunter2",
}
BROKEN: dict[str, tuple[str, dict[str, str], str]] = {
    "mailboxes that are not JSON": ("bridge", {"MAILBOXES": '{"a@b.ru": '}, "MAILBOXES"),
    "a mailbox that is no address": ("bridge", {"MAILBOXES": "support"}, "MAILBOXES"),
    "mailboxes as a list": ("bridge", {"MAILBOXES": "[1]"}, "MAILBOXES"),
    "a mailbox nobody can reach": ("bridge", {"MAILBOXES": '{"a@b.ru": []}'}, "MAILBOXES"),
    "a host name with a space": ("bridge", {"SMTP_HOSTNAME": "my host"}, "SMTP_HOSTNAME.*my host"),
    "a host name of two lines": ("bridge", {"SMTP_HOSTNAME": "a\r\nb"}, "SMTP_HOSTNAME"),
    "two mailboxes for one recipient": (
        "bridge",
        {"MAILBOXES": '{"a@b.ru": ["c@d.ru"], "e@b.ru": ["c@d.ru"]}'},
        r'MAILBOXES.*"c@d\.ru"',
    ),
    "an empty password": (
        "bridge",
        {"SMTP_USERS": '{"ivan": ""}', "SMTP_AUTH_WITHOUT_TLS": "true"},
        "SMTP_USERS.*ivan",
    ),
    "a port in words": ("bridge", {"SMTP_PORT": "smtp"}, "SMTP_PORT"),
    "a port too high": ("bridge", {"SMTP_PORT": "70000"}, "SMTP_PORT"),
    "a certificate without its key": ("bridge", {"SMTP_TLS_CERT": __file__}, "SMTP_TLS_KEY"),
    "a certificate that is not there": (
        "bridge",
        {"SMTP_TLS_CERT": "/nowhere", "SMTP_TLS_KEY": __file__},
        "SMTP_TLS_CERT",
    ),
    "users without TLS": ("bridge", {"SMTP_USERS": '{"a": "b"}'}, "SMTP_AUTH_WITHOUT_TLS"),
    "not a URL": ("bridge", {"WEBHOOK_URL": "receiver"}, "WEBHOOK_URL"),
    "a secret that is none": ("bridge", {"WEBHOOK_SECRETS": "hunter2"}, "WEBHOOK_SECRETS"),
    "an IMAP login without a password": ("bridge", {**IMAP, "IMAP_PASSWORD": ""}, "PASSWORD"),
    "two ways to log in": ("bridge", {**IMAP, "IMAP_TOKEN_FILE": "/t"}, "TOKEN_FILE"),
    "a password shown to the whole way": ("bridge", {**IMAP, "IMAP_SECURITY": "none"}, "SECURITY"),
    "an IMAP mailbox that SMTP does not know": (
        "bridge",
        {**IMAP, "IMAP_USER": "b@yandex.ru"},
        "IMAP_MAILBOX",
    ),
    "an IMAP login that is no address": (
        "bridge",
        {**IMAP, "IMAP_USER": "support"},
        "whole address",
    ),
    "an IMAP mailbox that no letter could be for": (
        "bridge",
        {**IMAP, "MAILBOXES": "", "IMAP_MAILBOX": "my box@x.ru"},
        "my box@x.ru",
    ),
    "a folder with a command in it": ("bridge", {**IMAP, "IMAP_SENT": "a\r\nb"}, "IMAP_SENT"),
    "an account with a mistyped field": (
        "bridge",
        {"IMAP_ACCOUNTS": '[{"user": "a@b.ru", "pasword": "hunter2"}]'},
        "pasword",
    ),
    "two mistakes at once": (
        "bridge",
        {"SMTP_PORT": "smtp", "PARSE_WORKERS": "0"},
        r"SMTP_PORT[\s\S]*PARSE_WORKERS",
    ),
    "a short receiver secret": ("receiver", {"WEBHOOK_SECRETS": "whsec_c2g="}, "WEBHOOK_SECRETS"),
    "a database name with a dot": ("receiver", {"MONGO_DATABASE": "a.b"}, "MONGO_DATABASE"),
    "a missing file of a secret": ("receiver", {"MONGO_URI_FILE": "/nowhere"}, "MONGO_URI_FILE"),
}


@pytest.mark.parametrize(("side", "settings", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_setting_is_named_and_stops_the_start(
    tmp_path: Path, side: str, settings: dict[str, str], reason: str
) -> None:
    env = {**os.environ, **GOOD, "DATA_DIR": str(tmp_path), **settings}
    status, output = run([side, "ping"], env)
    assert status == 78, output
    assert re.search(reason, output)
    assert "hunter2" not in output


def test_without_a_mailbox_only_what_needs_none_can_be_done(tmp_path: Path) -> None:
    env = {**os.environ, "DATA_DIR": str(tmp_path), "MAILBOXES": ""}
    status, output = run(["bridge", "smtp"], env)
    assert status == 78
    assert "MAILBOXES names no mailbox" in output
    assert run(["bridge", "spool", "list"], env)[0] == 0


def run(words: list[str], env: dict[str, str]) -> tuple[int, str]:
    command = [sys.executable, "-m", *words]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, timeout=30, check=False)
    return done.returncode, (done.stdout + done.stderr).decode()


def test_a_secret_setting_may_lie_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "uri").write_text("mongodb://user:password@db.example\n")
    monkeypatch.setenv("MONGO_URI_FILE", str(tmp_path / "uri"))
    settings = ReceiverSettings.load()
    assert settings.mongo_uri.get_secret_value() == "mongodb://user:password@db.example"
    assert "password" not in repr(settings)


def test_no_secret_shows_in_what_is_printed() -> None:
    settings = BridgeSettings(
        mailboxes={"a@b.ru": ["a@b.ru"]},
        webhook_secrets=SecretStr(SECRET),
        smtp_users={"specialist": SecretStr("hunter2")},
        smtp_auth_without_tls=True,
    )
    assert SECRET not in repr(settings)
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize("readme", ["README.md", "README.ru.md"])
@pytest.mark.parametrize("side", [BridgeSettings, ReceiverSettings])
def test_every_setting_is_in_the_table(side: type[SharedSettings], readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    missing = [name for name in side.names() if f"| `{name}`" not in text]
    assert missing == []
