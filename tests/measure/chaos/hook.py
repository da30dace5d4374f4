"""A hook's target that often refuses or hangs up, and must be told everything all the same."""

import json
import random
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pymongo.database import Database

from contract.signature import NotVerified, parse_keys, verify
from receiver.hooks.event import KINDS
from receiver.hooks.hook import new_hook

Document = dict[str, Any]
REFUSES, HANGS_UP = 0.1, 0.1  # how often, of all requests


class _Server(ThreadingHTTPServer):
    """A receiver that is killed breaks its connection to this: no fault, so nothing is printed."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print whatever is not a broken connection."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class HookTarget:
    """Records what it took; unless ``calm`` it refuses, or hangs up after taking."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._lock = threading.Lock()
        self._keys = parse_keys("whsec_" + "A" * 32)
        self._names: dict[bytes, str] = {}
        self._told: dict[str, set[tuple[str, str]]] = {}
        self.calm = False
        self.taken = self.again = 0
        self.flaws: list[str] = []
        target = self

        class Handler(BaseHTTPRequestHandler):
            """One request; an answer of 0 is none."""

            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = target.hear({k.lower(): v for k, v in self.headers.items()}, body)
                self.close_connection = not status
                if status:
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, format: str, *words: Any) -> None:
                """Say nothing."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def hook(self, database: Database[Document]) -> None:
        """Have the receivers tell this of every mailbox."""
        url = f"http://127.0.0.1:{self._server.server_port}/"
        now = datetime.now(UTC) - timedelta(minutes=1)
        made = new_hook(url, "chaos", ["*"], KINDS, full=False, who="chaos", now=now)
        self._keys = parse_keys(made["secret"])
        database.hooks.insert_one(made)

    def hear(self, headers: Mapping[str, str], body: bytes) -> int:
        """Return the answer to a request."""
        with self._lock:
            try:
                name = verify(self._keys, headers, body, time.time())
            except NotVerified as error:
                self.flaws.append(f"a hook is not verified: {error}")
                return 401
            chance = 1.0 if self.calm else self._rng.random()
            if chance < REFUSES:
                return 503
            self._note(name, body)
            return 0 if chance < REFUSES + HANGS_UP else 204

    def stop(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()

    def wrong(self, database: Database[Document]) -> list[str]:
        """Return what happened and was not told, and repeats under another name."""
        there = {each["_id"] for each in database.dialogs.find({}, {"_id": 1})}
        happened = {
            "letter.stored": {
                (each["mailbox"], each["key"])
                for each in database.letters.find({}, {"mailbox": 1, "key": 1})
            },
            "dialog.opened": {
                (each["mailbox"], str(each["_id"]))
                for each in database.dialogs.find({"opened": {"$exists": True}}, {"mailbox": 1})
            },
            "dialog.merged": {
                (each["mailbox"], str(each["_id"]))
                for each in database.gone.find({"into": {"$ne": None}})
                if each["_id"] not in there
            },
        }
        with self._lock:
            untold = [
                f"{kind} {one} was told by no hook"
                for kind, events in happened.items()
                for one in sorted(events - self._told.get(kind, set()))
            ]
            return untold + self.flaws

    def _note(self, name: str, body: bytes) -> None:
        said = json.loads(body)
        data = said["data"]
        of = {"letter.stored": "letter", "dialog.opened": "dialog", "dialog.merged": "gone"}
        if said["type"] in of:
            told = (data["mailbox"], data[of[said["type"]]])
            self._told.setdefault(said["type"], set()).add(told)
        self.again += body in self._names
        self.taken += 1
        if self._names.setdefault(body, name) != name:
            self.flaws.append(f"{said['type']} has two names, {self._names[body]} and {name}")
