"""The address and the parameters of MAIL and RCPT (RFC 5321 4.1.2), read leniently. Pure."""

import re

from contract.event import MAX_PATH_BYTES

_PATH = re.compile(
    r'\s*(?:<(?P<path>(?:"(?:[^"\\]|\\.)*"|[^">])*)>'
    r'|(?P<bare>(?:"(?:[^"\\]|\\.)*"|[^"<>\s])*)(?!\S))(?P<parameters>.*)',
    re.DOTALL,
)


class PathTooLong(Exception):
    """An address of MAIL or RCPT that the contract has no room for."""


def read_path(argument: str) -> tuple[str, str] | None:
    """Return address and parameters, None where brackets are not closed; raises PathTooLong.

    What stands in the brackets is the sender's, whatever it is; ``<>`` stays ``<>``. Bytes that are
    no UTF-8 are surrogates.
    """
    found = _PATH.match(argument)
    if found is None:
        return None
    path = found["path"] if found["bare"] is None else found["bare"]
    if len(path.encode("utf-8", "surrogateescape")) > MAX_PATH_BYTES:
        raise PathTooLong
    address = path.strip(" \t")
    if address.startswith("@"):  # a source route, to be ignored: RFC 5321 appendix C
        address = address.partition(":")[2]
    nobody = "" if found["bare"] == "" else "<>"
    return address or nobody, found["parameters"].strip()
