"""``canary``: send a marked letter the whole way, and report the seconds of each step."""

import argparse
import asyncio
import json
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import formatdate

from bridge import own_door
from bridge.courier.outcome import Outcome
from bridge.courier.receiver_client import ReceiverClient, connected
from bridge.settings import BridgeSettings
from bridge.words import texts
from contract.canary import FIELD, mark
from contract.doctor.russian import spoken
from contract.keyring import Keyring, SecretsMissing
from contract.reading.numbers import hours_apart, seconds

PATH = "/webhook/canaries/"
ASK_SECONDS = 0.2
SMTP_SECONDS = 30.0


@dataclass(frozen=True)
class Flight:
    """One canary: its mailbox, recipient and name, and its seconds so far.

    ``sent`` is a Unix time, for the mark; ``began`` is of the monotonic clock.
    """

    mailbox: str
    recipient: str
    name: str
    sent: float
    began: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--mailbox", help="one mailbox only, not each of MAILBOXES")
    parser.add_argument("--wait", type=seconds, default=60, metavar="SECONDS", help="patience (60)")
    parser.add_argument("--json", action="store_true", help="for a program to read")
    parser.add_argument(
        "--every",
        type=hours_apart,
        default=0,
        metavar="HOURS",
        help="go on, one each so many hours",
    )


def canary(settings: BridgeSettings, arguments: argparse.Namespace) -> int:
    """Return 0 if every canary arrived, 1 if one did not, 78 if there is no mailbox to send to."""
    chosen = [
        (mailbox, recipients)
        for mailbox, recipients in settings.mailboxes.items()
        if not arguments.mailbox or mailbox.casefold() == arguments.mailbox.casefold()
    ]
    if not chosen:
        _say(texts("MAILBOXES has no such mailbox"), error=True)
        return 78
    while True:
        statuses = [asyncio.run(_fly(settings, arguments, *each)) for each in chosen]
        if not arguments.every:
            return max(statuses)
        time.sleep(arguments.every * 3600)


async def _fly(
    settings: BridgeSettings,
    arguments: argparse.Namespace,
    mailbox: str,
    recipients: Sequence[str],
) -> int:
    try:
        name = secrets.token_hex(16)
        recipient = own_door.recipient_of(mailbox, recipients, anybody=name)
        flight = Flight(mailbox, recipient, name, time.time(), time.monotonic())
        taken = await asyncio.to_thread(_send, settings, flight)
    except SecretsMissing as error:
        why = spoken(str(error))
        no_canary = "{mailbox}: no canary can be made: {why}"
        _say(texts(no_canary, mailbox=mailbox, why=why), error=True)
        return 78
    except OSError as error:
        why = own_door.why_not_taken(error)
        _say(texts("{mailbox}: SMTP did not take it: {why}", mailbox=mailbox, why=why), error=True)
        return 1
    url, keys = str(settings.webhook_url), Keyring(settings).current
    async with connected(url, keys, settings.webhook_timeout) as client:
        arrived = await _wait(client, flight, arguments.wait)
    if isinstance(arrived, str):
        waited, why = f"{arguments.wait:.0f}", spoken(arrived)
        not_there = "{mailbox}: not there after {seconds} s: {why}"
        _say(texts(not_there, mailbox=mailbox, seconds=waited, why=why), error=True)
        return 1
    steps = steps_of(flight.began, taken, *arrived)
    if arguments.json:
        told = {"mailbox": mailbox, "name": flight.name}
        _say(json.dumps(told | {name: round(value, 3) for name, value in steps.items()}))
    else:
        words = ", ".join(
            texts("{step} {seconds} s", step=texts.word(name), seconds=f"{value:.2f}")
            for name, value in steps.items()
        )
        _say(texts("{mailbox}: arrived: {words}", mailbox=mailbox, words=words))
    return 0


def steps_of(began: float, taken: float, seen: float, ago: float) -> dict[str, float]:
    """Return the seconds of each step and of all together, none below 0.

    ``began``, ``taken`` (by SMTP) and ``seen`` are of our clock. ``ago`` is how many seconds before
    ``seen`` it arrived, by the receiver's clock alone, so the difference of the clocks does not
    matter. If several receivers' clocks differ, the result is off by at most that.
    """
    arrived = min(max(seen - ago, taken), seen)
    return {
        "smtp": taken - began,
        "bridge": arrived - taken,
        "receiver": seen - arrived,
        "all": seen - began,
    }


def _send(settings: BridgeSettings, flight: Flight) -> float:
    """Send the letter by our own SMTP door; return when it was taken, by the monotonic clock."""
    keys = Keyring(settings).current()
    letter = EmailMessage(SMTP if flight.mailbox.isascii() else SMTPUTF8)
    letter["From"] = letter["To"] = flight.mailbox
    letter["Date"] = formatdate(flight.sent)
    letter["Subject"] = "canary"
    letter["Message-ID"] = f"<{flight.name}@canary.invalid>"
    letter[FIELD] = mark(keys, flight.mailbox, flight.name, int(flight.sent))
    letter.set_content("This letter only shows that the way is open.\n")
    with own_door.opened(settings, SMTP_SECONDS) as client:
        own_door.send(client, flight.recipient, letter.as_bytes())
    return time.monotonic()


async def _wait(
    client: ReceiverClient, flight: Flight, patience: float
) -> tuple[float, float] | str:
    """Return when it was seen, and how many seconds after it arrived; or why that is unknown."""
    deadline = time.monotonic() + patience
    why = "the receiver has not been asked"
    while time.monotonic() < deadline:
        attempt = await client.ask(PATH + flight.name)
        if attempt.outcome is Outcome.DONE and attempt.answer:
            seen = time.monotonic()
            if (ago := _ago(attempt.answer)) is not None:
                return seen, ago
        why = "python -m bridge spool list" if attempt.status == 404 else attempt.reason
        await asyncio.sleep(ASK_SECONDS)
    return why


def _ago(answer: bytes) -> float | None:
    """Return how many seconds ago it arrived; None if the answer does not say."""
    try:
        said = json.loads(answer)
        now, arrived = (datetime.fromisoformat(said[name]) for name in ("now", "arrived"))
        return (now - arrived).total_seconds()
    except (ValueError, TypeError, KeyError):
        return None


def _say(line: str, *, error: bool = False) -> None:
    print(line, file=sys.stderr if error else sys.stdout)
