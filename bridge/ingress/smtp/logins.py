"""Who may log in by SMTP, and how fast it may be guessed."""

import hmac
import logging
from collections.abc import Mapping
from enum import Enum

from pydantic import SecretStr

from bridge import metrics
from bridge.ingress.smtp.guesses import Guesses
from contract.door.peer import network
from contract.door.sparing_log import SparingLog

log = logging.getLogger(__name__)

# Who shares an address with a program that has a wrong password waits this long, and is in.
PATIENCE = 30.0
LONGEST_NAME = 200
MOST_KNOWN = 1000


class LoginOutcome(Enum):
    """What comes of a login."""

    RIGHT = "right"
    WRONG = "wrong"
    LATER = "later"


class Logins:
    """The users' passwords, and those who guess at them.

    After a few tries without success an address waits for its next one, and so do those for one
    name, from any address but such as have known its password before: nobody is locked out of
    where they usually are by others' guesses.
    """

    def __init__(self, users: Mapping[str, SecretStr]) -> None:
        self._users = users
        self._by_address = Guesses(free=3, first=1.0, longest=PATIENCE)
        self._by_name = Guesses(free=10, first=1.0, longest=PATIENCE)
        self._known: dict[tuple[str, str], None] = {}
        self._log = SparingLog(log, "logins were refused", lines=1)

    def turn(self, address: str, now: float) -> float | None:
        """Return the seconds that an address waits before its next try; None: come again later."""
        return self._by_address.turn(network(address), now, PATIENCE)

    def try_in(self, login: bytes, password: bytes, address: str, now: float) -> LoginOutcome:
        """Say what comes of a try whose turn it is."""
        name = login.decode("utf-8", "replace")[:LONGEST_NAME]
        peer = network(address)
        is_known = (peer, name) in self._known
        if not is_known and self._by_name.turn(name, now, patience=0.0) is None:
            return LoginOutcome.LATER
        if self._is_right(name, password):
            self._by_address.right(peer)
            if not is_known:
                self._by_name.no_guess(name)
            self._known[peer, name] = None
            if len(self._known) > MOST_KNOWN:
                del self._known[next(iter(self._known))]
            return LoginOutcome.RIGHT
        metrics.LOGINS_REFUSED.inc()
        self._log.warning("a login was refused, from %s", address)
        return LoginOutcome.WRONG

    def _is_right(self, name: str, password: bytes) -> bool:
        """Tell whether this is a user's password, in a time that tells nothing."""
        secret = self._users.get(name)
        expected = secret.get_secret_value().encode() if secret else b""
        return hmac.compare_digest(expected, password) and secret is not None
