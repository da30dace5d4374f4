"""The sources of settings.

First the environment; then a ``make run`` on the same ``DATA_DIR``, so that a command in a second
terminal knows its ports; then the file ``.env`` of the working directory. A name found in one
source, even empty, is not looked for in the next; an empty setting is not set. ``NAME_FILE`` names
a file that holds the value of ``NAME``.
"""

import fcntl
import json
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import SequenceMatcher, get_close_matches
from pathlib import Path

from contract.files.locks import taken
from contract.files.text import FileUnreadable, is_file_or_pipe, text_in
from contract.health_check.plain_environment import DATA_DIR, ENV_FILE, RUNNING
from contract.language.refusals import told
from contract.reading.env_file import OddLine, variables_in
from contract.reading.fields import in_signs

# Read only by docker-compose.yml, from the same .env.
COMPOSE = (
    *("COMPOSE_PROJECT_NAME", "MONGO_PORT", "MONGO_IMAGE", "MONGO_MEMORY", "SMTP_PUBLISH"),
    *("RECEIVER_MEMORY", "BRIDGE_MEMORY", "BACKUP_HOURS", "BACKUP_KEEP"),
    *("PYTHON_IMAGE", "PROMETHEUS_IMAGE", "GRAFANA_IMAGE", "GRAFANA_PORT"),
    "PROXY_IMAGE",
)
# A name with a mistyped ``_FILE``.
_FILE = re.compile(r"(.+?)(_?FILES?|_FIEL|_FLIE)?", re.DOTALL)
NEAR = 0.84
# What Kubernetes puts into each container about a service that is called mongo or receiver.
_OF_KUBERNETES = re.compile(r"\w+_(?:SERVICE_(?:HOST|PORT\w*)|PORT_\d+_(?:TCP|UDP)\w*)")
_OUR_NAME = re.compile(r"^(?:EMAIL_LISTENER|LISTENER|BRIDGE|RECEIVER)_")


class FileUnusable(Exception):
    """The file of a setting cannot be read: which setting, and why."""

    def __init__(self, setting: str, why: str) -> None:
        super().__init__(f"{setting}: {why}")
        self.setting = setting
        self.why = why


class AlreadyRunning(Exception):
    """Another ``make run`` works on the same directory."""


