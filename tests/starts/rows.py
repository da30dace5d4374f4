"""About two hundred environments, and what a start must say about each.

``DIR`` stands for a directory that holds the files of ``tests/starts/files.py``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import get_args

from annotated_types import Ge, Gt, Le
from pydantic.fields import FieldInfo

from bridge.settings import BridgeSettings
from contract.reading.reading import variables
from receiver.settings import ReceiverSettings

SMTP = ["bridge", "smtp"]
IMAP_ALONE = ["bridge", "imap"]
RECEIVER = ["receiver"]
RUN = ["local.run"]
TLS = {"SMTP_TLS_CERT": "DIR/good.pem", "SMTP_TLS_KEY": "DIR/good.key"}
IMAP = {"IMAP_HOST": "127.0.0.1", "IMAP_PORT": "1", "IMAP_USER": "support@yandex.ru"}
PASSWORD = {"IMAP_PASSWORD": "hunter2"}
USERS = {"SMTP_USERS": '{"olga": "hunter2"}'}


@dataclass(frozen=True, slots=True)
class Row:
    """An environment for a program; ``said`` is a pattern of what it says, on one line.

    ``refused``: it ends with status 78. Else it starts, and says so all the same.
    """

    words: list[str]
    env: dict[str, str]
    said: str
    refused: bool = True
    also: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        """How the row is called in a test's name."""
        told = " ".join(f"{name}={value[:40]}" for name, value in self.env.items())
        return f"{self.words[0]} {told}"


def numbers() -> Iterator[Row]:
    """Yield for each number a word, what is below its bounds, what is above, and no number."""
    seen = set()
    for words, side in ((SMTP, BridgeSettings), (RECEIVER, ReceiverSettings)):
        for name, each in variables(side):
            kinds = {each.annotation, *get_args(each.annotation)}
            if name in seen or not kinds & {int, float} or bool in kinds:
                continue
            seen.add(name)
            for text in wrong_numbers(each, float in kinds):
                right = "a number" if float in kinds else "a whole number"
                more = {**IMAP, **PASSWORD} if name == "IMAP_PORT" else {}
                said = rf"{name}: must be {right}.*, not '{text[:20]}"
                yield Row(words, {**more, name: text}, said)


def wrong_numbers(number: FieldInfo, broken: bool) -> Iterator[str]:
    """Yield texts that are no number, or a number out of bounds."""
    yield "abc"
    for bound in number.metadata:
        match bound:
            case Ge():
                yield str(int(bound.ge) - 1)  # type: ignore[call-overload]
            case Gt():
                yield "0"
            case Le():
                yield str(int(bound.le) + 1)  # type: ignore[call-overload]
    yield from ["inf", "nan"] if broken else ["1.5"]


