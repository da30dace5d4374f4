"""Which mailbox a recipient address stands for: the allow-list of the SMTP door. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache

from bridge.ingress.refusals import told
from contract.bounds import MAILBOX_PATTERN
from contract.reading.domains import in_ascii
from contract.reading.fields import SHOWN
from contract.reading.look_alikes import (
    has_latin_label,
    in_latin,
    label_that_looks_latin,
    looks_latin,
    of_two_scripts,
)
from contract.reading.reading import parsed

EXAMPLE = "support@example.ru"
RIGHT = "in-4f2a9c@bridge.example.ru, or bridge.example.ru for whatever comes to that domain"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_DOMAIN = re.compile(rf"@?(?:{_LABEL}\.)+{_LABEL}|@{_LABEL}")
_ADDRESS = re.compile(MAILBOX_PATTERN)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)+"')
_ESCAPED = re.compile(r"\\(.)")
POSTMASTER = "postmaster"
_SEPARATOR = re.compile(r"[ \t\r\n,;]+")  # a no-break space is a mistake to report


class Mailboxes:
    """Recipient addresses and domains, each standing for one of the company's mailboxes.

    ``postmaster`` is the mailbox for that name without a domain (RFC 5321 4.5.1), if any.

    >>> Mailboxes({"support@yandex.ru": ["in@a.example", "b.example"]}).find("any@b.example")
    'support@yandex.ru'
    """

    def __init__(self, recipients: Mapping[str, Sequence[str]], postmaster: str = "") -> None:
        self._addresses: dict[str, str] = {POSTMASTER: postmaster} if postmaster else {}
        self._domains: dict[str, str] = {}
        self._shown = dict(self._addresses)
        for mailbox, names in recipients.items():
            for recipient in names:
                folded, name = _folded(recipient), recipient.strip().casefold()
                (self._addresses if "@" in folded else self._domains)[folded] = mailbox
                self._shown[name if "@" in folded else f"*@{name.removeprefix('@')}"] = mailbox

    def find(self, recipient: str) -> str | None:
        """Return the mailbox for ``recipient``, by its whole address first, then by its domain."""
        address = _folded(recipient)
        _, at, domain = address.rpartition("@")
        return self._addresses.get(address) or (self._domains.get(domain) if at else None)

    def taken(self) -> Iterator[tuple[str, str]]:
        """Yield each recipient (a domain as ``*@domain``) and the mailbox that it stands for."""
        yield from self._shown.items()


def read_mailboxes(text: str) -> object:
    """Return the mailboxes of the setting, not yet checked; raises ValueError.

    A JSON object maps mailboxes to their recipients. Otherwise the text lists mailboxes that stand
    for themselves: as a JSON list, or separated by commas, semicolons or white space.
    """
    named: object = _words(text)
    if text.lstrip().startswith(("{", "[")):
        named = parsed(text, object_pairs_hook=_once_each)
    if isinstance(named, list):
        if wrong := [each for each in named if not isinstance(each, str)]:
            raise ValueError(_no_mailbox(wrong[0]))
        return {mailbox: [mailbox] for mailbox in named}
    if isinstance(named, dict):
        for mailbox, recipients in named.items():
            if not _are_texts(recipients):
                words = _words(recipients) if isinstance(recipients, str) else []
                right = f"[{', '.join(map(_quoted, words)) or '…'}]"
                list_of = "the recipients of {entry} must be a list of texts, {right}, not {given}"
                given = _quoted(recipients)[:SHOWN]
                raise ValueError(told(list_of, entry=_quoted(mailbox), right=right, given=given))
    return named


def _words(text: str) -> list[str]:
    return [word for word in _SEPARATOR.split(text) if word]


def _are_texts(found: object) -> bool:
    return isinstance(found, list) and all(isinstance(each, str) for each in found)


def mistakes_in(mailboxes: Mapping[str, Sequence[str]], longest: int) -> list[str]:
    """Return the mistakes in the entries, each quoted; ``longest`` bounds a mailbox's name."""
    named = dict.fromkeys([*mailboxes, *(one for some in mailboxes.values() for one in some)])
    mistakes = [_of_two_scripts(each) for each in named if of_two_scripts(each)]
    mistakes += filter(None, map(_looking_latin, named))
    for mailbox in mailboxes:
        if not _ADDRESS.fullmatch(mailbox) or len(mailbox) > longest:
            mistakes.append(_no_mailbox(mailbox))
    owner: dict[str, str] = {}
    for mailbox, recipients in mailboxes.items():
        for recipient in recipients:
            if recipient != mailbox and not _is_recipient(recipient):
                neither = "{entry} is no address and no domain: {right}"
                mistakes.append(told(neither, entry=_quoted(recipient), right=told.word(RIGHT)))
            shared = owner.setdefault(_folded(recipient), mailbox)
            if _folded(shared) != _folded(mailbox):  # one complaint per pair is enough
                both = "{entry} would stand for both {one} and {other}: give it to one of them"
                one, other = _quoted(shared), _quoted(mailbox)
                mistakes.append(told(both, entry=_quoted(recipient), one=one, other=other))
    by_fold = {_folded(mailbox): mailbox for mailbox in mailboxes}
    twins = sorted(set(mailboxes) - set(by_fold.values()))
    return mistakes + [
        told(
            "{one} and {other} are one mailbox: name it once",
            one=_quoted(twin),
            other=_quoted(by_fold[_folded(twin)]),
        )
        for twin in twins
    ]


def _is_recipient(name: str) -> bool:
    return bool(_ADDRESS.fullmatch(name) or _DOMAIN.fullmatch(name))


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return the pairs of a JSON object; ``json`` would drop the first of two with one name."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        again = "{entry} is named twice: put its recipients into one list"
        raise ValueError(told(again, entry=_quoted(twice)))
    return found


def _no_mailbox(entry: object) -> str:
    return told("{entry} is no mailbox, such as {example}", entry=_quoted(entry), example=EXAMPLE)


def _of_two_scripts(entry: str) -> str:
    mixed = "{entry} has Latin beside Cyrillic letters, which look alike: type it anew"
    return told(mixed, entry=_quoted(entry))


def _looking_latin(entry: str) -> str:
    """Return what is wrong if a label or local part in another script looks like Latin.

    Only beside Latin letters: an address that is all Cyrillic may be real.
    """
    local, at, domain = entry.rpartition("@")
    alike = "{entry} has Cyrillic letters alone in {label}, like Latin: type it anew, or {ascii}"
    if label := label_that_looks_latin(domain):
        with suppress(ValueError):
            ascii_form = local + at + in_ascii(domain)
            return told(alike, entry=_quoted(entry), label=_quoted(label), ascii=ascii_form)
    elif has_latin_label(domain) and looks_latin(local):
        latin = in_latin(local) + at + domain
        return told(alike, entry=_quoted(entry), label=_quoted(local), ascii=latin)
    return ""


def _quoted(entry: object) -> str:
    return json.dumps(entry, ensure_ascii=False)


@lru_cache(maxsize=4096)
def _folded(name: str) -> str:
    """Return a form in which equal recipients are equal: a Cyrillic domain becomes ASCII.

    casefold first would turn straße.de into strasse.de, which belongs to somebody else.
    """
    local, at, domain = name.strip().rpartition("@")
    folded = domain.casefold()
    with suppress(ValueError):
        folded = in_ascii(domain)
    if _QUOTED.fullmatch(local):  # quotes that are not needed change nothing: RFC 5321 4.1.2
        local = _ESCAPED.sub(r"\1", local[1:-1])
    return f"{local.casefold()}{at if local else ''}{folded}"
