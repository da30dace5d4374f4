"""The container's health check if all is well: ``ping`` with the standard library alone.

It says that all is well, or nothing. In any other case ``ping`` of the command line, which knows
every setting, looks again and reports in words, at many times the cost.
"""

import json
import socket
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bridge.ingress.imap.states import HEALTH, complaints
from bridge.reach import REACHED, complaint_in
from contract.health_check.plain_environment import called, plain, port_of

SECONDS = 5.0
DEFAULTS = {
    "WEBHOOK_URL": "",
    "DATA_DIR": "data",
    "SMTP_HOST": "127.0.0.1",
    "SMTP_PORT": "2525",
    "IMAP_POLL": "180",
}
OF_IMAP = ("IMAP_HOST", "IMAP_USER", "IMAP_ACCOUNTS")
LONGEST_POLL = 28 * 60


def all_is_well(words: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Tell whether the command line is a ``ping`` and all that it asks for is well."""
    if [*words] not in (["ping"], ["ping", "smtp"], ["ping", "imap"]):
        return False
    texts = plain(dict.fromkeys(OF_IMAP, "") | DEFAULTS, environ)
    if texts is None:
        return False
    by_smtp, by_imap = words[1:] != ["imap"], words[1:] != ["smtp"]
    has_mailbox = any(texts[name] for name in OF_IMAP)
    if not by_smtp and not has_mailbox:
        return False
    data = Path(texts["DATA_DIR"])
    try:
        return (
            not complaint_in(data / REACHED, texts["WEBHOOK_URL"])
            and not (by_imap and has_mailbox and not _is_read(data, texts))
            and not (by_smtp and not _takes_letters(texts["SMTP_HOST"], texts["SMTP_PORT"]))
        )
    except (
        OSError,
        ValueError,
        TypeError,
        AttributeError,
        KeyError,
    ):  # a file that is not in our format
        return False


def _is_read(data: Path, texts: Mapping[str, str]) -> bool:
    seconds = float(texts["IMAP_POLL"])
    if not 0 < seconds <= LONGEST_POLL:
        return False
    users = [texts["IMAP_USER"]] if texts["IMAP_USER"] else []
    users += [each["user"] for each in json.loads(texts["IMAP_ACCOUNTS"] or "[]")]
    return not any(complaints(data / HEALTH, seconds, time.time(), users))


def _takes_letters(host: str, port: str) -> bool:
    if (number := port_of(port)) is None:
        return False
    with (
        socket.create_connection((called(host), number), SECONDS) as connection,
        connection.makefile("rwb") as lines,
    ):
        greeting = lines.readline(1000)
        lines.write(b"HELO ping\r\nMAIL FROM:<>\r\nQUIT\r\n")  # this transaction is never finished
        lines.flush()
        answers = [lines.readline(1000) for _ in range(3)]
    good = [b"250 ", b"250 ", b"221 "]
    return greeting[:4] == b"220 " and [each[:4] for each in answers] == good
