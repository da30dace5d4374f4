"""Whether the receiver can be delivered to at all: a way that has never worked counts as broken.

The courier's process finds out at its start and writes it down, so that ``ping`` in another process
can tell; without letters it repeats the look now and then. An answered look proves that the way and
the secret are right, but not that the receiver can store: its database may never have been reached.
Once something has been delivered, only answers that waiting cannot change are complaints; for the
rest there is the alarm of old letters.
"""

import json
from pathlib import Path

from bridge.note import Note
from contract.files.locks import is_held

REACHED = "receiver-reached.json"  # within DATA_DIR
LOCK = "spool/lock"  # within DATA_DIR, locked by the process that delivers
LOOKED = -1  # how a webhook answers a look, which posts nothing
UNSIGNED = -2  # nothing was sent: the file of secrets is missing or unusable
NO_WEBHOOK = "there is no webhook: look at the path in WEBHOOK_URL"
MOVED = "the webhook is elsewhere: name its own address in WEBHOOK_URL"
NOT_MENDED = {
    **dict.fromkeys((301, 302, 307, 308), MOVED),
    **dict.fromkeys((303, 410, 501), NO_WEBHOOK),  # 303 leads to a page, such as a sign-in
    401: "the secrets do not fit: WEBHOOK_SECRETS (or the file) must be the receiver's",
    404: NO_WEBHOOK,
    405: NO_WEBHOOK,
    403: "the receiver does not let us in: look at WEBHOOK_URL",
}


class Reach:
    """What the last attempts say about the way to the receiver; ``url`` is without secrets."""

    def __init__(self, path: Path, url: str) -> None:
        self._note = Note(path)
        self._url = url
        self.answered = False
        self.delivered = False
        self._of_way, self._of_store = "", ""
        self._write()

    @property
    def complaint(self) -> str:
        """Return why nothing can be delivered, empty if nothing is wrong."""
        return self._of_way or self._of_store

    def saw(self, status: int, reason: str) -> None:
        """Record an answer, or that there was none (status 0 or ``UNSIGNED``), and why."""
        before = self.complaint
        if status in NOT_MENDED:
            self._of_way = not_mended(self._url, status, reason)
        elif status == LOOKED:
            self.answered, self._of_way = True, ""
        elif 0 < status < 300 or status in (400, 422):
            self.answered, self._of_way, self._of_store = True, "", ""
            self.delivered = self.delivered or status < 300
        elif status == UNSIGNED and self.answered:
            self._of_way = f"nothing is delivered any more: {reason[:300]}"
        elif not self.delivered and status > 0:
            self._of_way = ""
            self._of_store = f"WEBHOOK_URL {self._url}: it takes nothing yet: {reason[:200]}"
        elif not self.answered:
            self._of_way = f"never reached yet: {reason[:300]}"
        if self.complaint != before or self._note.is_behind:
            self._write()

    def _write(self) -> None:
        self._note.write({"complaint": self.complaint, "url": self._url})


def not_mended(url: str, status: int, reason: str = "") -> str:
    """Return what is wrong if waiting will not change such an answer, else an empty text."""
    if status not in NOT_MENDED:
        return ""
    leads = f" ({reason[:300]})" if 300 <= status < 400 and reason else ""
    return f"WEBHOOK_URL {url}: {NOT_MENDED[status]}{leads}"


def complaint_in(path: Path, url: str = "") -> str:
    """Return what another process has written down, empty if nothing is wrong.

    Notes of a process that no longer runs do not count. ``url`` is where the caller thinks that
    events go, without secrets, if he knows.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        complaint, goes_to = str(said["complaint"]), str(said["url"])
    except FileNotFoundError:
        if is_held(path.parent / LOCK):
            return f"nobody knows what is delivered: {path} is not written: is the disk full?"
        return f"nothing is delivered: no bridge has begun to, by DATA_DIR ({path.parent})"
    except (OSError, ValueError, KeyError, TypeError):
        return f"nobody knows what is delivered: {path} cannot be read: is DATA_DIR another user's?"
    if not is_held(path.parent / LOCK):
        return f"nothing is delivered: no bridge is running, by DATA_DIR ({path.parent})"
    if url and url != goes_to:
        return (
            f"WEBHOOK_URL {url}: nothing is delivered there: by DATA_DIR ({path.parent}) the bridge"
            f" that is running delivers to {goes_to}"
        )
    return complaint
