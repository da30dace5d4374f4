"""The faults: each a line of the table below, drawn by the seed."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from tests.measure.chaos.points import BRIDGE_POINTS, DISK_STEPS, RECEIVER_POINTS, WRITING_POINTS
from tests.measure.chaos.processes import Process, Stack
from tests.measure.chaos.proxy import Proxies, Proxy

# NotWritablePrimary, PrimarySteppedDown, ShutdownInProgress, InterruptedAtShutdown, OutOfDiskSpace.
REFUSALS = (10107, 189, 91, 11600, 14031)
STOPPED_SECONDS = 5.0, 90.0
COMMANDS = ["insert", "update", "find", "delete"]


class Monkey:
    """Does one fault after the other and counts them by kind."""

    def __init__(self, stack: Stack, proxies: Proxies, doors: dict[str, Proxy], seed: int) -> None:
        self.faults: Counter[str] = Counter()
        self.points: Counter[str] = Counter()
        self._planned: dict[str, str] = {}
        self._stack = stack
        self._proxies = proxies
        self._doors = doors
        self._rng = random.Random(seed)
        self._stopped = False
        self._later: list[tuple[float, Callable[[], None]]] = []
        self._client: MongoClient[dict[str, object]] = MongoClient(
            "127.0.0.1", stack.ports["mongo"], serverSelectionTimeoutMS=1000, timeoutMS=2000
        )
        self._kinds: list[tuple[int, Callable[[], str]]] = [
            (3, self._kill_bridge),
            (3, self._kill_receiver),
            (2, self._kill_parser),
            (1, self._stop_in_order),
            (8, self._crash_bridge_at_a_point),
            (6, self._crash_receiver_at_a_point),
            (5, self._pause_receiver_at_a_point),
            (2, self._stop_receiver_for_long),
            (8, self._disk_error),
            (3, self._short_write),
            (8, self._cut),
            (2, self._refuse),
            (2, self._stall),
            (3, self._database_refuses),
            (3, self._database_hangs_up),
            (2, self._database_blocks),
            (3, self._database_doubts),
            (1, self._database_killed),
            (1, self._database_stopped),
            (1, self._database_frozen),
        ]

    def run(self, seconds: float) -> None:
        """Do faults for so long, then put everything right."""
        weights = [weight for weight, _ in self._kinds]
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            [(_, act)] = self._rng.choices(self._kinds, weights)
            with suppress(PyMongoError):
                if kind := act():
                    self.faults[kind] += 1
            time.sleep(self._rng.uniform(0.1, 0.9))
            self._do_what_is_due()
            self._count_what_was_taken()
        self._calm()

    def _do_what_is_due(self, all_of_it: bool = False) -> None:
        now = time.monotonic()
        due = [act for when, act in self._later if all_of_it or when <= now]
        self._later = [(when, act) for when, act in self._later if act not in due]
        for act in due:
            act()

    def _calm(self) -> None:
        self._do_what_is_due(all_of_it=True)
        for path in self._stack.faults.iterdir():
            path.unlink(missing_ok=True)
        for proxy in self._doors.values():
            self._proxies.tell(proxy.calm)
        while True:
            try:
                self._failpoint("off", {})
                break
            except PyMongoError:
                time.sleep(0.2)
        self._client.close()

    def _kill_bridge(self) -> str:
        self._stack.bridge.send(signal.SIGKILL)
        return "bridge killed"

    def _kill_receiver(self) -> str:
        self._rng.choice(self._stack.receivers).send(signal.SIGKILL)
        return "receiver killed"

    def _kill_parser(self) -> str:
        for child in self._stack.bridge.children()[:1]:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        return "parsing process killed"

    def _stop_in_order(self) -> str:
        process: Process = self._rng.choice([self._stack.bridge, *self._stack.receivers])
        process.send(signal.SIGTERM)
        return f"{process.name} stopped in order"

    def _plan(self, point: str, action: str, kind: str) -> str:
        """Leave an order at a point; it is counted once a process has taken it."""
        draft = self._stack.faults / f".{point}"
        draft.write_text(action)
        draft.rename(self._stack.faults / point)
        self._planned[point] = kind
        return ""

    def _count_what_was_taken(self) -> None:
        for point, kind in list(self._planned.items()):
            if not (self._stack.faults / point).exists():
                self.faults[kind] += 1
                self.points[point] += 1
                del self._planned[point]

    def _crash_bridge_at_a_point(self) -> str:
        point = self._rng.choice(BRIDGE_POINTS)
        return self._plan(point, "kill", "bridge killed at a named point")

    def _crash_receiver_at_a_point(self) -> str:
        point = self._rng.choice(RECEIVER_POINTS)
        return self._plan(point, "kill", "receiver killed at a named point")

    def _pause_receiver_at_a_point(self) -> str:
        """Have one receiver stand still between two commands while the other goes on."""
        seconds = self._rng.choice([0.2, 1.0, 3.0])
        return self._plan(
            self._rng.choice(WRITING_POINTS), f"sleep {seconds}", "receiver paused at a named point"
        )

    def _stop_receiver_for_long(self) -> str:
        """Stop one receiver wherever it is, far longer than a request takes; the other goes on."""
        if self._stopped:
            return ""
        process = self._rng.choice(self._stack.receivers)
        process.send(signal.SIGSTOP)
        self._stopped = True

        def go_on() -> None:
            process.send(signal.SIGCONT)
            self._stopped = False

        self._later.append((time.monotonic() + self._rng.uniform(*STOPPED_SECONDS), go_on))
        return "receiver stopped for 5 to 90 s"

    def _disk_error(self) -> str:
        action = self._rng.choice(["ENOSPC", "EIO"])
        return self._plan(self._rng.choice(DISK_STEPS), action, f"disk: {action}")

    def _short_write(self) -> str:
        return self._plan("disk.write", "short", "disk: short write")

    def _cut(self) -> str:
        name = self._rng.choice(list(self._doors))
        proxy = self._doors[name]
        how = self._rng.choice(["all", "request", "answer"])
        if how == "all":
            self._proxies.tell(proxy.cut_all)
        else:
            self._proxies.tell(proxy.cut_next, how)
        return f"{name}: {how} cut"

    def _refuse(self) -> str:
        name = self._rng.choice(list(self._doors))
        self._proxies.tell(self._doors[name].refuse, self._rng.uniform(0.2, 2.0))
        return f"{name}: connections refused"

    def _stall(self) -> str:
        name = self._rng.choice(list(self._doors))
        self._proxies.tell(self._doors[name].stall, self._rng.uniform(0.5, 6.0))
        return f"{name}: stalled"

    def _failpoint(self, mode: object, data: dict[str, object]) -> None:
        self._client.admin.command("configureFailPoint", "failCommand", mode=mode, data=data)

    def _fail(self, data: dict[str, object]) -> None:
        some = {"times": self._rng.randrange(1, 6)}
        self._failpoint(some, {"failCommands": COMMANDS, "appName": "email-listener", **data})

    def _database_refuses(self) -> str:
        code = self._rng.choice(REFUSALS)
        self._fail({"errorCode": code})
        return f"database: error {code}"

    def _database_hangs_up(self) -> str:
        self._fail({"closeConnection": True})
        return "database: connection closed"

    def _database_blocks(self) -> str:
        self._fail({"blockConnection": True, "blockTimeMS": self._rng.choice([500, 2000, 4000])})
        return "database: slow"

    def _database_doubts(self) -> str:
        self._fail({"writeConcernError": {"code": 64, "errmsg": "waiting timed out"}})
        return "database: write concern error"

    def _database_killed(self) -> str:
        self._stack.mongo.send(signal.SIGKILL)
        return "database killed"

    def _database_stopped(self) -> str:
        self._stack.mongo.send(signal.SIGTERM)
        return "database stopped in order"

    def _database_frozen(self) -> str:
        self._stack.mongo.send(signal.SIGSTOP)
        thaw = time.monotonic() + self._rng.uniform(0.5, 4.0)
        self._later.append((thaw, lambda: self._stack.mongo.send(signal.SIGCONT)))
        return "database frozen"
