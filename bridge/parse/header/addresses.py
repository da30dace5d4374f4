"""Who wrote and to whom: mail-parser reads a mended field, what it drops is read leniently.

The faults are F04 and F05 (names) and F08 (lost addresses).
"""

import re
from collections.abc import Sequence

from bridge.parse.header.as_addresses_go import as_addresses_go, is_ordinary
from bridge.parse.text.encoded_words import clean_words, decode_words, encode_word
from bridge.parse.text.quoted_strings import segments, split_unquoted
from bridge.parse.text.spoilt.misread import as_meant
from bridge.parse.text.storable import clean_line
from contract.bounds import MAX_ADDRESS, MAX_ADDRESSES, MAX_LINE, is_blank
from contract.event import Address
from contract.yandex import is_yandex

NOBODY = Address(address="unknown@unknown.invalid")

_ANGLE = re.compile(r"<([^<>]{1,2000})>")
_SPEC = re.compile(r"[^\s<>,;:\"()\[\]]{1,320}@[^\s<>,;:\"()]{1,320}")
_BLANK = re.compile(r"\s")
_QUOTED_LOCAL = re.compile(r'^"(?:[^"\\]|\\.){1,64}"(?=@)')
# Needless quotes around a local part are dropped (RFC 5321 4.1.2).
_NEEDLESS = re.compile(r'^"([\w+=-]{1,64}(?:\.[\w+=-]{1,64}){0,10})"(?=@)')
_ATOM = re.compile(r"[\w.+=-]+", re.ASCII)
_MADE_AT = re.compile(r"@((?:[a-z0-9-]{1,63}\.){1,8}(?!local)[a-z]{2,24})\Z", re.IGNORECASE)
# Names that a host's programs write under. Any other word may be there by mistake (``<FROM>``), and
# a mail system without a domain is nobody to answer.
_OF_HOST = re.compile(
    r"root|daemon|nobody|(?:ana)?cron|www(?:-data)?|apache|httpd|nginx|"
    r"nagios|zabbix|munin|monit|logwatch|smartd|fail2ban|mysql|postgres|backup|jenkins|admin",
    re.IGNORECASE,
)
_DAEMON = re.compile(r"mailer-?daemon|postmaster|root", re.IGNORECASE)
_NAME_PART = r"[^\W\d_][\w.&'’ -]{0,60}"
_FAMILY_FIRST = re.compile(
    rf"(?:(?<=^)|(?<=[,;]))\s{{0,3}}((?:{_NAME_PART}, {{0,3}}){{1,3}}{_NAME_PART}?)"
    r"\s{0,3}(?=<[^<>]*@)"
)
# Addresses without a comma between them: ``<a@b> Jane <c@d>``, ``a@b c@d``.
_RUN_ON = re.compile(r"(?<=>)\s{1,5}(?=[^,;<>@]{0,100}<[^<>@\s]{1,200}@[^<>\s]{1,200}>)")
_ENDS_ONE = re.compile(r"<[^<>@\s]{1,200}@[^<>\s]{1,200}>\s{0,5}$")
_BARE_RUN_ON = re.compile(r"(?<=\w)\s{1,5}(?=[\w.+-]{1,64}@[\w-]{1,63}\.)")
_SEMICOLON = re.compile(r";(?![^\s?]{0,500}\?=)")  # but not within an encoded word
_GROUP_SIGNS = re.compile(r"<[^<>]{1,2000}>|=\?[^\s?]{1,60}\?\w\?[^\s?]{0,500}\?=|[:;]")
_COMMENT = re.compile(r"\(((?:[^()\\]|\\.){0,200})\)")
# A comment between name and address belongs to neither (RFC 5322 3.4).
_REMARK = re.compile(r"(?<=[\w?=.\"]) ?\((?:[^()\\]|\\.){0,200}\)(?=\s{0,5}<)")
# Direction marks that a page or an address book put around a name; inside it they may matter.
_MARKS = " \u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_QUOTED_BRACKET = re.compile(r"\\([()])")
_SPECIALS = re.compile(r'[()<>@,;:\\"\[\]]')
_CONTROLS = re.compile(r"[\x00-\x1f]+")


def addresses_of(pairs: Sequence[tuple[str, str]], value: str) -> list[Address]:
    """Return the people in an address field, groups opened (RFC 5322 3.4).

    ``pairs`` is mail-parser's reading of ``mended(value)``; if it has nothing, or something that
    cannot be an address, the field is read leniently (F08).
    """
    value = as_addresses_go(value)
    found = [one for name, address in pairs if (one := _address(name, address))]
    if (
        not found
        or not any("@" in one.address for one in found)
        or any(_BLANK.search(_QUOTED_LOCAL.sub("", one.address)) for one in found)
    ):
        found = _leniently(decode_words(value))
    return found[:MAX_ADDRESSES]


def mended(value: str) -> str:
    """Rewrite words that mail-parser leaves encoded as plain UTF-8: in quotes, run together."""
    if is_ordinary(value):
        return value
    value = as_addresses_go(value)
    has_group = ":" in value and any(
        ":" in _COMMENT.sub("", text) for quoted, text in segments(value) if not quoted
    )
    if has_group and value.count(";") > 1:
        value = _beside_groups(value)

    def bare(text: str) -> str:
        if ";" in text:
            text = _REMARK.sub(" ", text)
        text = text if has_group else _SEMICOLON.sub(",", text)  # as Outlook lists people
        text = _RUN_ON.sub(", ", text)
        if _ENDS_ONE.search(text) and not value.rstrip().endswith(text.rstrip()):
            text += ","  # and a name in quotes follows
        if "<" not in value and text.count("@") > 1:
            text = _BARE_RUN_ON.sub(", ", text)
        if "," in text and "<" in text:
            text = _FAMILY_FIRST.sub(r' "\1" ', text)
        return clean_words(_REMARK.sub(" ", text), _atoms)

    return "".join(_quoted(text) if quoted else bare(text) for quoted, text in segments(value))


