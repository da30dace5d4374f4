"""The door's answers when it takes no letter.

451 4.3.0 is a fault of ours, to be tried again; 452 no room just now, or too many recipients; 501
an address that is too long; 552 too big for us; 550 5.1.1 not our recipient; 421 too many
connections, commands or unknown recipients, or going down; 454 4.7.0 too many failed logins.
Content is never a reason for 5xx.
"""

import re

from contract.bounds import MAX_PATH_BYTES

CROWDED = "421 4.3.2 Too many connections, please try again later"
STRANGER = "421 4.7.0 Too many unknown recipients, please come again later"
NOT_OURS = "550 5.1.1 No such recipient here"
TOO_MANY = "452 4.5.3 Too many recipients"
FAULT = "451 4.3.0 Local error, please try again later"
LOGGED_IN = "235 2.7.0 Authentication successful"
WRONG = "535 5.7.8 Authentication credentials invalid"
LATER = "454 4.7.0 Too many failed logins, please try again later"
TLS_IS_ON = "503 5.5.1 TLS is on already"
TOO_BIG = "552 5.3.4 Message is larger than we take"
TOO_LONG = f"501 5.5.4 The address is longer than {MAX_PATH_BYTES} octets"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def in_one_line(reply: str | bytes) -> bytes:
    """Return a reply's bytes without line ends, as aiosmtpd repeats the client's bytes."""
    text = reply if isinstance(reply, str) else reply.decode("utf-8", "replace")
    return _CONTROLS.sub("?", text).encode("utf-8", "replace")
