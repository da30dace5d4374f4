"""Logging in without being locked out: one login at a time, refused credentials never twice."""

import logging
import random
import shlex
import subprocess
import threading
import time
from pathlib import Path

from bridge.ingress.imap.backoff import before_login, forgives
from bridge.ingress.imap.connection import Connection
from bridge.ingress.imap.failures import LoginRefused, Lost, Refused
from bridge.ingress.imap.settings import Account
from bridge.ingress.imap.states import FolderStates
from contract.files.text import FileUnreadable, text_in

log = logging.getLogger(__name__)

COMMAND_SECONDS = 60.0
ADVICE = (
    "check that IMAP is allowed in the mailbox's settings, and make a new app password: changing"
    " the account's password, its two-factor login or a log-out on all devices ends all of them"
)
WITHOUT_NAME = "the secret alone must stand there, without its name and ="
UNTRIED = "no login is tried again until the credentials change"


class NoCredentials(Exception):
    """The token command failed, or a file with credentials cannot be read."""


class Stopped(Exception):
    """The process is stopping."""


class Login:
    """Makes the connections of one account; shared by the watchers of its folders.

    If it is not ``patient``, because a person waits for it, it raises LoginRefused and
    NoCredentials, and until the first success Lost and Refused as well.
    """

    def __init__(
        self,
        account: Account,
        *,
        ca_file: Path | None,
        timeout: float,
        backoff: float,
        health: FolderStates,
        stop: threading.Event,
        patient: bool = True,
    ) -> None:
        self._account = account
        self._ca_file = ca_file
        self._timeout = timeout
        self._backoff = backoff
        self._health = health
        self._stop = stop
        self._patient = patient
        self._turn = threading.Lock()
        self._failures = 0
        self._not_before = 0.0
        self._refused: str | None = None
        self._refusal = ""
        self._worked = False

    def connect(self, name: str) -> Connection:
        """Return a logged-in connection, however long that takes; raises Stopped.

        After a refusal only other credentials are tried, and not at once: a command may print
        another token each time, and repeated failures lock the account. ``name`` is the watcher
        whose state is shown meanwhile.
        """
        self._health.say(name, "starting")
        with self._turn:
            while True:
                self._pause(self._not_before - time.monotonic())
                try:
                    secret = credentials(self._account)
                    if secret == self._refused:
                        self._health.say(name, "refused", self._refusal)
                        self._pause(self._backoff / 2)  # until the credentials change
                        continue
                    return self._open(secret)
                except LoginRefused as error:
                    if not self._patient:
                        raise
                    self._refused, self._refusal = secret, f"{error}; {UNTRIED}; {ADVICE}"
                    self._put_off()
                    self._health.say(name, "refused", self._refusal)
                    log.error("%s: login refused: %s", self._account.user, self._refusal)
                except (Lost, Refused, NoCredentials) as error:
                    if not self._patient and (isinstance(error, NoCredentials) or not self._worked):
                        raise
                    self._failed(error)
                    self._health.say(name, "waiting", str(error))

    def lost(self, lived: float, error: Exception, *, is_told: bool = False) -> None:
        """Record that a connection ended after ``lived`` seconds, and why; log it once."""
        with self._turn:
            if forgives(lived, self._backoff):
                self._failures = 0
            if self._not_before <= time.monotonic():
                if is_told:
                    self._put_off()
                else:
                    self._failed(error)

    def _open(self, secret: str) -> Connection:
        if self._stop.is_set():
            raise Stopped
        connection = Connection.open(self._account, secret, self._ca_file, self._timeout)
        self._refused = None
        self._worked = True
        log.info("%s: logged in at %s", self._account.user, self._account.host)
        return connection

    def _put_off(self) -> float:
        self._failures += 1
        pause = before_login(self._failures, self._backoff, random.random())  # noqa: S311 - jitter
        self._not_before = time.monotonic() + pause
        return pause

    def _failed(self, error: Exception) -> None:
        pause = self._put_off()
        log.warning("%s: %s; connecting again in %.0f s", self._account.user, error, pause)

    def _pause(self, seconds: float) -> None:
        if self._stop.wait(max(seconds, 0.0)):
            raise Stopped


def credentials(account: Account) -> str:
    """Return the present password or token; raises NoCredentials.

    Files are read and the command is run each time, so that a renewed secret needs no restart.
    """
    if account.password is not None:
        return account.password.get_secret_value()
    path = account.password_file or account.token_file
    try:
        if path is not None:
            secret = text_in(path).strip()
        else:
            command = shlex.split(account.token_command)
            done = subprocess.run(  # noqa: S603 - as above, and no shell
                command, capture_output=True, timeout=COMMAND_SECONDS, check=True
            )
            secret = done.stdout.decode().strip()
    except FileUnreadable as error:
        raise NoCredentials(f"no credentials: {path}: {error.why}") from None
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        # The command's own output may hold secrets and is not shown.
        raise NoCredentials(f"no credentials: {type(error).__name__}: the token command") from None
    if path is not None and secret.startswith(("IMAP_PASSWORD=", "IMAP_TOKEN=")):
        raise NoCredentials(f"no credentials in {path}: {WITHOUT_NAME}")
    if not secret or not secret.isprintable():
        raise NoCredentials(f"no credentials in {path or 'the output of the token command'}")
    return secret
