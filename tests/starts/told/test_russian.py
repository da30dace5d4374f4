"""Each text on a terminal exists in Russian, and is shown so in a Russian locale."""

import argparse
import ast
import logging
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pymongo.errors import ConnectionFailure

import bridge.command_line
import bridge.ingress.refusals
import bridge.words
import receiver.command_line
import receiver.words
from bridge.command_line import ping
from bridge.reach import Reach
from bridge.settings import BridgeSettings
from bridge.spool.spool import Spool
from bridge.start import unusable_for_smtp
from contract.language import command_line, refusals
from contract.language.speaking import Texts, language_of, speaking
from local import words
from receiver.commands.ping import wrong_with_service
from receiver.doctor.trouble import in_words, wrong_uri
from receiver.settings import ReceiverSettings
from tests import servers
from tests.servers import ROOT

# Forms of settings, which the code that reads any setting tells.
OF_FIELDS = [ROOT / "bridge/settings.py", ROOT / "bridge/ingress/imap/settings.py"]
PARTS = {
    "bridge": (bridge.words.texts, "texts", [ROOT / "bridge", ROOT / "contract"]),
    "receiver": (receiver.words.texts, "texts", [ROOT / "receiver", ROOT / "contract"]),
    "make": (words.texts, "texts", [ROOT / "local"]),
    "refusals": (
        refusals.told,
        "told",
        [ROOT / "contract", ROOT / "receiver", ROOT / "local/run.py"],
    ),
    "refusals of mail in": (
        bridge.ingress.refusals.told,
        "told",
        [ROOT / "bridge", ROOT / "contract", ROOT / "receiver", ROOT / "local/run.py"],
    ),
}
CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
# What is the same in both: names of settings, files and commands, and punctuation.
SAME = re.compile(r"^[\W\d_]*(\{\w+\}[\W\d_]*)*$")
RIGHTS = "read, raw, post, correct, erase, admin"


def sources(places: list[Path]) -> Iterator[Path]:
    for place in places:
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            if path.name not in ("words.py", "refusals.py", "outcomes.py"):
                yield path


