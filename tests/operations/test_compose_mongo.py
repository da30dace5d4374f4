"""How compose starts MongoDB: with passwords if the volume is new, as before if it is not.

The script itself runs here, with a stand-in for the official image's entry point that records its
arguments; only a real mongod shows that it obeys them.
"""

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.servers import ROOT

START = ROOT / "ops" / "mongo" / "start.sh"
USER = ROOT / "ops" / "mongo" / "user.js"
# What mongosh gives to a script, as far as this one needs it: it prints what the server is told.
MONGOSH = """
const tell = (name) => ({createUser: (user) => console.log(JSON.stringify([name, user]))});
globalThis.db = {getSiblingDB: tell};
globalThis.require = require;
"""


class Container:
    """A volume of data, one of secrets, and an image that is Docker's own or is not."""

    def __init__(self, directory: Path) -> None:
        self.data, self.secrets, self.image = (directory / each for each in ("db", "s", "bin"))
        for each in (self.data, self.secrets, self.image):
            each.mkdir()
        self.official("docker-entrypoint.sh")

    def official(self, name: str) -> None:
        called = self.image / name
        called.write_text('#!/bin/sh\necho "called: $0 $*"\nenv | grep MONGO_INITDB || true\n')
        called.chmod(0o755)

    def start(self) -> tuple[int, str]:
        me = str(os.getuid())
        env = {"PATH": f"{self.image}:/usr/bin:/bin", "DB_DIR": str(self.data)}
        env |= {"SECRETS_DIR": str(self.secrets), "READER": me, "SERVER": me}
        done = subprocess.run(["bash", str(START)], env=env, capture_output=True, check=False)
        return done.returncode, done.stdout.decode() + done.stderr.decode()

    def secret(self, name: str) -> str:
        path = self.secrets / name
        assert stat.S_IMODE(path.stat().st_mode) == 0o400
        return path.read_text()


@pytest.fixture
def container(tmp_path: Path) -> Container:
    return Container(tmp_path)


def test_a_new_volume_is_a_replica_set_with_passwords(container: Container) -> None:
    status, said = container.start()
    assert status == 0, said
    assert f"mongod --replSet rs0 --keyFile {container.secrets}/keyfile" in said
    password = container.secret("listener")
    assert len(password) == 48
    assert container.secret("uri").startswith(f"mongodb://listener:{password}@mongo:27017/?")
    assert "replicaSet=rs0" in container.secret("uri")
    assert f"mongosh '{container.secret('admin-uri')}'" in said
    assert f"MONGO_INITDB_ROOT_PASSWORD_FILE={container.secrets}/root" in said
    assert password != container.secret("root")
    assert 6 < len(container.secret("keyfile")) < 1025


def test_the_receivers_user_has_that_password_and_two_databases(
    container: Container,
) -> None:
    if (node := shutil.which("node")) is None:
        pytest.skip("there is no node to run ops/mongo/user.js as mongosh does")
    container.start()
    script = f"{MONGOSH}\n{USER.read_text(encoding='utf-8')}"
    env = {"SECRETS_DIR": str(container.secrets), "MONGO_DATABASE": "dialog"}
    done = subprocess.run([node, "-e", script], env=env, capture_output=True, check=True)
    database, user = json.loads(done.stdout)
    assert (database, user["user"]) == ("admin", "listener")
    assert f"mongodb://listener:{user['pwd']}@" in container.secret("uri")
    rights = [(each["role"], each["db"]) for each in user["roles"]]
    assert rights == [
        (role, name) for name in ("dialog", "drill") for role in ("readWrite", "dbAdmin")
    ]


def test_a_second_start_has_the_same_passwords_and_tells_none(container: Container) -> None:
    container.start()
    uri = container.secret("uri")
    (container.data / "WiredTiger").touch()
    status, said = container.start()
    assert (status, container.secret("uri")) == (0, uri)
    assert "--keyFile" in said
    assert container.secret("root") not in said


def test_a_volume_of_before_goes_on_as_it_was(container: Container) -> None:
    (container.data / "WiredTiger").touch()
    for _ in range(2):
        status, said = container.start()
        assert (status, "goes on so" in said) == (0, True)
        assert said.splitlines()[-1].endswith("docker-entrypoint.sh mongod")
        assert container.secret("uri") == "mongodb://mongo:27017"
    assert {each.name for each in container.secrets.iterdir()} == {"uri", "admin-uri"}


def test_passwords_that_are_gone_are_not_made_anew(container: Container) -> None:
    container.start()
    (container.data / "WiredTiger").touch()
    for each in container.secrets.iterdir():
        each.unlink()
    status, said = container.start()
    assert (status, "are gone" in said) == (78, True)
    assert "called" not in said


def test_a_start_that_was_cut_short_is_begun_again(container: Container) -> None:
    """Until the last password is there, all of them are made anew."""
    container.start()
    for name in ("keyfile", "root", "listener", "uri", "admin-uri"):
        (container.secrets / name).unlink()
    (container.data / "made-with-passwords").unlink()
    (container.secrets / ".keyfile").write_text("half")
    status, said = container.start()
    assert (status, "--keyFile" in said) == (0, True)
    assert len(container.secret("keyfile")) > 100


def test_another_image_runs_without_passwords(container: Container) -> None:
    (container.image / "docker-entrypoint.sh").unlink()
    container.official("mongod")
    status, said = container.start()
    assert (status, "not the official one" in said) == (0, True)
    assert container.secret("uri") == "mongodb://mongo:27017"
