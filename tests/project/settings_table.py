"""``make settings``: docs/settings.md, made of the settings classes."""

import json
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from pydantic import HttpUrl, SecretStr
from pydantic.fields import FieldInfo

from bridge.settings import BridgeSettings
from contract.reading.reading import variables
from contract.settings import SharedSettings
from receiver.settings import ReceiverSettings

HEAD = """\
# Settings

[По-русски](settings.ru.md). Made by `make settings`. The
[README](../README.md#settings) lists what to set first.

Settings are environment variables with upper-case names. If a variable is not set, its value is
taken from a running `make run` with the same `DATA_DIR`, then from the file `.env` in the working
directory (`ENV_FILE` names another file; if `ENV_FILE` is empty, no file is read). You can also
keep a value in a file: set `MONGO_URI_FILE` instead of `MONGO_URI`, and so on, but not both. It
may be a file of at most 1 MiB, or a pipe such as `<(pass show mongo)` that ends within five
seconds. An empty value counts as not set. Nothing is substituted: a value that contains `${NAME}`,
`$HOME` or `<db_password>`, or that is in quotation marks, is refused.

A mistake stops the start with status 78. All mistakes are reported at once, each with the right
form. If a variable's name only resembles a setting's, a warning says so. A setting that would start
but never work is a mistake, too: a multicast address to listen on, `DATA_DIR=file:///srv/mail`,
`a@х.ru` with a Cyrillic х.

| setting | default | meaning |
| --- | --- | --- |
"""
SIDES = {"both sides": SharedSettings, "bridge": BridgeSettings, "receiver": ReceiverSettings}


def default(field: FieldInfo) -> str:
    """Return a setting's default as one would write it, nothing where there is none."""
    value = field.default
    match value:
        case bool():
            return str(value).lower()
        case SecretStr():
            return value.get_secret_value()
        case list() if value:
            return json.dumps(value)
        case HttpUrl() | Path():
            return str(value)
        case int() | str() | float():
            return str(value).removesuffix(".0")
        case Enum():
            return str(value.value)
        case _:
            return ""


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield name, default and meaning of each setting; a side's name with nothing else first."""
    seen: set[str] = set()
    for side, settings in SIDES.items():
        yield side, "", ""
        for name, field in variables(settings):
            if name not in seen:
                seen.add(name)
                yield name, default(field), field.description or ""


def document() -> str:
    """Return docs/settings.md."""
    lines = []
    for name, standard, meaning in rows():
        if not meaning:
            lines.append(f"| **{name}** | | |")
            continue
        shown = f"`{standard}`" if standard else ""
        lines.append(f"| `{name}` | {shown} | {meaning} |".replace("|  |", "| |"))
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(document(), end="")
