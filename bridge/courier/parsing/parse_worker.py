"""The process that parses: reads requests on its input, answers on its output, obeys limits.

A request is one line of JSON: the letter's path, a directory for its parts, how much of it to
read, and what DNS said of its sender (``sender_dns.SenderFacts``). The answer is a line of
JSON that lists the blobs, whose letter it is and the size of the event, then the event's bytes, and
those of each blob that has no path.
"""

from contract import interrupts

if __name__ == "__main__":
    interrupts.end_silently()  # Ctrl-C reaches every process of a terminal, even one still loading

import json
import logging
import os
import resource
import signal
import sys
import warnings
from pathlib import Path
from typing import Any, BinaryIO

from bridge.courier.parsing.reading import read
from bridge.spool.envelope import NotATrace
from contract.process import where


def answer(request: dict[str, Any], output: BinaryIO) -> None:
    """Read one letter and write the result.

    Two errors are written as answers: a fault of the disk, which says nothing about the letter, and
    a letter whose mailbox nobody knows. All others are raised.
    """
    try:
        found = read(
            Path(request["letter"]),
            Path(request["parts"]),
            request["how"],
            request["dkim_keys"],
            request["from_yandex"],
            request["unwritten"],
        )
    except OSError as error:
        output.write(json.dumps({"trouble": type(error).__name__}).encode() + b"\n")
    except NotATrace as error:
        output.write(json.dumps({"nobodys": str(error)}).encode() + b"\n")
    else:
        head = {"event_bytes": len(found.event), "blobs": found.blobs}
        head |= {"mailbox": found.mailbox, "message_id": found.message_id}
        head["conversation"] = found.conversation
        output.write(b"".join((json.dumps(head).encode(), b"\n", found.event, *found.contents)))
    output.flush()


def main() -> None:
    """Serve requests until the input ends; a letter that raises ends this process."""
    memory = int(sys.argv[1]) * 1024 * 1024
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most != resource.RLIM_INFINITY:  # like `ulimit -v`; it cannot be raised again
        memory = min(memory, most)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Ctrl-C and the end of a terminal reach its whole process group, a stop by systemd every
    # process. The parent ends us by closing our input: no letter is to blame for a stop.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # Libraries log what they read.
    logging.disable()
    warnings.simplefilter("ignore")
    output = sys.stdout.buffer
    try:
        output.write(b"ready\n")
        output.flush()
    except BrokenPipeError:
        os._exit(0)  # the bridge was killed; a tidy exit would try to write again
    for line in sys.stdin.buffer:
        try:
            answer(json.loads(line), output)
        except Exception as error:
            sys.exit(f"a parsing process ends: {where(error)}")


if __name__ == "__main__":
    main()
