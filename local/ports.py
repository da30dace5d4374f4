"""Ports of this machine: whether one is free, and whether somebody listens."""

import socket


def free_port(wish: int) -> int:
    """Return the port if nothing listens on it, else any that is free."""
    for port in (wish, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return wish


def is_listening(host: str, port: int) -> bool:
    """Tell whether somebody accepts connections there, within five seconds."""
    try:
        with socket.create_connection((host, port), timeout=5):
            return True
    except OSError:
        return False
