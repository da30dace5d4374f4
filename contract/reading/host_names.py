"""What may stand in a setting for the name of a host. Pure."""

import ipaddress
import re

from contract.language.refusals import told
from contract.reading.domains import in_ascii
from contract.reading.look_alikes import label_that_looks_latin, of_two_scripts

# RFC 1123 2.1: letters, digits and hyphens, which do not begin or end a label.
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_LITERAL = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f.:]+)\]", re.IGNORECASE)
MOST = 253


def is_host_name(text: str) -> bool:
    """Tell whether a text is a host's name in ASCII, and not an address that lacks a part."""
    last = text.rpartition(".")[2]
    return len(text) <= MOST and bool(_NAME.fullmatch(text)) and not last.isdigit()


def can_be_looked_up(text: str) -> bool:
    """Tell whether a name can be asked for at all: labels of 1 to 63 octets, RFC 1035 2.3.4.

    Others raise UnicodeError from Python's resolver, and no OSError. Underscores may stand in a
    name that Docker gives.
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
    """Tell whether a text may stand in SMTP's greeting: RFC 5321 4.1.2 and 4.1.3."""
    literal = _LITERAL.fullmatch(text)
    return is_address(literal[1]) if literal else is_host_name(text)


def can_be_listened_on(text: str) -> bool:
    """Tell whether a text may name an address of this machine; whether it does, binding tells.

    An address of many machines can be bound, and nobody connects to it.
    """
    if is_address(text):
        return not _is_of_many(text)
    return is_host_name(text.removesuffix("."))


def _is_of_many(address: str) -> bool:
    """Whether it is a multicast address, or the broadcast address, also written as IPv6."""
    read = ipaddress.ip_address(address)
    mapped = read.ipv4_mapped if isinstance(read, ipaddress.IPv6Address) else None
    found = mapped or read
    return found.is_multicast or found == ipaddress.IPv4Address("255.255.255.255")


def wrong_with_host(text: str) -> str:
    """Return why a text names no host that can be called, or nothing."""
    if "://" in text:
        return told("must be a host's name alone, without a scheme and ://")
    if text.startswith("[") and is_address(text.partition("]")[0][1:]):
        return told("must be an address without brackets and port")
    name, colon, port = text.rpartition(":")
    if colon and port.isdigit() and is_host_name(name):
        return told("must be a host's name alone; the port has its own setting")
    if is_address(text) or is_host_name(text.removesuffix(".")):
        return ""
    try:  # a name of another script is asked for by its form in ASCII
        if is_host_name(in_ascii(text)) and text.isprintable():  # that form drops signs unseen
            return ""
    except ValueError:
        pass
    return told("is no name or address of a host")


def wrong_letters(host: str) -> str:
    """Return that a host's name has letters of two scripts that look like one, or nothing."""
    if of_two_scripts(host) or label_that_looks_latin(host):
        alike = "{host} has Latin beside Cyrillic letters, which look alike: type it anew"
        return told(alike, host=repr(host))
    return ""
