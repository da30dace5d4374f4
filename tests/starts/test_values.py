"""Whatever a setting contains, it is judged in words; nothing is raised."""

import itertools
from pathlib import Path

import pytest

from bridge.settings import BridgeSettings
from bridge.start import unusable as unusable_for_the_bridge
from bridge.start import warnings
from contract.reading.every_name import EVERY_NAME
from contract.reading.mistakes import Wrong
from receiver.settings import ReceiverSettings
from receiver.start import unusable as unusable_for_the_receiver

LONG = "x" * 10_000  # longer than a path may be
VALUES = [
    *("0", "-1", "1.5", "nan", "1e400", "9" * 30, "٣", "true", "null", "a b", "a\nb", "\x1b[31m"),
    *(
        "[]",
        "{}",
        "[1]",
        '{"a": 1}',
        '{"a@b.ru": [null]}',
        '{"": "x"}',
        '[{"user": 1}]',
        "[" * 5000,
    ),
    *("@", "a@b@c", "a@b.ru;c@d.ru", "http://", "http://[::1", "ftp://x", "mongodb://%zz@h"),
    *("/dev/null", "/proc/1/mem", "DIR", "DIR/file", "DIR/file/x", "DIR/loop", "DIR/nothing/x"),
    *("whsec_", "::", "256.1.1.1", LONG, f"DIR/{LONG}"),
]
Settings = type[BridgeSettings] | type[ReceiverSettings]
SIDES: list[tuple[Settings, object]] = [
    (BridgeSettings, unusable_for_the_bridge),
    (ReceiverSettings, unusable_for_the_receiver),
]
# What else is set: those of IMAP count for nothing where no account is read.
ALONE = {"DATA_DIR": "data", "MAILBOXES": "support@yandex.ru"}
ACCOUNT = {"IMAP_HOST": "127.0.0.1", "IMAP_USER": "support@yandex.ru", "IMAP_PASSWORD": "hunter2"}
INSTEAD = {
    "IMAP_ACCOUNTS": ("IMAP_USER", "IMAP_PASSWORD"),
    "IMAP_TOKEN_FILE": ("IMAP_PASSWORD",),
    "IMAP_TOKEN_COMMAND": ("IMAP_PASSWORD",),
}
NAMES = [
    pytest.param(cls, unusable, name, beside, id=f"{cls.__name__}-{name}{told}")
    for cls, unusable in SIDES
    for name in sorted(cls.names())
    for told, beside in [("", {}), ("-of an account", ACCOUNT)][: 1 + name.startswith("IMAP_")]
]


@pytest.mark.parametrize(("cls", "unusable", "name", "beside"), NAMES)
def test_any_value_is_judged_in_words(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cls: Settings,
    unusable: object,
    name: str,
    beside: dict[str, str],
) -> None:
    monkeypatch.chdir(tmp_path)  # some of them are made as directories
    (tmp_path / "file").write_text("x")
    (tmp_path / "loop").symlink_to("loop")
    for value, suffix in itertools.product(VALUES, ("", "_FILE")):
        left_out = (name, *INSTEAD.get(name, ()))
        env = ALONE | {one: text for one, text in beside.items() if one not in left_out}
        env[name + suffix] = value.replace("DIR", str(tmp_path))
        settings, wrong = cls.judged(env, unusable)  # type: ignore[arg-type]
        assert all(is_one_line(each) for each in wrong), wrong
        if isinstance(settings, BridgeSettings) and not wrong:
            assert all(isinstance(each, str) for each in warnings(settings))


def is_one_line(wrong: Wrong) -> bool:
    text = str(wrong)
    return text.isprintable() and len(text) < 1500 and "Error" not in text


FOREIGN = [
    "PATH",
    "HOME",
    "USER",
    "HOSTNAME",
    "PORT",
    "HOST",
    "LEVEL",
    "CA_FILE",
    "TOKEN_FILE",
    "DATABASE_URL",
    "DB_HOST",
    "MAIL",
    "MAILTO",
    "KUBERNETES_SERVICE_HOST",
    "KUBERNETES_PORT_443_TCP_PORT",
    "MONGO_SERVICE_HOST",
    "MONGO_PORT_27017_TCP",
    "RECEIVER_SERVICE_PORT_HTTP",
    "RECEIVER_PORT_8080_TCP_ADDR",
    "XDG_DATA_DIR",
    "XDG_RUNTIME_DIR",
    "JOURNAL_STREAM",
    "INVOCATION_ID",
    "REQUESTS_CA_BUNDLE",
    "POSTGRES_PASSWORD_FILE",
    "GIT_SSL_CAINFO",
    "MYAPP_SMTP_HOST",
]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("MAILBOXES_FILES", "MAILBOXES_FILE"),
        ("MAILBOXESFILE", "MAILBOXES_FILE"),
        ("MAILBOX_FILE", "MAILBOXES_FILE"),
        ("SMTP_USERS_FIEL", "SMTP_USERS_FILE"),
        ("RECIEVER_PORT", "RECEIVER_PORT"),
        ("MONGO_URL", "MONGO_URI"),
        ("WEBHOOK_URI", "WEBHOOK_URL"),
        ("MONGO_URI_FIEL", "MONGO_URI_FILE"),
        ("MAILBOXES_FIL", "MAILBOXES_FILE"),
        ("IAMP_CA_FILE", "IMAP_CA_FILE"),
        ("imap_ca_file", "IMAP_CA_FILE"),
        ("IMAPCAFILE", "IMAP_CA_FILE"),
        ("IMAP-CA-FILE", "IMAP_CA_FILE"),
        ("IMAP_TOKENFILE", "IMAP_TOKEN_FILE"),
        ("DATA_DIR_FIL", "DATA_DIR_FILE"),
        ("SMTP_\u3164PORT", "SMTP_PORT"),
        ("TLS_CERT", "SMTP_TLS_CERT"),
        ("TLS_CERT_FILE", "SMTP_TLS_CERT_FILE"),
        ("MIN_FREE", "SPOOL_MIN_FREE"),
        ("BRIDGE_SMTP_PORT", "SMTP_PORT"),
        ("RECEIVER_MONGO_URI", "MONGO_URI"),
        ("EMAIL_LISTENER_MAILBOXES", "MAILBOXES"),
        *((name, None) for name in FOREIGN),
        ("RECEIVER_PORT_FILE", None),  # any setting may be in a file
        ("SSL_CERT_FILE", None),
        ("LOG_FILE", None),
    ],
)
def test_a_mistyped_name_is_told_by_either_part(name: str, near: str | None) -> None:
    for part in (BridgeSettings, ReceiverSettings):
        told = part.unknown({name: "x"})
        shown = name.replace("\u3164", "\\u3164")
        assert told == [f"{shown} is no setting and does nothing; is {near} meant?"] * bool(near)


def test_a_name_without_its_first_word_is_none_of_ours_where_the_whole_one_is_set() -> None:
    assert not BridgeSettings.unknown({"TLS_CERT": "theirs", "SMTP_TLS_CERT": "ours"})


def test_every_name_is_known_to_both_parts() -> None:
    assert sorted(EVERY_NAME) == sorted({*BridgeSettings.names(), *ReceiverSettings.names()})