def _beside_groups(value: str) -> str:
    """Replace by a comma each semicolon that ends no group."""
    in_group = False

    def meant(found: re.Match[str]) -> str:
        nonlocal in_group
        sign, ends_one = found.group(), in_group
        if len(sign) == 1:
            in_group = sign == ":"
        return "," if sign == ";" and not ends_one else sign

    return "".join(
        f'"{text}"' if quoted else _GROUP_SIGNS.sub(meant, text) for quoted, text in segments(value)
    )


def _quoted(text: str) -> str:
    if "=?" in text:
        text = decode_words(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _atoms(text: str) -> str:
    """Return decoded words fit for a field: bare, or encoded if they would bind otherwise."""
    text = _CONTROLS.sub(" ", text)
    return f" {encode_word(text.strip())} " if _SPECIALS.search(text) else text


def _leniently(value: str) -> list[Address]:
    """Read what mail-parser drops: missing brackets or domain, doubled brackets, a trailing dot."""
    return [one for piece in split_unquoted(value, ",;") if (one := _lenient_one(piece))]


def _lenient_one(piece: str) -> Address | None:
    angle = [found for found in _ANGLE.finditer(piece) if found.group(1).strip()]
    outside = _SPEC.search(_ANGLE.sub(" ", piece))
    if outside and not any("@" in found.group(1) for found in angle):
        return _address(piece.replace(outside.group(), "", 1).strip(" <>()"), outside.group())
    if angle:
        inner = angle[-1].group(1)
        spec = _SPEC.search(inner)
        before, after = piece.partition("<")[0], piece[angle[-1].end() :].strip("> ")
        name = before.strip() or _COMMENT.sub(r"\1", after)
        return _address(name, spec.group() if spec else re.sub(r"\s", "", inner))
    spec = _SPEC.search(piece)
    if spec:
        return _address(piece.replace(spec.group(), "", 1).strip(" <>()"), spec.group())
    comment = _COMMENT.search(piece)
    bare = _COMMENT.sub("", piece).strip()
    if not _ATOM.fullmatch(bare):
        return None
    return _address(comment.group(1) if comment else "", bare)


def _address(name: str, address: str) -> Address | None:
    address = clean_line(address, MAX_ADDRESS).strip(" <>',;").rstrip(".!")
    if address[:1] == '"':
        address = _NEEDLESS.sub(r"\1", address)
    if address.startswith('"') == address.endswith('"'):
        address = address.strip('"')
    if is_blank(address) or address.endswith((":", "@")):
        return None
    name = as_meant(clean_line(name, MAX_LINE))[0]
    if "\\" in name:
        name = _QUOTED_BRACKET.sub(r"\1", name)
    name = name.strip(_MARKS)
    alone = name.count(name[:1]) == 1 or name.startswith('""')
    if name[:1] in "\"'" and (alone or name[-1:] in "\"'"):  # 'Ivan' via Support keeps its quotes
        name = name.strip(" \"'")
    if name.count('"') == 1:  # its other half is lost
        name = name.strip(' "')
    if name[-1:] == "\\":  # which escaped the quote behind it
        name = name.rstrip(" \\")
    return Address(address=address, name="" if name == address else name)


def sender_of(shown: str, *candidates: tuple[str, Sequence[Address]]) -> tuple[Address, str | None]:
    """Return the first sender in ``(field name, its addresses)``, else ``NOBODY``; and a defect.

    Of several in From the first real one counts; a sender without a domain, such as
    ``MAILER-DAEMON``, is real if no other field has an address. ``shown`` is From as text: its name
    goes with another field's address, or with none.
    """
    of_from = candidates[0]
    whole = [(field, one) for field, found in candidates for one in found if "@" in one.address]
    bare = [one for one in of_from[1] if _ATOM.fullmatch(one.address)]
    local = bare and (not whole or _DAEMON.fullmatch(bare[0].address))
    if local:
        return _with_domain(bare[0], [one for _, one in whole]), None
    field, sender = whole[0] if whole else ("", NOBODY)
    if field == "From":
        return sender, None
    name = _name_in(shown)
    told = sender.model_copy(update={"name": name}) if name else sender
    return told, f"no From, sender taken from {field}" if field else "no From and no other sender"


def _with_domain(local: Address, others: Sequence[Address]) -> Address:
    """Return ``root`` with the domain of Sender or Return-Path, if these name root, too."""
    same = (
        one for one in others if one.address.rpartition("@")[0].lower() == local.address.lower()
    )
    found = next(same, None)
    return local if found is None else local.model_copy(update={"address": found.address})


def of_its_host(sender: Address, message_id: str | None) -> Address:
    """Give ``root`` and the like the host that made the Message-ID (RFC 5322 3.6.4).

    A relay that sets the Message-ID has another name than the letter's host; so Yandex's do not
    count.
    """
    host = _MADE_AT.search(message_id or "") if "@" not in sender.address else None
    if host is None or is_yandex(host[1]) or not _OF_HOST.fullmatch(sender.address):
        return sender
    return sender.model_copy(update={"address": f"{sender.address}@{host[1]}"})


def _name_in(shown: str) -> str:
    """Return the name in a From without an address, if any of it can be read."""
    text = clean_line(_ANGLE.sub(" ", decode_words(shown)), MAX_LINE).strip(" <>,;:\"'")
    return text if any(sign.isalpha() for sign in text) else ""
