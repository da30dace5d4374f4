"""The bridge's settings: name, type, default and help in one place.

docs/settings.md is generated from it (``make settings``); tests compare .env.example,
docker-compose.yml and the Russian table with it.
"""

import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, HttpUrl, SecretStr, field_validator

from bridge.ingress import contradictions
from bridge.ingress.imap.settings import CONTROL, Account, ImapSettings
from bridge.ingress.imap.states import HEALTH
from bridge.ingress.refusals import told
from bridge.ingress.smtp.logins import LONGEST_NAME
from bridge.ingress.smtp.recipients import mistakes_in, read_mailboxes
from bridge.reach import REACHED
from contract.bounds import MAX_MAILBOX, is_blank
from contract.reading.fields import Section, Words, shown
from contract.reading.host_names import is_address, is_greeting
from contract.reading.mistakes import Wrong
from contract.reading.reading import NotJson
from contract.sending.url import callable_url
from contract.settings import (
    Bytes,
    ExistingFile,
    ListenHost,
    Port,
    Seconds,
    SharedSettings,
    Timeout,
)

_MAILBOXES = (
    "addresses with commas or spaces between them, or a JSON object of mailboxes and their"
    " recipients"
)
_CREDENTIALS = ("IMAP_PASSWORD", "IMAP_PASSWORD_FILE", "IMAP_TOKEN_COMMAND", "IMAP_TOKEN_FILE")


def _of_this_machine() -> str:
    name = socket.gethostname()
    return name if is_greeting(name) else "localhost"


