"""Signs that a line is of its writer's card: a farewell, a name, a post, a way to reach him."""

import re

from bridge.parse.reply.occasion import Occasion

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
_LINK = re.compile(r"<?(?:https?://|mailto:|www\.)[^\s>]+>?|[^\s<>]+@[^\s<>]+")
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
_STREET = re.compile(r"(?<!\w)(?:ул|улица|г|город|дом|street|st|road|ave)\b\.?", re.IGNORECASE)
_QUOTED = ('"', "“", "«", "„")
# Git ends a patch with its version.
_VERSION = re.compile(r"\d{1,3}(?:\.\d{1,4}){1,3}\S{0,20}")
_NAME_WORD = re.compile(r"[^\W\d_][^\W\d_]*[.,]?(?:-[^\W\d_]+)?")


def is_farewell(line: str) -> bool:
    """Whether a line takes leave: «С уважением», `Best regards`."""
    return _FAREWELL.match(line.strip()) is not None


def belongs(line: str, occasion: Occasion) -> bool:
    """Whether a Russian line only says who the writer is or how to reach him."""
    return bool(
        reaches(line)
        or is_of_writer(line, occasion)
        or is_name(line)
        or names_street(line)
        or _TITLE.search(line)
        or is_quoted(line)
    )


def reaches(line: str) -> bool:
    """Whether a line names a way to reach somebody: an address, a telephone, a firm, hours."""
    if _VERSION.fullmatch(line):
        return True
    return bool(_CONTACT.search(line) or _PHONE.search(line) or _HOURS.search(line))


def is_of_writer(line: str, occasion: Occasion) -> bool:
    """Whether a line takes leave, or begins with at most six words that name the writer."""
    if is_farewell(line):
        return True
    return len(line.partition(",")[0].split()) <= 6 and occasion.names_writer(line)


def is_name(line: str) -> bool:
    """Up to four words of letters, each with a capital: «Пётр И. Иванов», ``Jane @jane``."""
    words = [word for word in line.split() if not word.startswith("@")]
    return 1 <= len(words) <= 4 and all(
        word[:1].isupper() and _NAME_WORD.fullmatch(word) for word in words
    )


def names_street(line: str) -> bool:
    """Whether a line names a street or a town."""
    return _STREET.search(line) is not None


def is_quoted(line: str) -> bool:
    """Whether a line begins with a quotation mark, as mottos do."""
    return line.startswith(_QUOTED)


def without_links(line: str) -> str:
    """Return a line without its links and e-mail addresses."""
    return _LINK.sub("", line)


def without_contacts(line: str) -> str:
    """Return a line without its links, e-mail addresses and telephone numbers."""
    return _PHONE.sub("", without_links(line))
