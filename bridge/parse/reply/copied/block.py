"""The few header fields a client copies above the letter it answers (``От: … Тема: …``)."""

import re
from dataclasses import dataclass, field

from bridge.parse.reply.copied.field_names import field_of, fields_on_one_line
from bridge.parse.reply.lines import Lines
from bridge.parse.reply.markers import marker
from bridge.parse.reply.occasion import Occasion, first_words
from bridge.parse.reply.wording import tells_when

# A client copies none of these; a letter that shows them was pasted raw, by hand.
_RAW = ("x-", "mime-version", "content-", "received:", "return-path", "delivered-to", "list-")

# A client copies an address, or an hour or "sent" beside the subject; a form or a way-bill of the
# writer's own («От: Москва», «До: Казань») has none.
_TIMED = re.compile(
    r"(?<![\d.])\d{1,2}[:.]\d{2}(?!\d|\.\d)|^[*_]*(?:sent|отправлен|надіслано|відправлено|gesendet|"
    r"envoyé|enviad|inviat|verzonden|skickat|sendt|lähetetty|wysłan|odeslán|odoslan|poslan|küldve)",
    re.IGNORECASE,
)

# A day as programs write it, to the second and with its zone; no person does.
_BY_A_PROGRAM = re.compile(r"\d{1,2}:\d{2}:\d{2} (?:GMT|UTC)?[+-]\d{2}:?\d{2}(?!\d)")

# A line of the writer's own form, «Телефон: …», which no client copies.
_OWN_FIELD = re.compile(r"[*_]*[^\W\d_][\w /.№-]{1,30}[*_]*\s?[:：](?!//)(?:\s|$)")

_NOTHING_KNOWN = Occasion()
# Proton's name for the date, which raw headers use for the relays.
_BY_PROTON = re.compile(r"Received: (?!from|by|\()")

_ONCE = frozenset({"from", "date", "to", "subject"})
_MAX_BLOCK = 40
_MAX_FOLDED = 4


@dataclass(slots=True)
class CopiedHeader:
    """A block of copied fields: the line after it, and the values of ``from``, ``date`` …"""

    end: int
    values: dict[str, str] = field(default_factory=dict)

    def take(self, named: str, line: str) -> None:
        """Take in a field, and further fields on the same line."""
        self.values.setdefault(named, line.replace("：", ":").partition(":")[2].strip())
        for other in fields_on_one_line(line):
            self.values.setdefault(other, "")

    def is_known(self, occasion: Occasion) -> bool:
        """Whether it is from another participant and has the letter's own subject."""
        writer = self.values.get("from", "")
        if not occasion.has_subject(self.values.get("subject", "")) or "date" not in self.values:
            return False
        return occasion.names_person(writer) and not occasion.names_writer(writer)

    def is_of_a_day(self) -> bool:
        """Whether From holds a time and no name: «From: 20 May 2024 09:00», an appointment's."""
        return "date" not in self.values and names_day(self.values.get("from", ""))

    def is_pasted(self, occasion: Occasion, framed: bool) -> bool:
        """Whether it shows a letter of a non-participant about something else.

        Or a document of the sender's own: «От: …» himself, «Дата: …» without an hour.

        ``framed``: a client's rule or marker stands right above. In a letter by whose subject a
        client answered this is the client's doing, whoever is named: mailboxes have many names.
        """
        if occasion.replies and (framed or self._is_ruled_off(occasion)):
            return False
        if self._is_of_writer(occasion):
            return True
        if "subject" in self.values and occasion.is_of_subject(self.values["subject"]):
            return False
        return occasion.is_stranger(self.values.get("from", ""))

    def _is_of_writer(self, occasion: Occasion) -> bool:
        if "date" not in self.values or any(map(_TIMED.search, self.values.values())):
            return False
        return occasion.shows_address(self.values.get("from", ""))

    def _is_ruled_off(self, occasion: Occasion) -> bool:
        return bool(occasion.ruled_off) and first_words(self.values.get("from", "")) in (
            occasion.ruled_off
        )


