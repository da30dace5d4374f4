"""What ``make run`` says once it is up: every command that it names works with these settings."""

import pytest

from bridge.settings import BridgeSettings
from contract.language.speaking import speaking
from local.welcome import invitation
from receiver.settings import ReceiverSettings

MAILBOX = {"MAILBOXES": "support@yandex.ru"}
IMAP = {"IMAP_USER": "support@yandex.ru", "IMAP_PASSWORD": "hunter2"}
INVITED = {
    "by SMTP": (MAILBOX, ["make letter", "make demo"]),
    "by IMAP alone": (IMAP, ["-m receiver list", "-m receiver show ID", "-m receiver find WORDS"]),
    "by both": ({**IMAP, "MAILBOXES": "support@yandex.ru"}, ["make letter", "make demo"]),
}


@pytest.mark.parametrize("directory", ["data", "/srv/my mail"])
@pytest.mark.parametrize(("env", "tried"), INVITED.values(), ids=INVITED.keys())
def test_the_welcome_names_commands_that_work_in_a_second_terminal(
    env: dict[str, str], tried: list[str], directory: str
) -> None:
    bridge, _ = BridgeSettings.judged({**env, "DATA_DIR": directory})
    receiver, _ = ReceiverSettings.judged({"DATA_DIR": directory})
    lines = [*invitation(bridge, receiver, "http://127.0.0.1:8080/sign-in?link=x")]
    commands = [line for line in lines if "make " in line or "python" in line]
    for each in [*tried, "-m bridge ping", "-m receiver link"]:
        assert sum(each in line for line in commands) == 1, (each, lines)
    assert len(commands) == len(tried) + 2
    for line in commands:
        assert ("DATA_DIR='/srv/my mail'" in line) == (directory != "data")
        assert "python" not in line or ".venv/bin/python -m" in line
    assert ("IMAP    " in "".join(lines)) == ("IMAP_USER" in env)


def test_the_welcome_is_in_russian_where_the_terminal_is() -> None:
    with speaking("ru"):
        bridge, _ = BridgeSettings.judged(MAILBOX)
        lines = [*invitation(bridge, ReceiverSettings(), "http://127.0.0.1:8080/sign-in?link=x")]
    assert "первое письмо (из второго терминала):" in lines
    assert "проверить, всё ли в порядке:" in lines
    assert "  make letter" in lines
