"""All watchers of this process: started together, stopped together."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bridge.ingress.imap.cursor import cursor_path
from bridge.ingress.imap.login import Login
from bridge.ingress.imap.states import LOCK, FolderStates, watched_by_another
from bridge.ingress.imap.watcher import Rules, Watcher
from bridge.settings import BridgeSettings
from bridge.spool.intake import Intake
from contract.files.locks import taken

STOP_SECONDS = 5.0


class AlreadyWatched(Exception):
    """Another process follows the same folders with the same cursors."""


@contextmanager
def watching(settings: BridgeSettings, intake: Intake) -> Iterator[None]:
    """Follow every folder of the settings, in threads, until the block is left.

    A watcher may be ended at any point without loss.
    """
    stop = threading.Event()
    threads = [
        threading.Thread(target=watcher.run, name=watcher.name, daemon=True)
        for watcher in _watchers(settings, intake, stop)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(STOP_SECONDS / len(threads))


def _watchers(settings: BridgeSettings, intake: Intake, stop: threading.Event) -> Iterator[Watcher]:
    health = FolderStates(settings.imap_health)
    rules = Rules(
        rescan_days=settings.imap.rescan_days,
        poll=settings.imap.poll,
        backoff=settings.imap.backoff,
        most=settings.most_of_a_letter,
    )
    for account in settings.accounts:
        login = Login(
            account,
            ca_file=settings.imap.ca_file,
            timeout=settings.imap.timeout,
            backoff=settings.imap.backoff,
            health=health,
            stop=stop,
        )
        for wish in account.folders:
            yield Watcher(
                account,
                wish,
                login=login,
                cursor_path=cursor_path(settings.imap_directory, account.host, account.user, wish),
                intake=intake,
                health=health,
                stop=stop,
                rules=rules,
            )


@contextmanager
def watching_alone(settings: BridgeSettings) -> Iterator[None]:
    """Be the only process that follows the folders while the block runs; raises AlreadyWatched."""
    directory = settings.imap_directory
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (directory / LOCK).open("wb") as lock:
        if not taken(lock.fileno()):
            raise AlreadyWatched(f"DATA_DIR: {watched_by_another(directory)}")
        yield
