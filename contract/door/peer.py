"""Whom an address on the network stands for, and which names are this machine's own: pure."""

import ipaddress
from urllib.parse import urlsplit


def network(address: str) -> str:
    """Return whom an address stands for: itself, or its /64 where it is IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    if mapped := getattr(parsed, "ipv4_mapped", None):
        return str(mapped)
    return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))


def neighbourhood(address: str) -> str:
    """Return what one owner may have many addresses of: its /24, or its /48 where it is IPv6."""
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
