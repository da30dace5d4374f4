"""What a letter's writer wrote anew; the rest is left out."""

import re

from bridge.parse.reply.answered.announced import (
    announces_answers,
    names_answers,
    points_inside,
    says_edited,
    says_inside,
)
from bridge.parse.reply.answered.answers import answers_on_lines, looks_answered
from bridge.parse.reply.answered.greeting import only_greets, says_nothing
from bridge.parse.reply.armour import without_armour
from bridge.parse.reply.closing.signature import (
    goes_on_below_farewell,
    without_farewell,
    without_signature,
)
from bridge.parse.reply.copied.field_names import field_of
from bridge.parse.reply.glued import parted
from bridge.parse.reply.history import Stretch, stretches
from bridge.parse.reply.lines import Lines, split
from bridge.parse.reply.occasion import Occasion
from bridge.parse.reply.pasted import is_output, passes_on
from bridge.parse.reply.wording import is_by_the_bat, strength

_NOTHING_KNOWN = Occasion()
_LONGEST_CONTEXT = 10
"""Quoted lines under the last answer that may belong to it; more are only what was left over."""
_ANSWER_MARK = re.compile(r">{2,4} (?!>)")
"""«>> красный», where nothing else is marked."""
_NESTED = re.compile(r"\s?>\s?>")
_LONGEST_EXCERPT = 12
"""Lines of a list or a log that a writer may have marked with ``>`` himself."""
_LONGEST_ANNOUNCEMENT = 400
"""Signs above a quotation; who says more has answered there, and means other things by «below»."""
_FEWEST_ANSWERED = 5
"""Words of a letter in which somebody may have written; «Hello» under «Hi» is all there is."""
_LONGEST_ANSWERED = 300
"""Lines of a letter that somebody may have answered point by point."""
# What help desks write above each letter of a ticket: «Jane Roe <a@b>, 15 Sep 2025, 15:46».
_ENTRY = re.compile(
    r"[^<>@]{0,80}<?[^\s<>@]{1,80}@[^\s<>@]{1,120}>?,? [^@]{4,50}\d{1,2}:\d{2}[^@]{0,10}"
)


def new_words(body: str, occasion: Occasion = _NOTHING_KNOWN) -> str:
    """Return what the writer of a letter wrote anew; ``body`` is text with ``>`` before quotes.

    Only certain history and signatures are left out. Words above and below the history are kept; a
    letter answered between the quoted lines, or forwarded by hand, is kept whole. A letter that
    answers nothing has no history, whatever it shows. If nothing new would be left (only a
    quotation, only a signature), the body is returned. Never raises, linear in time; line ends
    become LF and outer blank lines go.
    """
    text = without_armour(body)
    if occasion.answers and not occasion.forwarded:
        reply = _of_parted(text, occasion)
        if reply is not None:
            return reply
    lines = split(text)
    words = lines.text if occasion.forwarded else _new_lines(lines, occasion)
    if not any(line.strip() for line in words):
        words = lines.text
    return _trimmed(words)


def _of_parted(text: str, occasion: Occasion) -> str | None:
    """The new words of a letter in which a client's line lost the line end above it, if so.

    None if splitting gains nothing. Words before such a line are the writer's, so the letter is
    kept if they would be removed with the line.
    """
    apart, glued = parted(text, occasion.people)
    if not glued:
        return None
    reply = _trimmed(_new_lines(split(apart), occasion))
    if reply and not any(line.strip() in reply for _, line in glued):
        return reply
    whole = _trimmed(_new_lines(split(text), occasion))
    return None if all(words in whole for words, _ in glued) else _trimmed(split(text).text)


def _new_lines(lines: Lines, occasion: Occasion) -> list[str]:
    parts = stretches(lines, occasion)
    if any(part.kind == "forward" for part in parts):
        return lines.text
    if not occasion.answers:
        return without_signature(lines.text, occasion)
    end = len(lines)
    if parts and parts[-1].kind == "history":
        history = parts.pop()
        if _may_be_answered_inside(lines, history, occasion):
            return lines.text
        if history.attributed and not any(line.strip() for line in lines.text[: history.start]):
            return without_signature(lines.text[history.contents :], occasion)
        end = history.start
    if not any(part.kind == "quote" for part in parts):
        return without_signature(lines.text[:end], occasion)
    return _around_quotes(lines, parts, occasion)


