"""Settings that nobody can have meant are refused in words; judged without starting a process."""

import os
import re
import socket
from pathlib import Path

import pytest

from bridge.settings import BridgeSettings
from bridge.start import unusable_for_smtp, warnings
from contract.environment import over, running
from contract.reading.mistakes import Wrong
from local import run
from receiver.settings import ReceiverSettings
from receiver.start import unusable as unusable_for_the_receiver
from tests import servers

MAILBOX = {"MAILBOXES": "support@yandex.ru"}
IMAP = {"IMAP_USER": "support@yandex.ru", "IMAP_PASSWORD": "hunter2"}
HOST = "is no host name, such as mail.example.ru"

# Whom letters reach there is nobody alone.
OF_MANY = ("224.0.0.1", "239.255.255.250", "255.255.255.255", "ff02::1", "::ffff:224.0.0.1")
BRIDGE: list[tuple[dict[str, str], str]] = [
    *(({"MAILBOXES": text}, "MAILBOXES: names nobody: ") for text in ("{}", "[]", " ", "\n", ",;")),
    *(
        ({"SMTP_HOSTNAME": text}, f"SMTP_HOSTNAME: {re.escape(repr(text)[:50])}.* {HOST}")
        for text in (
            *("-", "my.host.", "-my.host", "my-.host", "my_host", "a..b", ".a", "1.2", "[a.b]"),
            *("mail.пример.рф", "smtp://a.b", "a.b:25", "[::1", "a" * 64, "[1.2.3]"),
        )
    ),
    ({"SMTP_HOSTNAME": "10.0.0.1"}, r"SMTP_HOSTNAME: .*; an address is written \[10.0.0.1\]"),
    *(
        ({**IMAP, "IMAP_HOST": text}, f"IMAP_HOST: .*{said}, such as imap.yandex.ru")
        for text, said in [
            ("imaps://imap.yandex.ru", "without a scheme and ://"),
            ("imap.yandex.ru:993", "the port has its own setting"),
            ("[::1]", "without brackets and port"),
            ("[::1]:993", "without brackets and port"),
            ("imap yandex.ru", "is no name or address of a host"),
            ("support@yandex.ru", "is no name or address of a host"),
            ("imap.yandex.ru/", "is no name or address of a host"),
            ("imap..ru", "is no name or address of a host"),
            ("10.0.0", "is no name or address of a host"),
            ("-", "is no name or address of a host"),
        ]
    ),
    ({**IMAP, "IMAP_FOLDERS": '["INBOX", "inbox"]'}, "IMAP_FOLDERS: 'INBOX' is there twice"),
    ({**IMAP, "IMAP_FOLDERS": '["INBOX", ""]'}, "IMAP_FOLDERS: a folder's name is empty"),
    *(
        ({name: path}, f"{name}: .*{said}")
        for name in ("DATA_DIR", "WEBHOOK_SECRETS_FILE")
        for path, said in [
            ("~nobody/data", "~ is not read here: write the whole path"),
            ("~/data", "~ is not read here"),
            ('"data"', "holds what no path has"),
            ("data\n", "holds what no path has"),
            (" data", "holds what no path has"),
            ("/", "is the root of all directories: name one of its own"),
            ("/data/..//", "is the root of all directories"),
            ("\udcff\udcfe", "this path is not in UTF-8"),
        ]
    ),
    ({"BACKUP_KEY": " " * 20}, "BACKUP_KEY: must be a passphrase of 16 characters"),
    ({"SMTP_USERS": '{"": "hunter2"}'}, "SMTP_USERS: there is a password without a name"),
    ({"SMTP_USERS": '{" ": "", "a": ""}'}, "SMTP_USERS: .*without a name.*of ' ', 'a' is empty"),
    *(
        ({"SMTP_USERS": text, "SMTP_AUTH_WITHOUT_TLS": "true"}, f"SMTP_USERS: .*{said}")
        for text, said in [
            ('{"a": "x", "b": "y", "a": "z"}', "'a' is there twice"),
            ('{"a": "  "}', "of 'a' is empty"),
            ('{"a": "\\u200b"}', "of 'a' is empty"),
            ('{"a": "\\ud800"}', "of 'a' has .*, or is not in UTF-8"),
            ('{"a": "long\\n"}', "of 'a' has a control character"),
            ('{"%s": "x"}' % ("a" * 201), "'a+…' is no name to log in with: at most 200 signs"),
            ('{"a\\u200b": "x"}', r"'a\\u200b' is no name"),
        ]
    ),
    (
        {"IMAP_ACCOUNTS": '[{"user": "a@b.ru", "user": "c@d.ru"}]'},
        "IMAP_ACCOUNTS: .*'user' is there twice",
    ),
    *(
        ({"MAILBOXES": text}, f"MAILBOXES: .*{said}")
        for text, said in [
            ("support\u200b@yandex.ru", r'"support\\u200b@yandex.ru" is no mailbox'),
            ("\ufeffsupport@yandex.ru", r'"\\ufeffsupport@yandex.ru" is no mailbox'),
            ("a\u3164@yandex.ru", r'"a\\u3164@yandex.ru" is no mailbox'),
            ("a\u034f@yandex.ru", r'"a\\u034f@yandex.ru" is no mailbox'),
            ("сор@x.ru,cop@x.ru", '"сор@x.ru" has Cyrillic .* "сор".* or cop@x.ru'),
            ("ор.со-1@x.ru", "or op.co-1@x.ru"),
            ("a@b.ru\u00a0c@d.ru", r'"a@b.ru\\xa0c@d.ru" is no mailbox'),
            ('{"a@b.ru": ["in\u200b@c.ru"]}', r'"in\\u200b@c.ru" is no address'),
            ("a@почта.рф,a@xn--80a1acny.xn--p1ai", "are one mailbox: name it once"),
            ("a@straße.de,a@xn--strae-oqa.de", "are one mailbox: name it once"),
            (
                '{"a@b.ru": ["почта.рф"], "c@b.ru": ["@XN--80A1ACNY.xn--p1ai"]}',
                "would stand for both",
            ),
        ]
    ),
    *(
        ({name: text}, f"{name}: {re.escape(left)} stands there as it is")
        for name, text, left in [
            ("MAILBOXES", "${MAILBOX}", "${MAILBOX}"),
            ("WEBHOOK_URL", "http://${HOST:-receiver}:8080/webhook/email", "${HOST:-receiver}"),
            ("SMTP_PORT", "$(PORT)", "$(PORT)"),
            ("SMTP_USERS", '{"olga": "${PASSWORD}"}', "${PASSWORD}"),
            ("DATA_DIR", "${HOME}/data", "${HOME}"),
            ("DATA_DIR", "$HOME/data", "$HOME"),
            ("DATA_DIR", "/srv/$NAME", "$NAME"),
            ("DATA_DIR", "%h/data", "%h"),
            ("DATA_DIR", "%DATA%", "%DATA%"),
            ("DATA_DIR", "{{ home }}/data", "{{ home }}"),
            ("DATA_DIR", "<directory>", "<directory>"),
            ("WEBHOOK_URL", "http://$HOST:8080/webhook/email", "$HOST"),
            ("WEBHOOK_URL", "http://{{host}}:8080/webhook/email", "{{host}}"),
            ("SMTP_USERS", '{"olga": "<password>"}', "<password>"),
            ("BACKUP_KEY", "<a long passphrase>", "<a long passphrase>"),
        ]
    ),
    *(
        ({**IMAP, name: text}, f"{name}: {said}")
        for name, text, said in [
            ("IMAP_SENT", '"Отправленные"', "the quotation marks around '\"Отпр"),
            ("IMAP_SENT", "'Sent'", "the quotation marks around"),
            ("IMAP_HOST", '"imap.yandex.ru"', "the quotation marks around"),
            ("SMTP_HOSTNAME", '"a.b"', "the quotation marks around"),
            ("IMAP_PASSWORD", "<app password>", "<app password> stands there"),
            ("IMAP_PASSWORD", "  ", "there is nothing but blanks in it"),
            ("IMAP_HOST", "imap.yandex.ru\u200b", r"'imap.yandex.ru\\u200b' is no name or address"),
            ("IMAP_HOST", "\ufeffimap.yandex.ru", ".* is no name or address"),
            ("IMAP_BACKOFF", "1e-300", "must be a number from 0.05 to 86400"),
            ("IMAP_POLL", "1e-300", "must be a number from 0.1 to 1680"),
        ]
    ),
]
BRIDGE += [
    ({name: text}, f"{name}: .* is no address or name that can be listened on")
    for name in ("SMTP_HOST", "HEALTH_HOST")
    for text in ("   ", "http://", "[::1]", "127.0.0.1:80", "my host", "10.0.0", "*", *OF_MANY)
]
BRIDGE += [
    ({name: text}, f"{name}: '{text[:4]}.*: write the path alone")
    for name in ("DATA_DIR", "WEBHOOK_SECRETS_FILE")
    for text in ("file:///tmp/x", "file:x", "s3://mail/x", "host.example:/srv")
]
BRIDGE += [
    ({"WEBHOOK_URL": text}, rf"WEBHOOK_URL: '.*\\{sign}.*has a sign in it that nobody sees")
    for text, sign in [
        ("http://x\u200b.ru/webhook/email", "u200b"),
        ("http://x.ru/webhook/email\u2060", "u2060"),
        ("\ufeffhttp://x.ru/webhook/email", "ufeff"),
        ("http://x.ru/\u3164", "u3164"),
        ("http://x.ru/\u00adwebhook", "xad"),
    ]
]
BRIDGE += [
    ({"WEBHOOK_URL": text}, f"WEBHOOK_URL: {said}")
    for text, said in [
        ("http://a.ru/email http://b.ru/email", ".* has a blank in it: write one address"),
        ("http://loсalhost:8080/", "'loсalhost' has Latin beside Cyrillic letters"),
        ("http://mail.сор.ru/", "'mail.сор.ru' has Latin beside Cyrillic letters"),
    ]
]
BRIDGE += [
    ({**IMAP, "IMAP_HOST": "imap.yаndex.ru"}, "IMAP_HOST: 'imap.yаndex.ru' has Latin beside"),
    ({**IMAP, "IMAP_HOST": "imap.сор.ru"}, "IMAP_HOST: 'imap.сор.ru' has Latin beside"),
    ({**IMAP, "IMAP_USER": "suppоrt@yandex.ru"}, "IMAP_USER: 'suppоrt@yandex.ru' has Latin"),
    ({"MAILBOXES": "MAILBOXES=a@x.ru"}, "MAILBOXES: MAILBOXES= stands in front of it"),
    ({"BACKUP_KEY": "export BACKUP_KEY=a long one, really"}, "BACKUP_KEY: BACKUP_KEY= stands"),
]
BRIDGE += [
    ({name: "127.255.255.255"}, f"{name}: 127.255.255.255 is all machines of its network")
    for name in ("SMTP_HOST", "HEALTH_HOST")
]
BRIDGE += [
    ({"DATA_DIR": place}, f"DATA_DIR: {place} cannot be written to")
    for place in ("/proc", "/proc/self", "/proc/self/fdinfo")
]
BRIDGE += [
    ({"MAILBOXES": text}, f'MAILBOXES: "{re.escape(named)}" has Cyrillic letters alone in')
    for text, named in [
        ("a@х.ru", "a@х.ru"),
        ("support@example.ru,a@сор.example.com", "a@сор.example.com"),
        ("a@example.су", "a@example.су"),
        ("A@ХОР.RU", "A@ХОР.RU"),
        ('{"a@x.ru": ["@х.ru"]}', "@х.ru"),
    ]
]
RECEIVER: list[tuple[dict[str, str], str]] = [
    *(
        ({"MONGO_DATABASE": text}, "MONGO_DATABASE: the quotation marks around .* leave them out")
        for text in ("'dialog'", '"dialog"', "`dialog`", "''")
    ),
    *(
        ({"MONGO_URI": text}, f"MONGO_URI: {left} stands there as it is")
        for text, left in [
            ("mongodb+srv://olga:<db_password>@cluster0.a.mongodb.net/", "<db_password>"),
            ("mongodb://<user>:x@h/", "<user>"),
            ("mongodb://{{ mongo }}/", "{{ mongo }}"),
        ]
    ),
    *(
        ({"PAGE_URL": text}, f"PAGE_URL: .*{said}")
        for text, said in [
            ("https://mail.example.ru:99999", "the port must be a number from 1 to 65535"),
            ("https://my host", "names no host"),
            ("mail.example.ru", "must begin with"),
            ("https://", "must name a host"),
            ("https://x\u200b.ru", r"'https://x\\u200b.ru' has a sign in it that nobody sees"),
        ]
    ),
    ({"RECEIVER_HOST": "127.255.255.255"}, "RECEIVER_HOST: .* is all machines of its network"),
    *(
        ({"RECEIVER_HOST": text}, "RECEIVER_HOST: .* is no address or name that can be listened on")
        for text in (
            "   ",
            "http://",
            "[::1]",
            "127.0.0.1:80",
            "my host",
            "a\x1b",
            "10.0.0",
            *OF_MANY,
        )
    ),
    *(
        ({"DATA_DIR": place}, f"DATA_DIR: {place} cannot be written to")
        for place in ("/proc", "/proc/self", "/proc/self/fdinfo")
    ),
    *(
        ({"MONGO_DATABASE": name}, "MONGO_DATABASE: must be a name of 1 to 63 bytes")
        for name in ("dia\u200blog", "\x1b[31m", "a b", "a/b", "я" * 32)
    ),
    *(
        ({"MONGO_DATABASE": name}, f"MONGO_DATABASE: '{name}' is MongoDB's own: choose another")
        for name in ("admin", "local", "config", "Local")
    ),
]


