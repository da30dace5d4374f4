"""The receiver's settings: name, type, default and help in one place.

docs/settings.md is generated from it (``make settings``); tests compare .env.example,
docker-compose.yml and the Russian table with it.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from contract.bounds import EVENT_BYTES, has_unseen
from contract.door.listening import in_brackets
from contract.door.peer import is_here
from contract.language.refusals import told
from contract.reading.fields import shown
from contract.sending.url import wrong_with
from contract.settings import ListenHost, Port, SharedSettings, Timeout
from receiver.doctor.trouble import database_in, wrong_uri
from receiver.retaining.terms import terms_of
from receiver.threads.group import Policy

_OF_THE_SERVER = ("admin", "config", "local")
_NOT_IN_A_NAME = '/\\. "$*<>:|?'


def _uri(value: SecretStr) -> SecretStr:
    if wrong := wrong_uri(value.get_secret_value()):
        raise ValueError(wrong)
    return value


def _page(value: str) -> str:
    if faulty := wrong_with(value):
        raise ValueError(faulty + told(", such as {example}", example="https://mail.example.ru"))
    parts = urlsplit(value)
    wrong = told(
        "{url} is no address of a page: https://mail.example.ru, nothing behind it", url=repr(value)
    )
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(wrong)
    if parts.username or parts.scheme not in ("http", "https"):
        raise ValueError(wrong)
    if parts.scheme == "http" and not is_here(parts.netloc):
        raise ValueError(told("without TLS the page is shown on this machine only: use https://"))
    return value.rstrip("/")


def _database(value: str) -> str:
    if not 1 <= len(value.encode()) <= 63 or set(value) & {*_NOT_IN_A_NAME} or has_unseen(value):
        signs = " ".join(_NOT_IN_A_NAME.replace(" ", ""))
        right = (
            "must be a name of 1 to 63 bytes without spaces and without {signs}, such as dialog,"
            " not {name}"
        )
        raise ValueError(told(right, signs=signs, name=shown(value)))
    if value.lower() in _OF_THE_SERVER:
        own = "{name} is MongoDB's own: choose another, such as dialog"
        raise ValueError(told(own, name=shown(value)))
    return value


def _retention(value: str) -> str:
    terms_of(value)
    return value


class ReceiverSettings(SharedSettings):
    """What the environment says about HTTP in and the database behind it."""

    own_words: ClassVar[tuple[str, ...]] = ("MONGO", "RECEIVER")

    mongo_uri: Annotated[SecretStr, AfterValidator(_uri)] = Field(
        SecretStr("mongodb://127.0.0.1:27017"),
        description="where MongoDB (5 or newer) is; a standalone server will do",
    )
    mongo_database: Annotated[str, AfterValidator(_database)] = Field(
        "dialog", description="the database's name"
    )
    mongo_timeout: Annotated[Timeout, Field(le=3600)] = Field(
        10.0, description="seconds one letter's database work may take"
    )
    mongo_pool: int = Field(50, ge=1, le=10_000, description="connections to MongoDB at once")
    receiver_host: ListenHost = Field("127.0.0.1", description="the address that HTTP listens on")
    receiver_port: Port = Field(8080, description="the port that HTTP listens on")
    page_url: Annotated[str, AfterValidator(_page)] | None = Field(
        None,
        description="the address at which people open the page, `https://…` of a TLS proxy; on this"
        " machine the page is always at `http://127.0.0.1:RECEIVER_PORT`",
    )
    join_policy: Policy = Field(
        "participants",
        description="who may join a dialog: `participants` (whoever has been From, To or Cc there,"
        " and the mailbox itself) or `anyone` (whoever names a letter in it: for mailing lists)",
    )
    match_by_subject: bool = Field(
        True,
        description="let a reply that names no known letter join its user's only dialog with that"
        " subject, if the dialog changed within the last 30 days",
    )
    retention: Annotated[str, AfterValidator(_retention)] = Field(
        "",
        description="after how many days to delete what, by mailbox: `support@example.ru"
        " originals=90 attachments=365 html=365 text=1095 dialogs=1825; * originals=180`; if empty,"
        " nothing is deleted",
    )
    dialog_part_bytes: int = Field(
        128 * 1024,
        ge=1024,
        le=4 * 1024 * 1024,
        description="bytes of messages after which a dialog continues in another document",
    )
    max_event_bytes: int = Field(
        8 * 1024 * 1024,
        ge=EVENT_BYTES,
        le=2**40,
        description="bytes the body of an event may have",
    )
    hook_private_addresses: bool = Field(
        False,
        description="let outgoing hooks call addresses of private networks and this machine, and"
        " plain http",
    )

    @classmethod
    def unknown(cls, env: Mapping[str, str]) -> list[str]:
        """Return a sentence for each variable that does nothing and was meant to do something."""
        settings, _ = cls.judged(env)
        named = database_in(settings.mongo_uri.get_secret_value())
        idle = named not in ("", "admin", settings.mongo_database)
        where = f"dialogs are kept in MONGO_DATABASE {shown(settings.mongo_database)}"
        told = f"the database {shown(named)} in MONGO_URI is where the login is looked for: {where}"
        return [*super().unknown(env), *([told] if idle else [])]

    @property
    def page_address(self) -> str:
        """Where people open the page."""
        here = "::1" if self.receiver_host == "::1" else "127.0.0.1"
        return self.page_url or f"http://{in_brackets(here, self.receiver_port)}"
