"""A doctor's findings in Russian and English: one line a check, and what to do about it. Pure."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from contract.doctor.russian import in_russian
from contract.files.disk import LEAST_INODES
from contract.language.speaking import Language
from contract.reading.mistakes import Wrong

State = Literal["well", "look", "broken"]
BACKUP_HOURS = 26  # a day, and time to make one; the same as in ops/prometheus/alarms.yml
BACKUP_AHEAD_HOURS = 1  # clocks do not differ by more: its age is unknown; the same as there
STATUS: dict[State, int] = {"well": 0, "look": 1, "broken": 2}
_MARKS: dict[Language, dict[State, str]] = {
    "en": {"well": "ok", "look": "LOOK", "broken": "WRONG"},
    "ru": {"well": "хорошо", "look": "ВЗГЛЯНИТЕ", "broken": "ПЛОХО"},
}
_ADVICE: dict[Language, str] = {"en": "what to do: ", "ru": "что делать: "}


class Said(NamedTuple):
    """A sentence in both languages; names of settings and commands are the same in both."""

    en: str
    ru: str

    def spoken(self, language: Language) -> str:
        """Return the sentence; Russian ones quote other texts in Russian, too."""
        return self.en if language == "en" else in_russian(self.ru)


@dataclass(frozen=True)
class Finding:
    """The result of one check; if it is not well, ``do`` says what to do."""

    check: str
    state: State
    says: Said
    do: Said | None = None

    def __post_init__(self) -> None:
        if self.state != "well" and self.do is None:
            raise ValueError(f"{self.check}: what is to be done?")


def well(check: str, en: str, ru: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(check, "well", Said(en, ru))


def look(check: str, says: Said, do: Said) -> Finding:
    """Return a finding of something that works, but not for ever or not for everybody."""
    return Finding(check, "look", says, do)


def broken(check: str, says: Said, do: Said) -> Finding:
    """Return a finding of something that keeps letters from coming in or being stored."""
    return Finding(check, "broken", says, do)


def status_of(findings: Iterable[Finding]) -> int:
    """Return the exit status: 0 all is well, 1 somebody should look, 2 something is broken."""
    return max((STATUS[each.state] for each in findings), default=0)


def in_lines(findings: Sequence[Finding], language: Language) -> str:
    """Return the findings for a person to read."""
    marks = _MARKS[language]
    wide = max(map(len, marks.values()))
    name = max((len(each.check) for each in findings), default=0)
    lines = []
    for each in findings:
        says = each.says.spoken(language)
        lines.append(f"{marks[each.state]:{wide}}  {each.check:{name}}  {says}")
        if each.do and each.state != "well":
            lines.append(f"{'':{wide + name + 4}}{_ADVICE[language]}{each.do.spoken(language)}")
    return "\n".join(lines)


def in_json(findings: Sequence[Finding], language: Language) -> str:
    """Return the findings for a program to read."""
    checks = [
        {
            "check": each.check,
            "state": each.state,
            "says": each.says.spoken(language),
            "do": each.do.spoken(language) if each.do else "",
        }
        for each in findings
    ]
    document = {"status": status_of(findings), "checks": checks}
    return json.dumps(document, ensure_ascii=False, indent=1)


def of_settings(wrong: Sequence[Wrong], unknown: Sequence[str]) -> list[Finding]:
    """Return the finding about the settings."""
    found = [
        broken(
            "settings",
            Said(str(each), str(each)),
            Said(
                f"set {' or '.join(each.names) or 'it'} right: docs/settings.md",
                f"исправьте {' или '.join(each.names) or 'это'}: docs/settings.ru.md",
            ),
        )
        for each in wrong
    ]
    found += [
        look(
            "settings",
            Said(each, each),
            Said("take it away, or name it right", "уберите или назовите правильно"),
        )
        for each in unknown
    ]
    return found or [well("settings", "all can be used", "все пригодны")]


def of_backup(hours: float | None, command: Said) -> Finding:
    """Return the finding about the last backup's age in hours, None if there is no backup.

    ``command`` makes one. A backup from the future may be of any age: a clock was wrong.
    """
    if hours is None:
        return look("backup", Said("there has never been one", "ни одной копии не было"), command)
    if hours < -BACKUP_AHEAD_HOURS:
        ahead = f"the last one bears a time {-hours:.0f} h ahead of the clock: its age is unknown"
        in_future = f"время последней на {-hours:.0f} ч впереди часов: её возраст неизвестен"
        return look("backup", Said(ahead, in_future), command)
    hours = max(hours, 0.0)
    says = Said(f"the last one is {hours:.0f} h old", f"последней {hours:.0f} ч")
    return look("backup", says, command) if hours > BACKUP_HOURS else well("backup", *says)


def of_clock(check: str, whose: Said, seconds: float, tolerance: float) -> Finding:
    """Return the finding about another clock's error; a signature allows ``tolerance`` seconds."""
    says = Said(
        f"the clock of {whose.en} is {round(seconds):+d} s from ours",
        f"часы: {whose.ru} — {round(seconds):+d} с от наших",
    )
    do = Said("have both machines set their clocks by NTP", "включите на обеих машинах NTP")
    if abs(seconds) >= tolerance:
        return broken(check, says, do)
    return look(check, says, do) if abs(seconds) >= tolerance / 10 else well(check, *says)


def of_disk(check: str, place: str, free: int, least: int, *, inodes: int | None = None) -> Finding:
    """Return whether a disk has room; ``least`` bytes must stay free, and ten times that should.

    So it is with ``inodes``, of which each file takes one; None where they are not counted.
    """
    if inodes is not None and inodes < 10 * LEAST_INODES and free >= least:
        few = Said(f"{inodes} inodes are free at {place}", f"{place}: свободно inode: {inodes}")
        small = Said(
            "delete small files there, or make a file system with more inodes (df -i)",
            "удалите там мелкие файлы или создайте файловую систему, где inode больше (df -i)",
        )
        return (broken if inodes < LEAST_INODES else look)(check, few, small)
    mib = 1024 * 1024
    says = Said(f"{free // mib} MiB are free at {place}", f"{place}: свободно {free // mib} МиБ")
    do = Said("make room on that disk", "освободите место на этом диске")
    if free < least:
        return broken(check, says, do)
    return look(check, says, do) if free < 10 * least else well(check, *says)
