"""Whether lines under a delimiter are the writer's card, or words that say something.

People use ``--`` and even ``-- `` as dashes, write on under their signature, and answer «на кого
выписать?» with a name and a number. So lines are a card only if they prove it and nothing in them
contradicts:

- every paragraph bears a sign: a farewell, a name, a way to reach somebody, a firm, opening hours,
  small print, a quoted saying with its author; every Russian and Latin line says who the writer is.
  In an answer without a Russian letter a card drawn in columns is trusted;
- no line tells anything: no sentence, request, postscript, sum, or number other than a telephone's;
- nothing stands below a mobile client's tail, which clients write last.

The delimiter ``-- `` with its blank (RFC 3676 section 4.3) is mostly a client's. Without the blank
it may be a dash, so the lines must begin with a farewell or the sender's name, and hold neither an
address nor a number. Under neither may the words above lead on to them («Выпишите на:»).
"""

import re

from bridge.parse.reply.closing.latin import is_latin, is_motto, is_of_card
from bridge.parse.reply.closing.tails import is_tail
from bridge.parse.reply.closing.telling import says_more, speaks_beside_contact, tells_new
from bridge.parse.reply.lines import plain
from bridge.parse.reply.markers import is_rule
from bridge.parse.reply.occasion import Occasion

DELIMITERS = ("--", "—", "–", "- -")
_LONGEST_DOUBTFUL = 15
_LONGEST_LINE = 90

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
_PHONE = re.compile(
    r"\+\d[\d ()-]{8,}\d|(?<!\d)[78][ (-]{0,2}\d{3}[ )-]{0,2}\d{3}[ -]?\d{2}[ -]?\d{2}(?!\d)|"
    r"(?<!\d)\(?\d{3,5}\)?[ -]\d{3}[ -]\d{2}[ -]?\d{2}(?!\d)|"
    r"(?<!\d)\(?\d{3}\)?[ .-]\d{3}[.-]\d{4}(?!\d)|"
    r"(?:тел|моб|факс|tel|phone|fax|mobile|cell|доб|ext)[.: ]{1,3}[+(\d][\d ()-]{1,20}|"
    r"(?<!\w)[tmpfcdт][.:] ?[+(\d][\d ().-]{6,18}\d(?!\d)",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"@\w|https?://|www\.|^(?:тел|моб|факс|tel|phone|fax|mobile|cell|skype|"
    r"telegram|whatsapp|icq|e-?mail|web|сайт|почта)\b|^(?:ооо|оао|зао|пао|ао|ип|нко)\b|"
    r"\b(?:ltd|inc|llc|gmbh|s\.?r\.?l|s\.?a|corp|plc|co)\b\.?$",
    re.IGNORECASE,
)
_HOURS = re.compile(r"\b(?:пн|вт|mon|mo)\s?[-–—]\s?(?:пт|сб|вс|fri|fr|sat|sun)\b", re.IGNORECASE)
_FIRM = re.compile(r"\W*(?:ооо|оао|зао|пао|ао|ип|нко|ltd|inc|llc|gmbh)\b", re.IGNORECASE)
_LINK = re.compile(r"<?(?:https?://|mailto:|www\.)[^\s>]+>?|[^\s<>]+@[^\s<>]+")
_POSTSCRIPT = re.compile(
    r"^\W*(?:p\.? ?p?\.? ?s\b|з\.? ?ы\b|п\.? ?с\b|пост ?скриптум|n\.? ?b\b|upd\b|кстати|"
    r"btw\b|by the way|(?:and )?one more|also|(?:i )?forgot|да,|и )",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"(?<!\w)(?:прошу|просим|пришлите|подскажите|помогите|скажите|напишите|верните|вышлите|"
    r"перешлите|отправьте|направьте|позвоните|перезвоните|выставьте|жду|ждём|ждем)(?!\w)",
    re.IGNORECASE,
)
# What a person is or belongs to; any other Russian line below a name may be a sentence.
_TITLE = re.compile(
    r"менеджер|директор|бухгалтер|специалист|инженер|отдел|начальник|заместител|(?<!\w)зам\.?(?!\w)|"
    r"руковод|юрист|адвокат|нотариус|секретар|администратор|ассистент|помощник|консультант|"
    r"оператор|эксперт|аналитик|программист|разработчик|дизайнер|маркетолог|продавец|мастер|врач|"
    r"преподават|доцент|профессор|учител|студент|служб|департамент|управлен|управляющ|групп|"
    r"компани|магазин|студия|салон|клиник|центр|агентств|завод|фабрик|банк|филиал|представител|"
    r"координатор|куратор|логист|снабжен|закуп|продаж|маркетинг|техническ|главн|ведущ|старш|младш|"
    r"генеральн|исполнительн|коммерческ|финансов|предпринимател|основател|владелец|партн[её]р|"
    r"председател|президент|сотрудник|диспетчер|кадр|редактор|автор|фотограф|архитектор|тренер|"
    r"психолог|агент|брокер|риелтор|механик|электрик|технолог|кандидат|доктор|член|академ|"
    r"университет|институт|школ|колледж|лаборатор|кафедр|факультет|ассоциац|фонд|холдинг|концерн",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"\?|(?<!\w)(?:прошу|просим|просьба|пожалуйста|"
    r"подскажите|помогите|скажите|напишите|пришлите|верните|вышлите|жду|ждём|ждем|нужн\w*|"
    r"можете|можно ли|заказ|заявк\w*|сч[её]т|договор\w*|накладн\w*|трек|артикул|номер|№ ?\d|order|"
    r"invoice|ticket|please|could you|can you|need|waiting)(?!\w)",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"(?<!\w)(?:я|мне|меня|мо[йяие]|мы|нам|нас|наш[аеи]?|вы|вам|вас|ваш[аеи]?|i|i'm|my|me|we|our|you|"
    r"your)(?!\w)",
    re.IGNORECASE,
)
# What a payment or a contract needs: account details, cards, identity papers, sums.
_REQUISITES = re.compile(
    r"(?<!\w)(?:инн|кпп|огрн(?:ип)?|бик|р/?с|к/?с|снилс|паспорт|карт[аеуы]|полис|iban|swift|vat|"
    r"card|account|руб|р\.|eur|usd|rub)(?!\w)|[₽€$]|\d(?:[ -]?\d){8}",
    re.IGNORECASE,
)
_DWELLING = re.compile(r"(?<!\w)(?:кв|квартира|подъезд|этаж|домофон|apt|flat)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<!\w)(?:ул|улица|г|город|дом|street|st|road|ave)\b\.?", re.IGNORECASE)
# A number that is neither a telephone's nor, in Latin letters, a postal code's.
_NUMBER = re.compile(r"\d{4}(?!\d? [A-Z][a-z])")
_DAY = re.compile(r"(?<![\d.])\d{1,2}[./]\d{1,2}[./](?:19|20)?\d{2}(?![\d.])|20\d\d-\d\d-\d\d")
# «Цвет - красный»: a thing and its property.
_NAMES_THING = re.compile(r"\w\s[-–—]\s\w|\w ?[:=]\s*\w")
_LEADS_ON = re.compile(
    r"[:,]$|^(?=[^.!?]*$).*(?<!\w)(?:телефон|номер|адрес|почта|контакты|реквизиты|данные|имя|фио|"
    r"phone|address|name|contacts?)(?: \w+){0,2}$|"
    r"(?<!\w)(?:send|order|need|add|deliver|ship)(?: me| us)?$|"
    r"(?<!\w)(?:на|для|по|от|к|to|for|by|of|from|at)$|"
    r"(?<!\w)(?:ниже|below|из подписи|в подписи|(?:in|from) (?:my|the) signature)[.!]?$",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"confidential|intended (?:recipient|solely|only|for)|disclaimer|privileged|virus|think before|"
    r"environment|unsubscribe|mail is sponsored|"
    r"конфиденциал|предназнач|адресат|вирус|окружающ|vertraulich|"
    r"confidentiel|confidencial|riservat",
    re.IGNORECASE,
)
# What a list's program puts under a bare dash.
_OF_LIST = re.compile(r"to unsubscribe(?: from this (?:list|group))?[:,] ", re.IGNORECASE)
_KEY = "-----BEGIN PGP"
_QUOTED = ('"', "“", "«", "„")
_RUSSIAN = re.compile(r"[а-яё]", re.IGNORECASE)
# A card drawn in columns, or indented.
_DESIGNED = re.compile(r"^ {2,}\S|\S(?: {3,}|\t+)\S")
# Git ends a patch with its version.
_VERSION = re.compile(r"\d{1,3}(?:\.\d{1,4}){1,3}\S{0,20}")
_NAME_WORD = re.compile(r"[^\W\d_][^\W\d_]*[.,]?(?:-[^\W\d_]+)?")


