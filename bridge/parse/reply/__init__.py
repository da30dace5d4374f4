"""A letter's new words: its text without quoted history and signature."""

from bridge.parse.reply.armour import without_armour
from bridge.parse.reply.history import Stretch, answered_inside, stretches
from bridge.parse.reply.lines import Lines, split
from bridge.parse.reply.signature import without_signature

__all__ = ["new_words"]


def new_words(body: str, *, forwarded: bool = False) -> str:
    """Return what the writer of a letter wrote anew; ``body`` is text with ``>`` before quotes.

    Words above and below the history are kept; a letter answered between the quoted lines, or
    forwarded by hand, is kept whole. ``forwarded`` says that the subject tells so (``FW:``), for
    Outlook copies a forwarded letter just as it does an answered one. If in doubt nothing is cut,
    and where nothing new would be left (only a quotation, only a signature) the body is returned.
    Never raises, linear in time; line ends become LF and blank lines around the result go.
    """
    lines = split(without_armour(body))
    words = lines.text if forwarded else _new_lines(lines)
    if not any(line.strip() for line in words):
        words = lines.text
    return _trimmed(words)


def _new_lines(lines: Lines) -> list[str]:
    parts = stretches(lines)
    if any(part.kind == "forward" for part in parts):
        return lines.text
    end = len(lines)
    if parts and parts[-1].kind == "history":
        history = parts.pop()
        above = lines.text[: history.start]
        if answered_inside("\n".join(above)):
            return lines.text
        if history.attributed and not any(line.strip() for line in above):
            return _under_an_attribution(lines, history)
        end = history.start
    if not any(part.kind == "quote" for part in parts):
        return without_signature(lines.text[:end])
    return _around_quotes(lines, parts)


def _under_an_attribution(lines: Lines, history: Stretch) -> list[str]:
    """A letter that begins with an attribution and has no quote marks: all but that line."""
    return without_signature(lines.text[history.contents :])


def _around_quotes(lines: Lines, parts: list[Stretch]) -> list[str]:
    """The words above and below the quotes, or everything where words stand between them."""
    parts = _without_excerpts(lines, parts)
    words = {
        part: without_signature(lines.text[part.start : part.end])
        for part in parts
        if part.kind == "words"
    }
    said = [i for i, part in enumerate(parts) if words.get(part)]
    quotes = [i for i, part in enumerate(parts) if part.kind == "quote"]
    if not quotes:
        return _joined(list(words.values()))
    between = any(quotes[0] < i < quotes[-1] for i in said)
    excerpt = (
        said and said[0] < quotes[0] and quotes[-1] < said[-1] and not parts[quotes[0]].attributed
    )
    if not between and not excerpt:
        return _joined([words[parts[i]] for i in said])
    last = parts[quotes[-1]]
    only_excerpts = not any(parts[i].attributed for i in quotes[:-1])
    if last.attributed and len(quotes) > 1 and only_excerpts and said[-1] < quotes[-1]:
        return without_signature(lines.text[: last.start])
    if said[-1] > quotes[-1]:
        return lines.text[: parts[said[-1]].start] + words[parts[said[-1]]]
    return lines.text[: last.end]


def _without_excerpts(lines: Lines, parts: list[Stretch]) -> list[Stretch]:
    """Count as words a quote that is the writer's own doing, and join what then is one."""
    lonely = sum(part.kind == "quote" for part in parts) == 1
    kept: list[Stretch] = []
    for part in parts:
        before = kept[-1] if kept and kept[-1].kind == "words" else None
        if before and (part.kind == "words" or _is_excerpt(lines, before, part, lonely)):
            kept[-1] = Stretch("words", before.start, part.end)
        else:
            kept.append(part)
    return kept


def _is_excerpt(lines: Lines, before: Stretch, part: Stretch, lonely: bool) -> bool:
    """Whether the words above introduce a quote with a colon, «Сервер отвечает:», or run into it.

    The latter is one line that only begins with the mark: «мне» / «> 18 лет».
    """
    if part.kind != "quote" or part.attributed:
        return False
    above = next((x for x in reversed(lines.text[before.start : before.end]) if x.strip()), "")
    attached = lines.text[part.start - 1].strip() and part.end - part.start == 1
    return above.rstrip().endswith(":") or bool(lonely and attached)


def _joined(texts: list[list[str]]) -> list[str]:
    """Stretches of words one under another, a blank line between."""
    joined: list[str] = []
    for text in texts:
        joined += ["", *_without_leading_blanks(text)] if joined else text
    return joined


def _without_leading_blanks(text: list[str]) -> list[str]:
    start = next((i for i, line in enumerate(text) if line.strip()), len(text))
    return text[start:]


def _trimmed(text: list[str]) -> str:
    return "\n".join(_without_leading_blanks(text)).rstrip()