@cache
def said_in(path: Path) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """Return every text in a file, f-strings of units among them; and which a function tells."""
    texts, told = set(), set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.add(node.value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                told.add((node.func.id, first.value))
    return frozenset(texts), frozenset(told)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("part", PARTS)
def test_the_two_languages_have_the_same_values(part: str) -> None:
    texts, _, _ = PARTS[part]
    for english, russian in texts.russian.items():
        assert fields(russian) == fields(english), english
        assert CYRILLIC.search(russian) or SAME.match(russian), english


@pytest.mark.parametrize("part", PARTS)
def test_what_the_code_tells_is_in_the_table(part: str) -> None:
    texts, name, places = PARTS[part]
    for path in sources(places):
        for function, text in said_in(path)[1]:
            assert function != name or text in texts.russian, text


@pytest.mark.parametrize("part", PARTS)
def test_the_table_has_nothing_that_nobody_tells(part: str) -> None:
    texts, _, places = PARTS[part]
    units = {f"{{number}} {unit}" for unit in "dhm"}
    programs = {"python -m bridge", "python -m receiver"}
    shown = {
        *[
            "id",
            "state",
            "size",
            "age",
            "next_attempt",
            "mailbox",
            "mail_from",
            "rcpt_to",
            "peer",
            "reason",
        ]
    }
    found = {text for path in sources([*places, *OF_FIELDS]) for text in said_in(path)[0]}
    unused = set(texts.russian) - found - units - programs - shown
    assert unused == set()


@pytest.mark.parametrize(
    ("parser", "texts"),
    [
        (bridge.command_line.command_line, bridge.words.texts),
        (receiver.command_line.command_line, receiver.words.texts),
    ],
    ids=["bridge", "receiver"],
)
def test_the_help_of_every_command_is_in_both_languages(parser: object, texts: Texts) -> None:
    known = {**texts.russian, **command_line._OF_ARGPARSE.russian}
    made: argparse.ArgumentParser = parser()  # type: ignore[operator]
    for each in command_line._all(made):
        assert not each.description or {each.description, each.prog} & set(known)
        told = [action.help for action in each._actions if action.help]
        for action in each._actions:
            if isinstance(action, argparse._SubParsersAction):
                told += [choice.help or "" for choice in action._choices_actions]
        assert [text for text in told if text not in known and text != RIGHTS] == []


WRONG_WORDS = [
    (bridge, "spool show", "не хватает аргументов: id"),
    (bridge, "spool", "не хватает аргументов: action"),
    (bridge, "smpt", "'smpt' — такого варианта нет (есть: 'smtp'"),
    (bridge, "smtp x", "лишние аргументы: x"),
    (bridge, "import --since", "аргумент --since: нужно одно значение"),
    (receiver, "list -n 0", "аргумент -n: нужно целое число от 1, а не '0'"),
    (receiver, "show", "не хватает аргументов: id"),
    (receiver, "nothing", "'nothing' — такого варианта нет"),
]


@pytest.mark.parametrize(("side", "words", "said"), WRONG_WORDS)
def test_what_is_mistyped_is_told_in_russian(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    side: object,
    words: str,
    said: str,
) -> None:
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    with pytest.raises(SystemExit) as ended:
        side.command_line.status_of(words.split())  # type: ignore[attr-defined]
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("использование: python -m ")
    assert ": ошибка: " in told
    assert said in told


@pytest.mark.parametrize(
    ("locale", "language"), [("ru_RU.UTF-8", "использование: "), ("C", "usage: ")]
)
def test_the_help_is_in_the_language_of_the_terminal(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    locale: str,
    language: str,
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    for side in (bridge, receiver):
        with pytest.raises(SystemExit):
            side.command_line.status_of(["--help"])
        told = capsys.readouterr().out
        assert told.startswith(language)
        assert bool(CYRILLIC.search(told)) == (locale != "C")


REFUSED = {
    "SMTP_PORT": ("99999", "SMTP_PORT: нужно целое число от 1 до 65535, а не '99999'"),
    "SMTP_TIMEOUT": ("0", "SMTP_TIMEOUT: нужно число от 1 до 86400, а не"),
    "DNS_CHECKS": ("maybe", "DNS_CHECKS: нужно true или false, а не 'maybe'"),
    "LOG_LEVEL": ("loud", "LOG_LEVEL: нужно одно из: DEBUG, INFO, WARNING, ERROR, а не 'loud'"),
    "MAILBOXES": ("support", 'MAILBOXES: "support" — не ящик, нужно как support@example.ru'),
    "SMTP_USERS": ("olga", "SMTP_USERS: нужен объект JSON, например .*это не JSON, знак 1"),
    "SMTP_HOSTNAME": ("my host", "SMTP_HOSTNAME: 'my host' — не имя узла"),
    "DATA_DIR": ("~/x", "DATA_DIR: '~/x': знак ~ здесь не раскрывается"),
    "SMTP_HOST": ("224.0.0.1", "SMTP_HOST: '224.0.0.1' — не адрес и не имя, на котором можно"),
    "WEBHOOK_SECRETS_FILE": ("file:///tmp/x", "WEBHOOK_SECRETS_FILE: 'file:.*напишите только путь"),
    "BACKUP_KEY_FILE": ("/nowhere", "BACKUP_KEY_FILE: /nowhere: такого файла нет; в файле должно"),
}


SPOKEN = {
    "WEBHOOK_SECRETS": (
        "hunter2",
        "WEBHOOK_SECRETS: секрет начинается с whsec_; создать его",
    ),
    "RETENTION": ("* html=soon", "RETENTION: 'html=soon' — нужно одно из .* число дней, как html"),
}


def test_a_start_is_refused_in_russian_wherever_the_words_come_from(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    for name, (value, _) in SPOKEN.items():
        monkeypatch.setenv(name, value)
    for settings in (BridgeSettings, ReceiverSettings):
        with pytest.raises(SystemExit):
            settings.load()
    told = capsys.readouterr().err
    for name, (_, said) in SPOKEN.items():
        assert re.search(said, told), (name, told)


def test_ping_speaks_russian_where_the_terminal_does(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    port = servers.free_port()
    Reach(tmp_path / "receiver-reached.json", "http://receiver").saw(404, "")
    settings = BridgeSettings(data_dir=tmp_path, smtp_port=port)
    elsewhere = BridgeSettings(data_dir=tmp_path, smtp_port=port, webhook_url="http://b/x")
    with caplog.at_level(logging.ERROR):
        assert ping(settings, argparse.Namespace(door="smtp")) == 1
        with Spool(settings.spool).prepare().locked():
            assert ping(elsewhere, argparse.Namespace(door="smtp")) == 1
            before = caplog.messages[1], caplog.messages[3]
            caplog.clear()
            assert ping(settings, argparse.Namespace(door=None)) == 1
    assert before == (
        f"письма не доставляются: мост с таким DATA_DIR сейчас не запущен ({tmp_path})",
        f"WEBHOOK_URL http://b/x: письма туда не доставляются: запущенный мост с таким DATA_DIR"
        f" ({tmp_path}) отправляет их на http://receiver",
    )
    by_smtp, by_http = caplog.messages
    assert by_smtp.startswith(f"SMTP на 127.0.0.1:{port} не отвечает: ")
    assert by_http == "WEBHOOK_URL http://receiver: вебхука там нет: проверьте путь в WEBHOOK_URL"


def test_settings_are_refused_in_russian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    env = {name: value for name, (value, _) in REFUSED.items()}
    with speaking("ru"):
        _, wrong = BridgeSettings.judged(env, unusable_for_smtp)
    told = "\n".join(map(str, wrong))
    for _, said in REFUSED.values():
        assert re.search(said, told), (said, told)
    _, english = BridgeSettings.judged(env, unusable_for_smtp)
    assert not CYRILLIC.search("".join(map(str, english)))
    assert len(english) == len(wrong)


def test_a_refused_start_is_told_in_russian(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("SMTP_PORT", "x")
    with pytest.raises(SystemExit) as ended:
        BridgeSettings.load()
    assert ended.value.code == 78
    told = capsys.readouterr().err
    assert told.startswith("Настройки не годятся:\n  SMTP_PORT: нужно целое число от 1 до 65535")


def test_mongodb_and_ping_speak_russian_where_a_person_asks() -> None:
    refused = "127.0.0.1:1: [Errno 111] Connection refused"
    assert "nobody listens there" in in_words(ConnectionFailure(refused), "h")
    with speaking("ru"):
        assert "там никто не отвечает: запущена ли MongoDB" in in_words(
            ConnectionFailure(refused), "h"
        )
        assert "в пароле есть знак" in wrong_uri("mongodb://u:a@b@h/")
        port = servers.free_port()
        told = wrong_with_service(ReceiverSettings(receiver_port=port))
    assert told
    assert f"приёмник на 127.0.0.1:{port} не отвечает: там никто не слушает" in told


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ru"}, "ru"),
        ({"LANG": "russian"}, "ru"),
        ({"LC_ALL": "C", "LANG": "ru_RU.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "ru_RU", "LANG": "en_US"}, "ru"),
        ({"LANG": "rumantsch"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_is_that_of_the_locale(environ: dict[str, str], language: str) -> None:
    assert language_of(environ) == language
