"""Why the receiver gave no answer: the setting, the cause, what to look at. Pure."""

import errno

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


def in_words(place: str, error: Exception) -> str:
    """Return a sentence for the administrator; ``place`` is the URL without its secrets."""
    if isinstance(error, SecretsMissing):
        return str(error)
    if isinstance(error, OSError) and not isinstance(
        error, ClientError | ConnectionError | TimeoutError
    ):
        return f"{error.strerror or error}{f': {error.filename}' * bool(error.filename)}"
    return f"WEBHOOK_URL {place}: {_cause(error)}"


def _cause(error: Exception) -> str:
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
            return "the connection ended before the answer"
        case InvalidURL():
            return "no URL that can be called"
        case _:
            return "what answers there does not speak HTTP as a receiver does"


def _trust(error: ClientConnectorCertificateError) -> str:
    return str(getattr(error.certificate_error, "verify_message", "") or "no reason is given")
