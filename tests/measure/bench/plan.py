"""The sizes of a run, settable in the environment: ``BENCH_LETTERS=1000 make bench``."""

import secrets
from pathlib import Path
from typing import get_args

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from tests.measure.bench.load import TURNS, Row


class Plan(BaseSettings):
    """How much is measured; numbers of letters are rounded down to whole threads."""

    model_config = SettingsConfigDict(env_prefix="BENCH_", frozen=True)

    rounds: int = Field(3, ge=1, description="rounds; each measures the sides in turn")
    rows: tuple[Row, ...] = Field(get_args(Row), description="how the letters hang together")
    letters: int = Field(1200, ge=TURNS, description="letters sent as fast as they are taken")
    connections: int = Field(8, ge=1, description="SMTP connections at once")
    paced_letters: int = Field(300, ge=TURNS, description="letters sent at an even rate")
    rate: float = Field(30.0, gt=0, description="the even rate, letters a second")
    warmup_letters: int = Field(80, ge=TURNS, description="letters sent before measuring")
    against: Path | None = Field(None, description="another checkout of ours to compare with")
    seed: int = Field(
        default_factory=lambda: secrets.randbelow(10**6),
        description="of the first round; each further round adds one",
    )
    timeout: float = Field(120.0, gt=0, description="seconds until letters count as lost")
