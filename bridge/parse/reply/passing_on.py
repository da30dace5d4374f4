"""How a writer says that what stands below was put there on purpose, or is answered in place."""

import re
from itertools import pairwise

from bridge.parse.reply.occasion import Occasion

_LONGEST = 300
_LETTER = r"ответ|письм|сообщени|переписк|цитат|text|текст|repl|answer|mail|letter|message|email"
_PASSES_ON = re.compile(
    rf"(?:привожу|прикладыва|прилага|пересыла|перешл|копиру|вставля|процитир|цитиру|ниже|вот|"
    rf"forward|past(?:e|ing)|copy|copied|quot|below|here is).{{0,60}}(?:{_LETTER})|"
    rf"(?:{_LETTER}).{{0,60}}(?:привожу|прикладыва|прилага|пересыла|копиру|ниже|below|pasted)",
    re.IGNORECASE,
)
_IN_THE_TEXT = re.compile(
    r"\binline\b|in-line|"
    r"(?:ответ|комментар|пояснен|замечани|правк|отвеча|пиш|\bсм\b|смотри)[^.\n]{0,40}?"
    r"(?:ниже|в тексте|внутри|по тексту|по пунктам|под (?:каждым|вашими|вопрос)|между)|"
    r"\bсм\. {0,2}(?:ниже|по тексту|в тексте)|"
    r"мои ответы|my answers|answers to your|"
    r"(?:отвеча\w{1,5}|ответ(?:ы|ил[аи]?)) (?:на (?:ваши |все )?вопрос|по порядку|по пункт)|"
    r"(?:ниже|внутри) (?:мои |наши |по тексту )?(?:ответ|комментар|пояснен|отвеча)|по тексту|"
    r"(?:отве|коммент|выдел|помет|отмет|пиш|написа|дополни|впис|заполни)[^.\n]{0,40}"
    r"(?:красн|син|зел[её]н|цвет|жирн|курсив|капс|заглавн|ниже|в письме|в тексте)|"
    r"(?:see|comments?|answers?|answered|repl(?:y|ies|ied)|responses?|responded|notes?)"
    r"[^.\n]{1,20}?"
    r"(?:below|within|between|in the text|embedded|interspersed)|"
    r"\bin (?:red|blue|green|bold|capitals|caps|colou?r)\b",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"(?:здравствуй(?:те)?|добр(?:ый|ое|ого|ой)|привет(?:ствую)?|доброго времени суток|"
    r"уважаем\w+|коллеги|hello|hi|hey|dear|good (?:morning|afternoon|evening|day)|greetings|"
    r"guten (?:tag|morgen|abend)|hallo|bonjour|hola|buenos|buenas|ciao|buongiorno|olá|dzień dobry|"
    r"добрий день|вітаю)(?!\w)",
    re.IGNORECASE,
)
_LONGEST_GREETING = 8
_NUMBERED = re.compile(r"\d{1,2}[.)]\s")
_MARKED = re.compile(r"(?:={1,2}>|-{1,2}>|(?:ответ|answer)\s?\d{0,2}:)\s+\S", re.IGNORECASE)
_SIGNED = re.compile(r"[\[(<]([^\W\d_][^\[\]()<>]{1,40})[\])>]:?\s+\S")


def passes_on(line: str) -> bool:
    """Whether a line above a letter says that it was put there: a colon, «вот их ответ»."""
    shown = line.rstrip()[-_LONGEST:]
    return shown.endswith(":") or _PASSES_ON.search(shown) is not None


def says_inside(words: str) -> bool:
    """Whether the words above unmarked history say that the answers are within it."""
    return _IN_THE_TEXT.search(words[-5_000:]) is not None


def only_greets(words: list[str]) -> bool:
    """Whether the lines above history say good day and nothing else, so that more must follow."""
    shown = [line.strip() for line in words if line.strip()]
    return bool(shown) and all(
        _GREETING.match(line) and len(line.split()) <= _LONGEST_GREETING and "?" not in line
        for line in shown
    )


def looks_answered(history: list[str], occasion: Occasion, silent: bool) -> bool:
    """Whether lines of unmarked history seem to be answers put between.

    They are marked (``=> …``, «Ответ: …», «[Анна] …» by a writer of that name) twice at least, or
    two numbered questions at least each have a line below that is neither a question nor the next
    number; one question of any kind where the words above are ``silent`` (they only greet).
    """
    shown = [line.strip() for line in history if line.strip()]
    if sum(_MARKED.match(line) is not None or _is_signed(line, occasion) for line in shown) >= 2:
        return True
    answered = [
        line
        for line, below in pairwise(shown)
        if line.endswith("?") and not below.endswith("?") and not _NUMBERED.match(below)
    ]
    if silent:
        return bool(answered)
    return sum(_NUMBERED.match(line) is not None for line in answered) >= 2


def _is_signed(line: str, occasion: Occasion) -> bool:
    found = _SIGNED.match(line)
    return found is not None and occasion.names_writer(found[1])
