"""Who may log in by SMTP, and how fast passwords may be guessed."""

import hmac
import logging
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import blake2b
from secrets import token_bytes
from typing import TypeVar

from pydantic import SecretStr

from bridge import metrics
from bridge.ingress.smtp.password_guesses import FORGOTTEN_AFTER, Guesses
from contract.door.peer import network
from contract.door.sparing_log import SparingLog

log = logging.getLogger(__name__)

PATIENCE = 30.0
REPEAT_SECONDS = 1.0
FREE = 3
LONGEST_NAME = 200
MOST_KNOWN = 1000
MOST_WRONG = 10_000
T = TypeVar("T")


class Logins:
    """The users' passwords, and the clients that guess them.

    After FREE failures an address must wait before each try. After its first tries at a name it
    shares one queue with all others that have used up theirs, so that a thousand addresses guess
    hardly faster than one. Nobody is locked out by others: an address that is new to a name has its
    first tries; one that has known the password waits only for its own mistakes; and repeating the
    same wrong password, as a program does all day, uses nobody's turn.
    """

    def __init__(self, users: Mapping[str, SecretStr]) -> None:
        self._users = users
        self._by_address = Guesses(free=FREE, first=1.0, longest=PATIENCE)
        self._by_name = Guesses(free=10, first=1.0, longest=PATIENCE)
        self._where_known = Guesses(free=FREE, first=1.0, longest=PATIENCE)
        self._first_tries = Guesses(free=FREE, first=FORGOTTEN_AFTER, longest=FORGOTTEN_AFTER)
        self._known: OrderedDict[str, None] = OrderedDict()
        self._key = token_bytes()
        self._last_wrong: OrderedDict[str, bytes] = OrderedDict()
        self._log = SparingLog(log, "logins were refused", lines=1)

    def turn(self, login: bytes, password: bytes, address: str, now: float) -> float | None:
        """Return the seconds that a try must wait; None: come again later."""
        name, peer, place = _who(login, address)
        if self._last_wrong.get(place) == self._digest(password):
            return REPEAT_SECONDS
        if place in self._known:
            return self._where_known.turn(place, now, PATIENCE)
        pause = self._by_address.turn(peer, now, PATIENCE)
        if pause is None or self._first_tries.turn(place, now, patience=0.0) is not None:
            return pause
        return None if self._by_name.turn(name, now, patience=0.0) is None else pause

    def is_right(self, login: bytes, password: bytes, address: str) -> bool:
        """Check a password whose turn it is, and record the result."""
        name, peer, place = _who(login, address)
        if not self._is_password(name, password):
            _remember(self._last_wrong, place, self._digest(password), MOST_WRONG)
            metrics.LOGINS_REFUSED.inc()
            self._log.warning("a login was refused, from %s", address)
            return False
        self._by_address.right(peer)
        for guesses in (self._where_known, self._first_tries):
            guesses.right(place)
        _remember(self._known, place, None, MOST_KNOWN)
        return True

    def _digest(self, password: bytes) -> bytes:
        return blake2b(password, key=self._key, digest_size=16).digest()

    def _is_password(self, name: str, password: bytes) -> bool:
        """Tell whether this is the user's password, in constant time."""
        secret = self._users.get(name)
        expected = secret.get_secret_value().encode() if secret else b""
        return hmac.compare_digest(expected, password) and secret is not None


def _who(login: bytes, address: str) -> tuple[str, str, str]:
    """Return the name that is tried, the address's network, and both joined."""
    name, peer = login.decode("utf-8", "replace")[:LONGEST_NAME], network(address)
    return name, peer, f"{peer} {name}"


def _remember(known: OrderedDict[str, T], who: str, what: T, most: int) -> None:
    known[who] = what
    known.move_to_end(who)
    if len(known) > most:
        known.popitem(last=False)
