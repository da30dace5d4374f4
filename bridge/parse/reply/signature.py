"""What stands under a letter's words: a signature, a mobile client's tail, a list's footer.

Only what is one without a doubt goes. The delimiter ``-- `` with its blank (RFC 3676 section 4.3)
is written by clients; without the blank it may be a dash of the writer's own, so that the lines
below must read as a signature: they begin with the sender's name or a farewell and tell nothing
more. A drawn rule above a card of requisites proves nothing, and neither does «С уважением».
"""

import re

from bridge.parse.reply.lines import plain
from bridge.parse.reply.markers import is_rule
from bridge.parse.reply.occasion import Occasion
from bridge.parse.reply.tails import is_last_tail, is_tail

_DELIMITERS = ("--", "—", "–", "- -")
_LONGEST_SIGNATURE = 40
_LONGEST_DOUBTFUL = 15
_LONGEST_LINE = 90
_FEWEST_WORDS = 4

_FAREWELL = re.compile(
    r"^(?:с (?:наилучшими |лучшими |добрыми )?(?:уважением|пожеланиями|почтением|приветом)|"
    r"с благодарностью|всего (?:доброго|хорошего|наилучшего)|искренне ваш|ваш[аи]?,|удачи\W*$|"
    r"з повагою|з пошаною|(?:best|kind|warm)(?:est)? (?:regards|wishes)|regards|cheers|sincerely|"
    r"yours\b|(?:many )?thanks\W*$|mit (?:freundlichen|besten|lieben|herzlichen) grüßen|"
    r"viele grüße|gruß|mfg\b|"
    r"cordialement|bien à vous|saludos|atentamente|cordiali saluti|atenciosamente|"
    r"met vriendelijke groet|med vänlig|med venlig|pozdrawiam|z poważaniem)",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"@\w|https?://|www\.|\+\d[\d ()-]{8,}\d|^(?:тел|моб|факс|tel|phone|fax|mobile|cell|skype|"
    r"telegram|whatsapp|icq|e-?mail|web|сайт|почта)\b|^(?:ооо|оао|зао|пао|ао|ип|нко)\b|"
    r"\b(?:ltd|inc|llc|gmbh|s\.?r\.?l|s\.?a|corp|plc|co)\b\.?$",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"\?|(?<!\w)(?:p\.? ?p?\.? ?s\b|з\.? ?ы\b|пост ?скриптум|прошу|просим|просьба|пожалуйста|"
    r"подскажите|помогите|скажите|напишите|пришлите|верните|вышлите|жду|ждём|ждем|нужн\w*|"
    r"можете|можно ли|заказ|заявк\w*|сч[её]т|договор|накладн\w*|трек|артикул|номер|№ ?\d|order|"
    r"invoice|ticket|please|could you|can you|need|waiting)(?!\w)",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"(?<!\w)(?:я|мне|меня|мо[йяие]|мы|нам|нас|наш[аеи]?|вы|вам|вас|ваш[аеи]?|i|i'm|my|me|we|our|you|"
    r"your)(?!\w)",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"confidential|intended (?:recipient|solely|only|for)|disclaimer|privileged|virus|think before|"
    r"environment|unsubscribe|конфиденциал|предназнач|адресат|вирус|окружающ|vertraulich|"
    r"confidentiel|confidencial|riservat",
    re.IGNORECASE,
)
_NAME_WORD = re.compile(r"[^\W\d_][^\W\d_]*[.,]?(?:-[^\W\d_]+)?")
_LIST_NAME = re.compile(
    r"mailing ?list|mailman|список рассылки|mailingliste|liste de diffusion", re.I
)


def without_signature(text: list[str], occasion: Occasion) -> list[str]:
    """The lines of a stretch of words without what a client or a list added under them."""
    kept = _without_trailing(text)
    footer = _list_footer(kept)
    if footer is not None:
        kept = _without_trailing(kept[:footer])
    start = _signature_start(kept, occasion)
    if start is not None:
        kept = _without_trailing(kept[:start])
    return _without_tails(kept)


def _without_trailing(text: list[str]) -> list[str]:
    """Drop blank lines and drawn rules from the end."""
    end = len(text)
    while end and (
        not text[end - 1].strip() or (len(text[end - 1]) < 200 and is_rule(text[end - 1]))
    ):
        end -= 1
    return text[:end]


