"""A ``docker`` for where no engine runs: ``compose exec`` and ``compose run`` without containers.

What the container would run runs here, with the service's settings and with its volumes' paths
replaced by directories. Services, mounts and options are taken from docker-compose.yml and checked.

``DOCKER_HERE`` names a JSON file: ``volumes`` (directories by volume), ``settings`` (by service).
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from tests.servers import ROOT


def parser() -> argparse.ArgumentParser:
    """Return what takes the options that the page uses, and refuses any other."""
    words = argparse.ArgumentParser("docker", allow_abbrev=False)
    compose = words.add_subparsers(required=True).add_parser("compose", allow_abbrev=False)
    actions = compose.add_subparsers(dest="action", required=True)
    for name in ("exec", "run"):
        each = actions.add_parser(name, allow_abbrev=False)
        each.add_argument("-T", action="store_true")
        each.add_argument("-e", action="append", default=[])
        if name == "run":
            each.add_argument("--rm", action="store_true")
            each.add_argument("--no-deps", action="store_true")
        each.add_argument("service")
        each.add_argument("command", nargs=argparse.REMAINDER)
    return words


def main() -> int:
    """Run a command of a container here, and return its status."""
    asked = parser().parse_args()
    here = json.loads(Path(os.environ["DOCKER_HERE"]).read_text("utf-8"))
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    mounts = dict[str, str]()
    for each in services[asked.service]["volumes"]:
        volume, path = each.split(":")[:2]
        if volume in here["volumes"]:
            mounts[path] = here["volumes"][volume]
    words = [_here(each, mounts) for each in asked.command]
    if words[0] == "python":
        words[0] = sys.executable
    assert shutil.which(words[0]), f"the image has no {words[0]}"
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME") if name in os.environ}
    settings = kept | here["settings"].get(asked.service, {})
    settings |= dict(each.split("=", 1) for each in asked.e)
    return subprocess.run(words, env=settings, check=False).returncode


def _here(word: str, mounts: dict[str, str]) -> str:
    for path, directory in mounts.items():
        if word == path or word.startswith(f"{path}/"):
            return directory + word.removeprefix(path)
    assert not word.startswith("/"), f"{word} is in no volume of the service"
    return word


if __name__ == "__main__":
    sys.exit(main())
