"""A client's line that lost the line end above it: ``Yes, thanks! On Mon, 15 Sep … wrote:``.

Pages turned into text by gateways and phones come so. As one line the words would be taken for a
part of it and go with it, so the line is parted where a sentence ends and what follows is, by
itself, a line that says who wrote and when.
"""

import re

from bridge.parse.reply.copied_headers import field_of, fields_on_one_line
from bridge.parse.reply.lines import MAX_LINE, plain
from bridge.parse.reply.markers import marker
from bridge.parse.reply.wording import strength

# Without a sentence's end the wording must be a program's own, and a quotation, marked, below.
_WORDED = re.compile(
    r"(?P<words>[^>]{0,2000}[^\s>:,(\[\"«-])[ \t]*(?:-{2,3} )?"
    r"(?=[^\n]*(?:\d{1,2}[:.h]\d{2}|(?:19|20)\d\d))"
    r"(?P<line>(?:On (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}, .{8,200} wrote:|"
    r"Am (?:Mo|Di|Mi|Do|Fr|Sa|So)[a-z]{0,8}\.?, .{8,200} schrieb .{3,100}:|"
    r"Le (?:lun|mar|mer|jeu|ven|sam|dim)[a-z]{0,5}\.? \d.{8,200} a écrit ?:|"
    r"El (?:lun|mar|mié|jue|vie|sáb|dom), \d.{8,200} escribió:|"
    r"(?:пн|вт|ср|чт|пт|сб|вс), \d{1,2} [а-я]{3,4}\.? \d{4} г\. в \d{1,2}:\d{2}, .{3,200}>:))"
)
_MARKED = re.compile(
    r"(?P<words>.{1,2000}?\S)[ \t]+(?P<line>(?P<marker>-{4,} ?[^-]{3,40}? ?-{4,}).*)"
)
_SENTENCE_END = re.compile(r"[!?…]+[)\"»]?(?=\s|\d|[^\W\d_a-zа-я])\s*|\.(?=\s)\s*")
_WORDS_AND_DOT = re.compile(r"(?:.*\s)?\S+\s+[a-zа-яё]{4,}\.\s*$", re.DOTALL)
_DIGIT = re.compile(r"\d")
# An address, or a sign that a time or a verb stands right before the end.
_TELLS_WHO = re.compile(r"@|[\w)/] ?[:：]\s*$")
_MOST_SPOTS = 8
# «On 15 Sep, Dr. …»: what a client's own line begins with.
_BEGINS_ONE = re.compile(r"(?:On|Am|Le|El|Il|Em|Op|Den) \S*\d")
_MOST_LINES = 1_000


def parted(body: str) -> tuple[str, list[str]]:
    """Return the body with such lines on lines of their own, and these lines; linear in time."""
    text = body.split("\n")
    apart: dict[int, tuple[str, str]] = {}
    for i, line in enumerate(text):
        if not line or len(line) > 2_000 or line[0] == ">" or len(apart) >= _MOST_LINES:
            continue
        found = None
        if line.rstrip().endswith((":", "：")):
            below = next((each for each in text[i + 1 : i + 3] if each.strip()), "")
            at, found = i, _parted(line, "", below)
            above = text[i - 1] if i and len(line) <= MAX_LINE and "@" in line else ""
            if found is None and above.strip() and above[:1] != ">" and len(above) <= 2_000:
                at, found = i - 1, _parted(above, line, below)
        elif "----" in line:
            at, found = i, _at_marker(line)
        if found:
            apart[at] = found
    for i, (words, client) in apart.items():
        text[i] = f"{words}\n\n{client}"
    return "\n".join(text) if apart else body, [line.strip() for _, line in apart.values()]


def _parted(line: str, rest: str, below: str) -> tuple[str, str] | None:
    """The words and the client's line, which ``rest`` ends; None if it is none."""
    marked = below.lstrip()[:1] == ">"
    if _DIGIT.search(line[-MAX_LINE:]) is None or not (rest or _TELLS_WHO.search(line[-MAX_LINE:])):
        return None
    worded = _WORDED.fullmatch(line.rstrip()) if marked and not rest else None
    if worded:
        return worded["words"], worded["line"]
    spots = [end.end() for end in _SENTENCE_END.finditer(line)][-_MOST_SPOTS:]
    for spot in reversed(spots):
        words, client = line[:spot].rstrip(), line[spot:]
        whole = plain(f"{client} {rest}")
        dated = client.strip() and len(whole) <= MAX_LINE and strength(whole, marked) == "dated"
        if dated and _says_something(words):
            return words, client
    return None


def _says_something(words: str) -> bool:
    """Whether what stands before is a sentence, and no abbreviation in the client's line."""
    if not words.endswith("."):
        return _BEGINS_ONE.match(words) is None
    return _WORDS_AND_DOT.match(words) is not None and not any(map(str.isdigit, words))


def _at_marker(line: str) -> tuple[str, str] | None:
    """The words and the marker behind them, with the copied fields on the same line."""
    found = _MARKED.fullmatch(line)
    if found is None or marker(found["marker"]) is None:
        return None
    fields = found["line"][len(found["marker"]) :].strip()
    told = field_of(fields) is not None and len(fields_on_one_line(fields)) >= 2
    return (found["words"], found["line"]) if told else None
