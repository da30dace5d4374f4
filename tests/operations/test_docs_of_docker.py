"""The commands of docs/operations.md for Docker, by a stand-in that runs them without containers.

With an engine they are run in containers, too: test_compose.py.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests import servers
from tests.letters import letter
from tests.operations.operated import Operated, operated, pymap_port
from tests.operations.page_commands import of
from tests.operations.test_compose_mongo import Container
from tests.smtp_client import send

__all__ = ["operated", "pymap_port"]

SIDES = {"receiver": "receiver", "backup": "receiver"}  # the others are the bridge's
BROKEN = 2  # what a doctor may find here: nobody answers at the ports of the page's containers
IVAN, OLGA = "ivan@example.ru", "olga@example.ru"
ALONE = "docker compose run --rm --no-deps -T"


@dataclass
class Compose:
    """The services of compose on directories of this test."""

    operated: Operated
    directory: Path

    def prepare(self) -> None:
        """Make the volumes, what is said of them, and the ``docker`` in PATH."""
        (self.directory / "mongo").mkdir()
        mongo = Container(self.directory / "mongo")
        assert mongo.start()[0] == 0
        for each in ("imap", "backups", "secret", "bin"):
            (self.directory / each).mkdir()
        own = {"receiver": self.directory / "data", "mongo-secret": mongo.secrets}
        names = ("spool", "imap", "backups", "secret")
        volumes = own | {name: self.directory / name for name in names}
        services = ("receiver", "backup", "bridge", "imap", "backup-bridge", "backup-imap")
        settings = {name: self._settings(name) for name in services}
        said = {"volumes": {k: str(v) for k, v in volumes.items()}, "settings": settings}
        (self.directory / "docker.json").write_text(json.dumps(said))
        docker = self.directory / "bin/docker"
        docker.write_text(
            f'#!/bin/sh\nexec {sys.executable} -m tests.operations.docker_here "$@"\n'
        )
        docker.chmod(0o755)

    def _settings(self, service: str) -> dict[str, str]:
        side = SIDES.get(service, "bridge")
        settings = self.operated.settings(side)
        if "imap" in service:
            settings["DATA_DIR"] = str(self.directory / "imap")
        return settings

    def run(self, line: str, worst: int = 0) -> str:
        """Run a line as it stands in the page; return what it prints."""
        env = servers.environment(DOCKER_HERE=str(self.directory / "docker.json"))
        env["PATH"] = f"{self.directory / 'bin'}{os.pathsep}{env['PATH']}"
        words = ["bash", "-c", line]
        done = subprocess.run(words, cwd=self.directory, env=env, capture_output=True, check=False)
        said = done.stdout.decode("utf-8", "replace") + done.stderr.decode("utf-8", "replace")
        assert done.returncode <= worst, (line, said)
        assert "Traceback" not in said, (line, said)
        return said

    def lose_everything(self) -> None:
        """Leave nothing but what was copied elsewhere."""
        for each in (self.operated.bridge, self.operated.receiver):
            each.kill()
        self.operated.client.drop_database(self.operated.database)
        for name in ("data", "spool", "backups"):
            shutil.rmtree(self.directory / name)
            (self.directory / name).mkdir()

    def senders(self, name: str) -> list[str]:
        """Return who has written the letters of a database."""
        return sorted(self.operated.client[name].dialogs.distinct("email_from"))


@pytest.fixture
def compose(operated: Operated, tmp_path: Path) -> Iterator[Compose]:
    found = Compose(operated, tmp_path)
    found.prepare()
    yield found
    operated.client.drop_database("drill")


def test_each_command_does_what_the_page_says(compose: Compose) -> None:
    operated = compose.operated
    letters = [letter("1@a.ru", sender=IVAN), letter("2@a.ru", sender=OLGA)]
    assert send(operated.bridge.env["SMTP_PORT"], letters) == 2
    servers.wait_until(lambda: compose.senders(operated.database) == [IVAN, OLGA])
    compose.run(f"{ALONE} backup-bridge python -m bridge backup /backups/bridge")
    assert "2 letters" in compose.run(f"{ALONE} backup python -m receiver backup /backups")
    compose.run(f"{ALONE} receiver python -m receiver erase {IVAN} --reason asked --yes")
    said = dict[str, str]()
    for command in of("compose"):
        if "tar -xf" in command and not any("tar -xf" in each for each in said):
            compose.lose_everything()
        line = command.replace("python …", "python -m receiver retain --dry-run")
        said[command] = compose.run(line, BROKEN if "doctor" in line else 0)
    for door in ("smtp", "imap"):  # each doctor looks at its own, and not at the other's
        [looks] = [text for line, text in said.items() if line.endswith(f"doctor {door}")]
        assert re.findall(r"^\w+ +(smtp|imap) ", looks, re.MULTILINE)[0] == door
    assert "mongodb://root:" in said["docker compose exec mongo cat /mongo-secret/admin-uri"]
    # Whoever was erased after the backup is erased again, there and in the drill.
    assert compose.senders(operated.database) == compose.senders("drill") == [OLGA]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("docker compose exec nobody true", "nobody"),
        ("docker compose exec receiver cat /backups/x", "is in no volume of the service"),
        ("docker compose exec --all receiver true", "--all"),
        ("docker compose exec receiver frobnicate", "the image has no frobnicate"),
    ],
)
def test_the_stand_in_refuses_what_compose_would(compose: Compose, line: str, why: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(why)):
        compose.run(line)


def test_profiles_of_the_page_are_there() -> None:
    """Whether they come up is seen with an engine; whether compose reads them, without one."""
    services = yaml.safe_load((servers.ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    there = {profile for each in services.values() for profile in each.get("profiles", ())}
    named = re.findall(r"--profile (\w+)", " ".join(of("compose up")))
    assert sorted(named) == sorted(there)