def is_card(
    text: list[str], above: str, certain: bool, occasion: Occasion, alone: bool = True
) -> bool:
    """Whether the lines under a delimiter are a card; ``above`` is the line over the delimiter.

    ``certain``: the delimiter has its blank. ``alone``: no other delimiter parts words, as a writer
    of several may set off his own words with them.
    """
    if _goes_on_below_tail(text):
        return False
    paragraphs = _paragraphs([line for line in text if not is_tail(line)])
    if not paragraphs:
        return True
    trusted = certain and alone and occasion.answers and not _RUSSIAN.search("\n".join(text))
    designed = trusted and any(map(_DESIGNED.search, text))
    for at, paragraph in enumerate(paragraphs):
        foreign = trusted and at == 0 and not any(map(is_latin, paragraph))
        if not (designed or foreign or _shows_card(paragraph, at == 0, occasion)):
            return False
    lines = [line for paragraph in paragraphs for line in paragraph]
    small_print = [line for each in paragraphs if _is_small_print(each) for line in each]
    for line in lines:
        if line.startswith(_KEY):
            break
        if line in small_print:
            continue
        if _POSTSCRIPT.match(line) if designed else _tells(line, motto=trusted):
            return False
    if _LEADS_ON.search(plain(above)):
        return False
    of_list = len(small_print) == len(lines) and _OF_LIST.match(lines[0]) is not None
    return certain or of_list or _is_surely_signed(paragraphs, occasion)


