"""Why an IMAP server is not reached: host and port, the cause, the settings to look at."""

import re
import socket
import ssl

from bridge.ingress.imap.settings import Account

_BYTES = re.compile(r"""b(['"])(?P<said>.*)\1""")


def unreachable(account: Account, error: OSError) -> str:
    """Return a sentence for the administrator who set the connection up."""
    return f"{account.place}: {_cause(account, error)}"


def _cause(account: Account, error: OSError) -> str:
    match error:
        case socket.gaierror():
            return "no such host: look at IMAP_HOST, or at DNS"
        case ConnectionRefusedError():
            return "nobody listens there: look at IMAP_HOST and IMAP_PORT"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted ({error.verify_message}): look at IMAP_CA_FILE"
        case ssl.SSLError():
            other = "starttls (or IMAP_PORT=993)" if account.security == "tls" else "tls"
            return f"no TLS comes about ({error.reason}): perhaps IMAP_SECURITY={other}"
        case TimeoutError():
            return "no answer: look at IMAP_PORT, and whether IMAP_SECURITY is what it speaks"
        case _:
            return f"{error.strerror or error}: look at IMAP_HOST and IMAP_PORT"


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
