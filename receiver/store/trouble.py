"""MongoDB's troubles in words for whoever runs the receiver: where, what is wrong, what to do.

Error codes: https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
"""

import re

from pymongo.errors import (
    AutoReconnect,
    ConfigurationError,
    ConnectionFailure,
    InvalidURI,
    NetworkTimeout,
    OperationFailure,
    ServerSelectionTimeoutError,
    WTimeoutError,
)
from pymongo.uri_parser import parse_uri

_RIGHT = "such as mongodb://user:password@host:27017/"
_SHAPE = re.compile(r"mongodb(?P<srv>\+srv)?://(?:(?P<login>.*)@)?(?P<hosts>[^/?]+)(?P<rest>.*)")
_BY_CODE = {
    13: "the login has no right to do that: give it the roles readWrite and dbAdmin on"
    " MONGO_DATABASE",
    18: "the login is refused: look at the name and password in MONGO_URI, and at authSource",
    73: 'MONGO_DATABASE is no name that the server takes: at most 63 bytes, without / \\ . " $',
    8000: "the login is refused: look at the name and password in MONGO_URI",
    11600: "the server is going down",
    10107: "the server is not the primary of its replica set, which is looked for",
    13435: "the server is not the primary of its replica set, which is looked for",
    14031: "the server's disk is full",
}


def hosts_of(uri: str) -> str:
    """Return the host and port of a connection string, without name and password."""
    found = _SHAPE.match(uri)
    return found["hosts"] if found else "MongoDB"


def database_in(uri: str) -> str:
    """Return the name of the database in a connection string, or nothing."""
    found = _SHAPE.match(uri)
    return found["rest"].partition("?")[0].strip("/") if found else ""


def wrong_uri(uri: str) -> str:
    """Return why the driver would not take a connection string, or nothing; never its password.

    The name of an SRV record is not asked for here.
    """
    found = _SHAPE.fullmatch(uri)
    if not found:
        scheme, slashes, _ = uri.partition("://")
        given = f", not with {scheme[:20] + slashes!r}" if slashes else ""
        return f"must begin with mongodb:// or mongodb+srv:// and name a host, {_RIGHT}{given}"
    if re.search(r"[:/?#\[\]@%]", re.sub(r"%[0-9A-Fa-f]{2}", "", _password(found["login"] or ""))):
        return (
            "the password holds one of : / ? # [ ] @ %, which must be written as %3A %2F %3F %23"
            f" %5B %5D %40 %25 there, {_RIGHT}"
        )
    plain = f"mongodb://{found['hosts']}{'' if found['srv'] else found['rest']}"
    try:
        parse_uri(plain, warn=False)
    except InvalidURI as error:
        return f"{_sentence(error)}: must be {_RIGHT.removeprefix('such as ')}"
    except (ConfigurationError, ValueError) as error:
        # Host, port and options only: the login is not in it.
        if "Port" in str(error):
            return f"the port in {found['hosts']!r} must be a number from 1 to 65535, {_RIGHT}"
        return f"{_sentence(error)}: must be as in the driver's manual, {_RIGHT}"
    return ""


def _sentence(error: Exception) -> str:
    return str(error).partition(". ")[0].rstrip(".")


def in_words(error: BaseException | None, hosts: str) -> str:
    """Return a sentence that names host, cause and remedy for an error of the driver."""
    return f"MONGO_URI {hosts}: {_cause(error)}"


def _cause(error: BaseException | None) -> str:
    text = _short(str(error))
    match error:
        case OperationFailure() if error.code in _BY_CODE:
            return f"{_BY_CODE[error.code]} ({text})"
        case WTimeoutError():
            return "too few members of the replica set have the write; it is tried again"
        case OperationFailure():
            return f"the server refuses: {text}"
        case ServerSelectionTimeoutError() | AutoReconnect() | ConnectionFailure():
            return _unreachable(text, isinstance(error, NetworkTimeout))
        case ConfigurationError() if "DNS" in text or "nameserver" in text:
            return _unreachable(text, slow=False)
        case ConfigurationError():
            return f"{text}: look at MONGO_URI, {_RIGHT}"
        case _:
            return text or type(error).__name__


def _unreachable(text: str, slow: bool) -> str:
    if "DNS query name does not exist" in text or "DNS response did not contain" in text:
        return (
            "DNS knows no MongoDB of that name: with mongodb+srv:// the name is the one that Atlas"
            " or your administrator gave; a host of your own is called with mongodb://"
        )
    if "DNS operation timed out" in text or "All nameservers failed" in text:
        return "DNS does not answer, which mongodb+srv:// needs: look at the network"
    if re.search(r"Name or service not known|nodename nor servname|name resolution", text):
        return "no such host: look at the name in MONGO_URI, or at DNS"
    if "refused" in text:
        return "nobody listens there: is MongoDB running, and is the port right?"
    if "SSL" in text or "certificate" in text:
        return f"TLS does not come about: look at tls=… and tlsCAFile=… in MONGO_URI ({text})"
    if "replica set" in text.lower() or "No primary" in text or "writable" in text:
        return f"no primary: look at the replica set, and at replicaSet=… in MONGO_URI ({text})"
    if slow or "timed out" in text or "No servers found yet" in text:
        return (
            "no answer in time: is the port right, does a firewall stand between? (MONGO_TIMEOUT)"
        )
    return f"the connection does not come about: {text}"


def _password(login: str) -> str:
    return login.partition(":")[2]


def _short(text: str) -> str:
    return text.partition(", full error:")[0].partition(", Topology Description:")[0][:200]
