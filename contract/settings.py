"""The settings that both sides share; each side's class adds its own."""

import logging
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from stat import S_ISREG
from typing import Annotated, ClassVar, Literal, NoReturn, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from contract.doctor.russian import spoken
from contract.environment import FileUnusable, surroundings, unknown
from contract.language.refusals import told
from contract.language.speaking import speaking
from contract.language.system import said
from contract.process import EXIT_CONFIG, start_log
from contract.reading.every_name import EVERY_NAME
from contract.reading.fields import shown
from contract.reading.host_names import can_be_listened_on
from contract.reading.mistakes import Wrong
from contract.reading.reading import read, variables
from contract.sealing.seal import Seal
from contract.signature import parse_keys

log = logging.getLogger(__name__)

Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[float, Field(gt=0, le=86400, allow_inf_nan=False)]
Timeout = Annotated[float, Field(ge=1, le=86400, allow_inf_nan=False)]
"""Seconds within which something has to be done: in less nothing ever would be."""
Bytes = Annotated[int, Field(ge=65536, le=2**40)]
LEAST_KEY = 16


def _well_formed(value: SecretStr) -> SecretStr:
    parse_keys(value.get_secret_value())
    return value


def _long_enough(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value().strip()) < LEAST_KEY:
        raise ValueError(
            told("must be a passphrase of {least} characters or more", least=LEAST_KEY)
        )
    return value


def _listened_on(value: str) -> str:
    if not can_be_listened_on(value):
        none = "{host} is no address or name that can be listened on: 127.0.0.1 is usual"
        raise ValueError(told(none, host=shown(value)))
    return value


def _file_that_is_there(path: Path) -> Path:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise ValueError(told("must be a file that is there, not {path}", path=path)) from None
    except (OSError, ValueError) as error:
        why = said(error) if isinstance(error, OSError) else told("it is no path")
        text = told("{path} cannot be read ({why}): name another file", path=path, why=why)
        raise ValueError(text) from None
    if not S_ISREG(status.st_mode):
        raise ValueError(told("must be a file, and {path} is none", path=path))
    return path


ListenHost = Annotated[str, AfterValidator(_listened_on)]
_SCHEME = re.compile(r"file:|[A-Za-z][A-Za-z0-9.+-]+:/")
_NO_PATH = "{path} holds what no path has: a quotation mark, a blank or a control character"


def _whole_path(path: Path) -> Path:
    """Return a path at which a file or directory may be made."""
    text = str(path)
    if text.startswith("~"):
        home = "{path}: ~ is not read here: write the whole path"
        raise ValueError(told(home, path=shown(text)))
    if _SCHEME.match(text):  # otherwise it would be made in the working directory
        address = "{path} begins with a scheme or a host: write the path alone"
        raise ValueError(told(address, path=shown(text)))
    if os.path.normpath(text) in ("/", "//"):  # as of $NAME/ where there is no such NAME
        root = "{path} is the root of all directories: name one of its own"
        raise ValueError(told(root, path=shown(text)))
    if any("\udc80" <= sign <= "\udcff" for sign in text):
        raise ValueError(told("{path}: this path is not in UTF-8", path=shown(text)))
    if not text.isprintable() or text[0] in "'\"" or text != text.strip():
        raise ValueError(told(_NO_PATH, path=shown(text)))
    return path


WholePath = Annotated[Path, AfterValidator(_whole_path)]
ExistingFile = Annotated[Path, AfterValidator(_file_that_is_there)]


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


