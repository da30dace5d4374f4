"""MongoDB's errors in words for the administrator: where, what is wrong, what to do.

Error codes: https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
"""

import re
import warnings

from pymongo import MongoClient
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
from pymongo.uri_parser import split_hosts, split_options

from contract.reading.host_names import can_be_looked_up
from receiver.store.mongo import PROMISED
from receiver.words import texts

EXAMPLE = "mongodb://user:password@host:27017/"
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
    14031: "the server's disk is full: make room there; nothing that it acknowledged is lost",
}

# What follows these in the driver's texts changes with each attempt, or tells nobody anything.
_INNER = (", full error:", ", Topology Description:", ", Timeout: ", " (configured timeouts")

_BY_TEXT = {
    r"DNS query name does not exist|DNS response did not contain": (
        "DNS knows no MongoDB of that name: with mongodb+srv:// the name is the one that Atlas or"
        " your administrator gave; a host of your own is called with mongodb://"
    ),
    r"DNS operation timed out|All nameservers failed": (
        "DNS does not answer, which mongodb+srv:// needs: look at the network"
    ),
    r"Name or service not known|nodename nor servname|name resolution": (
        "no such host: look at the name in MONGO_URI, or at DNS"
    ),
    r"connection closed|reset by peer|Broken pipe": (
        "the server ended the connection: does it still run? its log says why, such as a full disk"
        " or that it wants TLS (tls=true in MONGO_URI)"
    ),
    r"refused": "nobody listens there: is MongoDB running, and is the port right?",
    r"Got response id|Got opcode|Message length|Unknown opcode": (
        "what answers there is no MongoDB: look at host and port in MONGO_URI"
    ),
    r"WRONG_VERSION_NUMBER|record layer failure": (
        "no TLS is spoken there: leave tls=true out of MONGO_URI, or look at the port"
    ),
    r"SSL|certificate": (
        "TLS does not come about: look at tls=… and tlsCAFile=… in MONGO_URI ({text})"
    ),
    r"[Rr]eplica set|No primary|writable": (
        "no primary: look at the replica set, and at replicaSet=… in MONGO_URI ({text})"
    ),
}


def _right() -> str:
    return texts("such as {example}", example=EXAMPLE)


def hosts_of(uri: str) -> str:
    """Return the host and port of a connection string, without name and password."""
    found = _SHAPE.match(uri)
    return found["hosts"] if found else "MongoDB"


def database_in(uri: str) -> str:
    """Return the name of the database in a connection string, or nothing."""
    found = _SHAPE.match(uri)
    return found["rest"].partition("?")[0].strip("/") if found else ""


def wrong_uri(uri: str) -> str:
    """Return why the driver would refuse a connection string, or nothing; never its password.

    DNS is not asked for an SRV record.
    """
    found = _SHAPE.fullmatch(uri)
    if not found:
        scheme, slashes, _ = uri.partition("://")
        given = scheme[:20] + slashes if slashes else ""
        must = texts(
            "must begin with mongodb:// or mongodb+srv:// and name a host, {right}", right=_right()
        )
        return must + (texts(", not with {given}", given=repr(given)) if given else "")
    if re.search(r"[:/?#\[\]@%]", re.sub(r"%[0-9A-Fa-f]{2}", "", _password(found["login"] or ""))):
        return texts(
            "the password holds one of : / ? # [ ] @ %, which must be written as %3A %2F %3F %23"
            " %5B %5D %40 %25 there, {right}",
            right=_right(),
        )
    with warnings.catch_warnings():  # the driver's words name neither setting nor remedy
        warnings.simplefilter("ignore")
        return _not_taken(uri, found)


def _not_taken(uri: str, found: re.Match[str]) -> str:
    """Return why the driver refuses a well-formed connection string, or nothing."""
    name = ""
    try:
        for host, _ in split_hosts(found["hosts"]):
            if not can_be_looked_up(host):
                return texts("{host} names no host, {right}", host=repr(host), right=_right())
        for option in filter(None, re.split("[&;]", found["rest"].partition("?")[2])):
            name = option.partition("=")[0]
            split_options(option, warn=False)
        name = ""
        MongoClient(
            uri, connect=False, **PROMISED
        ).close()  # reads login and files as well, without DNS
    except InvalidURI as error:
        return texts("{text}: must be {example}", text=_sentence(error), example=EXAMPLE)
    except (ConfigurationError, ValueError, TypeError, LookupError, OSError) as error:
        # It does not repeat the login.
        if "Port" in str(error):
            return texts(
                "the port in {hosts} must be a number from 1 to 65535, {right}",
                hosts=repr(found["hosts"]),
                right=_right(),
            )
        told = _sentence(error)
        if name:
            manual = "the option {name}: {text}: must be as in the driver's manual, {right}"
            return texts(manual, name=name, text=told, right=_right())
        return texts(
            "{text}: must be as in the driver's manual, {right}", text=told, right=_right()
        )
    return ""


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        read = f"{error.filename}: {error.strerror}" if error.filename else ""
        return read or texts("a file that it names holds no certificate")
    if isinstance(error, LookupError):
        return texts("the driver knows no such value")
    return re.split(r"\. |: \[", str(error))[0].rstrip(".")  # without OpenSSL's inner details


def in_words(error: BaseException | None, hosts: str) -> str:
    """Return a sentence with host, cause and remedy for an error of the driver."""
    return f"MONGO_URI {hosts}: {_cause(error)}"


def _cause(error: BaseException | None) -> str:
    text = _short(str(error))
    match error:
        case OperationFailure() if known := [each for each in _codes(error) if each in _BY_CODE]:
            return f"{texts.word(_BY_CODE[known[0]])} ({text})"
        case WTimeoutError():
            return texts("too few members of the replica set have the write; it is tried again")
        case OperationFailure():
            return texts("the server refuses: {text}", text=text)
        case ServerSelectionTimeoutError() | AutoReconnect() | ConnectionFailure():
            return _unreachable(text, isinstance(error, NetworkTimeout))
        case ConfigurationError() if "DNS" in text or "nameserver" in text:
            return _unreachable(text, slow=False)
        case ConfigurationError():
            return texts("{text}: look at MONGO_URI, {right}", text=text, right=_right())
        case _:
            return text or type(error).__name__


def _codes(error: OperationFailure) -> list[int]:
    """Return the codes of an error: one for each write of a bulk call."""
    details = error.details or {}
    each = [*details.get("writeErrors", ()), *details.get("writeConcernErrors", ())]
    return [error.code or 0, *(one.get("code", 0) for one in each)]


def _unreachable(text: str, slow: bool) -> str:
    for pattern, told in _BY_TEXT.items():
        if re.search(pattern, text):
            return texts(told, text=text)
    if slow or "timed out" in text or "No servers found yet" in text:
        return texts(
            "no answer in time: is the port right, does a firewall stand between? (MONGO_TIMEOUT)"
        )
    return texts("the connection does not come about: {text}", text=text)


def _password(login: str) -> str:
    return login.partition(":")[2]


def _short(text: str) -> str:
    for inner in _INNER:
        text = text.partition(inner)[0]
    return text[:200]