class BridgeSettings(SharedSettings):
    """The environment's settings for mail in and the way to the webhook."""

    own_words: ClassVar[tuple[str, ...]] = (
        "COURIER",
        "HEALTH",
        "IMAP",
        "PARSE",
        "SMTP",
        "SPOOL",
        "WEBHOOK",
    )

    mailboxes: Annotated[dict[str, list[str]], Words(_MAILBOXES)] = Field(
        {},
        examples=['{"support@example.ru": ["in-4f2a9c@bridge.example.ru"]}'],
        description="JSON: each mailbox and the recipient addresses or domains that stand for it;"
        " or, if letters come straight to the mailboxes' addresses, a list of these, separated by"
        " commas or spaces; not needed if mail is read by IMAP only",
    )
    smtp_host: ListenHost = Field("127.0.0.1", description="the address that SMTP listens on")
    smtp_port: Port = Field(2525, description="the port that SMTP listens on")
    smtp_hostname: str = Field(
        default_factory=_of_this_machine,
        description="the name in the greeting and in `Received`; the machine's if not set",
    )
    smtp_max_size: Bytes = Field(
        50 * 1024 * 1024, description="bytes a letter may have; Yandex sends up to 41 MiB"
    )
    smtp_max_connections: int = Field(
        200, ge=1, le=100_000, description="SMTP connections at once; further ones are answered 421"
    )
    smtp_max_connections_per_peer: int = Field(
        50,
        ge=1,
        le=100_000,
        description="SMTP connections at once from one address (IPv6: from one /64)",
    )
    smtp_timeout: Timeout = Field(600.0, description="seconds to wait for a silent SMTP client")
    smtp_postmaster: str = Field(
        "",
        description="the mailbox of `MAILBOXES` that takes letters to `postmaster` without a"
        " domain; if there is only one mailbox, that one does",
    )
    smtp_tls_cert: ExistingFile | None = Field(
        None,
        description="certificate chain (PEM); with it STARTTLS is offered; a renewed file is"
        " loaded without a restart",
    )
    smtp_tls_key: ExistingFile | None = Field(
        None, description="the certificate's private key (PEM), not encrypted"
    )
    smtp_users: dict[str, SecretStr] = Field(
        {},
        examples=['{"specialist": "a long password"}'],
        description="JSON: name and password of those whose letters count as sent by us (`out`)",
    )
    smtp_auth_without_tls: bool = Field(False, description="offer AUTH without STARTTLS, too")
    imap: Annotated[ImapSettings, Section("IMAP_")] = ImapSettings()
    spool_max_bytes: int = Field(
        10 * 1024**3,
        ge=1024 * 1024,
        le=2**62,
        description="bytes the spool may hold, `failed` included; beyond that SMTP answers 452",
    )
    spool_min_free: int = Field(
        100 * 1024 * 1024,
        ge=0,
        le=2**62,
        description="bytes that must stay free on the spool's disk; if fewer are, SMTP answers 452;"
        " at most what the disk has",
    )
    spool_alarm_age: Seconds = Field(
        3600.0, description="seconds a letter may wait before an alarm is raised"
    )
    health_host: ListenHost = Field(
        "127.0.0.1", description="the address that health and metrics listen on"
    )
    health_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        8081, description="the port of `/healthz`, `/readyz` and `/metrics`; 0 switches it off"
    )
    webhook_url: Annotated[HttpUrl, BeforeValidator(callable_url)] = Field(
        HttpUrl("http://127.0.0.1:8080/webhook/email"),
        examples=["http://127.0.0.1:8080/webhook/email"],
        repr=False,
        description="where events are POSTed",
    )
    webhook_timeout: Timeout = Field(30.0, description="seconds to wait for an answer")
    courier_concurrency: int = Field(
        8,
        ge=1,
        le=1000,
        description="requests to the receiver at once, and as many again for letters that failed"
        " before",
    )
    dns_checks: bool = Field(
        True, description="ask DNS for DKIM keys and for the peer's name, on which `auth` is based"
    )
    parse_workers: int = Field(2, ge=1, le=256, description="processes that parse letters")
    parse_timeout: Timeout = Field(10.0, description="seconds one parse may take")
    parse_memory_mb: int = Field(
        1024, ge=192, le=1024 * 1024, description="MiB of address space a parse may take"
    )

    @field_validator("mailboxes", mode="before")
    @classmethod
    def _read(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return read_mailboxes(value)
        except NotJson as error:
            like = cls.model_fields["mailboxes"].examples
            example = told(", such as {example}", example=like[0] if like else "")
            must = told("must be {what}{example}", what=told.word(_MAILBOXES), example=example)
            given = told(", not {given}", given=shown(value))
            raise ValueError(f"{must}{given} ({error})") from None

    @field_validator("mailboxes")
    @classmethod
    def _names(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        if mistakes := mistakes_in(value, MAX_MAILBOX):
            raise ValueError("; ".join(mistakes))
        return value

    @field_validator("smtp_hostname")
    @classmethod
    def _is_hostname(cls, value: str) -> str:
        if not is_greeting(value):
            no_name = told("{name} is no host name, such as mail.example.ru", name=shown(value))
            brackets = told("; an address is written [{address}]", address=value)
            raise ValueError(no_name + (brackets if is_address(value) else ""))
        return value

    @field_validator("smtp_users")
    @classmethod
    def _have_passwords(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        wrong = []
        if not all(name.strip() for name in value):
            wrong.append(told("there is a password without a name: give the name to log in with"))
        no_name = "{name} is no name to log in with: at most {most} signs, all of which are seen"
        wrong += [
            told(no_name, name=shown(name), most=LONGEST_NAME)
            for name in value
            if name.strip() and (len(name) > LONGEST_NAME or not name.isprintable())
        ]
        passwords = {name: secret.get_secret_value() for name, secret in value.items()}
        if without := [name for name, password in passwords.items() if is_blank(password)]:
            names = ", ".join(map(repr, without))
            wrong.append(told("the password of {names} is empty: give a long one", names=names))
        if odd := [name for name, password in passwords.items() if CONTROL.search(password)]:
            control = "the password of {names} has a control character in it, or is not in UTF-8"
            wrong.append(told(control, names=", ".join(map(repr, odd))))
        if wrong:
            raise ValueError("; ".join(wrong))
        return value

    def disagreements(self) -> Iterator[Wrong]:
        """Yield the contradictions between settings."""
        yield from self.imap.disagreements()
        read = [account.stands_for for account in self.accounts]
        yield from contradictions.about_mailboxes(self.mailboxes, read)
        if self.smtp_postmaster and not self.postmaster:
            yield contradictions.about_postmaster(self.smtp_postmaster, self.mailboxes)
        cert, in_the_clear = self.smtp_tls_cert, self.smtp_auth_without_tls
        clear_logins = bool(self.smtp_users) and not (cert or in_the_clear)
        yield from contradictions.about_tls(cert, self.smtp_tls_key, clear_logins=clear_logins)
        yield from contradictions.about_sizes(self.smtp_max_size, self.max_blob_bytes)

    @classmethod
    def unknown(cls, env: Mapping[str, str]) -> list[str]:
        """Return a sentence for each variable without effect that was probably meant for us."""
        alone = not any(env.get(name) for name in ("IMAP_USER", "IMAP_USER_FILE", "IMAP_HOST"))
        idle = [name for name in _CREDENTIALS if alone and env.get(name)]
        return [
            *super().unknown(env),
            *(f"{name} does nothing without IMAP_USER" for name in idle),
        ]

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Every mailbox that is read by IMAP."""
        return self.imap.all

    @property
    def most_of_a_letter(self) -> dict[str, int]:
        """The bytes that a letter may have to be read at all, by the setting that says so."""
        return {"SMTP_MAX_SIZE": self.smtp_max_size, "SPOOL_MAX_BYTES": self.spool_max_bytes}

    @property
    def postmaster(self) -> str:
        """The mailbox for ``<postmaster>`` (RFC 5321 4.5.1); "" if several may be meant."""
        by_smtp = [name for name, recipients in self.mailboxes.items() if recipients]
        wanted = self.smtp_postmaster.casefold()
        found = [name for name in by_smtp if not wanted or name.casefold() == wanted]
        return found[0] if len(found) == 1 else ""

    @property
    def imap_directory(self) -> Path:
        """The directory of the cursors."""
        return self.data_dir / "imap"

    @property
    def imap_health(self) -> Path:
        """The file with the states of the watchers."""
        return self.data_dir / HEALTH

    @property
    def receiver_health(self) -> Path:
        """The file that says whether the receiver can be delivered to."""
        return self.data_dir / REACHED

    @property
    def spool(self) -> Path:
        """The directory of letters that the webhook does not have yet."""
        return self.data_dir / "spool"

    @property
    def deliveries(self) -> Path:
        """The log of deliveries."""
        return self.data_dir / "delivered"
