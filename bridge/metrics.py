"""The bridge's metrics for Prometheus; https://prometheus.io/docs/practices/naming/."""

from collections.abc import Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bridge.spool.inventory import Inventory

ALARMS: Final = (
    "failed letters",
    "old letters",
    "no room",
    "mailbox not read",
    "receiver not reached",
    "backup is old",
    "backup is doubtful",
    "certificate expires",
)

REGISTRY: Final = CollectorRegistry()
ACCEPTED: Final = Counter(
    "bridge_letters_accepted", "Letters that were put into the spool.", registry=REGISTRY
)
REFUSED: Final = Counter(
    "bridge_letters_refused",
    "Letters that were not taken at the end of DATA or before, by status.",
    ["status"],
    registry=REGISTRY,
)
RECIPIENTS_REFUSED: Final = Counter(
    "bridge_recipients_refused", "Recipients that are not in MAILBOXES.", registry=REGISTRY
)
LOGINS_REFUSED: Final = Counter(
    "bridge_logins_refused", "SMTP logins with a wrong name or password.", registry=REGISTRY
)
CONNECTIONS_ENDED: Final = Counter(
    "bridge_smtp_connections_ended",
    "SMTP connections that were refused, or ended to make room for others.",
    registry=REGISTRY,
)
DELIVERED: Final = Counter(
    "bridge_letters_delivered", "Letters that the webhook has taken.", registry=REGISTRY
)
RETRIES: Final = Counter(
    "bridge_letters_retried", "Attempts that are to be repeated.", registry=REGISTRY
)
FAILED: Final = Counter(
    "bridge_letters_failed", "Letters moved to failed/ since the start.", registry=REGISTRY
)
PARSING: Final = Histogram(
    "bridge_parse_seconds",
    "Time from asking for a letter to be parsed to its event, by how much of it was to be read.",
    ["reading"],
    registry=REGISTRY,
)
PARSER_DEATHS: Final = Counter(
    "bridge_parser_deaths", "Parsing processes that a letter ended.", registry=REGISTRY
)
CONNECTIONS: Final = Gauge("bridge_smtp_connections", "Open SMTP connections.", registry=REGISTRY)
WAITING: Final = Gauge("bridge_spool_letters", "Letters that wait.", registry=REGISTRY)
WAITING_BYTES: Final = Gauge("bridge_spool_bytes", "Bytes of letters that wait.", registry=REGISTRY)
OLDEST: Final = Gauge(
    "bridge_spool_oldest_seconds", "Age of the oldest letter that waits.", registry=REGISTRY
)
IN_FAILED: Final = Gauge("bridge_spool_failed_letters", "Letters in failed/.", registry=REGISTRY)
FREE: Final = Gauge("bridge_disk_free_bytes", "Bytes free on the spool's disk.", registry=REGISTRY)
MISSING: Final = Gauge(
    "bridge_reconcile_missing",
    "Letters that a mailbox has and the store has not, at the last comparison.",
    ["folder"],
    registry=REGISTRY,
)
RECONCILED: Final = Gauge(
    "bridge_reconcile_timestamp_seconds",
    "Unix time of the last comparison of mailboxes with the store; 0: there was none.",
    registry=REGISTRY,
)
BACKUP: Final = Gauge(
    "bridge_last_backup_timestamp_seconds",
    "Unix time at which the last backup of the bridge was complete; 0: there was none.",
    registry=REGISTRY,
)
ALARM: Final = Gauge("bridge_alarm", "1 where a person should look.", ["reason"], registry=REGISTRY)
for _reason in ALARMS:
    ALARM.labels(_reason).set(0)


def show(inventory: Inventory, free: int, alarms: list[str]) -> None:
    """Set the gauges of the spool."""
    WAITING.set(inventory.waiting)
    WAITING_BYTES.set(inventory.waiting_bytes)
    OLDEST.set(inventory.oldest)
    IN_FAILED.set(inventory.failed)
    FREE.set(free)
    for reason in ALARMS:
        ALARM.labels(reason).set(reason in alarms)


def show_reconciled(when: float, missing: Mapping[str, int]) -> None:
    """Set the result of the last comparison of mailboxes with the store, by mailbox and folder."""
    RECONCILED.set(when)
    for folder, count in missing.items():
        MISSING.labels(folder).set(count)


def tell_backup(when: float | None) -> None:
    """Set when the last backup was finished (Unix time)."""
    BACKUP.set(when or 0)


def text() -> bytes:
    """Return all metrics in Prometheus' text format."""
    return generate_latest(REGISTRY)
