"""Whom an address on the network stands for, where what he may take of us is counted."""

import ipaddress


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
