"""Signs that a writer answered inside a quotation, seen without the quoted letter.

The words above may say so. One sign is enough if no writer gives it by chance: an arrow, «Ответ:»
or the writer's own name before a line under a question, a dash and words behind a quoted question.
Other signs must occur twice: a mark shared by the lines under two questions, a numbered question
with a line below, a question with a few words below that the next question follows.
"""

import re
from collections import Counter
from itertools import pairwise

from bridge.parse.reply.occasion import Occasion

_ANSWER = (
    r"ответ|відповідь|answer|reply|antwort|réponse|reponse|respuesta|risposta|resposta|antwoord|svar|"
    r"vastaus|odpowiedź|odpověď|odpoveď|válasz|cevap|yanıt|回复|回覆|答复|回答|返信|답변|תשובה|الرد|إجابة"
)
_NUMBERED = re.compile(r"\d{1,2}[.)]\s")
_ARROW = re.compile(r"(?:={1,2}>|-{1,2}>|→)\s*\S")
_LABELLED = re.compile(rf"(?:{_ANSWER})\s?\d{{0,2}}\s?[:：-]\s*\S", re.IGNORECASE)
_LABELLED_QUESTION = re.compile(
    r"(?:вопрос|питання|question|frage|pregunta|domanda|pergunta|vraag|fråga|pytanie|otázka|soru|"
    r"问题|問題|質問|질문)\w?\s?\d{0,2}\s?[:：]",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"[\[(<]([^\W\d_][^\[\]()<>]{1,40})[\])>]:?\s+\S")
_NAMED = re.compile(r"([^\W\d_]{2,20}(?: [^\W\d_]{2,20})?)\s?[:>]\s+\S")
_INITIALLED = re.compile(r"[\[(<]?([^\W\d_]{2,3})(?:[\])>:]{1,2}| [-–—])\s+\S")
# What a writer puts before an answer: signs, an «ОТВЕТ», a name with a colon or in brackets.
_MARK = re.compile(
    r"[^\w\s\"'«„“(]{1,5}(?=\s)|[\[(<@][^\[\]()<>\s]{1,30}[\])>]?(?=[:\s])|"
    r"[^\W\d_]{1,15}(?: [^\W\d_]{1,15})?\s?[:–—-](?=\s)|[A-ZА-ЯЁ]{3,12}(?=[\s:])"
)
# Doubled signs, which no list has: «>> красный», `** five`.
_DOUBLED = re.compile(r"(?:>{2,4}|\*{2,4}|={2,4}>?|-{2,4}>?|/{2,4}|\+{2,4}|@{2,4}|~{2,4})(?=\s+\S)")
_SIGNS_OF_ANSWER = (
    r"(?:-{1,2}|[–—]|={1,2}>|-{1,2}>|→|//|\*+|\[[^\W\d_][^\[\]/]{1,30}\]|"
    rf"(?:{_ANSWER})\s?[:-])\s*\w"
)
# «> Когда? -- в мае», «> Which? [Ivan] the red one», only on the newest level of a quotation.
_BEHIND_QUESTION = re.compile(
    rf"\s?>(?!\s?>).{{0,300}}?\?[\"»)]?\s+{_SIGNS_OF_ANSWER}", re.IGNORECASE
)
_BEHIND_BARE_QUESTION = re.compile(
    rf"[^\W_][^?]{{3,200}}\?[\"»)]?\s+{_SIGNS_OF_ANSWER}", re.IGNORECASE
)
# «Сколько штук? пять», if the line had room for more; not `/page?id=5`.
_WORDS_BEHIND = re.compile(
    r"[^?？]{4,50}[?？]\s{0,3}(?!\s|\w+=|спасиб|заране|thank|пожалуй|please|ждем|ждём)\w[^?？]{0,30}",
    re.IGNORECASE,
)
# «Какой цвет? (красный)», «Which colour? RED»; an asker puts examples and choices there.
_APART_BEHIND = re.compile(
    r"[^?？]{4,200}[?？]\s{0,3}(?:[(\[](?!например|напр|или |если |желательно|обязательно|"
    r"в том числе|"
    r"e\.g|i\.e|for example|or |if |optional|z\. ?b|par ex|[^()\[\]]*[?/])[^()\[\]]{1,60}[)\]]|"
    r"(?<=[^\W\d_A-ZА-ЯЁ][?？] )[A-ZА-ЯЁ]{3}[A-ZА-ЯЁ\d ,.!-]{0,60})\W{0,2}"
)
_STOCK = frozenset({
    "да", "нет", "конечно", "верно", "так", "ні", "yes", "no", "ok", "ок", "yep", "nope", "sure",
    "ja", "nein", "oui", "non", "sí", "si", "sì", "sim", "não", "nee", "tak", "nie", "ano", "ne",
    "evet", "hayır", "kyllä", "ei", "nej", "nei", "是", "是的", "否", "不", "はい", "いいえ",
    "네", "예", "아니요", "כן", "לא", "نعم", "لا",
})  # fmt: skip
_SAID_BEHIND = re.compile(
    r"(?!-- )\S.*\s"
    r"(?:\((?:да|нет|есть|готово|yes|no|ok|done|ja|nein|oui|non|sí|sim)\b[^()]{0,20}\)|[+]|"
    r"[-–—] ?(?:да|нет|есть|готово|верно|yes|no|ok|done|ja|nein|oui|non|sí|sim)\W{0,2})",
    re.IGNORECASE,
)
_TICKED = re.compile(r"\W{0,3}(?:[\[(][xхv✓✔][\])]|☑|☒)\s*\w", re.IGNORECASE)
# How an asker goes on: thanks, a farewell, a request, "we".
_GOES_ON = re.compile(
    r"(?:жд[её]м|ожида(?:ем|ю)|спасибо|заранее|с уважением|с наилучшими|укажите|сообщите|напишите|"
    r"пришлите|просим|прошу|просьба|пожалуйста|если|мы|нам|дякуємо|чекаємо|"
    r"з повагою|вкажіть|we|please|thank(?:s| you)?|kind|best|regards|sincerely|looking forward|"
    r"awaiting|if|let us|bitte|vielen|danke|mit (?:freundlichen|besten)|wir|viele grüße|merci|"
    r"cordialement|nous|veuillez|"
    r"gracias|saludos|esperamos|por favor|grazie|cordiali|attendiamo|obrigad[oa]|aguardamos|"
    r"bedankt|met vriendelijke|graag|dziękuj|pozdrawiam|prosimy|czekamy|děkuj|prosím|s pozdravem|"
    r"tack|mvh|vänligen|med (?:vänlig|venlig)|hilsen|kiitos|ystävällisin|teşekkür|saygılar|lütfen|"
    r"谢谢|请|此致|よろしく|お願い|감사|תודה|בברכה|شكرا)(?!\w)",
    re.IGNORECASE,
)
_ASKS_TO_FILL = re.compile(
    r"(?<!\w)(?:укажите|указать|сообщите|сообщить|заполните|заполнить|впишите|вписать|уточните|"
    r"напишите|предоставьте|предоставить|вкажіть|заповніть|"
    r"please (?:provide|specify|confirm|state|fill|complete|give|tell|send)|fill in|provide us|"
    r"let us know|angeben|geben sie|ausfüllen|indique[rz]?|indicar|compilare|proszę o podanie|"
    r"prosíme)(?!\w)",
    re.IGNORECASE,
)
_REQUESTS = re.compile(
    r"(?<!\w)(?:прошу|просим|просьба|пришлите|вышлите|направьте|подтвердите|скажите|надішліть|"
    r"please|kindly|bitte|merci de|veuillez|por favor|per favore|proszę|prosimy|prosím|lütfen|"
    r"graag|vänligen)(?!\w)|请|ください|주세요",
    re.IGNORECASE,
)
_FILLED_FIELD = re.compile(r"[^\W\d_][^:]{1,40}:\s*(?!https?:)[\w+«\"][^?]*")
_UNDER_QUESTION = re.compile(r"\s?>(?!\s?>).*\?\s*$")
_NESTED = re.compile(r"\s?>\s?>")
_DEEPER = re.compile(r"\s?>\s?>+\s?[^\s>]")
# A line in capitals, or behind a tick.
_STANDS_OUT = re.compile(r"(?=.*[A-ZА-ЯЁ]{4})[^a-zа-яё]+$|[✅❌✔✓☑✗✘❗⛔]")
_FEW_WORDS = 6
_LONGEST = 500
_LONGEST_FORM = 15
_QUESTION_MARKS = ("?", "？", "؟", '?"', "?»", "?)")


