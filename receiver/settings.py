"""The receiver's settings: name, type, default and help in one place."""

from typing import Annotated

from pydantic import Field, SecretStr

from contract.settings import SharedSettings
from receiver.threads.join_policy import Policy


class ReceiverSettings(SharedSettings):
    """What the environment says about HTTP in and the database behind it."""

    mongo_uri: SecretStr = Field(
        SecretStr("mongodb://127.0.0.1:27017"), description="where MongoDB is"
    )
    mongo_database: str = Field(
        "dialog", pattern=r"^[^/\\. \"$*<>:|?\x00]{1,63}$", description="the database's name"
    )
    mongo_timeout: float = Field(
        10.0, gt=0, description="seconds one letter's database work may take"
    )
    mongo_pool: int = Field(50, ge=1, description="connections to MongoDB at once")
    receiver_host: str = Field("127.0.0.1", description="the address that HTTP listens on")
    receiver_port: Annotated[int, Field(ge=1, le=65535)] = Field(
        8080, description="the port that HTTP listens on"
    )
    join_policy: Policy = Field(
        "participants",
        description="who may join a dialog: its participants and the mailbox, or `anyone`",
    )
    match_by_subject: bool = Field(
        True, description="let a reply without a known id join its user's one dialog of its subject"
    )
    dialog_part_bytes: int = Field(
        8 * 1024 * 1024,
        ge=1024,
        le=8 * 1024 * 1024,
        description="bytes of messages after which a dialog goes on in another document",
    )
    max_event_bytes: int = Field(
        8 * 1024 * 1024, ge=65536, description="bytes the body of an event may have"
    )
    max_blob_bytes: int = Field(
        64 * 1024 * 1024, ge=65536, description="bytes a blob may have: more than SMTP_MAX_SIZE"
    )
