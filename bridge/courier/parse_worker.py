"""The process that parses: reads requests on its input, answers on its output, obeys limits.

A request is one line of JSON: the letter's path, a directory for its parts, how much of it to
read, and what DNS said of its sender (``sender_dns.SenderFacts``). The answer is a line of
JSON that lists the blobs and the size of the event, then the event's bytes.
"""

import hashlib
import json
import logging
import os
import resource
import signal
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any, BinaryIO

from bridge.courier.event import email_received
from bridge.parse.header.addresses import MAX_ADDRESS
from bridge.parse.letter import ParsedLetter
from bridge.parse.message import read_letter
from bridge.parse.sender.authentication import verdicts
from bridge.parse.sender.dkim_check import judge
from bridge.parse.text.storable import clean_line
from bridge.spool.envelope import Delivery, read_trace
from bridge.spool.spool import HEAD_BYTES
from contract.event import Address, Blob, EmailReceived

HEADER_BYTES = 64 * 1024
EVENT_BYTES = 7 * 1024 * 1024  # less than the receiver's MAX_EVENT_BYTES


def read_how(raw: bytes, delivery: Delivery, how: str) -> ParsedLetter:
    """Read the whole letter, or, where that has failed too often, less and less of it."""
    if how == "whole":
        return read_letter(raw)
    if how == "headers":
        block = raw[:HEADER_BYTES].partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
        letter = read_letter(block + b"\r\n\r\n")
        defects = [*letter.defects, "the body could not be parsed"]
        return letter.model_copy(update={"defects": defects[-100:]})
    sender = clean_line(delivery.mail_from, MAX_ADDRESS) or "unknown@unknown.invalid"
    return ParsedLetter(from_=Address(address=sender), defects=["the letter could not be parsed"])


def judged(
    raw: bytes, letter: ParsedLetter, keys: dict[str, str | None], from_yandex: bool
) -> ParsedLetter:
    """Return the letter with what Yandex and we ourselves found about its sender."""
    known = {name: None if key is None else key.encode("latin-1") for name, key in keys.items()}
    sender = letter.from_.address
    theirs = verdicts(letter.headers, sender) if from_yandex else ()
    ours = judge(raw, sender, known)
    auth = [*theirs, ours] if ours.dkim != "none" else [*theirs]
    return letter.model_copy(update={"auth": auth})


def read(
    path: Path, parts: Path, how: str, keys: dict[str, str | None], from_yandex: bool
) -> tuple[EmailReceived, list[dict[str, object]]]:
    """Return the event for a spool file; its attachments are written to ``parts``."""
    with path.open("rb") as file:
        delivery, start = read_trace(file.read(HEAD_BYTES))
        file.seek(start)
        raw = file.read()
    digest = hashlib.sha256(raw).hexdigest()
    letter = read_how(raw, delivery, how)
    blobs: list[dict[str, object]] = [
        {"sha256": digest, "size": len(raw), "path": str(path), "start": start}
    ]
    written = {digest}
    for part in letter.parts:
        sha256 = part.attachment.sha256
        if sha256 not in written:
            parts.mkdir(parents=True, exist_ok=True)
            (parts / sha256).write_bytes(part.content)
            written.add(sha256)
            blob = {"sha256": sha256, "size": len(part.content), "start": 0}
            blobs.append(blob | {"path": str(parts / sha256)})
    # They are on the disk, and a large letter's signature takes memory, too.
    letter = letter.model_copy(update={"parts": ()})
    if how == "whole":
        letter = judged(raw, letter, keys, from_yandex)
    return email_received(delivery, letter, Blob(sha256=digest, size=len(raw))), blobs


def event_body(event: EmailReceived) -> bytes:
    """Return the event as JSON of at most EVENT_BYTES: control characters take six bytes each.

    What makes it larger is left out, the least important first; the raw letter has it all.
    """
    email = event.data
    body = _json(event)
    leave_out: tuple[dict[str, object], ...] = (
        {"html": ""},
        {"headers": []},
        {"reply": ""},
        {"text": email.text[:100_000]},
    )
    for fields in leave_out:
        if len(body) <= EVENT_BYTES:
            break
        left_out = f"{next(iter(fields))} was left out: the event was too large"
        defects = [*email.defects[:99], left_out]
        email = email.model_copy(update={**fields, "defects": defects})
        body = _json(event.model_copy(update={"data": email}))
    return body


def _json(event: EmailReceived) -> bytes:
    return event.model_dump_json(by_alias=True, exclude_none=True).encode()


def answer(request: dict[str, Any], output: BinaryIO) -> None:
    """Read one letter and write what came of it.

    An error of the disk is told, as it says nothing about the letter; any other is raised.
    """
    try:
        event, blobs = read(
            Path(request["letter"]),
            Path(request["parts"]),
            request["how"],
            request["dkim_keys"],
            request["from_yandex"],
        )
    except OSError as error:
        output.write(json.dumps({"trouble": type(error).__name__}).encode() + b"\n")
    else:
        body = event_body(event)
        head = json.dumps({"blobs": blobs, "event_bytes": len(body)}).encode()
        output.write(head + b"\n" + body)
    output.flush()


def where(error: BaseException) -> str:
    """Return an error's kind and place; its text could be a letter's and is left out."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = (f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    return f"{type(error).__name__} at {' < '.join(reversed(list(places)))}"


def main() -> None:
    """Serve requests until the input ends; a letter that raises ends this process."""
    memory = int(sys.argv[1]) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # A terminal sends Ctrl-C to the whole group; the parent ends us by closing our input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # Libraries log what they read.
    logging.disable()
    warnings.simplefilter("ignore")
    output = sys.stdout.buffer
    try:
        output.write(b"ready\n")
        output.flush()
    except BrokenPipeError:
        os._exit(0)  # the bridge was killed meanwhile; a tidy exit would try to write again
    for line in sys.stdin.buffer:
        try:
            answer(json.loads(line), output)
        except Exception as error:
            sys.exit(f"a parsing process ends: {where(error)}")


if __name__ == "__main__":
    main()
