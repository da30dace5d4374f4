"""Signs that a writer has answered inside a quotation, told without the quoted letter.

The words above may say so. One sign that no writer of letters gives by chance is enough: an arrow,
«Ответ:» or the writer's own name before a line under a question, a dash and words behind a quoted
question. Others count twice: a mark that the lines under two questions share, a question with its
number and a line below, a question with a few words below that is followed by the next one.
"""

import re
from collections import Counter
from itertools import pairwise

from bridge.parse.reply.occasion import Occasion

_NUMBERED = re.compile(r"\d{1,2}[.)]\s")
_MARKED = re.compile(r"(?:={1,2}>|-{1,2}>|(?:ответ|answer)\s?\d{0,2}[:-])\s+\S", re.IGNORECASE)
_SIGNED = re.compile(r"[\[(<]([^\W\d_][^\[\]()<>]{1,40})[\])>]:?\s+\S")
# What a writer puts before an answer: signs, an «ОТВЕТ», a name with a colon or in brackets.
_MARK = re.compile(
    r"[^\w\s\"'«„“(]{1,5}(?=\s)|[\[(<@][^\[\]()<>\s]{1,30}[\])>]?(?=[:\s])|"
    r"[^\W\d_]{1,15}(?: [^\W\d_]{1,15})?\s?[:–—-](?=\s)|[A-ZА-ЯЁ]{3,12}(?=[\s:])"
)
# «> Когда? -- в мае», «> Which? [Ivan] the red one», on the newest level of a quotation only.
_BEHIND_QUESTION = re.compile(
    r"\s?>(?!\s?>).{0,300}?\?[\"»)]?\s+(?:-{1,2}|[–—]|={1,2}>|-{1,2}>|→|//|\*+|\[[^\W\d_][^\[\]]{1,30}\]|"
    r"(?:ответ|answer)\s?[:-])\s*\w",
    re.IGNORECASE,
)
_UNDER_QUESTION = re.compile(r"\s?>(?!\s?>).*\?\s*$")
_DEEPER = re.compile(r"\s?>\s?>+\s?[^\s>]")
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
_FEW_WORDS = 6
_LONGEST = 500


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

    Where the words above are ``silent``, for they only greet, one question that is not the last
    line is enough.
    """
    shown = [line.strip()[:_LONGEST] for line in history if line.strip()]
    if sum(_MARKED.match(line) is not None or _is_signed(line, occasion) for line in shown) >= 2:
        return True
    answered = [
        (line, below)
        for line, below in pairwise(shown)
        if line.endswith("?") and not below.endswith("?") and not _NUMBERED.match(below)
    ]
    if silent:
        return bool(answered)
    if any(_MARKED.match(below) or _is_signed(below, occasion) for _, below in answered):
        return True
    numbered = sum(_NUMBERED.match(line) is not None for line, _ in answered)
    return numbered >= 2 or _share_mark(answered) or _alternate(shown)


def answers_on_lines(quoted: list[str]) -> bool:
    """Whether quoted lines hold answers: behind a question, or deeper marked under two of them."""
    if any(len(line) <= _LONGEST and _BEHIND_QUESTION.match(line) for line in quoted):
        return True
    deeper = sum(
        _UNDER_QUESTION.match(line[-_LONGEST:]) is not None
        and _DEEPER.match(below) is not None
        and _DEEPER.match(then) is None
        for line, below, then in zip(quoted, quoted[1:], [*quoted[2:], ""], strict=False)
    )
    return deeper >= 2


def _is_signed(line: str, occasion: Occasion) -> bool:
    found = _SIGNED.match(line)
    return found is not None and occasion.names_writer(found[1])


def _share_mark(answered: list[tuple[str, str]]) -> bool:
    """Whether the lines under two questions begin with one mark, which the questions lack."""
    marks = Counter(found[0] for _, below in answered if (found := _MARK.match(below)))
    asking = {found[0] for line, _ in answered if (found := _MARK.match(line))}
    return any(times >= 2 and mark not in asking for mark, times in marks.items())


def _alternate(shown: list[str]) -> bool:
    """Whether a question, a few words, another question and a few words stand under each other."""
    asks = [line.endswith("?") for line in shown]
    few = [len(line.split()) <= _FEW_WORDS and not line.endswith((",", ":")) for line in shown]
    return any(
        asks[i]
        and few[i + 1]
        and not asks[i + 1]
        and asks[i + 2]
        and few[i + 3]
        and not asks[i + 3]
        for i in range(len(shown) - 3)
    )
