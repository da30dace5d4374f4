"""Which addresses a hook may call. Pure.

An address is judged when a connection to it is made, after its name was resolved, so that no name
can lead elsewhere between check and call. Networks: IANA's special-purpose registries (RFC 6890),
and those that carry an IPv4 address within an IPv6 one (RFC 4291, 6052, 3056, 4380).
"""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from yarl import URL

MAX_URL = 2000
HTTPS_PORT = 443
FIRST_FREE_PORT = 1024  # lower ports belong to other services: mail, remote shells, databases
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
# A last label like this makes a name an address, however written: 127.1, 0x7f000001, 0177.0.0.1
# (https://url.spec.whatwg.org/#ends-in-a-number-checker).
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
MAX_HOST = 253

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
# Versions of Python differ on these.
_NEVER_4 = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))
_NEVER = (
    IPv6Network("2001::/23"),  # protocol assignments, Teredo among them
    IPv6Network("2001:db8::/32"),
    IPv6Network("2002::/16"),  # 6to4
    IPv6Network("3fff::/20"),
)


def refused_url(text: str, *, private: bool) -> str | None:
    """Return why a hook may not have this URL, or None; ``private`` networks may be allowed."""
    try:
        url = URL(text)
        host, port = url.raw_host, url.port
    except ValueError:
        return "it is no URL"
    if not text.isprintable() or " " in text:
        return "it has a space or a control character"
    if len(text) > MAX_URL or not host or url.scheme not in ("http", "https"):
        return f"it begins with https:// and has at most {MAX_URL} signs"
    if url.scheme == "http" and not private:
        return "it begins with https://: what a hook tells is of letters (HOOK_PRIVATE_ADDRESSES)"
    if url.user is not None or url.password is not None:
        return "a name and password do not belong into it: a hook signs what it sends"
    if url.fragment:
        return "it has a fragment, which is never sent"
    if not private and port != HTTPS_PORT and (port or 0) < FIRST_FREE_PORT:
        return f"its port is 443 or one from {FIRST_FREE_PORT} on"
    return refused_name(host, private=private) or refused_host(host, private=private)


def refused_name(host: str, *, private: bool) -> str | None:
    """Return why this host cannot be called, or None; whether name or address.

    It tells the creator of a hook at once what would otherwise fail at the first call.
    """
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        pass
    else:
        return None
    labels = host.lower().removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return f"{host} is no address as it should be written, such as 203.0.113.7"
    if len(host) > MAX_HOST or not all(map(_LABEL.fullmatch, labels)):
        return f"{host} is no name of a host"
    if labels[-1] == "localhost" and not private:
        return f"{host} is not a public address (HOOK_PRIVATE_ADDRESSES)"
    return None


def refused_host(host: str, *, private: bool) -> str | None:
    """Return why an address may not be called, or None; also for a name, which is judged later."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    if is_nobody(address):
        return f"{host} is an address of nobody"
    if not private and not is_public(address):
        return f"{host} is not a public address (HOOK_PRIVATE_ADDRESSES)"
    return None


def is_nobody(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is no single machine's: 0.0.0.0, ::, multicast, broadcast."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return is_nobody(address.ipv4_mapped)
    if isinstance(address, IPv4Address) and address.packed[0] in (0, 255):
        return True
    return address.is_unspecified or address.is_multicast


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address belongs to a machine on the Internet, whichever way it is written."""
    if isinstance(address, IPv4Address):
        never = address.is_multicast or address.is_reserved
        return address.is_global and not never and not any(address in each for each in _NEVER_4)
    if address.ipv4_mapped:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(IPv4Address(address.packed[-4:]))
    return (
        address in _GLOBAL_UNICAST
        and address.is_global
        and not any(address in network for network in _NEVER)
    )
