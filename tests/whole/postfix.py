"""A Postfix of the tests' own that forwards a mailbox's mail to the bridge, as a rule would."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import servers

POSTFIX = shutil.which("postfix") or shutil.which("postfix", path="/usr/sbin")
MAIN = """
compatibility_level = 3.6
queue_directory = {base}/queue
data_directory = {base}/data
myhostname = forward1.mail.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
virtual_alias_domains = yandex.test
virtual_alias_maps = inline:{{support@yandex.test=in-4f2a@bridge.test}}
transport_maps = inline:{{bridge.test=smtp:[127.0.0.1]:{bridge_port}}}
smtp_tls_security_level = may
default_transport = error:nothing leaves this machine
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
maillog_file = {base}/log
maillog_file_prefixes = {base}
bounce_queue_lifetime = 1d
"""
MASTER = """
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass
class Postfix:
    """A running server."""

    port: int
    base: Path

    def queued(self) -> int:
        """Return how many letters wait in its queue."""
        command = ["postqueue", "-c", str(self.base / "etc"), "-j"]
        done = subprocess.run(command, capture_output=True, timeout=30, check=True)
        return len(done.stdout.splitlines())

    def log(self) -> str:
        path = self.base / "log"
        return path.read_text() if path.exists() else ""


@contextmanager
def running(bridge_port: int) -> Iterator[Postfix]:
    """Start a server that relays to the bridge on this port; needs root, as Postfix does."""
    assert POSTFIX is not None
    base = Path(tempfile.mkdtemp(prefix="postfix-"))
    base.chmod(0o755)
    port = servers.free_port()
    for name in ("etc", "queue", "data"):
        (base / name).mkdir()
    shutil.chown(base / "data", "postfix")
    (base / "etc" / "main.cf").write_text(MAIN.format(base=base, bridge_port=bridge_port))
    (base / "etc" / "master.cf").write_text(MASTER.format(port=f"127.0.0.1:{port}"))
    command = [POSTFIX, "-c", str(base / "etc")]
    env = {**os.environ, "MAIL_CONFIG": str(base / "etc")}
    subprocess.run([*command, "start"], env=env, capture_output=True, timeout=60, check=True)
    found = Postfix(port, base)
    try:
        servers.wait_until(lambda: servers.listens(port))
        yield found
    finally:
        subprocess.run([*command, "abort"], env=env, capture_output=True, timeout=60, check=False)
        shutil.rmtree(base, ignore_errors=True)