MAILBOXES = [
    Row(SMTP, {"MAILBOXES": text}, rf"MAILBOXES: .*{said}")
    for text, said in [
        ("support", '"support" is no mailbox'),
        ("@b", '"@b" is no mailbox'),
        ("a@x.ru.", '"a@x.ru." is no mailbox'),
        ("*", r'"\*" is no mailbox'),
        ('"a@x.ru"', "is no mailbox"),
        ('{"a@x.ru": ', "must be addresses .*this is not JSON, at its end"),
        ("[1]", "such as"),
        ('{"a@x.ru": []}', 'no recipient for "a@x.ru": name one'),
        ('{"a@x.ru": ["c@x.ru"], "b@x.ru": ["c@x.ru"]}', "would stand for both"),
        ('{"a@x.ru": ["c@x.ru"], "a@x.ru": ["d@x.ru"]}', "is named twice"),
        ('{"a@x.ru": "c@x.ru"}', r'recipients of "a@x.ru" must be a list of texts, \["c@x.ru"\]'),
        ('{"a@x.ru": "c@x.ru, d@x.ru"}', r'of texts, \["c@x.ru", "d@x.ru"\], not "c@x.ru, d@x.ru"'),
        ('{"a@x.ru": [1]}', r'recipients of "a@x.ru" must be a list of texts'),
        ("null", '"null" is no mailbox, such as support@example.ru'),
        ('{"a@x.ru": ["in@x.ru, out@x.ru"]}', "is no address"),
    ]
]
TEXTS = [
    Row(SMTP, {"MAILBOXES": ""}, "MAILBOXES: names nobody: name the mailboxes"),
    Row(SMTP, {"SMTP_POSTMASTER": "b@x.ru"}, "SMTP_POSTMASTER, MAILBOXES: 'b@x.ru' is none of"),
    Row(SMTP, {"SMTP_HOSTNAME": "my host"}, "SMTP_HOSTNAME: 'my host' is no host name"),
    Row(SMTP, {"SMTP_HOSTNAME": "a\r\nb"}, "SMTP_HOSTNAME: .* is no host name"),
    Row(SMTP, {"SMTP_HOST": "256.1.1.1"}, "SMTP_HOST: '256.1.1.1' is no address or name"),
    Row(SMTP, {"SMTP_HOST": "nowhere.invalid"}, "SMTP_HOST: 'nowhere.invalid' is no address"),
    Row(SMTP, {"SMTP_HOST": "192.0.2.1"}, "SMTP_HOST: 192.0.2.1 is no address of this machine"),
    Row(SMTP, {"SMTP_HOST": "my host"}, "SMTP_HOST: 'my host' is no address"),
    Row(SMTP, {"SMTP_PORT": "TAKEN"}, "SMTP_PORT: 127.0.0.1:TAKEN is in use"),
    Row(
        SMTP,
        {"SMTP_PORT": "10025", "HEALTH_PORT": "10025"},
        "SMTP_PORT, HEALTH_PORT: both are 10025: choose another",
    ),
    Row(
        SMTP,
        {"SMTP_MAX_CONNECTIONS": "20", "SMTP_MAX_CONNECTIONS_PER_PEER": "70"},
        "SMTP_MAX_CONNECTIONS_PER_PEER: one address never gets 70 connections",
        refused=False,
    ),
    Row(RECEIVER, {"RECEIVER_PORT": "TAKEN"}, "RECEIVER_PORT: 127.0.0.1:TAKEN is in use"),
    Row(RECEIVER, {"RECEIVER_HOST": "256.1.1.1"}, "RECEIVER_HOST: '256.1.1.1' is no address"),
    Row(RECEIVER, {"RECEIVER_HOST": "192.0.2.1"}, "RECEIVER_HOST: .* no address of this machine"),
    Row(
        SMTP,
        {"SPOOL_MIN_FREE": str(2**61)},
        f"SPOOL_MIN_FREE: {2**61} bytes can never be free on the disk of .* has [0-9]+ in all",
    ),
    Row(SMTP, {"SMTP_HOST": "::1"}, r"SMTP on \[::1\]:\d", refused=False),
    Row(RECEIVER, {"RECEIVER_HOST": "::1"}, r"HTTP on \[::1\]:\d", refused=False),
    Row(
        SMTP,
        {**IMAP, **PASSWORD, "IMAP_HOST": "::1"},
        r"\[::1\]:1: nobody listens there",
        refused=False,
    ),
    Row(
        SMTP,
        {"WEBHOOK_URL": "http://[::1]:1/webhook/email"},
        r"events to http://\[::1\]:1/",
        refused=False,
    ),
    Row(SMTP, {"HEALTH_PORT": "TAKEN"}, "HEALTH_PORT: 127.0.0.1:TAKEN is in use", refused=False),
    Row(
        SMTP,
        {"HEALTH_HOST": "192.0.2.1", "HEALTH_PORT": "1025"},
        "HEALTH_HOST: 192.0.2.1 is no address",
        refused=False,
    ),
    Row(SMTP, {"WEBHOOK_URL": "receiver"}, "WEBHOOK_URL: must begin with http:// or https://"),
    Row(SMTP, {"WEBHOOK_URL": "ftp://receiver/"}, "begin with http:// or https://, not 'ftp://rec"),
    Row(SMTP, {"WEBHOOK_URL": "http://"}, "WEBHOOK_URL: must name a host behind http://"),
    Row(SMTP, {"WEBHOOK_URL": "http://u:hunter2@h:99999/"}, "WEBHOOK_URL: the port .*'99999'"),
    Row(SMTP, {"WEBHOOK_URL": "http://h:0/"}, "WEBHOOK_URL: the port must be .*, not '0'"),
    *(
        Row(SMTP, {"WEBHOOK_URL": f"http://{host}/"}, "WEBHOOK_URL: .* names no host")
        for host in ("a..b", ".x.ru", "a" * 64 + ".ru", "почта..рф")
    ),
    Row(SMTP, {"WEBHOOK_URL": "http://my host/"}, "WEBHOOK_URL: 'http://my host/' names no host"),
    Row(SMTP, {"LOG_LEVEL": "loud"}, "LOG_LEVEL: must be one of DEBUG, .*, not 'loud'"),
    Row(SMTP, {"DNS_CHECKS": "maybe"}, "DNS_CHECKS: must be true or false, not 'maybe'"),
    Row(SMTP, {"SMTP_AUTH_WITHOUT_TLS": "2"}, "SMTP_AUTH_WITHOUT_TLS: must be true or false"),
    Row(RECEIVER, {"MATCH_BY_SUBJECT": "oui"}, "MATCH_BY_SUBJECT: must be true or false"),
    Row(RECEIVER, {"JOIN_POLICY": "all"}, "JOIN_POLICY: must be one of participants, anyone"),
    Row(RECEIVER, {"LOG_LEVEL": "5"}, "LOG_LEVEL: must be one of"),
    Row(SMTP, {"SMTP_MAX_SIZE": "100000000"}, "SMTP_MAX_SIZE, MAX_BLOB_BYTES: .*never delivered"),
    Row(RUN, {"MAX_BLOB_BYTES": "1000000"}, "SMTP_MAX_SIZE, MAX_BLOB_BYTES: .*never delivered"),
]
FILES = [
    *(
        Row(SMTP, {**TLS, name: f"DIR/{file}"}, rf"{name}: .*{said}")
        for name, file, said in [
            ("SMTP_TLS_CERT", "nothing", "a file that is there"),
            ("SMTP_TLS_CERT", "", "must be a file, and .* is none"),
            ("SMTP_TLS_CERT", "garbage", "holds no certificate"),
            ("SMTP_TLS_CERT", "empty", "holds no certificate"),
            ("SMTP_TLS_CERT", "broken.pem", "cannot be read by OpenSSL"),
            ("SMTP_TLS_KEY", "nothing", "a file that is there"),
            ("SMTP_TLS_KEY", "garbage", "holds no private key"),
            ("SMTP_TLS_KEY", "other.key", "is not the key of"),
            ("SMTP_TLS_KEY", "encrypted.key", "is encrypted"),
            ("SMTP_TLS_KEY", "good.pem", "holds no private key"),
        ]
    ),
    Row(
        SMTP,
        {"SMTP_TLS_CERT": "DIR/good.key", "SMTP_TLS_KEY": "DIR/good.pem"},
        "SMTP_TLS_CERT: .*swapped",
    ),
    Row(
        SMTP,
        {"SMTP_TLS_CERT": "DIR/good.pem"},
        "SMTP_TLS_CERT, SMTP_TLS_KEY: .*is not set: give both or none",
    ),
    Row(
        SMTP,
        {"SMTP_TLS_KEY": "DIR/good.key"},
        "SMTP_TLS_CERT, SMTP_TLS_KEY: .*is not set: give both or none",
    ),
    Row(
        SMTP,
        {"SMTP_TLS_CERT": "DIR/old.pem", "SMTP_TLS_KEY": "DIR/old.key"},
        "SMTP_TLS_CERT: .* has expired",
        refused=False,
    ),
    Row(
        SMTP,
        {"SMTP_TLS_CERT": "DIR/soon.pem", "SMTP_TLS_KEY": "DIR/soon.key"},
        "SMTP_TLS_CERT: .* expires on 20",
        refused=False,
    ),
    *(
        Row(words, {"DATA_DIR": path}, f"DATA_DIR: .*{said}")
        for words in (SMTP, RECEIVER, RUN)
        for path, said in [
            ("DIR/garbage", "is a file"),
            ("DIR/garbage/below", "lies under a file"),
            ("/proc/nowhere", "cannot be made .*: it must be a directory"),
        ]
    ),
    *(
        Row(SMTP, {"DATA_DIR": f"DIR/{path}"}, "DATA_DIR: .*/dangling is a link that leads nowhere")
        for path in ("dangling", "dangling/below")
    ),
    *(
        Row(words, {"WEBHOOK_SECRETS_FILE": f"DIR/{file}"}, f"WEBHOOK_SECRETS_FILE: .*{said}")
        for words in (SMTP, RECEIVER, RUN)
        for file, said in [
            ("garbage", "starts with whsec_"),
            ("empty", "there is no webhook secret in it; to make one: "),
            ("bytes", "no text"),
            ("", "it is a directory, and must be a file"),
        ]
    ),
    Row(
        RECEIVER,
        {"WEBHOOK_SECRETS_FILE": "DIR/garbage/secret"},
        "WEBHOOK_SECRETS_FILE: .*under a file|WEBHOOK_SECRETS_FILE: .*is a file",
    ),
    *(
        Row(words, {name: "", f"{name}_FILE": f"DIR/{file}"}, rf"{name}_FILE: .*{file}.*{said}")
        for words, name in [(SMTP, "MAILBOXES"), (RECEIVER, "MONGO_URI"), (RUN, "MONGO_URI")]
        for file, said in [
            ("nothing", "no such file; the file must hold"),
            ("empty", "is empty"),
            ("bytes", "no text"),
        ]
    ),
    Row(SMTP, {"WEBHOOK_SECRETS": "hunter2"}, "WEBHOOK_SECRETS: .*whsec_"),
    Row(RECEIVER, {"WEBHOOK_SECRETS": "whsec_c2g="}, "WEBHOOK_SECRETS: .*16 to 64 bytes"),
    Row(RECEIVER, {"WEBHOOK_SECRETS": "whsec_%%%"}, "WEBHOOK_SECRETS: .*base64"),
    Row(RECEIVER, {"BACKUP_KEY": "hunter2"}, "BACKUP_KEY: must be a passphrase of 16 characters"),
    Row(SMTP, {"WEBHOOK_SECRETS_FILE": "DIR/nothing"}, "there is no .*nothing yet", refused=False),
    Row(SMTP, {"ENV_FILE": "DIR/bytes"}, "ENV_FILE: .*bytes: it is no text"),
    Row(RUN, {"ENV_FILE": "DIR/nothing"}, "ENV_FILE: .*nothing: there is no such file"),
    Row(
        RECEIVER, {"ENV_FILE": "DIR/odd.env"}, "ENV_FILE: .*odd.env: line 3 cannot be read: a line"
    ),
    Row(RUN, {"ENV_FILE": "DIR/env"}, "PARSE_WORKERS: must be a whole number.*not 'x'"),
]
USERS_ROWS = [
    Row(SMTP, {"SMTP_USERS": text, "SMTP_AUTH_WITHOUT_TLS": "true"}, f"SMTP_USERS: .*{said}")
    for text, said in [
        ("olga", "must be a JSON object, .*this is not JSON, at character 1"),
        ('{"olga": }', "must be a JSON object, .*this is not JSON, at character 10"),
        ('["olga"]', "must be a JSON object, such as"),
        ('{"olga": ""}', "the password of 'olga' is empty"),
        ('{"olga": 5}', "olga: must be a text in quotation marks, as in"),
    ]
] + [Row(SMTP, USERS, "SMTP_USERS, .*: .*give SMTP_TLS_CERT and SMTP_TLS_KEY")]
BY_IMAP = [
    Row(SMTP, {**IMAP, **PASSWORD, **env}, said)
    for env, said in [
        ({"IMAP_USER": ""}, "IMAP_USER: is missing"),
        ({"IMAP_PASSWORD": ""}, "IMAP_PASSWORD, IMAP_PASSWORD_FILE, .*: one of these is needed"),
        ({"IMAP_TOKEN_FILE": "DIR/garbage"}, "IMAP_PASSWORD, IMAP_TOKEN_FILE: only one"),
        (
            {"IMAP_HOST": "x.ru", "IMAP_SECURITY": "none"},
            "IMAP_SECURITY: 'none' would show .* to 'x.ru': use tls",
        ),
        ({"IMAP_SECURITY": "ssl"}, "IMAP_SECURITY: must be one of tls, starttls, none"),
        ({"IMAP_USER": "support"}, "IMAP_USER, IMAP_MAILBOX: 'support' is no whole address"),
        (
            {"IMAP_USER": "b@yandex.ru"},
            "IMAP_USER, MAILBOXES: .*'b@yandex.ru', which is none of MAILBOXES",
        ),
        ({"IMAP_MAILBOX": "b@yandex.ru"}, "IMAP_MAILBOX, .*MAILBOXES: .*none of MAILBOXES"),
        ({"IMAP_PORT": "imap"}, "IMAP_PORT: must be a whole number from 1 to 65535, not 'imap'"),
        ({"IMAP_PORT": "0"}, "IMAP_PORT: must be a whole number"),
        ({"IMAP_PORT": "65536"}, "IMAP_PORT: must be a whole number"),
        ({"IMAP_FOLDERS": "INBOX"}, r"IMAP_FOLDERS: must be a JSON list.*INBOX.*, not 'INBOX'"),
        ({"IMAP_FOLDERS": "[]"}, r"IMAP_FOLDERS: must be a JSON list of 1 to 50 entries, such as"),
        (
            {"IMAP_FOLDERS": '{"a": 1}'},
            r"IMAP_FOLDERS: must be a JSON list of 1 to 50 entries, such as",
        ),
        (
            {"IMAP_FOLDERS": "[1]"},
            r"IMAP_FOLDERS: \[0\]: must be a text in quotation marks, as in .*, not 1",
        ),
        ({"IMAP_FOLDERS": '["a\\r\\nb"]'}, r"IMAP_FOLDERS: \[0\]: .* must be one line"),
        ({"IMAP_SENT": "a\r\nb"}, "IMAP_SENT: .* must be one line"),
        ({"IMAP_USER": "a\nb@x.ru"}, "IMAP_USER: .* must be one line"),
        ({"IMAP_PASSWORD": "hunter2\n"}, "IMAP_PASSWORD: there is a control character"),
        (
            {"IMAP_CA_FILE": "DIR/nothing"},
            "IMAP_CA_FILE: .*nothing: there is no such file: name a file",
        ),
        ({"IMAP_CA_FILE": "DIR/garbage"}, "IMAP_CA_FILE: .*garbage holds no certificates"),
        ({"IMAP_CA_FILE": "DIR/empty"}, "IMAP_CA_FILE: .*empty holds no certificates"),
        (
            {"IMAP_PASSWORD": "", "IMAP_PASSWORD_FILE": "DIR/nothing"},
            "IMAP_PASSWORD_FILE: .*no such",
        ),
        ({"IMAP_PASSWORD": "", "IMAP_TOKEN_FILE": "DIR/nothing"}, "IMAP_TOKEN_FILE: .*no such"),
        ({"IMAP_PASSWORD": "", "IMAP_TOKEN_COMMAND": "no-such x"}, "IMAP_TOKEN_COMMAND: no-such"),
        ({"IMAP_PASSWORD": "", "IMAP_TOKEN_COMMAND": " "}, "IMAP_TOKEN_COMMAND: is blank: name a"),
        (
            {"IMAP_PASSWORD": "", "IMAP_TOKEN_COMMAND": "a 'b"},
            "IMAP_TOKEN_COMMAND: what begins with 'a' is no command line",
        ),
        (
            {"IMAP_ACCOUNTS": "a@b.ru"},
            r"IMAP_ACCOUNTS: must be a JSON list, .*this is not JSON, at character 1",
        ),
        ({"IMAP_ACCOUNTS": '["a@b.ru"]'}, r"IMAP_ACCOUNTS: \[0\]: must be an object, as in "),
        (
            {"IMAP_ACCOUNTS": '[{"user": "a@b.ru"}]'},
            r"IMAP_ACCOUNTS: \[0\]: password, password_file, .*: one of these is needed",
        ),
        (
            {"IMAP_ACCOUNTS": '[{"password": "hunter2"}]'},
            r"IMAP_ACCOUNTS: \[0\].user: is missing: the login",
        ),
        (
            {"IMAP_ACCOUNTS": '[{"user": "a@b.ru", "pasword": "hunter2"}]'},
            r"IMAP_ACCOUNTS: \[0\].pasword: is no such field: is password meant",
        ),
        (
            {"IMAP_ACCOUNTS": '[{"user": "a@b.ru", "password": "hunter2", "port": 0}]'},
            r"IMAP_ACCOUNTS: \[0\].port: must be a whole number from 1 to 65535, not 0",
        ),
        (
            {
                "IMAP_ACCOUNTS": '[{"host": "127.0.0.1", "user": "support@yandex.ru",'
                ' "password": "hunter2"}]'
            },
            "IMAP_ACCOUNTS: the login support@yandex.ru at 127.0.0.1 is there twice",
        ),
    ]
] + [
    Row(IMAP_ALONE, {}, "IMAP_USER, IMAP_ACCOUNTS: none is set: name the login"),
    Row(
        SMTP, {**IMAP, **PASSWORD}, "127.0.0.1:1: nobody listens there: .*IMAP_HOST", refused=False
    ),
    Row(
        SMTP,
        {**IMAP, **PASSWORD, "IMAP_HOST": "nowhere.invalid"},
        "nowhere.invalid:1: no such host",
        refused=False,
    ),
    Row(
        SMTP,
        {**IMAP, **PASSWORD, "IMAP_PORT": "SILENT", "IMAP_TIMEOUT": "1"},
        "127.0.0.1:SILENT: no answer",
        refused=False,
    ),
    Row(
        SMTP,
        {**IMAP, **PASSWORD, "IMAP_PORT": "PLAIN"},
        "127.0.0.1:PLAIN: .*IMAP_SECURITY",
        refused=False,
    ),
]
MONGO = [
    Row(RECEIVER, {"MONGO_URI": uri}, f"MONGO_URI: .*{said}")
    for uri, said in [
        ("foo://", "must begin with mongodb://.*, not with 'foo://'"),
        ("127.0.0.1:27017", "must begin with mongodb://"),
        ("mongodb://", "must begin with mongodb://"),
        ("http://127.0.0.1:27017", "must begin with mongodb://"),
        ("mongodb://a..b/", "'a..b' names no host"),
        ("mongodb://h:99999/", "the port .* must be a number"),
        ("mongodb://u@h/", "A password is required: must be as in the driver's manual"),
        ("mongodb://:hunter2@h/", "username: must be mongodb://user:password@host"),
        ("mongodb://h/?fsync=true", "Can't set both j and fsync .*: must be as in the driver's"),
        ("mongodb://h/?tlsCAFile=/nosuch", "/nosuch: No such file or directory"),
        ("mongodb://h/?tls=true&tlsCertificateKeyFile=/etc/hostname", "certificate: must be"),
        ("mongodb://h/?tls=true&tlsCAFile=/etc/hostname", "names holds no certificate: must be"),
        ("mongodb://h:port/", "the port .* must be a number"),
        ("mongodb://u:hunter2@ss@h/", "%40"),
        ("mongodb://u:hunter2:ss@h/", "%3A"),
        ("mongodb://u:hunter2/ss@h/", "%2F"),
        ("mongodb://u:hunter2?ss@h/", "%3F"),
        ("mongodb://u:hunter2%ss@h/", "%25"),
        ("mongodb://u:hunter2#ss@h/", "%23"),
        ("mongodb://h/?foo=bar", "foo"),
    ]
] + [
    Row(
        RECEIVER,
        {"MONGO_DATABASE": name},
        "MONGO_DATABASE: must be a name of 1 to 63 bytes.*, such as dialog, not",
    )
    for name in ("a.b", "a b", "a/b", "$a", "x" * 64, "я" * 32)
]
NOT_REACHED = [
    Row(RECEIVER, {"MONGO_URI": uri, "MONGO_TIMEOUT": "1"}, f"MONGO_URI {said}", refused=False)
    for uri, said in [
        ("mongodb://u:hunter2@127.0.0.1:1/", "127.0.0.1:1: nobody listens there"),
        ("mongodb://nowhere.invalid/", "nowhere.invalid: no such host"),
        ("mongodb://127.0.0.1:SILENT/", "127.0.0.1:SILENT: no answer in time"),
        ("mongodb://127.0.0.1:SILENT/?tls=true", "127.0.0.1:SILENT: "),
    ]
]
UNKNOWN = [
    Row(words, {name: "x"}, f"{name} is no setting and does nothing; .*{near}", refused=False)
    for words, name, near in [
        (SMTP, "MAILBOX", "MAILBOXES"),
        (SMTP, "SMTP_MAXSIZE", "SMTP_MAX_SIZE"),
        (SMTP, "smtp_port", "SMTP_PORT"),
        (SMTP, "IMAP_PASS", "IMAP_PASSWORD"),
        (SMTP, "WEBHOOK_SECRET", "WEBHOOK_SECRETS"),
        (SMTP, "SMTP_LISTEN", "SMTP_"),
        (RECEIVER, "MONGODB_URI", "MONGO_URI"),
        (RECEIVER, "MONGO_DB", "MONGO_DATABASE"),
        (RECEIVER, "JOIN_POLICE", "JOIN_POLICY"),
        (RECEIVER, "LOGLEVEL", "LOG_LEVEL"),
    ]
]
UNKNOWN += [
    Row(SMTP, {name: "x"}, f"{name} does nothing without IMAP_USER", refused=False)
    for name in ("IMAP_PASSWORD", "IMAP_TOKEN_COMMAND")
]
AT_ONCE = [
    Row(
        words,
        {
            "SMTP_PORT": "smtp",
            "MAILBOXES": "support",
            "IMAP_USER": "a@b.ru",
            "IMAP_PORT": "x",
            "WEBHOOK_SECRETS_FILE": "DIR/garbage",
            "MAX_BLOB_BYTES": "1",
            "MAILBOX": "x",
        },
        "SMTP_PORT: ",
        also=("MAILBOXES: ", "IMAP_PORT: ", "IMAP_PASSWORD", "MAX_BLOB_BYTES: ", "MAILBOX is no"),
    )
    for words in (SMTP, RUN)
]
ROWS = [
    *numbers(),
    *MAILBOXES,
    *TEXTS,
    *FILES,
    *USERS_ROWS,
    *BY_IMAP,
    *MONGO,
    *NOT_REACHED,
    *UNKNOWN,
    *AT_ONCE,
]
