"""What stands under a letter's words: signature, a mobile client's tail, a list's footer."""

import re

from bridge.parse.reply.lines import plain
from bridge.parse.reply.markers import is_rule

_DELIMITERS = ("--", "—", "–", "- -")
_LONGEST_SIGNATURE = 40
_LONGEST_DOUBTFUL = 15
_LONGEST_CARD = 8
_CARD_LINE = 90
_LONGEST_TAIL = 140

_APPS = (
    r"iphon|ipad|ipod|айфон|айпад|android|андроид|galaxy|samsung|huawei|honor|xiaomi|redmi|"
    r"realme|oneplus|nokia|lumia|xperia|motorola|blackberry|windows|outlook|gmail|yandex|"
    r"яндекс|mail\.ru|mymail|mail for|rambler|рамблер|смартфон|телефона|планшет|устройств|"
    r"мобильн|приложения\b|почт[аеуы]\b(?! росси)|handy|smartphone|mobile|phone|tablet|tableta|"
    r"gerät|device|telefon|"
    r"téléphone|teléfono|telefoon|móvil|mobiel|k-9|proton|spark|yahoo|aol|verizon|t-mobile|"
    r"\bios\b|at&t|bluemail|fairemail|thunderbird|mailspring|zoho|app\b"
)
_SENT_WITH = (
    r"sent (?:from|via|by|with|using)|отправлено (?:с|со|из|через|при помощи|от)|"
    r"послано (?:с|из)|написано (?:с|в)|создано в|надіслано (?:з|із|зі)|відправлено (?:з|із)|"
    r"адпраўлена (?:з|са)|(?:von .{0,30} )?gesendet (?:von|mit|aus|über)|envoyé (?:de|depuis|à "
    r"partir|avec|par)|enviado (?:desde|do|de|a partir|com|pelo)|inviato (?:da|dal|dall|con)|"
    r"verzonden (?:vanaf|met|van|vanuit|via)|verstuurd vanaf|skickat från|sendt fra|sent fra|"
    r"lähetetty|wysłan[eoy] z|odesláno z|odoslané z|poslano (?:z|iz)|küldve|elküldve|"
    r"trimis de pe|saadetud|išsiųsta|nosūtīts|dikirim dari|diese nachricht wurde|"
    r"this (?:message|email|e-mail) was sent from|(?:get|download|skaffa|télécharger|hol(?:en)? "
    r"sie sich|obtener|obter|scarica|hent|hämta|pobierz|получить|скачать|загрузить|"
    r"установить|скачайте|download) outlook"
)
_TAIL = re.compile(rf"^(?:{_SENT_WITH})\b.{{0,100}}?(?:{_APPS})", re.IGNORECASE)
_TAIL_REVERSED = re.compile(
    r"^(?:从我的.{1,20}发送|发自我的.{1,20}|.{1,20}から送信|나의 .{1,20}에서 보냄|.{1,20}에서 보냄|"
    r"von meinem .{1,40} gesendet|.{1,30}(?:gönderildi|lähetetty)|"
    r"(?:простите|извините) за краткость.{0,60}|please excuse (?:my brevity|.{0,20}typos).{0,40})$",
    re.IGNORECASE,
)
_EXCUSE = re.compile(
    r"[,.;] *(?:(?:so|и|поэтому) )?(?:please |пожалуйста, )?(?:excuse|forgive|pardon|sorry|"
    r"извините|простите|entschuldigen|pardonnez|disculpe|perdon).{0,80}$",
    re.IGNORECASE,
)
_SENT_FROM_MY = re.compile(r"^sent from (?:my|a) [^,.;:!?]{1,80}$", re.IGNORECASE)
_LINK = re.compile(r"\s*[<(\[]+(?:https?://|mailto:)[^<>()\[\]]{0,300}[>)\]]+")
_CONTACT = re.compile(r"@\w|https?://|www\.|\+?\d[\d ()-]{8,}\d", re.IGNORECASE)


def without_signature(text: list[str]) -> list[str]:
    """The lines of a stretch of words without what a client or a list added under them.

    A signature is what follows the delimiter ``-- `` (RFC 3676 section 4.3, blank often lost) and
    is no longer than a signature may be. «С уважением, …» without it is the writer's words.
    """
    kept = _without_trailing(text)
    footer = _list_footer(kept)
    if footer is not None:
        kept = _without_trailing(kept[:footer])
    start = _signature_start(kept)
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


def _signature_start(text: list[str]) -> int | None:
    below = 0
    found = None
    for i in range(len(text) - 1, -1, -1):
        line = text[i]
        if len(line) > 200 or not line.strip():
            below += bool(line.strip())
            continue
        if plain(line) in _DELIMITERS:
            if line == "-- " or (below <= _LONGEST_DOUBTFUL and not _asks(text[i + 1 :])):
                found = i
        elif below <= _LONGEST_CARD and _is_long_rule(line) and _is_card(text[i + 1 :]):
            found = i
        below += 1
        if below > _LONGEST_SIGNATURE:
            break
    return found


def _asks(text: list[str]) -> bool:
    """Whether a line ends in a question: then a bare ``--`` only parts the writer's words."""
    return any(line.rstrip().endswith("?") for line in text)


def _is_long_rule(line: str) -> bool:
    shown = plain(line)
    return len(shown) >= 3 and not shown.strip("_-—=")


def _is_card(text: list[str]) -> bool:
    """Whether the lines read as a business card: short, with a way to reach, no sentences."""
    shown = [line.strip() for line in text if line.strip()]
    short = all(
        len(line) <= _CARD_LINE and not line.endswith((".", "?", "!", ":")) for line in shown
    )
    return short and len(shown) > 1 and any(_CONTACT.search(line) for line in shown)


def _list_footer(text: list[str]) -> int | None:
    """Where Mailman's footer begins: a rule of underscores, then the list's name and address."""
    for i in range(len(text) - 1, max(-1, len(text) - 8), -1):
        line = plain(text[i][:200])
        if len(line) >= 20 and not line.strip("_"):
            name = text[i + 1][:200] if i + 1 < len(text) else ""
            if "list" in name.casefold() or "@" in name:
                return i
            return None
    return None


def is_tail(line: str) -> bool:
    """Whether a line is a mobile client's tail that names the device or the program."""
    if len(line) > _LONGEST_TAIL * 3:
        return False
    shown = _LINK.sub("", plain(line)).strip("*_ ")
    if not shown or len(shown) > _LONGEST_TAIL:
        return False
    sentence = "?" in shown or ", " in _EXCUSE.sub("", shown)
    return bool((not sentence and _TAIL.match(shown)) or _TAIL_REVERSED.match(shown))


def _without_tails(text: list[str]) -> list[str]:
    """Drop tails: at the end, and where one stands alone between blank lines."""
    kept = [line for i, line in enumerate(text) if not (_stands_alone(text, i) and is_tail(line))]
    kept = _without_trailing(kept)
    while kept and (is_tail(kept[-1]) or _is_sent_from_my(kept[-1])):
        kept = _without_trailing(kept[:-1])
    return kept


def _is_sent_from_my(line: str) -> bool:
    """``Sent from my Wireless Phone``: a few words and no sentence."""
    if len(line) > _LONGEST_TAIL:
        return False
    return _SENT_FROM_MY.match(plain(line)) is not None and len(line.split()) <= 9


def _stands_alone(text: list[str], i: int) -> bool:
    if not text[i]:
        return False
    before = i == 0 or not text[i - 1].strip()
    return before and (i + 1 == len(text) or not text[i + 1].strip())