def _signature_start(text: list[str], occasion: Occasion) -> int | None:
    """The highest delimiter under which all is signature, judged from the lowest up."""
    below = 0
    found = None
    for i in range(len(text) - 1, -1, -1):
        line = text[i]
        if line.strip() and len(line) <= 200 and plain(line) in _DELIMITERS:
            if not _is_signature(text[i + 1 :], line == "-- ", occasion) or _in_code(text[:i]):
                break
            found = i
        below += bool(line.strip())
        if below > _LONGEST_SIGNATURE:
            break
    return found


def _in_code(above: list[str]) -> bool:
    """Whether lines leave a block of code open, as it is written in Markdown."""
    return sum(line.startswith("```") for line in above) % 2 == 1


def _is_signature(text: list[str], certain: bool, occasion: Occasion) -> bool:
    paragraphs = _paragraphs([line for line in text if not is_tail(line)])
    if not paragraphs:
        return True
    first, *others = paragraphs
    if any(_speaks(other) for other in others):
        return False
    if certain:
        return True
    short = sum(map(len, paragraphs)) <= _LONGEST_DOUBTFUL
    return short and not _tells(first) and _is_signed(first, occasion)


def _paragraphs(text: list[str]) -> list[list[str]]:
    """Lines that stand together, without rules and second delimiters."""
    found: list[list[str]] = [[]]
    for line in text:
        shown = plain(line)
        if not shown:
            found.append([])
        elif shown not in _DELIMITERS and not is_rule(line):
            found[-1].append(shown)
    return [paragraph for paragraph in found if paragraph]


def _tells(paragraph: list[str]) -> bool:
    """Whether lines say something to the reader: a sentence, a request, a number of an order."""
    joined = " ".join(paragraph)
    if _DISCLAIMER.search(joined):
        return False
    return any(_is_sentence(line) or _REQUEST.search(line) for line in paragraph)


def _speaks(paragraph: list[str]) -> bool:
    """Whether a paragraph under a signature is the writer's again: a request, or «я», «вы»."""
    joined = " ".join(paragraph)
    if _DISCLAIMER.search(joined):
        return False
    if any(_REQUEST.search(line) and not _CONTACT.search(line) for line in paragraph):
        return True
    return any(map(_is_sentence, paragraph)) and _PERSON.search(joined) is not None


def _is_sentence(line: str) -> bool:
    if _CONTACT.search(line):
        return False
    words = line.split()
    small = sum(word[:1].islower() for word in words)
    ended = line.endswith((".", "!", "?", "…", ":")) and small >= 2
    return len(line) > _LONGEST_LINE or (ended and len(words) >= _FEWEST_WORDS)


def _is_signed(first: list[str], occasion: Occasion) -> bool:
    """Whether lines begin with a farewell or the sender's name; if not known, with any name."""
    head = first[0]
    if _FAREWELL.match(head):
        return True
    if len(head.partition(",")[0].split()) <= 6 and occasion.names_writer(head):
        return True
    if not _is_name(head):
        return False
    if occasion.writer:
        return occasion.shows_address("\n".join(first))
    ways = [line for line in first if _CONTACT.search(line)]
    return bool(ways) or all(map(_is_name, first))


def _is_name(line: str) -> bool:
    """Up to four words of letters, each with a capital: «Пётр И. Иванов», ``Jane @jane``."""
    words = [word for word in line.split() if not word.startswith("@")]
    return 1 <= len(words) <= 4 and all(
        word[:1].isupper() and _NAME_WORD.fullmatch(word) for word in words
    )


def _list_footer(text: list[str]) -> int | None:
    """Where Mailman's footer begins: a rule of underscores, then the list's name and address."""
    for i in range(len(text) - 1, max(-1, len(text) - 8), -1):
        line = plain(text[i][:200])
        if len(line) >= 20 and not line.strip("_"):
            below = " ".join(line[:200] for line in text[i + 1 : i + 8])
            return i if _LIST_NAME.search(below) and ("@" in below or "://" in below) else None
    return None


def _without_tails(text: list[str]) -> list[str]:
    """Drop tails: at the end, and where one stands alone between blank lines."""
    kept = [line for i, line in enumerate(text) if not (_stands_alone(text, i) and is_tail(line))]
    kept = _without_trailing(kept)
    while kept and is_last_tail(kept[-1]):
        kept = _without_trailing(kept[:-1])
    return kept


def _stands_alone(text: list[str], i: int) -> bool:
    if not text[i]:
        return False
    before = i == 0 or not text[i - 1].strip()
    return before and (i + 1 == len(text) or not text[i + 1].strip())