def is_farewell(line: str) -> bool:
    """Whether a line takes leave: «С уважением», `Best regards`."""
    return _FAREWELL.match(line.strip()) is not None


def _goes_on_below_tail(text: list[str]) -> bool:
    tail = next((i for i, line in enumerate(text) if is_tail(line)), len(text))
    below = [line for line in text[tail + 1 :] if line.strip() and not is_tail(line)]
    return any(not is_rule(line) for line in below) and not _is_small_print(below)


def _paragraphs(text: list[str]) -> list[list[str]]:
    """Groups of adjacent lines, without drawn rules and second delimiters."""
    found: list[list[str]] = [[]]
    for line in text:
        shown = plain(line)
        if not shown:
            found.append([])
        elif shown not in DELIMITERS and not is_rule(line):
            found[-1].append(shown)
    return [paragraph for paragraph in found if paragraph]


def _is_small_print(paragraph: list[str]) -> bool:
    return _DISCLAIMER.search(" ".join(paragraph)) is not None


def _shows_card(paragraph: list[str], first: bool, occasion: Occasion) -> bool:
    """Whether a paragraph bears a sign, and so does a line below a way to reach somebody."""
    if _is_small_print(paragraph):
        return True
    reached = next((i for i, line in enumerate(paragraph) if _reaches(line)), len(paragraph))
    below = paragraph[reached:]
    above = paragraph[:reached]
    named = first and any(map(_is_name, above))
    if first and is_motto(paragraph):
        return True
    for line in paragraph:
        latin = is_latin(line)
        if (latin or _RUSSIAN.search(line)) and not (
            _belongs(line, occasion) or (latin and is_of_card(line))
        ):
            return False
    return named or bool(below) or any(_is_of_writer(line, occasion) for line in above)


