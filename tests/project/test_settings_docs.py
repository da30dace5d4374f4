"""A setting is said once, in its class: tables, .env.example and compose say the same."""

import re
from pathlib import Path

import pytest

from contract.environment import COMPOSE
from contract.reading.reading import variables
from tests.project.settings_table import SIDES, default, document, rows
from tests.servers import ROOT

ROW = re.compile(r"^\| `([A-Z_]+)` \| (?:`([^|]*)` )?\| (.+) \|$", re.MULTILINE)
DEFAULTS = {name: standard for name, standard, meaning in rows() if meaning}
# What differs in a container: the addresses that are published, and where files lie.
IN_A_CONTAINER = {
    "DATA_DIR", "HEALTH_HOST", "MAILBOXES", "MONGO_URI", "MONGO_URI_FILE", "PAGE_URL",
    "RECEIVER_HOST", "SMTP_HOST", "SMTP_HOSTNAME", "WEBHOOK_SECRETS_FILE", "WEBHOOK_URL",
}  # fmt: skip
# In .env.example these show what one writes, not what holds without it.
EXAMPLES = {
    "IMAP_ACCOUNTS", "IMAP_PASSWORD", "IMAP_USER", "MAILBOXES", "MONGO_URI", "SMTP_HOSTNAME",
    "SMTP_TLS_CERT", "SMTP_TLS_KEY", "SMTP_USERS", "WEBHOOK_SECRETS", "WEBHOOK_URL",
}  # fmt: skip


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_english_table_is_made_of_the_classes() -> None:
    assert read("docs/settings.md") == document(), "make settings"


def test_the_russian_table_has_the_same_rows() -> None:
    found = [(name, standard) for name, standard, _ in ROW.findall(read("docs/settings.ru.md"))]
    assert found == list(DEFAULTS.items())


@pytest.mark.parametrize(
    ("readme", "table"),
    [("README.md", "docs/settings.md"), ("README.ru.md", "docs/settings.ru.md")],
)
def test_the_readme_shows_ten_of_the_rows(readme: str, table: str) -> None:
    shown = ROW.findall(read(readme))
    assert len(shown) == 10
    assert set(shown) <= set(ROW.findall(read(table)))


def test_each_setting_says_what_it_means() -> None:
    for side in SIDES.values():
        assert [name for name, field in variables(side) if not field.description] == []


def test_the_example_of_env_tells_each_variable_of_compose_with_its_default() -> None:
    example = dict(re.findall(r"^# ([A-Z_]+)=(.*)$", read(".env.example"), re.MULTILINE))
    used = set(re.findall(r"\$\{([A-Z_]+)", read("docker-compose.yml")))
    assert used - set(example) == set()
    assert set(example) - set(DEFAULTS) - set(COMPOSE) == {"MONGO_URI_FILE"}  # which is to be none
    others = {
        name: text
        for name, text in example.items()
        if name in DEFAULTS and name not in EXAMPLES and text != DEFAULTS[name]
    }
    assert others == {}


def test_compose_repeats_the_defaults() -> None:
    given = re.findall(
        r"^      ([A-Z_]+): \$\{\1:?-(.*)\}$", read("docker-compose.yml"), re.MULTILINE
    )
    assert len(given) > 50
    others = {
        (name, text)
        for name, text in given
        if name not in IN_A_CONTAINER and text and text != DEFAULTS[name]
    }
    assert others == set()
    unsaid = {name for name, text in given if not text and DEFAULTS[name]}
    # JSON cannot stand there, and empty is the default; the other is read from a file.
    assert unsaid <= {"IMAP_FOLDERS", "MONGO_URI"}


def test_a_default_is_shown_as_one_would_write_it() -> None:
    shown = {name: default(field) for side in SIDES.values() for name, field in variables(side)}
    assert shown["DNS_CHECKS"] == "true"
    assert shown["SMTP_TIMEOUT"] == "600"
    assert Path(shown["DATA_DIR"]) == Path("data")
