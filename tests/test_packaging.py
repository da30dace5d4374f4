"""What `pip install .` puts where, and the one place that says the version."""

import shutil
import subprocess
import sys
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from contract import __version__
from tests.servers import ROOT

PACKAGES = ("contract", "bridge", "receiver")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A directory in which a copy of the project is installed, without its dependencies."""
    source, target = tmp_path / "source", tmp_path / "site-packages"
    source.mkdir()
    for name in ("pyproject.toml", "requirements.txt", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in PACKAGES:
        shutil.copytree(ROOT / name, source / name)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
    subprocess.run([*command, "--target", str(target), str(source)], check=True)
    return target


def test_an_installation_holds_the_packages_and_needs_what_the_image_has(installed: Path) -> None:
    for name in PACKAGES:
        ours = {str(path.relative_to(ROOT)) for path in _files(ROOT / name)}
        assert ours == {str(path.relative_to(installed)) for path in _files(installed / name)}
    [metadata] = installed.glob("*.dist-info")
    distribution = Distribution.at(metadata)
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    assert distribution.requires == [line for line in lines if line and not line.startswith("#")]
    assert distribution.version == __version__
    assert (metadata / "licenses" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def _files(folder: Path) -> list[Path]:
    """Return code, and what is read beside it: templates, styles, words."""
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".pyc", ".md") and path.name != ".gitignore"
    ]


@pytest.mark.parametrize("side", ["bridge", "receiver"])
def test_each_command_tells_the_version(side: str) -> None:
    command = [sys.executable, "-m", side, "--version"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == f"email-listener {__version__}"
