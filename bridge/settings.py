"""The bridge's settings: name, type, default and help in one place."""

import re
import socket
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, FilePath, HttpUrl, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from bridge.ingress.imap.settings import ImapSettings
from bridge.ingress.smtp.recipients import mistakes_in, read_mailboxes
from contract.event import MAX_MAILBOX

Port = Annotated[int, Field(ge=1, le=65535)]
# A domain or an address literal (RFC 5321 4.1.2, 4.1.3); an underscore is no one's harm.
_HOSTNAME = re.compile(r"[A-Za-z0-9_.-]{1,255}|\[[A-Za-z0-9.:]{1,100}\]")


class BridgeSettings(ImapSettings):
    """What the environment says about mail in and the way to the webhook."""

    mailboxes: Annotated[dict[str, list[str]], NoDecode] = Field(
        {},
        description="JSON: each mailbox and the recipient addresses or domains that stand for it;"
        " or mailboxes with commas or spaces between them, each standing for itself",
    )
    smtp_host: str = Field("127.0.0.1", description="the address that SMTP listens on")
    smtp_port: Port = Field(2525, description="the port that SMTP listens on")
    smtp_hostname: str = Field(
        default_factory=socket.gethostname, description="the name in the greeting and in Received"
    )
    smtp_max_size: int = Field(50 * 1024 * 1024, ge=65536, description="bytes a letter may have")
    smtp_max_connections: int = Field(200, ge=1, description="SMTP connections at once")
    smtp_max_connections_per_peer: int = Field(
        50, ge=1, description="SMTP connections at once from one address (IPv6: from one /64)"
    )
    smtp_timeout: float = Field(
        600.0, gt=0, description="seconds a silent SMTP client is waited for"
    )
    smtp_tls_cert: FilePath | None = Field(
        None, description="certificate chain (PEM); with it STARTTLS is offered"
    )
    smtp_tls_key: FilePath | None = Field(None, description="the certificate's private key (PEM)")
    smtp_users: dict[str, SecretStr] = Field(
        {},
        description="JSON: name and password of those whose letters count as sent by us (`out`)",
    )
    smtp_auth_without_tls: bool = Field(False, description="offer AUTH without STARTTLS, too")
    spool_max_bytes: int = Field(
        10 * 1024**3, ge=1024 * 1024, description="bytes the spool may hold; beyond, 452"
    )
    spool_min_free: int = Field(
        100 * 1024 * 1024, ge=0, description="bytes that stay free on the spool's disk; below, 452"
    )
    spool_alarm_age: float = Field(
        3600.0, gt=0, description="seconds a letter may wait before it is a reason for alarm"
    )
    health_host: str = Field(
        "127.0.0.1", description="the address that health and metrics listen on"
    )
    health_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        8081, description="the port of `/healthz`, `/readyz` and `/metrics`; 0: none"
    )
    webhook_url: HttpUrl = Field(
        HttpUrl("http://127.0.0.1:8080/webhook/email"), description="where events are POSTed"
    )
    webhook_timeout: float = Field(30.0, gt=0, description="seconds an answer is waited for")
    courier_concurrency: int = Field(8, ge=1, description="letters on their way at once")
    dns_checks: bool = Field(True, description="ask DNS for DKIM keys and for the name of the peer")
    parse_workers: int = Field(2, ge=1, description="processes that parse letters")
    parse_timeout: float = Field(10.0, gt=0, description="seconds one parse may take")
    parse_memory_mb: int = Field(1024, ge=192, description="MiB of address space a parse may take")

    @field_validator("mailboxes", mode="before")
    @classmethod
    def _read(cls, value: object) -> object:
        return read_mailboxes(value) if isinstance(value, str) else value

    @field_validator("mailboxes")
    @classmethod
    def _names(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        if mistakes := mistakes_in(value, MAX_MAILBOX):
            raise ValueError("; ".join(mistakes))
        return value

    @field_validator("smtp_hostname")
    @classmethod
    def _is_hostname(cls, value: str) -> str:
        if not _HOSTNAME.fullmatch(value):
            raise ValueError(f"{value!r} is no host name such as mail.example.ru")
        return value

    @field_validator("smtp_users")
    @classmethod
    def _have_passwords(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        if without := [name for name, secret in value.items() if not secret.get_secret_value()]:
            raise ValueError(f"no password for {', '.join(map(repr, without))}")
        return value

    @model_validator(mode="after")
    def _agree(self) -> Self:
        read = {account.stands_for.casefold() for account in self.accounts}
        for mailbox, recipients in self.mailboxes.items():
            if not recipients and mailbox.casefold() not in read:
                raise ValueError(f"MAILBOXES names no recipient for {mailbox!r}")
        if self.mailboxes and not read <= {name.casefold() for name in self.mailboxes}:
            raise ValueError("IMAP_MAILBOX (or IMAP_USER) is none of MAILBOXES")
        if (self.smtp_tls_cert is None) != (self.smtp_tls_key is None):
            raise ValueError("SMTP_TLS_CERT and SMTP_TLS_KEY are given together or not at all")
        if self.smtp_users and not (self.smtp_tls_cert or self.smtp_auth_without_tls):
            raise ValueError("SMTP_USERS needs SMTP_TLS_CERT, or SMTP_AUTH_WITHOUT_TLS=true")
        return self

    @property
    def spool(self) -> Path:
        """Where letters lie until the webhook has them."""
        return self.data_dir / "spool"