def asks_something(line: str) -> bool:
    """Whether a line asks: a question, a request, a numbered item, a line ending in a colon."""
    shown = line.strip()[:_LONGEST]
    if _asks(shown) or shown.endswith(":") or _NUMBERED.match(shown):
        return True
    return _ASKS_TO_FILL.search(shown) is not None or _REQUESTS.search(shown) is not None


def looks_answered(history: list[str], occasion: Occasion, silent: bool) -> bool:
    """Whether lines of unmarked history seem to be answers put between questions.

    If the words above are ``silent``, because they only greet, one question that is not the last
    line is enough.
    """
    shown = [line.strip()[:_LONGEST] for line in history if line.strip()]
    answered = [
        (line, below)
        for line, below in pairwise(shown)
        if _asks(line) and not _asks(below) and not _goes_on(below)
    ]
    if silent and answered:
        return True
    if any(_ARROW.match(below) or _is_signed(below, occasion) for _, below in answered):
        return True
    numbered = sum(_NUMBERED.match(line) is not None for line, _ in answered)
    if numbered >= 2 or _share_mark(answered) or _alternate(shown) or _stand_out(shown):
        return True
    if sum(_APART_BEHIND.fullmatch(line) is not None for line in shown) >= (1 if silent else 2):
        return True
    return _is_marked(shown, occasion) or _is_said_behind(shown) or _is_form_filled(shown)


def _goes_on(line: str) -> bool:
    """Whether a line below a question is the asker's: the next number, thanks, a request."""
    return _NUMBERED.match(line) is not None or _GOES_ON.match(line) is not None


