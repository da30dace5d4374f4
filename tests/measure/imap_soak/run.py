"""One soak: letters keep coming, the bridge is killed again and again, the folder is renumbered."""

import random
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from tests import servers
from tests.imap import dovecot
from tests.imap.mailbox import Mailbox, bridge, is_watching
from tests.letters import letter
from tests.measure.imap_soak.letters import Planned, planned
from tests.measure.imap_soak.verdict import SoakVerdict, reach_verdict
from tests.stored import whole_dialogs

SECONDS_PER_LIFE = 4.0
DRAIN_SECONDS = 300.0
LOOK_SECONDS = 0.005
LATEST_SECONDS = 30.0
MESSAGE_ID = "messages.message_id"
DATABASE = "soak"


@dataclass
class SoakReport:
    """What a soak came to; times in seconds."""

    letters: int
    copies: int
    kills: Sequence["Kill"]
    verdict: SoakVerdict
    dialogs: int
    refetched: int
    faults: list[str]
    seconds: float
    waits: list[float] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether every letter is where it belongs and nothing broke."""
        return self.verdict.good and not self.faults

    def lines(self) -> list[str]:
        """Return the report for a person."""
        busy = sum(kill.spooled > 0 for kill in self.kills)
        early = sum(not kill.watching for kill in self.kills)
        lines = [
            f"{self.letters} letters and {self.copies} second copies in Sent, {self.seconds:.0f} s,"
            f" {self.dialogs} dialogs",
            f"{len(self.kills)} kills: {busy} with letters in the spool, {early} while starting;"
            f" 1 renumbering, {self.refetched} letters fetched more than once",
            *self.verdict.lines(),
            *self.faults,
        ]
        if self.waits:
            median, most = statistics.median(self.waits), max(self.waits)
            lines.append(
                f"from the mailbox to MongoDB with IDLE, {len(self.waits)} letters:"
                f" median {median:.3f} s, maximum {most:.3f} s"
            )
        return lines


@dataclass(frozen=True, slots=True)
class Kill:
    """The state of the bridge when it was killed."""

    spooled: int
    watching: bool


class Soak:
    """Dovecot, the bridge, the receiver and a database, and letters put into the mailbox."""

    def __init__(
        self, directory: Path, mongo_uri: str, database: str, server: dovecot.Dovecot, seed: int
    ) -> None:
        for name in ("receiver", "bridge"):
            (directory / name).mkdir()
        self._luck = random.Random(seed)
        self._directory = directory / "bridge"
        self._server = server
        self._receiver = servers.receiver(directory / "receiver", mongo_uri, database)
        self._bridge = bridge(self._directory, server.port, self._receiver.env["RECEIVER_PORT"])
        self._client = MongoClient[dict[str, Any]](mongo_uri)
        self._dialogs = self._client[database].dialogs
        self._put = 0
        self._mailbox = Mailbox(server.port, dovecot.SENT)

    def run(self, count: int, kills: int, arrivals: int) -> SoakReport:
        """Put ``count`` letters in, with so many kills; then measure ``arrivals`` in peace."""
        letters = planned(count, self._luck)
        try:
            with servers.running(self._receiver):
                began = time.monotonic()
                killed = self._through_kills(letters, kills)
                self._drain(letters)
                seconds = time.monotonic() - began
                dialogs = whole_dialogs(self._dialogs.find())
                waits = self._arrivals(arrivals)
        finally:
            self._bridge.kill()
            self._mailbox.close()
            self._client.close()
        log = self._bridge.log.read_text()
        return SoakReport(
            letters=count,
            copies=sum(each.twice for each in letters),
            kills=killed,
            verdict=reach_verdict(letters, dialogs),
            dialogs=len(dialogs),
            refetched=log.count("is in the spool, by imap") - self._put - len(waits),
            faults=[line for line in log.splitlines() if "Traceback" in line or "fault of" in line],
            seconds=seconds,
            waits=waits,
        )

    def _through_kills(self, letters: Sequence[Planned], kills: int) -> list[Kill]:
        """Kill the bridge after letters that chance chooses, and renumber after another one."""
        after = sorted(self._luck.sample(range(len(letters)), kills))
        renumbered_after = self._luck.randrange(len(letters) // 3, 2 * len(letters) // 3)
        pace = kills * SECONDS_PER_LIFE / len(letters)
        self._bridge.ready = lambda: True
        self._bridge.start()
        with ThreadPoolExecutor(1) as pool:
            feeder = pool.submit(self._feed, letters, pace, renumbered_after)
            killed = [self._kill_after(number, pace, feeder) for number in after]
            feeder.result()
        return killed

    def _kill_after(self, number: int, pace: float, feeder: Future[None]) -> Kill:
        servers.wait_until(lambda: self._put > number or feeder.done(), 600)
        time.sleep(self._luck.random() * pace)
        found = Kill(self._spooled(), is_watching(self._directory))
        self._bridge.kill()
        (self._directory / "imap" / "health.json").unlink(missing_ok=True)
        self._bridge.start()
        return found

    def _feed(self, letters: Sequence[Planned], pace: float, renumbered_after: int) -> None:
        for number, each in enumerate(letters):
            folder = self._mailbox.sent if each.out else "INBOX"
            for _ in range(2 if each.twice else 1):
                self._mailbox.put(each.content, folder)
            self._put = number + 1
            if number == renumbered_after:
                self._server.renumber("INBOX", 4711)
            time.sleep(pace)

    def _spooled(self) -> int:
        spool = self._directory / "spool"
        return sum(1 for name in ("new", "cur") for _ in (spool / name).glob("*.eml"))

    def _drain(self, letters: Sequence[Planned]) -> None:
        """Wait until all is there that will be; the verdict says what is missing."""
        wanted = len(letters)
        for_all = time.monotonic() + DRAIN_SECONDS
        servers.wait_until(
            lambda: self._stored() >= wanted or time.monotonic() > for_all, DRAIN_SECONDS + 10
        )
        self._put += sum(each.twice for each in letters)
        servers.wait_until(lambda: not self._spooled(), DRAIN_SECONDS)
        time.sleep(1.0)  # a second copy may still be on its way

    def _stored(self) -> int:
        count = {"$group": {"_id": None, "n": {"$sum": {"$size": "$messages"}}}}
        return sum(each["n"] for each in self._dialogs.aggregate([count]))

    def _arrivals(self, count: int) -> list[float]:
        servers.wait_until(lambda: is_watching(self._directory))
        self._dialogs.create_index(MESSAGE_ID)  # so that looking costs next to nothing
        return [self._arrival(number) for number in range(count)]

    def _arrival(self, number: int) -> float:
        time.sleep(self._luck.random() * 0.4)
        message_id = f"arrival{number}@example.ru"
        folder = self._mailbox.sent if number % 2 else "INBOX"
        self._mailbox.put(letter(message_id, subject=f"Срочно {number}"), folder)
        began = time.monotonic()
        while self._dialogs.find_one({MESSAGE_ID: message_id}, {"_id": 1}) is None:
            if (waited := time.monotonic() - began) > LATEST_SECONDS:
                return waited
            time.sleep(LOOK_SECONDS)
        return time.monotonic() - began
