"""``make run``: the embedded database, the receiver and the bridge in one terminal.

With MONGO_URI set no database is started. Ctrl-C stops everything.
"""

import json
import os
import secrets
import shlex
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from honcho.manager import Manager

DEFAULTS = {
    "DATA_DIR": "./data",
    "HEALTH_PORT": "8081",
    "MAILBOXES": '{"support@yandex.ru": ["support@yandex.ru"]}',
    "MONGO_DATABASE": "dialog",
    "RECEIVER_PORT": "8080",
    "SMTP_PORT": "2525",
}
MONGO_PORT = 27017
STOPPED_BY_USER = (128 + signal.SIGINT, 128 + signal.SIGTERM)


def is_free(port: int) -> bool:
    """Tell whether nothing listens on the loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def any_free_port() -> int:
    """Return a port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings() -> dict[str, str]:
    """Return the environment with this command's defaults where it says nothing."""
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    if any(env.get(name) for name in ("IMAP_HOST", "IMAP_ACCOUNTS", "IMAP_ACCOUNTS_FILE")):
        env.setdefault("MAILBOXES", "{}")  # the mailboxes are those that IMAP reads
    for name, value in DEFAULTS.items():
        env[name] = env.get(name) or value
    for name in ("RECEIVER_PORT", "SMTP_PORT"):
        if not env[name].isdecimal() or not is_free(int(env[name])):
            sys.exit(f"{name} {env[name]} is in use or no port: {name}=… make run")
    if not is_free(int(env["HEALTH_PORT"])):
        env["HEALTH_PORT"] = str(any_free_port())
    env["WEBHOOK_URL"] = (
        env.get("WEBHOOK_URL") or f"http://127.0.0.1:{env['RECEIVER_PORT']}/webhook/email"
    )
    return env


def specialist(env: dict[str, str]) -> None:
    """Let `make demo` send the specialist's answer as the mailbox's own, with a password."""
    if env.get("SMTP_USERS"):
        return
    data = Path(env["DATA_DIR"])
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data / "specialist.password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24) + "\n", encoding="ascii")
    env["SMTP_USERS"] = json.dumps({"specialist": path.read_text(encoding="ascii").strip()})
    env["SMTP_AUTH_WITHOUT_TLS"] = "true"


def embedded_mongo(env: dict[str, str]) -> str:
    """Choose the embedded database's port, make it known, and return the command to start it."""
    port = MONGO_PORT if is_free(MONGO_PORT) else any_free_port()
    env["MONGO_URI"] = f"mongodb://127.0.0.1:{port}"
    data = Path(env["DATA_DIR"])
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    # `make demo` in a second terminal looks here.
    (data / "mongo.uri").write_text(env["MONGO_URI"] + "\n", encoding="ascii")
    server = Path(sys.executable).parent / "secantusd-py"
    options = ["--standalone", "--sync-on-commit", "--log-level", "WARNING", "--port", str(port)]
    return shlex.join([str(server), *options, "--storage-path", str(data / "mongo")])


def welcome(env: dict[str, str]) -> None:
    """Wait until letters can come in, then say where and how to send the first one."""
    ready = f"http://127.0.0.1:{env['RECEIVER_PORT']}/readyz"
    while True:
        try:
            with (
                urlopen(ready, timeout=5),
                socket.create_connection(("127.0.0.1", int(env["SMTP_PORT"])), timeout=5),
            ):
                break
        except (URLError, OSError):
            time.sleep(0.2)
    changed = [
        f"{name}={shlex.quote(env[name])}" for name in DEFAULTS if env[name] != DEFAULTS[name]
    ]
    uri = env["MONGO_URI"].rpartition("@")[2].removeprefix("mongodb://")
    print(
        "",
        f"  letters by SMTP    127.0.0.1:{env['SMTP_PORT']}",
        f"  letters by HTTP    {env['WEBHOOK_URL']}",
        f"  dialogs in MongoDB mongodb://{uri}  database {env['MONGO_DATABASE']}",
        "",
        "  a first letter, from a second terminal:",
        "    " + " ".join(["make", "letter", *changed]),
        "  a whole conversation:",
        "    " + " ".join(["make", "demo", *changed]),
        "",
        sep="\n",
        flush=True,
    )


def main() -> None:
    """Start the processes and stay until one ends or Ctrl-C is pressed."""
    env = settings()
    specialist(env)
    manager = Manager()
    if not env.get("MONGO_URI"):
        manager.add_process("mongo", embedded_mongo(env), env=env)
    python = shlex.quote(sys.executable)
    manager.add_process("receiver", f"exec {python} -m receiver", env=env)
    manager.add_process("bridge", f"exec {python} -m bridge smtp", env=env)
    threading.Thread(target=welcome, args=(env,), daemon=True).start()
    manager.loop()
    sys.exit(0 if manager.returncode in STOPPED_BY_USER else manager.returncode)


if __name__ == "__main__":
    main()
