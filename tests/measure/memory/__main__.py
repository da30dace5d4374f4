"""``make memory``: ten letters of 40 MiB at once; exits 1 if bridge or receiver take too much.

The bridge is its main process and all it has started, the processes that parse. Its limit is for
all of them together, from the first byte until the last letter is in the database. The receiver's
is for what it has grown since before the first.
"""

import argparse
import base64
import secrets
import sys
import tempfile
import time
from pathlib import Path

from pymongo import MongoClient

from receiver.store.mongo import Document
from tests import servers
from tests.letters import letter
from tests.measure.memory.processes import MB, Peak
from tests.smtp_client import on_the_wire, send, send_at_once

BRIDGE_LIMIT = 400 * MB
RECEIVER_LIMIT = 16 * MB
MIB = 1024 * 1024
DATABASE = "memory"


def main() -> int:
    """Read the command line, measure, print, and compare with the limits."""
    parser = argparse.ArgumentParser(prog="make memory", description=__doc__)
    parser.add_argument("--letters", type=int, default=10)
    parser.add_argument("--mebibytes", type=int, default=40)
    arguments = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="memory-"))
    for name in ("receiver", "bridge"):
        (directory / name).mkdir()
    with servers.mongo(directory) as uri, MongoClient[Document](uri) as database:
        receiver = servers.receiver(directory / "receiver", uri, DATABASE)
        bridge = servers.bridge(
            directory / "bridge", receiver.env["RECEIVER_PORT"], PARSE_WORKERS="2"
        )
        with servers.running(receiver, bridge):
            return measure(bridge, receiver, database, arguments.letters, arguments.mebibytes)


def measure(
    bridge: servers.Service,
    receiver: servers.Service,
    database: MongoClient[Document],
    count: int,
    mebibytes: int,
) -> int:
    """Send the letters and watch both until all are stored."""
    port = bridge.env["SMTP_PORT"]
    dialogs = database[DATABASE].dialogs
    send(port, [letter(f"{each}@warm.example") for each in range(10)])
    servers.wait_until(lambda: dialogs.count_documents({}) == 10)
    large = [large_letter(number, mebibytes * MIB) for number in range(count)]
    print(f"{count} letters of {len(large[0]) / MIB:.1f} MiB at once")
    peaks = [Peak(service.process.pid) for service in (bridge, receiver) if service.process]
    began = time.monotonic()
    accepted = send_at_once(port, large, count)
    print(f"{accepted} answered 250 within {time.monotonic() - began:.1f} s")
    arrived = peaks[0].total
    servers.wait_until(lambda: dialogs.count_documents({}) == 10 + count, 600)
    print(f"all in the database after {time.monotonic() - began:.1f} s")
    for peak in peaks:
        peak.stop()
    of_bridge, of_receiver = peaks
    grown = of_receiver.main - of_receiver.start_bytes
    shown = ", ".join(f"{size / MB:.0f}" for size in of_bridge.workers)
    print(f"bridge: at most {of_bridge.total / MB:.0f} MB together, limit {BRIDGE_LIMIT / MB:.0f}")
    print(f"  while they arrived {arrived / MB:.0f}; main process {of_bridge.main / MB:.0f} MB,")
    print(f"  processes that parse {shown or 'none'} MB")
    print(f"receiver: {of_receiver.start_bytes / MB:.0f} MB before, grown by {grown / MB:.0f} MB,")
    print(f"  limit {RECEIVER_LIMIT / MB:.0f}")
    good = accepted == count and of_bridge.total < BRIDGE_LIMIT and grown < RECEIVER_LIMIT
    return 0 if good else 1


def large_letter(number: int, size: int) -> bytes:
    """Return a letter of about so many bytes, most of which are an attachment in base64."""
    text = letter(f"{number}@large.example", attachments={"большой.bin": b"mark"})
    lines = base64.encodebytes(secrets.token_bytes(size * 57 // 78)).replace(b"\n", b"\r\n")
    return on_the_wire(text.replace(base64.b64encode(b"mark") + b"\r\n", lines))


if __name__ == "__main__":
    sys.exit(main())
