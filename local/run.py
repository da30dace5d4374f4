"""``make run``: the embedded database, the receiver and the bridge in one terminal.

Every setting has its usual meaning. With MONGO_URI set no database is started; with neither
MAILBOXES nor a mailbox to read by IMAP, letters for support@yandex.ru are taken. Ctrl-C, or closing
the terminal, stops everything.
"""

from contract import interrupts

if __name__ == "__main__":
    interrupts.end_silently()  # the following imports take time

import asyncio
import json
import os
import secrets
import sys
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path

from bridge.settings import BridgeSettings
from bridge.spool.spool import Spool
from bridge.start import unbindable_for_health, unbindable_for_smtp, unusable_for_smtp
from contract.environment import (
    AlreadyRunning,
    FileUnusable,
    Running,
    env_file,
    of_make_run,
    over,
    running,
    text_of,
)
from contract.files.text import is_pipe
from contract.health_check.plain_environment import ENV_FILE, called
from contract.language.refusals import told
from contract.language.speaking import speaking
from contract.language.system import said
from contract.process import orderly_end
from contract.reading.mistakes import Wrong
from contract.sending.direct import address_of, straight_to
from contract.settings import refuse
from local.embedded import Directory, EmbeddedDatabase
from local.ports import free_port, is_listening
from local.supervisor import Part, supervise
from local.welcome import invitation
from local.words import texts
from receiver.page.signing.link import usual_link
from receiver.settings import ReceiverSettings
from receiver.start import unbindable_for_http, unusable_to_serve
from receiver.store.mongo import StoreUnavailable

MAILBOX = "support@yandex.ru"
Env = dict[str, str]


def environment() -> Env:
    """Return the environment, completed by ``.env``; exit if that is unusable."""
    try:
        from_file = env_file(os.environ)
    except FileUnusable as error:
        refuse([Wrong((error.setting,), error.why)])
    known = {*BridgeSettings.names(), *ReceiverSettings.names()}
    known |= {f"{name}_FILE" for name in known}
    env = over(from_file, os.environ) | {"PYTHONUNBUFFERED": "1", ENV_FILE: ""}
    if taken := sorted(known & set(env) - set(os.environ)):
        file = os.environ.get(ENV_FILE, ".env")
        print(texts("from {file}: {names}", file=file, names=", ".join(taken)), flush=True)
    return env | _from_pipes(env, known)


def _from_pipes(env: Env, known: Collection[str]) -> Env:
    """Return the values of settings whose file can be read only once, instead of the file."""
    found: Env = {}
    for name in known:
        file = f"{name}_FILE"
        if file not in known or f"{file}_FILE" in known or not is_pipe(Path(env.get(file, ""))):
            continue
        with suppress(FileUnusable):  # reported with all other mistakes
            found |= {name: text_of(name, env) or "", file: ""}
    return found


def given(env: Env, name: str) -> bool:
    """Tell whether a setting has a value or a file with its value."""
    return bool(env.get(name) or env.get(f"{name}_FILE"))


def with_defaults(env: Env) -> Env:
    """Return the environment with the defaults of ``make run``."""
    bridge, wrong = BridgeSettings.judged(env)
    receiver, _ = ReceiverSettings.judged(env)
    by_imap = any(name.startswith("IMAP_") for each in wrong for name in each.names)
    if not given(env, "MAILBOXES") and not bridge.accounts and not by_imap:
        env["MAILBOXES"] = MAILBOX
    if not given(env, "WEBHOOK_URL"):
        address = address_of(receiver.receiver_host, receiver.receiver_port)
        env["WEBHOOK_URL"] = f"http://{address}/webhook/email"
    if bridge.health_port and not given(env, "HEALTH_PORT"):
        env["HEALTH_PORT"] = str(free_port(bridge.health_port))
    return env


def mistakes(env: Env) -> list[Wrong]:
    """Return every mistake in the settings of both sides, and what another program has."""
    bridge, wrong = BridgeSettings.judged(env, _unusable_for_the_bridge)
    receiver, more = ReceiverSettings.judged(env, unusable_to_serve)
    wrong += [each for each in more if each not in wrong]
    if first := of_make_run(bridge.data_dir):
        its = _made_by(first, bridge)
        return [*(each for each in wrong if each not in its), second_on(bridge.data_dir)]
    both = told("both are {port}: choose another", port=receiver.receiver_port)
    for name, port in (("SMTP_PORT", bridge.smtp_port), ("HEALTH_PORT", bridge.health_port)):
        if port == receiver.receiver_port:
            wrong.append(Wrong((name, "RECEIVER_PORT"), both))
    return wrong


def _made_by(first: Env, bridge: BridgeSettings) -> list[Wrong]:
    """Return the mistakes that there are only because the first ``make run`` runs."""
    its = [
        *unbindable_for_smtp(BridgeSettings.judged(first)[0]),
        *unbindable_for_health(BridgeSettings.judged(first)[0]),
        *unbindable_for_http(ReceiverSettings.judged(first)[0]),
    ]
    return [*its, Wrong(("DATA_DIR",), Spool(bridge.spool).used_by_another)]


