"""How each doctor begins and ends: with the settings, however wrong, and with the words."""

import argparse
import os
import shutil
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from contract.doctor.checkup import (
    Finding,
    Said,
    broken,
    in_json,
    in_lines,
    of_disk,
    of_settings,
)
from contract.environment import surroundings_or_why
from contract.files.disk import inodes_left
from contract.language.speaking import language_of
from contract.process import is_directory, start_log, where
from contract.reading.mistakes import Wrong
from contract.settings import SharedSettings

S = TypeVar("S", bound=SharedSettings)
Found = Finding | Iterable[Finding] | None
Check = tuple[str, Callable[[], Found]]
"""What a check is called, and what makes it."""
AskedCheck = tuple[str, Callable[[], Awaitable[Found]]]
"""The same, of what is awaited."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--json", action="store_true", help="for a program to read")


def begun(
    kind: type[S], unusable: Callable[[S], Iterable[Wrong]], log_level: str
) -> tuple[S, list[Finding]]:
    """Return the settings as far as they are usable, and the finding about them."""
    start_log(log_level)
    env, why = surroundings_or_why()
    settings, wrong = kind.judged(env, unusable)
    wrong += [Wrong((), why)] if why else []
    return settings, of_settings(wrong, kind.unknown(env))


def checked(check: str, examine: Callable[[], Found]) -> list[Finding]:
    """Return what a check finds; an error that ends it becomes the finding."""
    findings: list[Finding] = []
    try:
        found = examine()
        findings.extend((found,) if isinstance(found, Finding) else found or ())
    except Exception as error:  # any error may come of it: the other checks run all the same
        findings.append(_ended(check, error))
    return findings


async def asked(
    check: str, examine: Callable[[], Awaitable[Found]], *but: type[Exception]
) -> list[Finding]:
    """Await what a check finds, as ``checked`` does; errors of the kind ``but`` are raised."""
    try:
        found = await examine()
    except but:
        raise
    except Exception as error:
        return [_ended(check, error)]
    return checked(check, lambda: found)


def _ended(check: str, error: Exception) -> Finding:
    return broken(
        check,
        Said(
            f"the check itself failed: {where(error)}", f"сама проверка не удалась: {where(error)}"
        ),
        Said(
            "see what answers there and that the settings are meant; what is ours to mend, report",
            "посмотрите, кто там отвечает и верны ли настройки; если ошибка наша — сообщите о ней",
        ),
    )


def told(findings: Sequence[Finding], *, as_json: bool) -> str:
    """Return the findings in the language of the terminal."""
    written = in_json if as_json else in_lines
    return written(findings, language_of(os.environ))


def not_ours(check: str, directories: Iterable[Path]) -> Finding | None:
    """Return a finding if this user may not read, write and enter one of these; None if all."""
    for each in directories:
        if each.exists() and not os.access(each, os.R_OK | os.W_OK | os.X_OK):
            return broken(
                check,
                Said(
                    f"user {os.geteuid()} may not read and write {each}",
                    f"пользователь {os.geteuid()} не может читать и писать в {each}",
                ),
                Said(
                    f"ask as the user that the service runs as, or chown -R {os.geteuid()} {each}",
                    "запустите проверку от имени пользователя, под которым работает сервис, или"
                    f" chown -R {os.geteuid()} {each}",
                ),
            )
    return None


def disk_of(directory: Path, least: int) -> Finding:
    """Return the finding about the disk of a directory, which need not exist yet."""
    if found := not_ours("disk", [directory]):
        return found
    above = (directory, *directory.absolute().parents)
    there = next(each for each in above if is_directory(each))
    free, inodes = shutil.disk_usage(there).free, inodes_left(there)
    return of_disk("disk", str(directory), free, least, inodes=inodes)