def _may_be_answered_inside(lines: Lines, history: Stretch, occasion: Occasion) -> bool:
    """Whether words stand between or below the lines of unmarked history, as said or seen."""
    above = lines.text[: history.start]
    if says_inside("\n".join(above)):
        return True
    said = without_signature(above, occasion)
    bare = without_farewell(said)
    if points_inside(bare) or says_edited(bare):
        return True
    if not occasion.sends_files and names_answers(bare):
        return True
    silent = only_greets(bare, signed=len(bare) < len(said))
    if silent and is_by_the_bat(lines.bare(history.start)):
        return True
    newest = _newest(lines, history)
    if occasion.shows_in_colour(newest) or _says_all_below(said, newest, occasion):
        return True
    if silent and (goes_on_below_farewell(newest) or _is_signed(lines, history, occasion)):
        return True
    return looks_answered(newest, occasion, silent)


def _says_all_below(said: list[str], newest: list[str], occasion: Occasion) -> bool:
    """Whether a letter that only greets, and brings no file, must have been written below."""
    if occasion.sends_files or not says_nothing(said, occasion):
        return False
    return sum(len(line.split()) for line in newest) >= _FEWEST_ANSWERED


def _is_answered_silently(lines: Lines, quote: Stretch, occasion: Occasion) -> bool:
    """Whether the words above a quotation only greet and take leave, and it looks answered."""
    said = without_signature(lines.text[: quote.start], occasion)
    bare = without_farewell(said)
    if not only_greets(bare, signed=len(bare) < len(said)):
        return False
    marked = [i for i in range(quote.start, quote.end) if lines.quoted[i]]
    newest = [line for i in marked if (line := lines.text[i].partition(">")[2]).strip(" >")]
    return _says_all_below(said, newest, occasion) or looks_answered(newest, occasion, False)


def _is_signed(lines: Lines, history: Stretch, occasion: Occasion) -> bool:
    """Whether somebody else's letter ends in this writer's name: he answered below."""
    newest = lines.text[history.contents : _end_of_newest(lines, history)]
    last = next((line.strip() for line in reversed(newest) if line.strip()), "")
    own = occasion.shows_address(" ".join(map(lines.bare, range(history.start, history.contents))))
    return bool(last) and not own and occasion.is_first_name(last)


def _newest(lines: Lines, history: Stretch) -> list[str]:
    """The letter that history begins with, up to the next one in it, without a repeated subject."""
    end = _end_of_newest(lines, history)
    copied = {lines.bare(i).partition(": ")[2] for i in range(history.start, history.contents)}
    copied.discard("")
    return [line for line in lines.text[history.contents : end] if line.strip() not in copied]


def _end_of_newest(lines: Lines, history: Stretch) -> int:
    end, entries = history.contents, 0
    while end < min(len(lines), history.contents + _LONGEST_ANSWERED):
        older = lines.quoted[end] and _ANSWER_MARK.match(lines.text[end]) is None
        line = lines.bare(end)
        if older or field_of(line) in ("from", "date"):
            break
        entries += "@" in line and _ENTRY.fullmatch(line) is not None
        if entries > 1 or (line.endswith(":") and strength(line, marked=False) == "dated"):
            break
        end += 1
    return end


def _around_quotes(lines: Lines, parts: list[Stretch], occasion: Occasion) -> list[str]:
    """The words above and below the quotes, or everything if words stand between them."""
    parts = _without_excerpts(lines, parts)
    words = {
        part: without_signature(lines.text[part.start : part.end], occasion)
        for part in parts
        if part.kind == "words"
    }
    said = [i for i, part in enumerate(parts) if words.get(part)]
    quotes = [i for i, part in enumerate(parts) if part.kind == "quote"]
    if not quotes:
        return _joined(list(words.values()))
    between = any(quotes[0] < i < quotes[-1] for i in said)
    first = parts[quotes[0]]
    excerpt = (
        said
        and quotes[-1] < said[-1]
        and not first.attributed
        and (said[0] < quotes[0] or _may_be_excerpt(lines, first))
    )
    silent = first.attributed and bool(said) and quotes[0] == said[-1] + 1
    if silent and _is_answered_silently(lines, first, occasion):
        return lines.text
    if _answered_within(lines, parts, quotes) or _is_answered_in_colour(lines, parts, occasion):
        return lines.text
    if said and said[-1] < quotes[0] and first.attributed:  # only the announced letter
        above = "\n".join(lines.text[: first.start])
        if len(above) <= _LONGEST_ANNOUNCEMENT and announces_answers(above):
            return lines.text
    if not between and not excerpt:
        return _joined([words[parts[i]] for i in said])
    last = parts[quotes[-1]]
    only_excerpts = not any(parts[i].attributed for i in quotes[:-1])
    if last.attributed and len(quotes) > 1 and only_excerpts and said[-1] < quotes[-1]:
        return without_signature(lines.text[: last.start], occasion)
    if said[-1] > quotes[-1]:
        return lines.text[: parts[said[-1]].start] + words[parts[said[-1]]]
    if last.end - last.start > _LONGEST_CONTEXT:
        return without_signature(lines.text[: last.start], occasion)
    return lines.text[: last.end]