def judged(env: dict[str, str]) -> list[Wrong]:
    return BridgeSettings.judged({**MAILBOX, **env}, unusable_for_smtp)[1]


@pytest.mark.parametrize(("env", "said"), BRIDGE, ids=lambda each: str(each)[:60])
def test_the_bridge_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, env: dict[str, str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    wrong = judged(env)
    assert len(wrong) == 1, wrong
    assert re.match(said, str(wrong[0])), wrong
    assert not [*tmp_path.glob("~*"), *tmp_path.glob("*\n")]


@pytest.mark.parametrize(("env", "said"), RECEIVER, ids=lambda each: str(each)[:60])
def test_the_receiver_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, env: dict[str, str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    _, wrong = ReceiverSettings.judged(env, unusable_for_the_receiver)
    assert len(wrong) == 1, wrong
    assert re.match(said, str(wrong[0])), wrong


@pytest.mark.parametrize(
    "env",
    [
        {"SMTP_HOSTNAME": "bridge"},
        {"DATA_DIR": "a$HOME/100%/<b>.c"},
        *({**IMAP, "IMAP_PASSWORD": text} for text in ("$ECRET", "a<b>c", "'a'", "%A%", "{{a")),
        {
            **{name: text for name, text in IMAP.items() if name != "IMAP_PASSWORD"},
            "IMAP_TOKEN_COMMAND": "sh -c 'cat ${HOME}/token; echo $(date)'",
        },
        {"MAILBOXES": "a@straße.de,a@strasse.de"},
        {"MAILBOXES": "a@почта.example.ru,a@яндекс.com,a@хор.рф,a@xn--80a.ru"},
        {"DATA_DIR": "x:y/data"},
        {"SMTP_HOST": "0.0.0.0", "HEALTH_HOST": "::"},
        {"SMTP_HOST": "localhost", "HEALTH_HOST": "bridge.example."},
        {"SMTP_HOSTNAME": "mail.example.ru"},
        {"SMTP_HOSTNAME": "[10.0.0.1]"},
        {"SMTP_HOSTNAME": "[IPv6:::1]"},
        *({**IMAP, "IMAP_HOST": host} for host in ("127.0.0.1", "::1", "dovecot", "почта.рф")),
        {**IMAP, "IMAP_HOST": "imap.yandex.ru."},
        {"LOG_FORMAT": "JSON"},
        {**IMAP, "MAILBOXES": "{}"},
    ],
    ids=str,
)
def test_what_people_mean_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, env: dict[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert judged(env) == []


def test_both_files_of_a_certificate_are_told_of(tmp_path: Path) -> None:
    (tmp_path / "garbage").write_text("x")
    os.mkfifo(tmp_path / "pipe")
    env = {"DATA_DIR": str(tmp_path / "data"), "SMTP_TLS_CERT": str(tmp_path / "garbage")}
    assert [each.names for each in judged({**env, "SMTP_TLS_KEY": env["SMTP_TLS_CERT"]})] == [
        ("SMTP_TLS_CERT",),
        ("SMTP_TLS_KEY",),
    ]


def test_make_run_names_nobody_with_all_other_mistakes(tmp_path: Path) -> None:
    env = {"DATA_DIR": str(tmp_path), "ENV_FILE": "", "MAILBOXES": "{}", "PARSE_WORKERS": "x"}
    env |= {"SMTP_PORT": str(servers.free_port()), "RECEIVER_PORT": str(servers.free_port())}
    told = "\n".join(map(str, run.mistakes(run.with_defaults(env))))
    assert "MAILBOXES: names nobody" in told
    assert "PARSE_WORKERS: must be" in told


def test_a_second_make_run_is_told_so_and_not_of_its_ports(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, running(tmp_path) as first:
        port = str(taken.getsockname()[1])
        first.tell({"SMTP_PORT": port})
        env = {"DATA_DIR": str(tmp_path), "SMTP_PORT": port, "RECEIVER_PORT": "x", **MAILBOX}
        told = [str(each) for each in run.mistakes(run.with_defaults(env))]
    assert len(told) == 2, told
    assert told[0].startswith("RECEIVER_PORT: must be")
    assert told[1].startswith(f"DATA_DIR: another make run works on {tmp_path}")


SPOOL = [
    ({"SPOOL_MAX_BYTES": "2000000"}, "SPOOL_MAX_BYTES: a letter of more than 2000000 bytes never"),
]


@pytest.mark.parametrize(("env", "said"), SPOOL, ids=str)
def test_a_spool_that_cannot_do_its_work_is_warned_of(
    tmp_path: Path, env: dict[str, str], said: str
) -> None:
    settings, _ = BridgeSettings.judged({**MAILBOX, "DATA_DIR": str(tmp_path), **env})
    assert any(re.match(said, each) for each in warnings(settings))


def test_a_database_that_only_the_uri_names_is_told_of() -> None:
    uri = {"MONGO_URI": "mongodb://127.0.0.1/support?w=1"}
    [told] = ReceiverSettings.unknown(uri)
    assert "the database 'support' in MONGO_URI is where the login is looked for" in told
    assert ReceiverSettings.unknown({**uri, "MONGO_DATABASE": "support"}) == []


def test_one_setting_from_two_sources_is_refused(tmp_path: Path) -> None:
    (tmp_path / "uri").write_text("mongodb://127.0.0.1")
    env = {"MONGO_URI": "mongodb://127.0.0.1", "MONGO_URI_FILE": str(tmp_path / "uri")}
    _, [wrong] = ReceiverSettings.judged(env)
    assert str(wrong) == "MONGO_URI_FILE: MONGO_URI is set, too: leave one of the two"


def test_a_mistake_in_a_file_names_the_setting_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "users").write_text("olga")
    wrong = judged({"DATA_DIR": str(tmp_path), "SMTP_USERS_FILE": str(tmp_path / "users")})
    assert [each.names for each in wrong] == [("SMTP_USERS_FILE",)]
    (tmp_path / "users").write_text('{"olga": ""}')
    wrong = judged({"DATA_DIR": str(tmp_path), "SMTP_USERS_FILE": str(tmp_path / "users")})
    assert [each.names for each in wrong] == [("SMTP_USERS_FILE",)]


@pytest.mark.parametrize(
    ("lower", "upper", "both"),
    [
        ({"A_FILE": "a"}, {"A": "1"}, {"A": "1"}),
        ({"A": "1"}, {"A_FILE": "a"}, {"A_FILE": "a"}),
        ({"A": "1", "B": "2"}, {"A": ""}, {"A": "", "B": "2"}),
        ({"A_FILE": "a"}, {"A": ""}, {"A_FILE": "a", "A": ""}),
    ],
)
def test_the_environment_overrules_env_by_value_or_by_file(
    lower: dict[str, str], upper: dict[str, str], both: dict[str, str]
) -> None:
    assert over(lower, upper) == both
