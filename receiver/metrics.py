"""The receiver's metrics for Prometheus; https://prometheus.io/docs/practices/naming/."""

from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY: Final = CollectorRegistry()
LETTERS: Final = Counter(
    "receiver_letters", "Letters, by what became of them.", ["outcome"], registry=REGISTRY
)
BLOBS: Final = Counter("receiver_blobs", "Blobs that were stored anew.", registry=REGISTRY)
ANSWERS: Final = Counter(
    "receiver_answers", "Answers to the webhook, by status.", ["status"], registry=REGISTRY
)
LINES: Final = Counter(
    "receiver_batch_lines", "Events that came together, by status.", ["status"], registry=REGISTRY
)
SECONDS: Final = Histogram(
    "receiver_filing_seconds",
    "Time that the database work of a request's letters took.",
    registry=REGISTRY,
)
DELAY: Final = Histogram(
    "receiver_letter_delay_seconds",
    "Time from the last Received of a new letter to its place in a dialog.",
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86400),
    registry=REGISTRY,
)
API: Final = Histogram(
    "receiver_api_seconds",
    "Time to the answer of an operation of the API, or to its beginning where letters are sent one"
    " by one; files and those that take minutes are left out.",
    ["operation"],
    registry=REGISTRY,
)
BACKUP: Final = Gauge(
    "receiver_last_backup_timestamp_seconds",
    "Unix time at which the last backup was complete; 0: there was none.",
    registry=REGISTRY,
)
DOUBTFUL: Final = Gauge(
    "receiver_backup_doubtful",
    "1 if the last backup has far fewer letters than one before, or is of another database.",
    registry=REGISTRY,
)
HOOKS: Final = Gauge(
    "receiver_hooks", "Outgoing hooks, by whether they are on.", ["state"], registry=REGISTRY
)
HOOKS_TOLD: Final = Counter(
    "receiver_hook_attempts",
    "Events that outgoing hooks were told, by what their targets did.",
    ["outcome"],
    registry=REGISTRY,
)
HOOKS_OLDEST: Final = Gauge(
    "receiver_hook_oldest_seconds",
    "For how long the oldest event has not been taken by its target.",
    registry=REGISTRY,
)
QUIET: Final = Gauge(
    "receiver_mailbox_quiet",
    "1 where no letter has come for longer than the mailbox's rhythm allows.",
    ["mailbox"],
    registry=REGISTRY,
)
LAST_LETTER: Final = Gauge(
    "receiver_last_letter_timestamp_seconds",
    "Unix time at which a mailbox's last letter came in: by mail, where any does.",
    ["mailbox"],
    registry=REGISTRY,
)
CANARY: Final = Gauge(
    "receiver_canary_seconds", "Time that the last canary took to arrive.", registry=REGISTRY
)
CANARY_WHEN: Final = Gauge(
    "receiver_canary_timestamp_seconds",
    "Unix time at which the last canary arrived; 0: none has.",
    registry=REGISTRY,
)
RETAINED: Final = Counter(
    "receiver_retention",
    "Letters that lost something by age, by what it was, and dialogs that went.",
    ["what"],
    registry=REGISTRY,
)
CUT_SHORT: Final = Gauge(
    "receiver_erasures_cut_short",
    "Erasures that were cut short and have no act yet.",
    registry=REGISTRY,
)
DESTROYED: Final = Counter(
    "receiver_blobs_destroyed", "Blobs that no letter named for six days.", registry=REGISTRY
)


def tell_backup(when: datetime | None, *, doubtful: bool) -> None:
    """Set when the last backup was finished (Unix time), and whether it is doubtful."""
    BACKUP.set(when.timestamp() if when else 0)
    DOUBTFUL.set(doubtful)


def text() -> bytes:
    """Return all metrics in Prometheus' text format."""
    return generate_latest(REGISTRY)
