"""Base subjects and reply prefixes: RFC 5256 2.1, extended to what mail programs really write.

The RFC knows ``Re``, ``Fw`` and ``Fwd``. Here every usual language's words count, each with a
counter (``Re[2]:``, ``НА(3):``, ``Re^2:``) or none, as often as they are repeated, and a colon may
be full-width. A filter's mark (``***SPAM***``, ``{Spam?}``) goes as a list's ``[name]`` does, and
characters that nobody sees do not count. One rule is narrower: a leading ``[…]`` with a digit in it
stays, because ``[order 17]`` and ``[order 18]`` are two matters and not the name of a list.
"""

import re
import unicodedata

MAX_LENGTH = 2000
MAX_BASE = 300

REPLY_WORDS = frozenset(
    word
    for words in (
        "re reply automatic_reply auto_reply autoreply",  # English; Re is most languages' "in re"
        "ответ отв на ha отв_на автоответ автоматический_ответ",  # Russian; HA in Latin letters
        "відповідь відп адказ отговор отг одговор одг жауап",  # uk, be, bg, sr, mk, kk
        "aw antw antwort autom_antwort automatische_antwort antwoord",  # de, nl
        "sv svar svör vastaus vast vastus",  # sv, da, no, is, fi, et
        "r rif res resp rép rép_auto réponse réponse_automatique respuesta risposta",  # Romance
        "răsp răspuns odp odpověď odpoveď odg odgovor vá válasz",  # ro, pl, cs, sk, hr, sl, hu
        "ats atsakymas atb atbilde ynt yanıt cvp cavab",  # lt, lv, cy, tr, az
        "απ σχετ απάντηση תגובה השב رد trả_lời tl bls balas",  # el, he, ar, vi, id
        "回复 回覆 答复 答覆 回信 返信 답장 회신",  # zh, ja, ko
    )
    for word in words.split()
)
# VS is reply in Finnish and forward in Danish and Norwegian: a prefix, but no sign of a reply.
FORWARD_WORDS = frozenset(
    word
    for words in (
        "fw fwd forward forwarded пересл переслано пересылка пер переадр",
        "wg weitergeleitet weiterl vb vs vl doorst tr transf enc rv i inoltro",
        "pd przekaz továbbítva továbbítás ilt πρθ trs yml redirecționat",
        "הועבר إعادة_توجيه chuyển_tiếp 转发 轉寄 轉發 転送 전달",
    )
    for word in words.split()
)

_SPACE = re.compile(r"\s+")
_BLOB = re.compile(
    r"(?:\[[^\[\]]*\]|\*{2,}\s?(?:possible )?spam\s?\*{2,}|\{(?:possible )?spam\??\})\s*",
    re.IGNORECASE,
)
_COUNTER = re.compile(r"\s*(?:\[[^\[\]]*\]|\(\d{1,4}\)|[\^*]\d{1,4}|(?<=\D)\d{1,3})\s*$")
_TRAILER = re.compile(r"\s*\(fwd\)\s*$", re.IGNORECASE)
_WRAPPED = re.compile(r"\[\s*fwd\s*:(.*)\]\s*", re.IGNORECASE)
_COLON = re.compile(r"[:：]")
_LONGEST_PREFIX = 40


def base_subject(subject: str) -> str:
    """Return the form in which the subjects of one conversation are equal text.

    It is empty for a subject of nothing but prefixes, and such a subject says nothing.
    """
    text = _normal(subject)
    while True:
        before = text
        text = _TRAILER.sub("", text)
        if prefix := _prefix(text):
            text = text[prefix[1] :]
        elif (name := _BLOB.match(text)) and name.end() < len(text) and not _numbered(name[0]):
            text = text[name.end() :]
        elif wrapped := _WRAPPED.fullmatch(text):
            text = wrapped[1]
        text = text.strip()
        if text == before:
            return text.casefold()[:MAX_BASE].strip()


def says_reply(subject: str) -> bool:
    """Tell whether the outermost prefix says reply; that of a forwarded letter does not."""
    text = _normal(subject)
    while (name := _BLOB.match(text)) and name.end() < len(text):
        text = text[name.end() :]
    prefix = _prefix(text)
    return prefix is not None and prefix[0] in REPLY_WORDS


def _normal(subject: str) -> str:
    seen = "".join(one for one in subject[:MAX_LENGTH] if unicodedata.category(one) != "Cf")
    return _SPACE.sub(" ", unicodedata.normalize("NFC", seen)).strip()


def _prefix(text: str) -> tuple[str, int] | None:
    """Return the word of a leading reply or forward prefix, and where the prefix ends."""
    colon = _COLON.search(text, 0, _LONGEST_PREFIX)
    if colon is None:
        return None
    word = _COUNTER.sub("", text[: colon.start()]).strip().rstrip(".").casefold()
    word = word.replace(". ", "_").replace(" ", "_")
    if word in REPLY_WORDS or word in FORWARD_WORDS:
        return word, colon.end()
    return None


def _numbered(blob: str) -> bool:
    return any(character.isdigit() for character in blob)
