"""The sizes of a run, settable in the environment: ``BENCH_LETTERS=1000 make bench``."""

import secrets

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from tests.measure.bench.load import TURNS


class Plan(BaseSettings):
    """How much is measured; numbers of letters are rounded down to whole threads."""

    model_config = SettingsConfigDict(env_prefix="BENCH_", frozen=True)

    rounds: int = Field(3, ge=1, description="rounds; each measures the sides in turn")
    letters: int = Field(400, ge=TURNS, description="letters sent as fast as they are taken")
    connections: int = Field(8, ge=1, description="SMTP connections at once")
    paced_letters: int = Field(300, ge=TURNS, description="letters sent at an even rate")
    rate: float = Field(30.0, gt=0, description="the even rate, letters a second")
    warmup_letters: int = Field(80, ge=TURNS, description="letters sent before measuring")
    shuffle: bool = Field(False, description="let a thread's letters arrive out of order")
    seed: int = Field(
        default_factory=lambda: secrets.randbelow(10**6),
        description="of the first round; each further round adds one",
    )
    timeout: float = Field(120.0, gt=0, description="seconds until letters count as lost")
