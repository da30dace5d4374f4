"""The settings of mail in by IMAP: which mailboxes are read, how, and how patiently."""

import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from contract.event import MAX_MAILBOX
from contract.settings import SharedSettings
from contract.yandex import IMAP_HOST

SENT = "\\Sent"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

Port = Annotated[int, Field(ge=1, le=65535)]
Security = Literal["tls", "starttls", "none"]


def _one_line(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError("control characters would be IMAP commands of their own")
    return value


Line = Annotated[str, Field(max_length=1000), AfterValidator(_one_line)]


class Account(BaseModel):
    """One mailbox as IMAP reads it.

    Exactly one of the four credentials is given: an (app) password or the file of one, or a
    command that prints an OAuth access token or a file that holds one. ``folders`` are decoded
    names, or special-use flags such as ``\\Sent`` (RFC 6154); letters of ``\\Sent`` went out.
    ``sent`` names that folder where neither the flag nor a usual name tells it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    host: Line = IMAP_HOST
    port: Port = 993
    security: Security = "tls"
    user: Annotated[Line, Field(min_length=1)]
    password: SecretStr | None = None
    password_file: Path | None = None
    token_command: Line = ""
    token_file: Path | None = None
    mailbox: Annotated[Line, Field(max_length=MAX_MAILBOX)] = ""
    folders: list[Line] = Field(["INBOX", SENT], min_length=1, max_length=50)
    sent: Line = ""

    @model_validator(mode="after")
    def _agree(self) -> Self:
        ways = (self.password, self.password_file, self.token_command, self.token_file)
        if sum(bool(way) for way in ways) != 1:
            raise ValueError(
                "one of (IMAP_)PASSWORD, PASSWORD_FILE, TOKEN_COMMAND and TOKEN_FILE is needed"
            )
        if self.password is not None:
            _one_line(self.password.get_secret_value())
        if "@" not in self.stands_for:
            raise ValueError("(IMAP_)USER is no whole address, so (IMAP_)MAILBOX is needed")
        if self.security == "none" and self.host not in LOOPBACK:
            raise ValueError("(IMAP_)SECURITY none would show the password on the network")
        return self

    @property
    def stands_for(self) -> str:
        """The mailbox whose dialogs the letters belong to."""
        return self.mailbox or self.user

    @property
    def by_token(self) -> bool:
        """Whether the login is by OAuth (XOAUTH2)."""
        return bool(self.token_command or self.token_file)


class ImapSettings(SharedSettings):
    """What the environment says about IMAP; with neither host nor accounts there is none."""

    imap_host: Line = Field("", description="the IMAP server; set, the mailbox is read by IMAP")
    imap_port: Port = Field(993, description="its port")
    imap_security: Security = Field(
        "tls", description="`tls`, `starttls`, or `none` (on this machine only)"
    )
    imap_user: Line = Field("", description="the login, usually the mailbox's address")
    imap_password: SecretStr | None = Field(None, description="the app password")
    imap_password_file: Path | None = Field(
        None, description="the file of the app password, read anew for each login"
    )
    imap_token_command: Line = Field(
        "", description="a command that prints an OAuth access token, run for each login"
    )
    imap_token_file: Path | None = Field(
        None, description="the file of an OAuth access token, read anew for each login"
    )
    imap_mailbox: Line = Field("", description="the mailbox in MAILBOXES, if not IMAP_USER")
    imap_folders: list[Line] = Field(
        ["INBOX", SENT], description="JSON: the folders to follow, by name or special-use flag"
    )
    imap_sent: Line = Field("", description="the name of the Sent folder, if it is not found")
    imap_accounts: list[Account] = Field(
        [], description="JSON: a list of mailboxes, each with `user`, `password` and so on"
    )
    imap_ca_file: Path | None = Field(
        None, description="certificates (PEM) to trust instead of the system's"
    )
    imap_rescan_days: Annotated[int, Field(ge=0, le=36500)] = Field(
        7, description="days looked back at the first start, or when the server renumbers"
    )
    imap_poll: Annotated[float, Field(gt=0, le=28 * 60)] = Field(
        180.0, description="seconds between looks when nothing is announced"
    )
    imap_timeout: Annotated[float, Field(gt=0)] = Field(
        60.0, description="seconds an IMAP server's answer is waited for"
    )
    imap_backoff: Annotated[float, Field(gt=0)] = Field(
        60.0, description="seconds before connecting again; grows thirtyfold"
    )

    @model_validator(mode="after")
    def _one_account_each(self) -> Self:
        if bool(self.imap_user) != bool(self.imap_host):
            raise ValueError("IMAP_HOST and IMAP_USER are given together or not at all")
        logins = [(account.host, account.user) for account in self.accounts]
        if len(set(logins)) < len(logins):
            raise ValueError("IMAP_ACCOUNTS names a login twice")
        return self

    @property
    def imap_directory(self) -> Path:
        """Where the cursors lie."""
        return self.data_dir / "imap"

    @property
    def imap_health(self) -> Path:
        """The file that says how the watchers are."""
        return self.imap_directory / "health.json"

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Every mailbox to read."""
        if not self.imap_host:
            return tuple(self.imap_accounts)
        only = Account(
            host=self.imap_host,
            port=self.imap_port,
            security=self.imap_security,
            user=self.imap_user,
            password=self.imap_password,
            password_file=self.imap_password_file,
            token_command=self.imap_token_command,
            token_file=self.imap_token_file,
            mailbox=self.imap_mailbox,
            folders=self.imap_folders,
            sent=self.imap_sent,
        )
        return (only, *self.imap_accounts)