def header_at(
    lines: Lines, start: int, announced: bool = False, occasion: Occasion = _NOTHING_KNOWN
) -> CopiedHeader | None:
    """The header block that begins at ``start``, or ``None`` if there is none.

    A block names three of writer, date, addressee and subject, and among them an address, an hour,
    or a participant with the letter's own subject. Two fields are enough if a marker has
    ``announced`` it or a program wrote the date; a block that begins with addressee or subject
    needs all four. A value may be folded over a few lines, and one blank line may stand between two
    fields (HTML paragraphs).
    """
    if start and not announced and not lines.blank(start - 1):
        above = lines.bare(start - 1)
        if _is_raw(above) or field_of(above):
            return None
    fewest = 2 if announced else 3
    if not announced and field_of(lines.bare(start)) in ("to", "subject"):
        fewest = 4
    block = _Block(lines, start, announced, fewest, CopiedHeader(start))
    if not block.read() or block.found.is_of_a_day():
        return None
    found, told = block.found, block.told()
    shown = block.addressed or (block.timed and "subject" in found.values)
    return found if told >= block.fewest and (shown or found.is_known(occasion)) else None


@dataclass(slots=True)
class _Block:
    """A block that is being read, with the proofs so far that it is a client's."""

    lines: Lines
    start: int
    announced: bool
    fewest: int
    found: CopiedHeader
    addressed: bool = False
    timed: bool = False
    folded: int = 0
    before_gap: int = 0

    def __post_init__(self) -> None:
        self.addressed = self.announced

    def read(self) -> bool:
        """Read to the block's last field; return False if it is no client's."""
        lines, i = self.lines, self.start
        limit = min(len(lines), self.start + _MAX_BLOCK)
        while (i := lines.following[min(i, limit)]) < limit:
            if lines.quoted[i] != lines.quoted[self.start]:
                break
            line = lines.bare(i)
            named = "date" if _BY_PROTON.match(line) else field_of(line)
            if named is None and _is_raw(line):
                return False
            if named is None and line[:1] in "-–—=" and marker(line):
                return self.told() >= self.fewest  # a client's own fields are below it
            if named is None and not self._goes_on(i, line):
                return not self._is_form(i, line)
            if named in _ONCE and named in self.found.values:
                told = self.before_gap or self.told()
                return told >= self.fewest  # if less, the first were the writer's own lines
            if named:
                self._take(named, line, i)
            i += 1
            if i < limit and lines.blank(i):
                self.before_gap = self.before_gap or self.told()
                if lines.following[i] - i > 2:
                    break
        return True

    def told(self) -> int:
        return len(self.found.values.keys() & _ONCE)

    def _take(self, named: str, line: str, i: int) -> None:
        self.found.take(named, line)
        self.found.end, self.folded = i + 1, 0
        self._look_at(line)
        if self.fewest == 3 and _BY_A_PROGRAM.search(line):
            self.fewest = 2

    def _look_at(self, line: str) -> None:
        self.addressed = self.addressed or "@" in line
        self.timed = self.timed or _TIMED.search(line) is not None

    def _goes_on(self, i: int, line: str) -> bool:
        """Whether a line without a known name continues the field above, or stands between two."""
        self.folded += 1
        if self._is_apart(i):
            return False
        if _is_between(self.lines, i, line):
            return True
        if _OWN_FIELD.match(line) and not self.announced:
            return False
        self._look_at(line)
        return True

    def _is_apart(self, i: int) -> bool:
        return self.folded > _MAX_FOLDED or (i > self.start and self.lines.blank(i - 1))

    def _is_form(self, i: int, line: str) -> bool:
        """Whether a line shows the block to be a form: «Дата: …», «Тема: …», «Сообщение: …»."""
        own = _OWN_FIELD.match(line) is not None and not self.announced
        return own and not self._is_apart(i) and not self.addressed


def _is_between(lines: Lines, i: int, line: str) -> bool:
    """Whether a field of unknown name, with an address, stands above a known one."""
    if "@" not in line or not _OWN_FIELD.match(line):
        return False
    below = lines.following[i + 1]
    return below < len(lines) and below - i <= 2 and field_of(lines.bare(below)) is not None


def names_day(writer: str) -> bool:
    """Whether a copied From holds a day or an hour and no address."""
    return "@" not in writer and tells_when(writer)


def _is_raw(line: str) -> bool:
    return line[:20].casefold().startswith(_RAW) and ":" in line[:40]
