"""``make run`` and ``make demo`` as a newcomer types them, without make."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers
from tests.servers import ROOT, Service


@pytest.fixture
def everything(tmp_path: Path) -> Iterator[Service]:
    """All that ``make run`` starts, on free ports, with nothing else set."""
    port = str(servers.free_port())
    keep = {name: value for name, value in os.environ.items() if name != "MONGO_URI"}
    env = {
        **keep,
        "DATA_DIR": str(tmp_path / "data"),
        "RECEIVER_PORT": port,
        "SMTP_PORT": str(servers.free_port()),
        "PYTHONUNBUFFERED": "1",
    }
    log = tmp_path / "run.log"
    command = [sys.executable, "run.py"]
    service = Service(command, env, lambda: "make demo" in log.read_text(), log)
    service.start()
    try:
        yield service
    finally:
        service.stop(signal.SIGINT)


def demo(service: Service, *words: str) -> str:
    command = [sys.executable, "demo.py", *words]
    done = subprocess.run(
        command, cwd=ROOT, env=service.env, capture_output=True, timeout=90, check=True
    )
    return done.stdout.decode()


def test_run_demo_and_stop(everything: Service) -> None:
    shown = demo(everything)
    assert shown.count("250: ") == 3
    assert "писем: 3" in shown
    assert re.search(r"Когда привезут\?[\s\S]+Курьер будет[\s\S]+Спасибо, жду!", shown)
    assert "250: " in demo(everything, "letter", "Здравствуйте!")

    secret = Path(everything.env["DATA_DIR"]) / "webhook.secret"
    assert secret.read_text().startswith("whsec_")
    assert secret.stat().st_mode & 0o077 == 0
    assert secret.read_text().strip() not in everything.log.read_text()

    assert everything.stop(signal.SIGINT) == 0
    assert not servers.listens(int(everything.env["SMTP_PORT"]))
    assert not servers.listens(int(everything.env["RECEIVER_PORT"]))


def test_a_port_in_use_is_named(everything: Service) -> None:
    command = [sys.executable, "run.py"]
    done = subprocess.run(
        command, cwd=ROOT, env=everything.env, capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 1
    assert b"RECEIVER_PORT" in done.stderr
