"""Valid names of hosts in settings. Pure."""

import ipaddress
import re

from contract.language.refusals import told
from contract.reading.domains import in_ascii
from contract.reading.look_alikes import label_that_looks_latin, of_two_scripts

# RFC 1123 2.1: letters, digits and hyphens, not at a label's ends.
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_LITERAL = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f.:]+)\]", re.IGNORECASE)
MOST = 253


def is_host_name(text: str) -> bool:
    """Tell whether a text is a host's name in ASCII, and not an incomplete IP address."""
    last = text.rpartition(".")[2]
    return len(text) <= MOST and bool(_NAME.fullmatch(text)) and not last.isdigit()


def can_be_looked_up(text: str) -> bool:
    """Tell whether DNS can be asked for a name: labels of 1 to 63 octets, RFC 1035 2.3.4.

    For others Python's resolver raises UnicodeError, not OSError. Docker's names may contain
    underscores.
    """
    try:
        text.removesuffix(".").encode("idna")
    except UnicodeError:
        return False
    return True


def is_address(text: str) -> bool:
    """Tell whether a text is an IP address, without brackets."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_greeting(text: str) -> bool:
    """Tell whether a text is valid in SMTP's greeting: RFC 5321 4.1.2 and 4.1.3."""
    literal = _LITERAL.fullmatch(text)
    return is_address(literal[1]) if literal else is_host_name(text)


def can_be_listened_on(text: str) -> bool:
    """Tell whether a text may be an address of this machine; only binding proves it.

    A multicast or broadcast address can be bound, but nobody can connect to it.
    """
    if is_address(text):
        return not _is_of_many(text)
    return is_host_name(text.removesuffix("."))


def _is_of_many(address: str) -> bool:
    """Whether it is a multicast or the broadcast address, also written as IPv6."""
    read = ipaddress.ip_address(address)
    mapped = read.ipv4_mapped if isinstance(read, ipaddress.IPv6Address) else None
    found = mapped or read
    return found.is_multicast or found == ipaddress.IPv4Address("255.255.255.255")


def wrong_with_host(text: str) -> str:
    """Return why a text names no host to connect to, or nothing."""
    if "://" in text:
        return told("must be a host's name alone, without a scheme and ://")
    if text.startswith("[") and is_address(text.partition("]")[0][1:]):
        return told("must be an address without brackets and port")
    name, colon, port = text.rpartition(":")
    if colon and port.isdigit() and is_host_name(name):
        return told("must be a host's name alone; the port has its own setting")
    if is_address(text) or is_host_name(text.removesuffix(".")):
        return ""
    try:  # another script is looked up in its ASCII form
        if is_host_name(in_ascii(text)) and text.isprintable():  # that drops invisible characters
            return ""
    except ValueError:
        pass
    return told("is no name or address of a host")


def wrong_letters(host: str) -> str:
    """Return that a host's name has letters of two scripts that look alike, or nothing."""
    if of_two_scripts(host) or label_that_looks_latin(host):
        alike = "{host} has Latin beside Cyrillic letters, which look alike: type it anew"
        return told(alike, host=repr(host))
    return ""
