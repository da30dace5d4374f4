"""What `pip install .` installs, where the version is stated, and the image's contents."""

import re
import shutil
import subprocess
import sys
from importlib.metadata import Distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from contract import __version__
from ops.image.contents import completed, of_base
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


def named(path: str) -> dict[str, str]:
    """Return the normalized names and the versions of a file of requirements; all are exact."""
    text = re.sub(r"\\\n|#.*|--hash=\S+", "", (ROOT / path).read_text("utf-8"))
    lines = [Requirement(line) for line in text.splitlines() if line.strip()]
    return {canonicalize_name(each.name): str(each.specifier) for each in lines}


@pytest.mark.parametrize(
    ("written", "lock", "whole"),
    [
        ("requirements.txt", "requirements.lock", True),
        ("ops/image/tools.txt", "ops/image/tools.lock", False),
    ],
)
def test_the_lock_is_of_what_is_written(written: str, lock: str, whole: bool) -> None:
    """After a change run `make lock`. What the tools need in turn is in the lock only."""
    asked, locked = named(written), named(lock)
    assert {**locked, **asked} == locked
    assert not whole or asked == locked
    assert all(each.startswith("==") for each in locked.values())


@pytest.mark.parametrize("lock", ["requirements.lock", "ops/image/tools.lock", ".ci/compose.lock"])
def test_each_file_that_is_downloaded_has_a_hash_that_is_known(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text("utf-8"))
    for entry in (each for each in entries if not each.startswith("#")):
        assert re.search(r" \\\n    --hash=sha256:[0-9a-f]{64}$", entry), entry


def test_the_image_is_installed_by_these_hashes_alone() -> None:
    steps = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    downloads = re.findall(r"pip (?:install|wheel|download)(?:(?!&&).)*", steps)
    downloads += re.findall(r"pip --python \S+ install(?:(?!&&).)*", steps)
    assert len(downloads) == 3
    for each in downloads:
        assert "--require-hashes" in each or "--no-index" in each, each
        assert "--no-deps" in each, each
    assert not re.search(r"apt-get|curl|wget|^ADD", steps, re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", steps, re.MULTILINE)) == {"${PYTHON_IMAGE}"}


STATUS = """Package: libssl3t64
Status: install ok installed
Architecture: amd64
Version: 3.5.1-1+deb13u1
Description: a library
 of more than one line: this

Package: mount
Status: install ok installed
Architecture: amd64
Version: 1:2.41-5

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1
"""
RELEASE = 'NAME="Debian GNU/Linux"\nVERSION_ID="13"\nID=debian\n'


def test_the_list_of_contents_has_what_the_base_brings() -> None:
    found = {each["name"]: each for each in of_base(STATUS, RELEASE, "3.13.5")}
    assert {name: each["version"] for name, each in found.items()} == {
        "debian": "13",
        "python": "3.13.5",
        "libssl3t64": "3.5.1-1+deb13u1",
        "mount": "1:2.41-5",
    }
    distro = "?arch=amd64&distro=debian-13"
    assert found["libssl3t64"]["purl"] == f"pkg:deb/debian/libssl3t64@3.5.1-1%2Bdeb13u1{distro}"
    assert found["mount"]["purl"] == f"pkg:deb/debian/mount@1%3A2.41-5{distro}"


def test_the_list_of_contents_is_about_this_program() -> None:
    packages = {
        "metadata": {"tools": {}},
        "components": [{"bom-ref": "aiohttp"}, {"bom-ref": "yarl"}],
        "dependencies": [{"ref": "aiohttp", "dependsOn": ["yarl"]}, {"ref": "yarl"}],
    }
    whole = completed(packages, "1.2", [{"bom-ref": "python"}])
    assert whole["metadata"]["component"]["version"] == "1.2"
    assert [each["bom-ref"] for each in whole["components"]] == ["aiohttp", "yarl", "python"]
    [above] = [each for each in whole["dependencies"] if each["ref"] == "email-listener"]
    assert above["dependsOn"] == ["aiohttp", "python"]
