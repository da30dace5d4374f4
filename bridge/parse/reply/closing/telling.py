"""What a line of a card tells besides who the writer is and how to reach him.

A number with another label (an order's, a serial number, a network address), something new («Новый
телефон»), a time or way of delivery, and words beside a telephone tell the reader something, so the
lines are no card.
"""

import re

from bridge.parse.reply.closing.signs import (
    is_farewell,
    is_quoted,
    names_street,
    reaches,
    without_contacts,
    without_links,
)

# Things that a number other than a telephone's may belong to, in the languages of the cards.
_NUMBERED = re.compile(
    r"(?<!\w)(?:s/n|serial|vin|imei|ip|id|логин|login|user ?name|version|ubuntu|windows|заказ|"
    r"(?:customer|client|account|order|ticket|case|tracking|invoice|contract)"
    r"(?: (?:no|nr|number))?|"
    r"(?:kunden|auftrags?|bestell|rechnungs?|vertrags?)(?:nummer|nr)|bestellung|auftrag|"
    r"commande|facture|pedido|factura|ordine|fattura|encomenda|bestelling|klantnummer|"
    r"zamówieni[ea]|objednávka|tilaus|ordernummer|sipariş|версия|серийный номер)"
    r"[.:#№ ]{1,3}[\w-]*\d",
    re.IGNORECASE,
)
_SECRET = re.compile(
    r"(?<!\w)(?:логин|пароль|login|password|passcode|passwort|mot de passe|contraseña|hasło)(?!\w)",
    re.IGNORECASE,
)
_NETWORK = re.compile(
    r"(?<![\d.])(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])(?:\.(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])){3}"
    r"(?![\d.]\d)"
)
# A new way to reach the writer is announced.
_NEW = re.compile(
    r"(?<!\w)(?:нов(?:ый|ая|ое|ые)|new|neue[rs]?|nouve(?:au|lle)|nuev[oa]|nuov[oa]|nov[oae]|now[yae]|"
    r"nieuwe?|nytt?|yeni|uusi) (?:\w+ ){0,2}?(?:адрес|телефон|номер|почта|address|phone|number|"
    r"mobile|e-?mail|adresse?|telefon\w*|nummer|rufnummer|adres\w*|num[eé]ro|número|numer|"
    r"dirección|indirizzo|endereço|adresa|osoite)(?!\w)",
    re.IGNORECASE,
)
_ORDERED = re.compile(
    r"^(?:please |kindly |bitte )?(?:send|deliver|ship|forward|cc|copy|bill|pay) (?:\w+ ){0,4}|"
    r"^(?:back|away|on (?:leave|holiday|vacation)|out of (?:the )?office) "
    r"(?:on|from|until|till) \d|"
    r"(?<!\w)(?:call|ring|phone|text|deliver|open|closed|reachable|available|livrer|entregar|"
    r"consegnare|liefern|anrufen|dzwonić|dostarczyć|звонить|звоните|привозить|доставлять)\b"
    r"[^.]{0,15}?(?<!\w)(?:after|before|until|only|not|après|avant|después|dopo|prima|erst|nur|nach|"
    r"vor|po|przed|после|до|только|не) ?\w",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^\d{1,4}(?: ?[x×]| шт\.?| pcs\.?)? [a-zа-яё]{3,} ?\w")
_CYRILLIC_WORD = re.compile(r"(?<!\w)[а-яё]{2,}(?!\w)")
_HOUR = re.compile(r"(?<!\d)\d{1,2}:\d{2}(?!\d)")
_LABEL = re.compile(
    r"тел|телефоны?|моб|мобильный|раб|рабочий|городской|сот|сотовый|факс|эл|электронная|почта|адрес|"
    r"сайт|доб|добавочный|вн|внутр|для|связи|по|и|или|на|от|с|до|из|контактный|прямой|"
    r"многоканальный|бесплатный|звонок|россии|всей|рф|офис|склад|бухгалтерия|при[её]мная|"
    r"пн|вт|ср|чт|пт|сб|вс|без|выходных|круглосуточно|ежедневно|ул|дом|стр|корп|оф|пр|пер|пл|обл|эт|"
    r"каб|комн|лит"
)
_ASKED_TO_WRITE = re.compile(
    r"(?<!\w)(?:слать|шлите|присылать|высылать|отправлять|писать|пишите|звонить|звоните)(?!\w)"
)
_MOST_OTHERS = 1
# A number that is neither a telephone's nor, in Latin letters, a postal code's.
_NUMBER = re.compile(r"\d{4}(?!\d? [A-Z][a-z])")
_LONGEST_LINE = 90
_POSTSCRIPT = re.compile(
    r"^\W*(?:p\.? ?p?\.? ?s\b|з\.? ?ы\b|п\.? ?с\b|пост ?скриптум|n\.? ?b\b|upd\b|кстати|"
    r"btw\b|by the way|(?:and )?one more|also|(?:i )?forgot|да,|и )",
    re.IGNORECASE,
)
_ASKED_FOR = re.compile(
    r"(?<!\w)(?:прошу|просим|пришлите|подскажите|помогите|скажите|напишите|верните|вышлите|"
    r"перешлите|отправьте|направьте|позвоните|перезвоните|выставьте|жду|ждём|ждем)(?!\w)",
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
_SPEAKS = re.compile(
    r"\w\?\s|\w\?$|(?<!\w)(?:i|we)(?:'\w+)? [a-z]+ \w|"
    r"(?<!\w)(?:please|can you|could you|still)(?!\w)",
    re.IGNORECASE,
)
# What a payment or a contract needs: account details, cards, identity papers, sums.
_REQUISITES = re.compile(
    r"(?<!\w)(?:инн|кпп|огрн(?:ип)?|бик|р/?с|к/?с|снилс|паспорт|карт[аеуы]|полис|iban|swift|vat|"
    r"card|account|руб|р\.|eur|usd|rub)(?!\w)|[₽€$]|\d(?:[ -]?\d){8}",
    re.IGNORECASE,
)
_DWELLING = re.compile(r"(?<!\w)(?:кв|квартира|подъезд|этаж|домофон|apt|flat)\b", re.IGNORECASE)
_DAY = re.compile(r"(?<![\d.])\d{1,2}[./]\d{1,2}[./](?:19|20)?\d{2}(?![\d.])|20\d\d-\d\d-\d\d")


def is_postscript(line: str) -> bool:
    """Whether a line begins as a postscript or an afterthought does."""
    return _POSTSCRIPT.match(line) is not None


def tells(line: str, motto: bool) -> bool:
    """Whether a line says something to the reader; a ``motto`` addresses neither of the two."""
    shown = without_contacts(line)
    if is_postscript(line) or _REQUISITES.search(shown) or _DAY.search(shown):
        return True
    if is_farewell(line):
        return False
    bare = without_links(line)
    if is_quoted(bare):  # a motto
        return False
    if _ASKED_FOR.search(bare):
        return True
    if (
        _says_more(shown)
        or _NEW.search(bare)
        or (shown != line and (_speaks_beside_contact(shown) or _DWELLING.search(shown)))
    ):
        return True
    if reaches(line) and len(bare.split()) <= 6:
        return False
    if _REQUEST.search(bare):
        return True
    return _is_sentence(bare) and (not motto or _PERSON.search(bare) is not None)


def speaks(line: str) -> bool:
    """Whether a line asks something, or says what its writer does or needs."""
    return not is_quoted(line) and _SPEAKS.search(without_links(line)) is not None


def may_be_answer(line: str) -> bool:
    """Whether a line names a dwelling, a street, or a number that is no telephone's."""
    shown = without_contacts(line)
    return bool(_DWELLING.search(line) or names_street(line) or _NUMBER.search(shown))


def _is_sentence(line: str) -> bool:
    words = line.split()
    small = sum(word[:1].islower() for word in words)
    ended = line.endswith((".", "!", "?", "…", ":")) and small >= 1
    return len(line) > _LONGEST_LINE or (ended and len(words) > 1)


def _says_more(shown: str) -> bool:
    """Whether a line, without telephones and links, tells something that no card does."""
    if any(map(str.isdigit, shown)) and (
        _NUMBERED.search(shown) or _NETWORK.search(shown) or _ITEM.match(shown)
    ):
        return True
    return bool(_SECRET.search(shown) or _ORDERED.search(shown))


def _speaks_beside_contact(shown: str) -> bool:
    """Whether Russian words or an hour stand beside a telephone or an address.

    ``shown`` is the line without telephones and addresses.
    """
    others = [word for word in _CYRILLIC_WORD.findall(shown) if not _LABEL.fullmatch(word)]
    if " не " in shown or len(others) > _MOST_OTHERS or _ASKED_TO_WRITE.search(shown.casefold()):
        return True
    return bool(others) and _HOUR.search(shown) is not None
