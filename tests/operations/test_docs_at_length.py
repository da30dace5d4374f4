"""The commands of docs/operations.md that take minutes: of make, and of Docker with its engine.

What stands on the page is run, make's with less to do. What nothing here can run is said.
"""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from tests import servers
from tests.operations.page_commands import of
from tests.operations.test_compose import compose as by_engine
from tests.real_mail import CORPUS
from tests.servers import ROOT

__all__ = ["by_engine"]

pytestmark = pytest.mark.minutes
SMALL = {
    "BENCH_ROUNDS": "1",
    "BENCH_LETTERS": "16",
    "BENCH_PACED_LETTERS": "16",
    "BENCH_WARMUP_LETTERS": "16",
    "BENCH_ROWS": '["unrelated"]',
}
LESS = {
    "make scale": "make scale ARGS='--letters 200 --rounds 1'",
    "make silence ARGS='--years 12'": "make silence ARGS='--years 1'",
}
NO_IMAP = {"IMAP_HOST": "127.0.0.1", "IMAP_USER": "support@yandex.ru", "IMAP_PASSWORD": "x"}
BY_ANOTHER = ("tar ", "restore /backups")  # test_what_was_taken_out_comes_back_on_new_volumes


def shell(line: str, env: Mapping[str, str], directory: Path = ROOT, worst: int = 0) -> str:
    """Run a line; return what it prints, and raise AssertionError if it fails."""
    words = ["bash", "-c", line]
    done = subprocess.run(
        words, cwd=directory, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    assert done.returncode <= worst, (line, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout + done.stderr


def copied(to: Path) -> Path:
    """Return a copy of the sources, for what writes among them."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, check=True)
    for each in listed.stdout.decode().splitlines():
        (to / each).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / each, to / each)
    return to


def engine() -> bool:
    """Tell whether an engine of Docker answers."""
    docker = shutil.which("docker")
    asked = [str(docker), "info"]
    return bool(docker) and not subprocess.run(asked, capture_output=True, check=False).returncode


@pytest.mark.parametrize("command", [each for each in of("make") if each != "make run"])
def test_make_does_it(command: str, tmp_path: Path) -> None:
    if "silence" in command and not CORPUS.is_dir():
        pytest.skip(f"no letters of real lists in {CORPUS}, so not run: {command}")
    if command == "make sbom" and not engine():
        pytest.skip(f"no Docker engine answers, so not run: {command}")
    writes = command in ("make lock", "make sbom")
    where = copied(tmp_path / "copy") if writes else ROOT
    said = shell(LESS.get(command, command), SMALL | {"CORPUS": str(CORPUS)}, where)
    if command == "make lock":
        assert (where / "requirements.lock").read_text() == (ROOT / "requirements.lock").read_text()
    elif command == "make sbom":
        listed = json.loads((where / "sbom.cdx.json").read_text())
        assert listed["bomFormat"] == "CycloneDX"
    elif command != "make .venv/installed":
        assert said


def test_make_runs_everything(tmp_path: Path) -> None:
    [command] = [each for each in of("make") if each == "make run"]
    ports = {name: str(servers.free_port()) for name in ("RECEIVER_PORT", "SMTP_PORT")}
    env = servers.environment(DATA_DIR=str(tmp_path / "data"), **ports)
    env.pop("MONGO_URI", None)
    log = tmp_path / "log"
    with log.open("wb") as file:
        words = command.split()
        process = subprocess.Popen(
            words, cwd=ROOT, env=env, stdout=file, stderr=file, start_new_session=True
        )
        try:
            servers.wait_until(lambda: "dialogs in MongoDB" in log.read_text())
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(60)


def test_each_command_for_an_engine_is_run_by_one(
    by_engine: tuple[list[str], dict[str, str]], tmp_path: Path
) -> None:
    """Those that need other images, and those of another test, have tests of their own."""
    command, env = by_engine
    env |= NO_IMAP

    def run(line: str, worst: int = 0) -> str:
        return shell(line.replace("docker compose", " ".join(command)), env, ROOT, worst)

    for each in of("compose up"):
        if each.endswith("--build") and each.split()[3] not in ("monitoring", "proxy"):
            run(f"{each} --detach")
    healthy = "docker compose --profile imap --profile backup ps"
    servers.wait_until(lambda: run(healthy).count("(healthy)") >= 3, 300)
    run("docker compose --profile backup run --rm backup python -m receiver backup /backups")
    said = dict[str, str]()
    for each in of("compose"):
        if not any(word in each for word in BY_ANOTHER) or "MONGO_DATABASE=drill" in each:
            line = each.replace("python …", "python -m receiver retain --dry-run")
            line = line.replace(" exec ", " exec -T ").replace("run --rm", "run --rm -T")
            said[each] = run(line, 2 if "doctor" in line else 0)
    assert len(said) == 6
    assert "mongodb://" in said["docker compose exec mongo cat /mongo-secret/admin-uri"]


@pytest.mark.parametrize("profile", ["monitoring", "proxy"])
def test_a_profile_with_images_of_others_comes_up(
    by_engine: tuple[list[str], dict[str, str]], profile: str
) -> None:
    command, env = by_engine
    [line] = [each for each in of("compose up") if f"--profile {profile} " in each]
    words = [*command, "--profile", profile, "config"]
    read = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, check=True).stdout
    for image in {each["image"] for each in yaml.safe_load(read)["services"].values()}:
        asked = ["docker", "image", "inspect", image]
        here = subprocess.run(asked, capture_output=True, check=False)
        if here.returncode and image != "email-listener":
            pytest.skip(f"{image} is not here, so not run: {line}")
    line = line.replace("docker compose", " ".join(command))
    shell(f"{line} --detach", env)


def test_the_image_is_built_with_its_labels() -> None:
    if not engine():
        pytest.skip(f"no Docker engine answers, so not run: {'; '.join(of('image'))}")
    builds, bare, inspects = of("image")
    assert builds.startswith(bare)
    told = {"VERSION": "1.2.3", "REVISION": "abc", "CREATED": "2026-01-01T00:00:00Z"}
    for name, value in told.items():
        builds = builds.replace(f"{name}=…", f"{name}={value}")
    shell(f"{builds} --tag email-listener-labels .", {})
    words = ["docker", "image", "inspect", "email-listener-labels"]
    shown = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    labels = shown[0]["Config"]["Labels"]
    assert {*told.values()} <= {*labels.values()}
    base = json.loads(shell(f"docker image inspect {inspects.split()[-1]}", {}))
    if not base[0]["RepoDigests"]:
        pytest.skip(f"{inspects.split()[-1]} was not pulled and has no digest: not run: {inspects}")
    assert "@sha256:" in shell(inspects, {})