def _asks(line: str) -> bool:
    return line.endswith(_QUESTION_MARKS) or (line.endswith(":") and bool(_NUMBERED.match(line)))


def _is_marked(shown: list[str], occasion: Occasion) -> bool:
    """Whether lines bear marks of answers: «Ответ:», the writer's name, arrows, doubled signs."""
    if _is_labelled(shown, occasion) or _is_by_name(shown, occasion):
        return True
    if sum(_ARROW.match(line) is not None or _is_signed(line, occasion) for line in shown) >= 2:
        return True
    doubled = [_DOUBLED.match(line) for line in shown]
    under = Counter(
        mark[0]
        for above, mark, line in zip([None, *doubled], doubled, shown, strict=False)
        if mark and not above and not line.endswith(mark[0])
    )
    return any(times >= 2 for times in under.values()) and doubled[0] is None


def _is_labelled(shown: list[str], occasion: Occasion) -> bool:
    """Whether a line is «Ответ: …», below more than a greeting.

    Help desks put the subject there («Antwort: Angebot 15») as a heading.
    """
    if any(map(_LABELLED_QUESTION.match, shown)):
        return False
    told = False
    for line in shown:
        if told and _LABELLED.match(line) and not occasion.has_subject(line):
            return True
        told = told or not line.endswith(("!", ","))
    return False


def _is_by_name(shown: list[str], occasion: Occasion) -> bool:
    """Whether a line below begins with the writer's name or initials; a chat is none."""
    own = others = 0
    for line in shown[1:]:  # the first may address him: «Mark: the list is ready»
        initials, named = _INITIALLED.match(line), _NAMED.match(line)
        signed = _SIGNED.match(line)
        if (initials and occasion.has_initials(initials[1])) or (
            signed and occasion.is_first_name(signed[1])
        ):
            return True
        if named:
            own += occasion.is_first_name(named[1])
            others += not occasion.is_first_name(named[1])
    return own > 0 and others < 2


def _is_said_behind(shown: list[str]) -> bool:
    """Whether answers stand behind the question on its line, or under it in one word."""
    if any(_BEHIND_BARE_QUESTION.match(line) or _TICKED.match(line) for line in shown):
        return True
    if sum(_WORDS_BEHIND.fullmatch(line) is not None for line in shown) >= 2:
        return True
    if sum(_SAID_BEHIND.fullmatch(line) is not None for line in shown) >= 2:
        return True
    return any(
        _asks(line) and _is_stock(below) and not _is_stock(then)
        for line, below, then in zip(shown, shown[1:], [*shown[2:], ""], strict=False)
    )


def _is_stock(line: str) -> bool:
    return line.strip(" .,!;-–—*").casefold() in _STOCK


def _is_form_filled(shown: list[str]) -> bool:
    """Whether at least two fields are filled in, behind or under the request.

    «Просим указать:» and «Цвет: красный» below, or «Сообщите цвет: красный».
    """
    asked = [line for line in shown if _ASKS_TO_FILL.match(line)]
    if sum(_FILLED_FIELD.fullmatch(line) is not None for line in asked) >= 2:
        return True
    for i, line in enumerate(shown):
        if line.endswith(":") and _ASKS_TO_FILL.search(line):
            below = shown[i + 1 : i + 1 + _LONGEST_FORM]
            fields = [_FILLED_FIELD.fullmatch(each) is not None for each in below]
            if sum(fields[:2]) and sum(fields) >= 2:
                return True
    return False


def answers_on_lines(quoted: list[str]) -> bool:
    """Whether quoted lines hold answers: behind a question, or deeper quoted under two of them."""
    marked = [line for line in quoted if line.lstrip().startswith(">")]
    if all(map(_NESTED.match, marked)):
        quoted = [line.replace(">", "", 1) for line in marked]  # a client marked all of it twice
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


def _stand_out(shown: list[str]) -> bool:
    """Whether lines in capitals, or with a tick, stand under two plain numbered items."""
    return (
        sum(
            _NUMBERED.match(line) is not None
            and not _STANDS_OUT.match(line.split(maxsplit=1)[-1])
            and _STANDS_OUT.match(below) is not None
            for line, below in pairwise(shown)
        )
        >= 2
    )


def _share_mark(answered: list[tuple[str, str]]) -> bool:
    """Whether the lines under two questions begin with one mark that the questions lack."""
    marks = Counter(found[0] for _, below in answered if (found := _MARK.match(below)))
    asking = {found[0] for line, _ in answered if (found := _MARK.match(line))}
    return any(times >= 2 and mark not in asking for mark, times in marks.items())


def _alternate(shown: list[str]) -> bool:
    """Whether a question, a few words, another question and a few words follow each other."""
    asks = [line.endswith(_QUESTION_MARKS) for line in shown]
    few = [
        len(line.split()) <= _FEW_WORDS and not line.endswith((",", ":")) and not _goes_on(line)
        for line in shown
    ]
    return any(
        asks[i]
        and few[i + 1]
        and not asks[i + 1]
        and asks[i + 2]
        and few[i + 3]
        and not asks[i + 3]
        for i in range(len(shown) - 3)
    )
