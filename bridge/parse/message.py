"""Reading a letter: from any bytes to a ``ParsedLetter``."""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from typing import Any

from bridge.parse.body.body import read_body
from bridge.parse.body.coloured import answers_in_colour
from bridge.parse.body.ruled_off import writers_ruled_off
from bridge.parse.header.addresses import NOBODY
from bridge.parse.header.block import Block, header_start, read_block
from bridge.parse.header.fields import Header, read_header
from bridge.parse.header.subject_prefix import is_answer, is_forwarded
from bridge.parse.kind.bounce import bounce_of, reached, reported_id
from bridge.parse.kind.kind import kind_of
from bridge.parse.letter import ParsedLetter, Part
from bridge.parse.reply.new_words import new_words
from bridge.parse.reply.occasion import Occasion
from bridge.parse.structure.attachments import read_attachments
from bridge.parse.structure.mime import cut
from bridge.parse.structure.parts_digest import parts_digest
from bridge.parse.structure.raw_names import read_raw_names
from bridge.parse.text.line_ends import mended
from bridge.parse.text.storable import cut_text
from contract.bounds import MAX_DEFECTS, MAX_TEXT_BYTES
from contract.event import Address

SHORTEST_NAME = 3
_BLANK_LINES = re.compile(rb"(?:[ \t]*+\r?\n)++")
NO_HEADER, NO_BODY = "header not read", "body not read"
_ANSWERING = ("in-reply-to", "references")


def read_letter(raw: bytes) -> ParsedLetter:
    """Read a letter; raises only MemoryError. Unreadable things are named in ``defects``.

    If the body cannot be read, the header still is; if that fails, too, the sender is ``NOBODY``.
    The raw bytes keep everything in any case.
    """
    letter = _read(raw)
    return letter.model_copy(update={"parts_sha256": parts_digest(raw)})


def _read(raw: bytes) -> ParsedLetter:
    if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):  # a letter that an editor saved as a text
        raw = raw.decode("utf-16", "replace").encode()
    raw = raw.lstrip(b"\r\n")  # nobody means an empty header
    if raw[:1] in b" \t" and (blank := _BLANK_LINES.match(raw)):
        raw = raw[blank.end() :]
    raw, line_ends = mended(raw)
    try:
        raw = raw[header_start(raw) :]
        block = read_block(raw)
    except MemoryError:  # says nothing about the letter; another attempt may have room
        raise
    except Exception as error:
        return ParsedLetter(from_=NOBODY, defects=[f"{NO_HEADER}: {type(error).__name__}"])
    try:
        return _read_whole(raw, block, line_ends)
    except MemoryError:
        raise
    except Exception as error:
        return _read_header_only(block, f"{NO_BODY}: {type(error).__name__}")


def _read_whole(raw: bytes, block: Block, *line_ends: str) -> ParsedLetter:
    root, cut_defects = cut(raw, block)
    header = read_header(block, read_raw_names(root))
    body = read_body(root)
    parts, file_defects = read_attachments(body.files)
    text = cut_text(body.text, MAX_TEXT_BYTES)
    reply = new_words(text, _occasion(header, body.html, parts))
    kind = kind_of(root, header.headers, header.subject, text)
    bounce = bounce_of(root, header.headers, text) if kind == "bounce" else None
    answered = header.in_reply_to or header.references
    about = reported_id(root) if kind == "auto-reply" and not answered else None
    spoken_for = reached(root) if kind == "auto-reply" and not header.original_from else ""
    found = (*line_ends, *header.defects, *cut_defects, *body.defects, *file_defects)
    defects = tuple(filter(None, found))
    return _letter(
        header,
        defects,
        text=text,
        html=body.html,
        left_out=body.left_out,
        reply=reply,
        kind=kind,
        original_from=Address(address=spoken_for) if spoken_for else header.original_from,
        in_reply_to=[about] if about and about != header.message_id else header.in_reply_to,
        bounce=bounce,
        parts=parts,
        attachments=[part.attachment for part in parts],
    )


def _occasion(header: Header, page: str, parts: Sequence[Part]) -> Occasion:
    """Return what the header says of the letter's history; even an invalid id makes an answer."""
    values = [value for name, value in header.headers if name.lower() in _ANSWERING]
    answering = any(value.strip() for value in values)
    taking_part = (header.from_, *header.reply_to, *header.to, *header.cc)
    people = {one.casefold() for each in taking_part for one in (each.name, each.address)}
    answers = answering or is_answer(header.subject)
    return Occasion(
        answers=answers,
        forwarded=is_forwarded(header.subject),
        subject=header.subject,
        writer=f"{header.from_.name} {header.from_.address}",
        people=frozenset(one for one in people if len(one) >= SHORTEST_NAME),
        ruled_off=writers_ruled_off(page),
        in_colour=answers_in_colour(page) if answers else frozenset(),
        sends_files=not all(part.attachment.inline for part in parts),
        day=header.date.date() if header.date else None,
    )


def _read_header_only(block: Block, defect: str) -> ParsedLetter:
    try:
        header = read_header(block, "")
        return _letter(header, (*header.defects, defect))
    except Exception:
        return ParsedLetter(from_=NOBODY, defects=[defect, NO_HEADER])


def _letter(header: Header, defects: Sequence[str], **read: Any) -> ParsedLetter:
    of_all = list(dict.fromkeys(defects))[:MAX_DEFECTS]
    return ParsedLetter(**{**vars(header), **read, "defects": of_all})
