"""A mongodump in PATH: the real one, or one written here by its documented options."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import bson
import pytest

PACKAGES = Path(bson.__file__).parent.parent
REAL = shutil.which("mongodump")
HAS_REAL = pytest.mark.skipif(not REAL, reason="there is no mongodump here")
BY = ["of the tests", pytest.param("real", marks=HAS_REAL)]
WRITTEN_HERE = """#!{python} -S
import json, re, socket, struct, sys
from pathlib import Path

sys.path.append("{packages}")
import bson

here = Path(__file__).parent
if sys.argv[1:] == ["--version"]:
    print("mongodump version: 100.13.0")
    sys.exit()
asked = dict(each.removeprefix("--").split("=", 1) for each in sys.argv[1:])
assert asked.keys() == {{"config", "db", "collection", "out"}} and asked["out"] == "-", asked
with (here / "calls").open("a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
uri = json.loads(Path(asked["config"]).read_text().removeprefix("uri: "))
host, port = re.search("//(?:.*@)?([^:/]+):([0-9]+)/", uri).groups()
server = socket.create_connection((host, int(port)))


def call(command):
    body = struct.pack("<IB", 0, 0) + bson.encode(command | {{"$db": asked["db"]}})
    server.sendall(struct.pack("<iiii", 16 + len(body), 1, 0, 2013) + body)
    (size,) = struct.unpack("<i", server.recv(4, socket.MSG_WAITALL))
    answer = server.makefile("rb").read(size - 4)
    return bson.decode(answer[17:])["cursor"]


name = asked["collection"]
cursor = call({{"find": name, "sort": {{"$natural": -1}}}})
batch = cursor["firstBatch"]
while batch:
    for document in batch:
        sys.stdout.buffer.write(bson.encode(document))
    more = {{"getMore": cursor["id"], "collection": name}}
    batch = call(more)["nextBatch"] if cursor["id"] else []
trouble = here / "trouble"
if trouble.exists() and name == "letters":
    exec(trouble.read_text())
"""


@dataclass
class Dumper:
    """The directory in PATH where it is, with what it was asked."""

    directory: Path

    @property
    def collections(self) -> list[str]:
        """The collections that it was asked for, in turn; the real one keeps no record."""
        lines = (self.directory / "calls").read_text().splitlines()
        return [line.split("--collection=")[1].split()[0] for line in lines]

    def fails(self, how: str) -> None:
        """Have it do this once it has written the letters."""
        (self.directory / "trouble").write_text(how)


def dumper_in_path(which: str, directory: Path, monkeypatch: pytest.MonkeyPatch) -> Dumper:
    """Put a mongodump into PATH, for this test."""
    directory.mkdir()
    script = directory / "mongodump"
    if which == "real":
        script.symlink_to(str(REAL))
    else:
        script.write_text(WRITTEN_HERE.format(python=sys.executable, packages=PACKAGES))
        script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{directory}{os.pathsep}{os.environ['PATH']}")
    return Dumper(directory)