def _unusable_for_the_bridge(settings: BridgeSettings) -> Iterator[Wrong]:
    yield from unusable_for_smtp(settings)
    yield from unbindable_for_health(settings)


def second_on(data: Path) -> Wrong:
    """Return that another ``make run`` uses the directory."""
    another = "another make run works on {path}: stop it, or choose another directory"
    return Wrong(("DATA_DIR",), told(another, path=data))


def specialist(env: Env, data: Path) -> None:
    """Let `make demo` send the specialist's answer as the mailbox's own, with a password.

    Without a certificate the password goes in the clear, unless a setting says that none may.
    """
    tls, chosen = given(env, "SMTP_TLS_CERT"), given(env, "SMTP_AUTH_WITHOUT_TLS")
    allowed = env.get("SMTP_AUTH_WITHOUT_TLS", "").casefold() == "true"
    if given(env, "SMTP_USERS") or (chosen and not allowed and not tls):
        return
    path = data / "specialist.password"
    if not path.exists() or not path.stat().st_size:
        whole = path.with_name(f"{path.name}.new")  # a full disk leaves an empty file
        whole.touch(mode=0o600)
        whole.write_text(secrets.token_urlsafe(24) + "\n", encoding="ascii")
        whole.replace(path)
    env["SMTP_USERS"] = json.dumps({"specialist": path.read_text(encoding="ascii").strip()})
    if not tls and not chosen:
        env["SMTP_AUTH_WITHOUT_TLS"] = "true"


def tell(file: Running, env: Env) -> None:
    """Write the settings for commands in a second terminal."""
    known = {*BridgeSettings.names(), *ReceiverSettings.names()}
    known |= {f"{name}_FILE" for name in known}
    file.tell({name: value for name, value in env.items() if name in known})


@contextmanager
def writing_to(data: Path) -> Iterator[None]:
    """Refuse to start if the disk cannot be written."""
    try:
        yield
    except OSError as error:
        with speaking():
            refuse([Wrong(("DATA_DIR",), f"{error.filename or data}: {said(error)}")])


def welcome(env: Env) -> None:
    """Wait until letters can come in, then print where and how to send the first one."""
    bridge, _ = BridgeSettings.judged(env)
    receiver, _ = ReceiverSettings.judged(env)
    host = called(bridge.smtp_host)
    while not is_ready(receiver) or not is_listening(host, bridge.smtp_port):
        time.sleep(0.2)
    with suppress(OSError), speaking():  # nobody may read it any more
        print("", *invitation(bridge, receiver, link(receiver)), "", sep="\n  ", flush=True)


def link(settings: ReceiverSettings) -> str:
    """Return the address of the page: a link that signs in, if one can be made."""
    try:
        return asyncio.run(usual_link(settings))
    except StoreUnavailable:
        return settings.page_address


def is_ready(settings: ReceiverSettings) -> bool:
    """Tell whether the receiver takes letters."""
    address = address_of(settings.receiver_host, settings.receiver_port)
    try:
        with straight_to(f"http://{address}/readyz", 5):
            return True
    except (HTTPException, OSError):
        return False


def parts_of(env: Env, database: EmbeddedDatabase | None) -> list[Part]:
    """Return the processes in the order in which they start."""
    settings, _ = ReceiverSettings.judged(env)
    command = [sys.executable, "-m"]
    receiver = Part("receiver", [*command, "receiver"])
    # A bridge that starts first would warn of letters that wait for the receiver.
    bridge = Part("bridge", [*command, "bridge", "smtp"], lambda: is_ready(settings))
    if database is None:
        return [receiver, bridge]
    # Another program on the database's port would have other data.
    return [database.part(), replace(receiver, after=database.listens), bridge]


def main() -> None:
    """Start the processes and stay until one ends, or a signal comes."""
    os.umask(0o077)  # the database writes letters, too
    with speaking():
        env = with_defaults(environment())
        if wrong := mistakes(env):
            told = (*BridgeSettings.unknown(env), *ReceiverSettings.unknown(env))
            refuse([*wrong, *dict.fromkeys(told)])
    settings, _ = BridgeSettings.judged(env)
    data = settings.data_dir
    try:
        with ExitStack() as stack:
            with writing_to(data):
                file = stack.enter_context(running(data))
                specialist(env, data)
                database = None if given(env, "MONGO_URI") else EmbeddedDatabase(data)
                if database:
                    env["MONGO_URI"] = database.uri
                tell(file, env)
            threading.Thread(target=welcome, args=(env,), daemon=True).start()
            directory = Directory(data)
            troubles = [directory.gone, *([database.trouble] if database else [])]
            status = asyncio.run(supervise(parts_of(env, database), env, troubles))
            if database and database.trouble():
                status = database.status
    except AlreadyRunning:
        with speaking():
            refuse([second_on(data)])
    sys.exit(status)


if __name__ == "__main__":
    with orderly_end():
        main()
