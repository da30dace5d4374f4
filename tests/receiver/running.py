"""Runs commands of receiver or bridge, each in an environment of its own and in no process."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from receiver import command_line as receiver_command_line


class Run:
    """Runs a command and returns (status, output, complaints)."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        caplog: pytest.LogCaptureFixture,
        mongo_uri: str,
        database: str,
        status_of: Callable[[Sequence[str]], int] = receiver_command_line.status_of,
    ) -> None:
        self._status_of = status_of
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self._caplog = caplog
        self._settings = {"MONGO_URI": mongo_uri, "MONGO_DATABASE": database}

    def __call__(self, *words: str, **settings: str) -> tuple[int, str, str]:
        self._capsys.readouterr()
        self._caplog.clear()
        with self._monkeypatch.context() as environment, ThreadPoolExecutor(1) as thread:
            for name, value in (self._settings | settings).items():
                environment.setitem(os.environ, name, value)
            status = thread.submit(_status, self._status_of, words).result()
        output, complaints = self._capsys.readouterr()
        return status, output, complaints + self._caplog.text


def _status(status_of: Callable[[Sequence[str]], int], words: tuple[str, ...]) -> int:
    try:
        return status_of(words)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
