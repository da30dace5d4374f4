"""Why an IMAP server is not reached: host and port, the cause, the settings to look at."""

import re
import socket
import ssl

from bridge.ingress.imap.settings import Account

OTHERS = {
    **dict.fromkeys((25, 465, 587, 2525), "SMTP"),
    **dict.fromkeys((110, 995), "POP3"),
    **dict.fromkeys((80, 443, 8080, 8081), "HTTP"),
}
"""Ports at which something else than IMAP is usual."""
CLOSED = "the server closed the connection"
_BYTES = re.compile(r"""b(['"])(?P<said>.*)\1""")
_QUOTED = re.compile(r"""b(['"])(?P<said>.+?)(?:\\r)?(?:\\n)?\1""")


def unreachable(account: Account, error: OSError) -> str:
    """Return a sentence for the administrator who set the connection up."""
    return f"{account.place}: {_cause(account, error)}"


def no_imap(account: Account, said: str) -> str:
    """Return a sentence about a server that does not greet as IMAP does; ``said`` is the library's.

    A TLS server that is not spoken to in TLS closes the connection.
    """
    if said == CLOSED:
        before = "the server closed the connection before it spoke IMAP"
        return f"{account.place}: {before}: {_remedy(account)}"
    if said.startswith("CAPABILITY"):
        return f"{account.place}: {said}"
    quoted = _QUOTED.search(said)
    none = "what answers there is no IMAP server"
    if quoted:
        none = f"what answers there is no IMAP server (it says {quoted['said'][:60]!r})"
    right = _remedy(account) if account.port in OTHERS else "look at IMAP_PORT: 993 is usual"
    return f"{account.place}: {none}: {right}"


def _remedy(account: Account) -> str:
    """Return which settings to look at if there is no conversation, with the likely values."""
    match account.port, account.security:
        case (port, _) if port in OTHERS:
            return f"port {port} is usual for {OTHERS[port]}: IMAP_PORT=993 is for IMAP"
        case (143, "tls"):
            return "at 143 TLS begins later: IMAP_PORT=993, or IMAP_SECURITY=starttls"
        case (993, "starttls" | "none"):
            return "at 993 TLS comes first: IMAP_SECURITY=tls, or IMAP_PORT=143"
        case (_, "tls"):
            return "perhaps IMAP_SECURITY=starttls (or IMAP_PORT=993)"
        case _:
            return "perhaps IMAP_SECURITY=tls (or IMAP_PORT=143)"


def _cause(account: Account, error: OSError) -> str:
    match error:
        case socket.gaierror():
            return "no such host: look at IMAP_HOST, or at DNS"
        case ConnectionRefusedError():
            return "nobody listens there: look at IMAP_HOST and IMAP_PORT"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted ({error.verify_message}): look at IMAP_CA_FILE"
        case ssl.SSLError():
            return f"no TLS comes about ({_reason(error)}): {_remedy(account)}"
        case TimeoutError():
            return f"no answer: is the port IMAP's? {_remedy(account)}"
        case _:
            return f"{error.strerror or error}: look at IMAP_HOST and IMAP_PORT"


def _reason(error: ssl.SSLError) -> str:
    return str(getattr(error, "reason", None) or error.strerror)


def in_short(error: Exception) -> str:
    """Return an error on one line, without control characters for a terminal.

    For a failed login the library shows the server's words as bytes.
    """
    text = printable(str(error)[:300])
    shown = _BYTES.fullmatch(text)
    return shown["said"] if shown else text


def printable(text: str) -> str:
    """Return a server's words without control characters for a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
