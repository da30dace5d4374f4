"""The settings of mail in by IMAP: which mailboxes are read, how, and how patiently."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from bridge.ingress.refusals import told
from contract.bounds import MAX_MAILBOX, is_blank, is_mailbox
from contract.door.listening import in_brackets
from contract.reading.fields import Section, shown
from contract.reading.host_names import wrong_letters, wrong_with_host
from contract.reading.look_alikes import of_two_scripts
from contract.reading.mistakes import Contradiction, Wrong
from contract.settings import Port, Timeout
from contract.yandex import IMAP_HOST

SENT = "\\Sent"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")  # and bytes that are not UTF-8

Security = Literal["tls", "starttls", "none"]


def _one_line(value: str) -> str:
    if CONTROL.search(value):
        raise ValueError(
            told("{text} must be one line without control characters", text=shown(value))
        )
    return value


def _host(value: str) -> str:
    if wrong := wrong_letters(value):
        raise ValueError(wrong)
    if wrong := wrong_with_host(value):
        raise ValueError(f"{shown(value)} {wrong}" + told(", such as {example}", example=IMAP_HOST))
    return value


def _once_each(value: list[str]) -> list[str]:
    if not all(name.strip() for name in value):
        raise ValueError(told("a folder's name is empty: leave it out"))
    # INBOX alone may be written in any case: RFC 3501 5.1.
    names = ["INBOX" if name.upper() == "INBOX" else name for name in value]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(told("{text} is there twice: name it once", text=shown(twice[0])))
    return value


Line = Annotated[str, Field(max_length=1000), AfterValidator(_one_line)]


class Account(BaseModel):
    r"""One mailbox to read by IMAP: from ``IMAP_HOST`` and so on, or one of ``IMAP_ACCOUNTS``.

    Exactly one of the four credentials is given: an (app) password or its file, or a command that
    prints an OAuth access token or a file that holds one. ``folders`` are decoded names, or
    special-use flags such as ``\Sent`` (RFC 6154), whose letters are outgoing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    host: Annotated[Line, AfterValidator(_host)] = Field(
        IMAP_HOST,
        description="the IMAP server; mail is read by IMAP if `IMAP_USER` is set:"
        " [yandex.md](yandex.md)",
    )
    port: Port = Field(993, description="the port of the IMAP server")
    security: Security = Field(
        "tls", description="`tls`, `starttls`, or `none` (a server on this machine only)"
    )
    user: Annotated[Line, Field(min_length=1)] = Field(
        description="the login, usually the mailbox's address"
    )
    password: SecretStr | None = Field(None, description="the app password")
    password_file: Path | None = Field(
        None, description="or a file with the app password, read again for each login"
    )
    token_command: Line = Field(
        "", description="or a command that prints an OAuth access token, run for each login"
    )
    token_file: Path | None = Field(
        None, description="or a file with an OAuth access token, read again for each login"
    )
    mailbox: Annotated[Line, Field(max_length=MAX_MAILBOX)] = Field(
        "",
        description="which mailbox of `MAILBOXES` this login reads, if its address is not"
        " `IMAP_USER`",
    )
    folders: Annotated[list[Line], AfterValidator(_once_each)] = Field(
        ["INBOX", SENT],
        min_length=1,
        max_length=50,
        examples=[r'["INBOX", "\\Sent"]'],
        description="JSON: folders to follow, by name or special-use flag; letters of `\\Sent` are"
        " `out`",
    )
    sent: Line = Field(
        "", description="the name of the Sent folder, if it is not found by flag or usual name"
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if wrong := [*self._contradictions()]:
            raise Contradiction(wrong)
        return self

    def _contradictions(self) -> Iterator[tuple[tuple[str, ...], str]]:
        yield from self._about_credentials()
        yield from self._about_mailbox()
        if self.security == "none" and self.host not in LOOPBACK:
            wrong = told(
                "'none' would show the password on the network to {host}: use tls or starttls",
                host=shown(self.host),
            )
            yield ("security",), wrong

    def _about_credentials(self) -> Iterator[tuple[tuple[str, ...], str]]:
        ways = ("password", "password_file", "token_command", "token_file")
        given = tuple(way for way in ways if getattr(self, way))
        if not given:
            yield ways, told("one of these is needed")
        elif len(given) > 1:
            yield given, told("only one of these may be given")
        password = self.password.get_secret_value() if self.password is not None else None
        if password is not None and CONTROL.search(password):
            wrong = told("there is a control character in it, such as a line's end")
            yield ("password",), wrong
        elif password is not None and is_blank(password):
            yield ("password",), told("there is nothing but blanks in it")
        try:
            shlex.split(self.token_command)
        except ValueError:
            first = shown(self.token_command.split()[0])  # the other values may include a secret
            no_command = (
                "what begins with {first} is no command line: close each quotation mark, write"
                " nothing after \\"
            )
            yield ("token_command",), told(no_command, first=first)

    def _about_mailbox(self) -> Iterator[tuple[tuple[str, ...], str]]:
        name = "mailbox" if self.mailbox else "user"
        if of_two_scripts(self.stands_for):
            mixed = "{entry} has Latin beside Cyrillic letters, which look alike: type it anew"
            yield (name,), told(mixed, entry=shown(self.stands_for))
        if is_mailbox(self.stands_for):
            return
        if "@" in self.stands_for:
            no_mailbox = "{entry} is no mailbox, such as {example}"
            wrong = told(no_mailbox, entry=shown(self.stands_for), example="support@example.ru")
            yield (name,), wrong
        elif self.mailbox:
            whole = "{text} is no whole address, such as support@example.ru"
            yield ("mailbox",), told(whole, text=shown(self.mailbox))
        else:
            whose = (
                "{text} is no whole address, such as support@example.ru: say whose letters it reads"
            )
            yield ("user", "mailbox"), told(whose, text=shown(self.user))

    @property
    def stands_for(self) -> str:
        """The mailbox that the letters belong to."""
        return self.mailbox or self.user

    @property
    def place(self) -> str:
        """Host and port, as they are shown."""
        return in_brackets(self.host, self.port)

    @property
    def by_token(self) -> bool:
        """Whether the login is by OAuth (XOAUTH2)."""
        return bool(self.token_command or self.token_file)


class ImapSettings(BaseModel):
    """The settings of IMAP in the environment; without host and accounts nothing is read."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    only: Annotated[Account | None, Section("IMAP_", needs=("HOST", "USER"))] = None
    accounts: list[Account] = Field(
        [],
        examples=['[{"user": "support@example.ru", "password": "…"}]'],
        description='JSON for several mailboxes: `[{"user": …, "password": …}, …]`, each with'
        " `host`, `port` and so on as above",
    )
    ca_file: Path | None = Field(
        None, description="certificates (PEM) to trust instead of the system's"
    )
    rescan_days: Annotated[int, Field(ge=0, le=36500)] = Field(
        7,
        description="letters of how many past days to read at the first start, and when the server"
        " renumbers a folder",
    )
    # A server that is asked without pauses locks the account.
    poll: Annotated[float, Field(ge=0.1, le=28 * 60, allow_inf_nan=False)] = Field(
        180.0, description="seconds between looks when the server announces nothing"
    )
    timeout: Timeout = Field(60.0, description="seconds to wait for an IMAP server's answer")
    backoff: Annotated[float, Field(ge=0.05, le=86400, allow_inf_nan=False)] = Field(
        60.0,
        description="seconds to wait before connecting again; grows with each failure, to thirty"
        " times that at most",
    )

    def disagreements(self) -> Iterator[Wrong]:
        """Yield the contradictions between settings."""
        logins = [(account.host, account.user) for account in self.all]
        for host, user in sorted({each for each in logins if logins.count(each) > 1}):
            twice = "the login {user} at {host} is there twice: name it once, with all its folders"
            yield Wrong(("IMAP_ACCOUNTS",), told(twice, user=user, host=host))

    @property
    def all(self) -> tuple[Account, ...]:
        """Every mailbox to read."""
        return (*([self.only] if self.only else []), *self.accounts)