class SharedSettings(BaseModel):
    """The settings that bridge and receiver must agree on."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    # First words that hardly anybody else's variables have.
    own_words: ClassVar[tuple[str, ...]] = ()

    data_dir: WholePath = Field(Path("data"), description="the directory of spool, secret and data")
    webhook_secrets: Annotated[SecretStr, AfterValidator(_well_formed)] | None = Field(
        None, description="`whsec_…` secrets, space separated; the first signs, all verify"
    )
    webhook_secrets_file: WholePath | None = Field(
        None,
        description="the file of those secrets, made at the receiver's first start and read again"
        " when it changes; `DATA_DIR/webhook.secret` if neither is set",
    )
    max_blob_bytes: Bytes = Field(
        64 * 1024 * 1024,
        description="largest attachment or original letter, in bytes; at least `SMTP_MAX_SIZE`",
    )
    backup_key: Annotated[SecretStr, AfterValidator(_long_enough)] | None = Field(
        None,
        description="a passphrase of at least 16 characters, with which `backup` encrypts and"
        " `restore` decrypts; without it backups are not encrypted; keep a copy elsewhere, because"
        " nothing else opens them",
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = (
        Field(
            "INFO",
            description="`DEBUG`, `INFO`, `WARNING` or `ERROR`; letters and secrets are never"
            " logged",
        )
    )

    log_format: Annotated[Literal["console", "json"], BeforeValidator(_lower)] = Field(
        "console",
        description="`console`, or `json`: one JSON object per line, with an `id` that a letter"
        " keeps from SMTP to the database",
    )

    @property
    def seal(self) -> Seal | None:
        """The encryption of backups, if there is one."""
        return Seal(self.backup_key.get_secret_value()) if self.backup_key else None

    @property
    def secrets_file(self) -> Path:
        """The file of the webhook secrets if the environment does not hold them."""
        return self.webhook_secrets_file or self.data_dir / "webhook.secret"

    def disagreements(self) -> Iterator[Wrong]:
        """Yield the contradictions between settings."""
        yield from ()

    @classmethod
    def load(
        cls,
        unusable: Callable[[Self], Iterable[Wrong]] = lambda _settings: (),
        besides: Callable[[Self], Iterable[Wrong]] = lambda _settings: (),
    ) -> Self:
        """Read the settings, or exit with status 78 and name every mistake at once.

        ``unusable`` checks what the settings name: files, certificates, ports. What ``besides``
        finds prevents no start by itself, and is told together with what does.
        """
        with speaking():
            try:
                env = surroundings()
            except FileUnusable as error:
                refuse([Wrong((error.setting,), error.why)])
            settings, wrong = cls.judged(env, unusable)
            if wrong and settings.log_format != "json":
                refuse(cls._reasons(env, unusable, besides))
        if wrong:  # a program reads the log
            start_log(settings.log_level, settings.log_format)
            reasons = map(str, cls._reasons(env, unusable, besides))
            log.error("cannot start: %s", "; ".join(reasons))
            raise SystemExit(EXIT_CONFIG)
        return settings

    @classmethod
    def _reasons(
        cls,
        env: Mapping[str, str],
        *looks: Callable[[Self], Iterable[Wrong]],
    ) -> Iterable[Wrong | str]:
        """Return every mistake and every misspelt name in the environment, each once."""
        wrong = [each for look in looks for each in cls.judged(env, look)[1]]
        return dict.fromkeys([*wrong, *cls.unknown(env)])

    @classmethod
    def judged(
        cls,
        env: Mapping[str, str],
        unusable: Callable[[Self], Iterable[Wrong]] = lambda _settings: (),
    ) -> tuple[Self, list[Wrong]]:
        """Return the settings of the environment, and every mistake in them."""
        settings, wrong = read(cls, env)
        if settings is None:  # our mistake: every setting has a default
            raise TypeError(f"{cls.__name__}: {wrong}")
        bad = {name for each in wrong for name in each.names}
        bad |= {name.removesuffix("_FILE") for name in bad}
        for look in (type(settings).disagreements, unusable):
            for each in look(settings):
                found = {name for one in wrong for name in one.names}
                # Wrong values were read as if not set.
                if not bad & {*each.names} and not (bad | found) & {*each.if_right}:
                    wrong.append(each)
        return settings, wrong

    @classmethod
    def names(cls) -> list[str]:
        """Return the name of each setting in the environment."""
        return [name for name, _ in variables(cls)]

    @classmethod
    def unknown(cls, env: Mapping[str, str]) -> list[str]:
        """Return a sentence for each variable that is nearly a setting of either side."""
        return list(unknown(env, EVERY_NAME, cls.own_words))


def refuse(wrong: Iterable[Wrong | str]) -> NoReturn:
    """Exit with status 78; every mistake is on a line of its own."""
    reasons = (spoken(str(each)) for each in wrong)
    text = "\n  ".join([told("The settings are not usable:"), *reasons])
    print(text, file=sys.stderr)  # noqa: T201 - no log yet
    raise SystemExit(EXIT_CONFIG)