def surroundings(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return every variable that may be a setting, with the text that counts."""
    from_file = env_file(environ)
    directory = Path(over(from_file, environ).get("DATA_DIR") or DATA_DIR)
    return over(over(from_file, of_make_run(directory)), environ)


def over(lower: Mapping[str, str], upper: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of both; those of ``upper`` win, given by value or by file."""
    said = {name.removesuffix("_FILE") for name, text in upper.items() if text}
    kept = {name: text for name, text in lower.items() if name.removesuffix("_FILE") not in said}
    return {**kept, **upper}


def surroundings_or_why(environ: Mapping[str, str] = os.environ) -> tuple[dict[str, str], str]:
    """Return the variables, and why those of ``.env`` are missing, or nothing."""
    try:
        return surroundings(environ), ""
    except FileUnusable as error:
        return dict(environ), str(error)


def env_file(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of ``.env``, none if there is no such file; raises FileUnusable."""
    name = environ.get(ENV_FILE, ".env")
    if not name:
        return {}
    path = Path(name)
    leads_nowhere = path.is_symlink() and not path.exists()  # its target is not mounted yet
    if not (environ.get(ENV_FILE) or is_file_or_pipe(path) or leads_nowhere):
        return {}  # a directory is somebody else's
    try:
        text = text_in(path, once=True)
    except FileUnreadable as error:
        raise FileUnusable(ENV_FILE, f"{name}: {error.why}") from None
    try:
        return variables_in(name, text, environ)
    except OddLine as error:
        raise FileUnusable(ENV_FILE, str(error)) from None


def text_of(name: str, env: Mapping[str, str]) -> str | None:
    """Return a setting's text, from the environment or the file named by ``NAME_FILE``.

    None if it is not set; raises FileUnusable.
    """
    path = env.get(f"{name}_FILE")
    if not path:
        return env.get(name)
    setting = f"{name}_FILE"
    if env.get(name):
        two = told("{name} is set, too: leave one of the two", name=name)
        raise FileUnusable(setting, two)
    try:
        text = text_in(Path(path), once=True).strip()
    except FileUnreadable as error:
        why = told(
            "{path}: {why}; the file must hold the value of {name}",
            path=path,
            why=error.why,
            name=name,
        )
        raise FileUnusable(setting, why) from None
    if not text:
        empty = "{path} is empty; the file must hold the value of {name}"
        raise FileUnusable(setting, told(empty, path=path, name=name))
    return text


def unknown(env: Iterable[str], names: Iterable[str], first_words: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each variable that looks like a setting of ours but is none.

    ``names`` are the existing settings; a variable is suspicious if its name is nearly one of them,
    one of them without its first word or behind our own name, or begins with one of
    ``first_words``.
    """
    names, env = [*names], {*env}
    known = {*names, *(f"{name}_FILE" for name in names), *COMPOSE}
    begins = tuple(f"{word}_" for word in first_words)
    for name in sorted(each for each in env - known if not _OF_KUBERNETES.fullmatch(each)):
        plain = name.upper().replace("-", "_")
        whole = _with_another_beginning(plain, known)
        if whole and whole not in env:
            near, in_words = 1.0, whole
        else:
            least = 0.0 if name.startswith(begins) else NEAR
            near, in_words = _nearest(plain, names, least)
        if near >= NEAR:
            meant = "{name} is no setting and does nothing; is {near} meant?"
            yield told(meant, name=in_signs(name), near=in_words)
        elif name.startswith(begins):
            nearest = "{name} is no setting and does nothing; the nearest is {near}"
            yield told(nearest, name=in_signs(name), near=in_words)


def _with_another_beginning(name: str, known: Collection[str]) -> str:
    """Return the setting of which a name lacks the first word, or that it has behind our name.

    One word is too little: ``HOSTNAME`` and ``USER`` are everywhere, ``CA_FILE`` nearly so.
    """
    bare = _OUR_NAME.sub("", name)
    if bare != name and bare in known:
        return bare
    if "_" not in name.removesuffix("_FILE"):
        return ""
    return next((each for each in sorted(known) if each.partition("_")[2] == name), "")


def _nearest(name: str, names: Sequence[str], least: float) -> tuple[float, str]:
    """Return how near the nearest setting is, from 0 to 1, and its name; 0 if below ``least``.

    Whole names first: some settings end in ``_FILE`` themselves, and the ending may be mistyped.
    """
    whole = [*names, *(f"{each}_FILE" for each in names if not each.endswith("_FILE"))]
    if near := get_close_matches(name, whole, 1, NEAR):
        return 1.0, near[0]
    value, ending = _FILE.fullmatch(name).groups("")  # type: ignore[union-attr]
    if not ending and least >= NEAR:  # it was among the whole names
        return 0.0, ""
    found = get_close_matches(value, names, 1, least)
    if not found:
        return 0.0, ""
    suffix = "_FILE" if ending and not found[0].endswith("_FILE") else ""
    return SequenceMatcher(None, value, found[0]).ratio(), found[0] + suffix


def of_make_run(directory: Path) -> dict[str, str]:
    """Return the settings of the ``make run`` on this directory; none if there is none."""
    path = directory / RUNNING
    try:
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:  # it holds the lock, so it lives
                return dict(json.loads(file.read()))
    except (OSError, ValueError):
        pass
    return {}


@contextmanager
def running(directory: Path) -> Iterator["Running"]:
    """Be the only ``make run`` of the directory while the block runs.

    Raises AlreadyRunning and OSError. Only its owner can read the file, as it may hold secrets; it
    is emptied in the end.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / RUNNING
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        if not taken(file.fileno()):
            raise AlreadyRunning(str(directory))
        try:
            yield Running(file.fileno())
        finally:
            file.truncate(0)


class Running:
    """The file in which a ``make run`` tells its settings."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def tell(self, settings: Mapping[str, str]) -> None:
        """Write the settings for commands in other terminals; raises OSError."""
        text = json.dumps(dict(settings), ensure_ascii=False).encode()
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text, 0)