def _belongs(line: str, occasion: Occasion) -> bool:
    """Whether a Russian line only says who the writer is or how to reach him."""
    return bool(
        _reaches(line)
        or _is_of_writer(line, occasion)
        or _is_name(line)
        or _ADDRESS.search(line)
        or _TITLE.search(line)
        or line.startswith(_QUOTED)
    )


def _reaches(line: str) -> bool:
    """Whether a line names a way to reach somebody: an address, a telephone, a firm, hours."""
    if _VERSION.fullmatch(line):
        return True
    return bool(_CONTACT.search(line) or _PHONE.search(line) or _HOURS.search(line))


def _is_of_writer(line: str, occasion: Occasion) -> bool:
    if _FAREWELL.match(line):
        return True
    return len(line.partition(",")[0].split()) <= 6 and occasion.names_writer(line)


def _tells(line: str, motto: bool) -> bool:
    """Whether a line says something to the reader; a ``motto`` addresses neither of the two."""
    shown = _PHONE.sub("", _LINK.sub("", line))
    if _POSTSCRIPT.match(line) or _REQUISITES.search(shown) or _DAY.search(shown):
        return True
    if _FAREWELL.match(line):
        return False
    bare = _LINK.sub("", line)
    if bare.startswith(_QUOTED):  # a motto
        return False
    if _ASKED.search(bare):
        return True
    if (
        says_more(shown)
        or tells_new(bare)
        or (shown != line and (speaks_beside_contact(shown) or _DWELLING.search(shown)))
    ):
        return True
    if _reaches(line) and len(bare.split()) <= 6:
        return False
    if _REQUEST.search(bare):
        return True
    return _is_sentence(bare) and (not motto or _PERSON.search(bare) is not None)


def _is_sentence(line: str) -> bool:
    words = line.split()
    small = sum(word[:1].islower() for word in words)
    ended = line.endswith((".", "!", "?", "…", ":")) and small >= 1
    return len(line) > _LONGEST_LINE or (ended and len(words) > 1)


def _is_surely_signed(paragraphs: list[list[str]], occasion: Occasion) -> bool:
    """Whether a card under a bare dash begins as one and holds nothing that may be an answer."""
    lines = [line for paragraph in paragraphs for line in paragraph]
    first = paragraphs[0]
    if len(lines) > _LONGEST_DOUBTFUL or _FIRM.match(first[0]):
        return False
    if any(map(_may_be_answer, lines)) or any(
        _NAMES_THING.search(line) and not _reaches(line) and not _is_of_writer(line, occasion)
        for line in lines
    ):
        return False
    if _is_of_writer(first[0], occasion):
        return True
    if not _is_name(first[0]):
        return False
    if occasion.writer:
        return occasion.shows_address("\n".join(first))
    return any(map(_reaches, first)) or all(map(_is_name, first))


def _may_be_answer(line: str) -> bool:
    """Whether a line names a dwelling, a street, or a number that is no telephone's."""
    shown = _PHONE.sub("", _LINK.sub("", line))
    return bool(_DWELLING.search(line) or _ADDRESS.search(line) or _NUMBER.search(shown))


def _is_name(line: str) -> bool:
    """Up to four words of letters, each with a capital: «Пётр И. Иванов», ``Jane @jane``."""
    words = [word for word in line.split() if not word.startswith("@")]
    return 1 <= len(words) <= 4 and all(
        word[:1].isupper() and _NAME_WORD.fullmatch(word) for word in words
    )
