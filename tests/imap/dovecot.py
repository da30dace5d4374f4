"""A Dovecot of the tests' own, on loopback, for a user whose mailbox lies in a directory."""

import getpass
import grp
import json
import os
import pwd
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from tests import servers

RENUMBER_SECONDS = 20.0
USER, PASSWORD = "support@yandex.ru", "app-password"
SENT = "Отправленные"
DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")

CONFIG = """
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:{base}/mail/%u:LAYOUT=fs
mail_max_userip_connections = 100
maildir_very_dirty_syncs = no
mail_fsync = never
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service stats {{
  chroot =
}}
auth_mechanisms = plain login xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {base}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = |
  mailbox "{sent}" {{
    auto = create
    special_use = \\Sent
  }}
}}
"""
OAUTH2 = """
introspection_url = http://127.0.0.1:{port}/
introspection_mode = post
username_attribute = user
active_attribute = active
active_value = true
force_introspection = yes
"""


@dataclass
class Dovecot:
    """A running server; ``tokens`` are those that it takes now, and whose each is."""

    port: int
    config: Path
    base: Path
    tokens: dict[str, str]

    def doveadm(self, *words: str) -> str:
        """Run an administrator's command and return what it prints."""
        command = ["doveadm", "-c", str(self.config), *words]
        done = subprocess.run(command, capture_output=True, timeout=30, check=True)
        return done.stdout.decode()

    def renumber(self, folder: str, uidvalidity: int, user: str = USER) -> None:
        """Give the folder another UIDVALIDITY, as a restored or moved mailbox has."""
        words = ["mailbox", "update", "-u", user, "--uid-validity", str(uidvalidity), folder]
        deadline = time.monotonic() + RENUMBER_SECONDS
        while True:
            try:
                self.doveadm(*words)
            except subprocess.CalledProcessError as error:
                if error.returncode != os.EX_TEMPFAIL or time.monotonic() > deadline:
                    raise AssertionError(error.stderr.decode()) from error
                time.sleep(0.2)  # a session has the folder locked
            else:
                return


def _mail_user() -> pwd.struct_passwd:
    """Return whom the mail belongs to: Dovecot serves no mail of root's."""
    return pwd.getpwnam("nobody" if os.geteuid() == 0 else getpass.getuser())


@contextmanager
def _issuer(tokens: dict[str, str]) -> Iterator[int]:
    """Run a server that knows the tokens, as an identity provider does (RFC 7662)."""

    class Introspection(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
            user = tokens.get(parse_qs(asked).get("token", [""])[0])
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            said = {"active": True, "user": user} if user else {"active": False}
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Introspection) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@contextmanager
def running() -> Iterator[Dovecot]:
    """Start a server with an empty mailbox, and stop it in the end."""
    assert DOVECOT is not None
    user = _mail_user()
    base = Path(tempfile.mkdtemp(prefix="dovecot-"))
    base.chmod(0o755)
    (base / "mail").mkdir()
    os.chown(base / "mail", user.pw_uid, user.pw_gid)
    port = servers.free_port()
    config = base / "dovecot.conf"
    config.write_text(
        CONFIG.format(
            base=base,
            port=port,
            user=user.pw_name,
            group=grp.getgrgid(user.pw_gid).gr_name,
            uid=user.pw_uid,
            gid=user.pw_gid,
            password=PASSWORD,
            sent=SENT,
        )
    )
    tokens: dict[str, str] = {}
    with _issuer(tokens) as issuer:
        (base / "oauth2.conf").write_text(OAUTH2.format(port=issuer))
        yield from _served(Dovecot(port, config, base, tokens))


def _served(server: Dovecot) -> Iterator[Dovecot]:
    assert DOVECOT is not None
    base = server.base
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(server.config)], cwd=base)
    try:
        servers.wait_until(lambda: servers.listens(server.port) or process.poll() is not None)
        assert process.poll() is None, (base / "log").read_text()
        yield server
    finally:
        process.terminate()
        process.wait(20)
        time.sleep(0.1)
        shutil.rmtree(base, ignore_errors=True)
