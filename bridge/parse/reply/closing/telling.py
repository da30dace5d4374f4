"""What a line of a card tells besides who the writer is and how to reach him.

A number with another label (an order's, a serial number, a network address), something new («Новый
телефон»), a time or way of delivery, and words beside a telephone tell the reader something, so the
lines are no card.
"""

import re

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
_ASKED = re.compile(
    r"(?<!\w)(?:слать|шлите|присылать|высылать|отправлять|писать|пишите|звонить|звоните)(?!\w)"
)
_MOST_OTHERS = 1


def says_more(shown: str) -> bool:
    """Whether a line, without telephones and links, tells something that no card does."""
    if any(map(str.isdigit, shown)) and (
        _NUMBERED.search(shown) or _NETWORK.search(shown) or _ITEM.match(shown)
    ):
        return True
    return bool(_SECRET.search(shown) or _ORDERED.search(shown))


def tells_new(line: str) -> bool:
    """Whether a line announces a new way to reach its writer."""
    return _NEW.search(line) is not None


def speaks_beside_contact(shown: str) -> bool:
    """Whether Russian words or an hour stand beside a telephone or an address.

    ``shown`` is the line without telephones and addresses.
    """
    others = [word for word in _CYRILLIC_WORD.findall(shown) if not _LABEL.fullmatch(word)]
    if " не " in shown or len(others) > _MOST_OTHERS or _ASKED.search(shown.casefold()):
        return True
    return bool(others) and _HOUR.search(shown) is not None