def _without_excerpts(lines: Lines, parts: list[Stretch]) -> list[Stretch]:
    """Count a quote that the writer made himself as words, and join neighbouring words."""
    quotes = [part for part in parts if part.kind == "quote"]
    kept: list[Stretch] = []
    for part in parts:
        before = kept[-1] if kept and kept[-1].kind == "words" else None
        if before and (part.kind == "words" or _is_excerpt(lines, before, part, quotes)):
            kept[-1] = Stretch("words", before.start, part.end)
        else:
            kept.append(part)
    return kept


def _is_excerpt(lines: Lines, before: Stretch, part: Stretch, quotes: list[Stretch]) -> bool:
    """Whether a quote without attribution is the writer's own, as a list or a log may look.

    The words above end in a colon, «Сервер отвечает:»; or the history with its attribution stands
    right below; or there is no other quote and this one is short or continues the words.
    """
    if part.kind != "quote" or part.attributed:
        return False
    above = next((x for x in reversed(lines.text[before.start : before.end]) if x.strip()), "")
    if above.rstrip().endswith(":"):
        return True
    below = lines.following[part.end]
    if any(other.attributed and below == lines.following[other.start] for other in quotes):
        return True
    attached = bool(lines.text[part.start - 1].strip())
    if len(quotes) > 1:
        if part is quotes[-1] and _is_left_over(lines, part, quotes) and not passes_on(above):
            return False
        return is_output(lines.text[part.start : part.end])
    return attached or _may_be_excerpt(lines, part)


def _is_left_over(lines: Lines, part: Stretch, quotes: list[Stretch]) -> bool:
    """Whether a long quote ends the letter, below words that answer an attributed one."""
    if part.end - part.start <= _LONGEST_CONTEXT or not any(each.attributed for each in quotes):
        return False
    return not any(map(str.strip, without_signature(lines.text[part.end :], _NOTHING_KNOWN)))


def _may_be_excerpt(lines: Lines, part: Stretch) -> bool:
    """Whether a quote may be a list, a log or an excerpt: a few lines without quotes in it."""
    text = lines.text[part.start : part.end]
    if is_output(text):
        return True
    return len(text) <= _LONGEST_EXCERPT and not any(_NESTED.match(line) for line in text)


def _answered_within(lines: Lines, parts: list[Stretch], quotes: list[int]) -> bool:
    """Whether the writer answered on or under quoted lines without leaving the quotation."""
    return any(
        answers_on_lines(lines.text[part.start : part.end])
        for part in (parts[i] for i in quotes)
        if part.attributed and part.end - part.start <= _LONGEST_ANSWERED
    )


def _is_answered_in_colour(lines: Lines, parts: list[Stretch], occasion: Occasion) -> bool:
    """Whether the newest level of a quotation holds an answer in its own colour."""
    return any(
        occasion.shows_in_colour(
            [line for line in lines.text[part.start : part.end] if not _NESTED.match(line)]
        )
        for part in parts
        if part.kind == "quote" and part.attributed
    )


def _joined(texts: list[list[str]]) -> list[str]:
    """Stretches of words joined with blank lines."""
    joined: list[str] = []
    for text in texts:
        joined += ["", *_without_leading_blanks(text)] if joined else text
    return joined


def _without_leading_blanks(text: list[str]) -> list[str]:
    start = next((i for i, line in enumerate(text) if line.strip()), len(text))
    return text[start:]


def _trimmed(text: list[str]) -> str:
    return "\n".join(_without_leading_blanks(text)).rstrip()
