"""Networks of addresses, and the names of this machine. Pure."""

import ipaddress
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

# A full door looks at the address of everybody present for each that comes.
_REMEMBERED: Final = 4096


@lru_cache(_REMEMBERED)
def network(address: str) -> str:
    """Return the network of one client: the IPv4 address itself, or the /64 of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    if mapped := getattr(parsed, "ipv4_mapped", None):
        return str(mapped)
    return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))


@lru_cache(_REMEMBERED)
def neighbourhood(address: str) -> str:
    """Return a range of addresses that may have one owner: a /24, or a /48 of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False))


def is_here(host: str) -> bool:
    """Tell whether a host with its port is this machine: ``localhost``, or a loopback address."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        if name == "localhost":
            return True
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
