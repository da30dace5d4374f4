"""The only list of prefixes of subjects: Re, Fwd and their equivalents in other languages.

Each word may have a counter (``Re[2]:``, ``НА(3):``, ``Re^2:``), and its colon may be full-width.
Before the word the following is skipped: invisible characters, a list's ``[name]``, a filter's mark
(``***SPAM***``, ``{Spam?}``).
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

MAX_LENGTH = 2000

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
        "ตอบ ตอบกลับ پاسخ जवाब उत्तर хариу პასუხი sagot jibu",  # th, fa, hi, mn, ka, tl, sw
        "回复 回覆 答复 答覆 回信 返信 답장 회신",  # zh, ja, ko
        "автоматична_відповідь automatisch_antwoord autosvar automatiskt_svar automatisk_svar",
        "automaattinen_vastaus odpowiedź_automatyczna automatická_odpověď automatická_odpoveď",
        "respuesta_automática risposta_automatica resposta_automática răspuns_automat",
        "automatikus_válasz otomatik_yanıt αυτόματη_απάντηση",
        "自动答复 自动回复 自動回覆 自動応答 자동_회신",
    )
    for word in words.split()
)
# VS is reply in Finnish and forward in Danish and Norwegian: a prefix, but no sign of a reply.
FORWARD_WORDS = frozenset(
    word
    for words in (
        "fw fwd forward forwarded пересл переслано переслать пересылка пер переадр",
        "wg weitergeleitet weiterl vb vs vl doorst tr transf enc rv i inoltro",
        "pd przekaz továbbítva továbbítás ilt πρθ trs yml redirecționat",
        "הועבר إعادة_توجيه chuyển_tiếp 转发 轉寄 轉發 転送 전달",
    )
    for word in words.split()
)

_SPACE = re.compile(r"\s+")
_MARK = re.compile(
    r"(?:\[[^\[\]]*\]|\*{2,}\s?(?:possible )?spam\s?\*{2,}|\{(?:possible )?spam\??\}|"
    r"[({<](?:ext|external|spam)[)}>]|(?-i:EXT|EXTERNAL|SPAM|ВНЕШНЕЕ)[:：])\s*",
    re.IGNORECASE,
)
_COUNTER = re.compile(
    r"\s*(?:\[[^\[\]]*\]|\(\d{1,4}\)|[\^*]\d{1,4}|(?<=[^\d-])\d{1,3}|"
    r"(?:(?<=re)|(?<=aw)|(?<=sv)|(?<=fw)|(?<=wg)|(?<=отв)|(?<=fwd)|(?<=ответ))-\d{1,3})\s*$",
    re.IGNORECASE,
)
_COLON = re.compile(r"[:：]")
_LONGEST_PREFIX = 40


class Prefix(NamedTuple):
    """A prefix at the start of a text, and where the text goes on behind it."""

    word: str
    end: int

    @property
    def replies(self) -> bool:
        """Whether the prefix says that the letter answers another."""
        return self.word in REPLY_WORDS

    @property
    def forwards(self) -> bool:
        """Whether the prefix says that the letter was passed on."""
        return self.word in FORWARD_WORDS


def visible(subject: str) -> str:
    """Return the subject as a reader sees it: NFC, single spaces, nothing invisible, bounded."""
    seen = subject[:MAX_LENGTH]
    if not seen.isprintable():  # unlike characters of the category Cf
        seen = "".join(one for one in seen if unicodedata.category(one) != "Cf")
    return _SPACE.sub(" ", unicodedata.normalize("NFC", seen)).strip()


def prefix_of(text: str) -> Prefix | None:
    """Return the prefix that a visible text begins with, if any."""
    colon = _COLON.search(text, 0, _LONGEST_PREFIX)
    if colon is None:
        return None
    word = _COUNTER.sub("", text[: colon.start()]).strip().rstrip(".").casefold()
    word = word.replace(". ", "_").replace(" ", "_")
    if word in REPLY_WORDS or word in FORWARD_WORDS:
        return Prefix(word, colon.end())
    return None


def mark_of(text: str) -> str:
    """Return the mark that a list or a filter put before a text; empty if nothing follows it."""
    mark = _MARK.match(text)
    return mark[0] if mark and mark.end() < len(text) else ""


@lru_cache(maxsize=64)  # several rules ask for one letter's
def outermost_prefix(subject: str) -> Prefix | None:
    """Return the first prefix, behind marks: the one that the writer's program put there."""
    text = visible(subject)
    while mark := mark_of(text):
        text = text[len(mark) :]
    return prefix_of(text)
