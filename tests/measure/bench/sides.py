"""What is compared: the service and the peer, each as processes of its own with one SMTP port."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests import servers
from tests.letters import SUPPORT
from tests.measure.bench.commits import Document

PEER = Path(__file__).parent / "peer"
MAILBOXES = f'{{"{SUPPORT}": ["{SUPPORT}"]}}'
INSTALL_SECONDS = 300


@dataclass
class Side:
    """One side as it is started; ``scope`` stands before ``thread_ids`` in its index."""

    name: str
    services: list[servers.Service]
    smtp_port: int
    scope: Document
    spool: Path | None = None

    def pids(self) -> list[int]:
        """Return the processes that were started; they may have children."""
        return [service.process.pid for service in self.services if service.process]

    def left_in_spool(self) -> list[str]:
        """Return the letters that a side which answers first has yet to deliver, or never will."""
        if self.spool is None:
            return []
        return sorted(str(path.relative_to(self.spool)) for path in self.spool.glob("*/*"))


def ours(directory: Path, mongo_uri: str, database: str) -> Side:
    """Describe the service: one receiver and one bridge, with the settings they have by default."""
    receiver = servers.receiver(directory, mongo_uri, database)
    port = servers.free_port()
    bridge = servers.bridge(
        directory, receiver.env["RECEIVER_PORT"], SMTP_PORT=str(port), MAILBOXES=MAILBOXES
    )
    return Side("ours", [receiver, bridge], port, {"mailbox": SUPPORT}, directory / "spool")


def peer(directory: Path, mongo_uri: str, database: str) -> Side:
    """Describe the Node peer, whose packages must be installed."""
    port = servers.free_port()
    env = servers.environment(
        MONGO_URI=mongo_uri, MONGO_DATABASE=database, SMTP_PORT=str(port), NODE_ENV="production"
    )
    service = servers.Service(
        ["node", str(PEER / "peer.js")], env, lambda: servers.listens(port), directory / "peer.log"
    )
    return Side("peer", [service], port, {})


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
