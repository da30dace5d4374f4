"""Why the receiver gave no answer: the setting, the cause, what to look at. Pure."""

import errno
import re

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientError,
    ClientOSError,
    ClientPayloadError,
    ClientSSLError,
    InvalidURL,
    ServerDisconnectedError,
)

from contract.keyring import SecretsMissing

GREETINGS = {"220": "SMTP", "* OK": "IMAP", "+OK": "POP3", "SSH-": "SSH", r"\x15\x03": "TLS"}
"""How servers of other protocols begin."""
_BYTES = re.compile(r"""b['"](.*)""")


def in_words(place: str, error: Exception) -> str:
    """Return a sentence for the administrator; ``place`` is the URL without its secrets."""
    if isinstance(error, SecretsMissing):
        return str(error)
    if isinstance(error, OSError) and not isinstance(
        error, ClientError | ConnectionError | TimeoutError
    ):
        return f"{error.strerror or error}{f': {error.filename}' * bool(error.filename)}"
    return f"WEBHOOK_URL {place}: {_cause(place, error)}"


def _cause(place: str, error: Exception) -> str:
    match error:
        case ClientConnectorDNSError():
            return "no such host: look at the name, or at DNS"
        case ClientConnectorCertificateError():
            return f"its certificate is not trusted ({_trust(error)}): look at the host's name"
        case ClientSSLError():
            return "no TLS comes about: is it http:// there, or another port?"
        case ClientConnectorError() if error.os_error.errno == errno.ECONNREFUSED:
            return "nobody listens there: is the receiver running, and is the port right?"
        case ClientConnectorError():
            return f"no connection comes about ({error.os_error.strerror}): look at host and port"
        case TimeoutError():
            return "no answer in time (WEBHOOK_TIMEOUT)"
        case ServerDisconnectedError() | ClientOSError() | ConnectionError() | ClientPayloadError():
            return f"the connection ended before the answer{_perhaps_tls(place)}"
        case InvalidURL():
            return "no URL that can be called"
        case _:
            return _no_http(place, str(error))


def _perhaps_tls(place: str) -> str:
    """Return the guess for a server that ends what is not TLS without a word, or nothing."""
    return ": is it https:// there, or another port?" if place.startswith("http://") else ""


def _no_http(place: str, said: str) -> str:
    """Return what answers instead of HTTP, by its first bytes in the library's text."""
    quoted = _BYTES.search(said)
    first = quoted[1] if quoted else ""
    for begins, name in GREETINGS.items():
        if first.startswith(begins):
            wrong = f"what answers there speaks {name}, and not HTTP: look at the port"
            return wrong + (_perhaps_tls(place) if name == "TLS" else "")
    return "what answers there does not speak HTTP as a receiver does: look at the port"


def _trust(error: ClientConnectorCertificateError) -> str:
    return str(getattr(error.certificate_error, "verify_message", "") or "no reason is given")
