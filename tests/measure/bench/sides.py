"""What is compared: the service and the peer, each as processes of its own with one SMTP port."""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests import servers
from tests.letters import SUPPORT

PEER = Path(__file__).parent / "peer"
MAILBOXES = f'{{"{SUPPORT}": ["{SUPPORT}"]}}'
INSTALL_SECONDS = 300
WAITING = ("new", "cur")


@dataclass
class Side:
    """One side: its processes by the names of their figures."""

    name: str
    services: dict[str, servers.Service]
    smtp_port: int
    spool: Path | None = None

    @property
    def pids(self) -> dict[str, int]:
        """The processes that were started; they may have children."""
        return {
            name: service.process.pid for name, service in self.services.items() if service.process
        }

    def waits(self) -> bool:
        """Tell whether a side which answers first has letters yet to deliver; costs next to none.

        One that answers when it has written has none.
        """
        return self.spool is not None and any(map(_holds_any, map(self.spool.joinpath, WAITING)))

    def left_in_spool(self) -> list[str]:
        """Return the letters that are yet to be delivered, or never will be."""
        if self.spool is None:
            return []
        return sorted(str(path.relative_to(self.spool)) for path in self.spool.glob("*/*"))


Describe = Callable[[Path, str, str], Side]


def ours(directory: Path, mongo_uri: str, database: str) -> Side:
    """Describe the service: one receiver and one bridge, with the settings they have by default.

    But for the look at DNS, which the peer has not, and has nothing to find of these letters.
    """
    receiver = servers.receiver(directory, mongo_uri, database)
    port = servers.free_port()
    settings = {"SMTP_PORT": str(port), "MAILBOXES": MAILBOXES, "PARSE_WORKERS": "2"}
    bridge = servers.bridge(directory, receiver.env["RECEIVER_PORT"], **settings)
    return Side("ours", {"receiver": receiver, "bridge": bridge}, port, directory / "spool")


def checkout(root: Path) -> Describe:
    """Return what describes the service of another checkout, by its own Python if it has one."""
    python = root / ".venv" / "bin" / "python"

    def before(directory: Path, mongo_uri: str, database: str) -> Side:
        side = ours(directory, mongo_uri, database)
        side.name = str(root)
        for service in side.services.values():
            service.directory = root
            if python.exists():
                service.command[0] = str(python.absolute())
        return side

    return before


def peer(directory: Path, mongo_uri: str, database: str) -> Side:
    """Describe the Node peer, whose packages must be installed."""
    port = servers.free_port()
    env = servers.environment(
        MONGO_URI=mongo_uri, MONGO_DATABASE=database, SMTP_PORT=str(port), NODE_ENV="production"
    )
    service = servers.Service(
        ["node", str(PEER / "peer.js")], env, lambda: servers.listens(port), directory / "peer.log"
    )
    return Side("peer", {"peer": service}, port)


def install_peer() -> str:
    """Install the peer's packages if they are not; return why it cannot run, or nothing."""
    if not shutil.which("node") or not shutil.which("npm"):
        return "node and npm are not both installed"
    installed = PEER / "node_modules" / ".package-lock.json"
    lock = PEER / "package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return ""
    command = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(
            command, cwd=PEER, capture_output=True, text=True, timeout=INSTALL_SECONDS
        )
    except subprocess.TimeoutExpired:
        return "npm ci does not end"
    return "" if done.returncode == 0 else f"npm ci failed: {done.stderr.strip()}"


def node_version() -> str:
    """Return what node calls its version."""
    return subprocess.run(
        ["node", "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()


def _holds_any(directory: Path) -> bool:
    with os.scandir(directory) as entries:
        return next(entries, None) is not None
