"""The arguments of MAIL FROM: and RCPT TO:, read leniently: RFC 5321 4.1.2. Pure."""

import re
from collections.abc import Sequence

from contract.bounds import MAX_PATH_BYTES

_PATH = re.compile(
    r'\s*(?:<(?P<path>(?:"(?:[^"\\]|\\.)*"|[^">])*)>'
    r'|(?P<bare>(?:"(?:[^"\\]|\\.)*"|[^"<>\s])*)(?!\S))(?P<parameters>.*)',
    re.DOTALL,
)
_SIZE = re.compile(r"[0-9]{1,20}")


class PathTooLong(Exception):
    """An address of MAIL or RCPT is longer than the contract allows."""


def path_and_parameters(text: str) -> tuple[str, str] | tuple[None, None]:
    """Return address and parameters of ``<path> parameters``; brackets bound the address.

    The null path is ``<>``. Raises PathTooLong.
    """
    found = _PATH.match(text)
    if found is None:
        if len(text) > MAX_PATH_BYTES:  # unfinished, whatever it is
            raise PathTooLong
        return None, None
    path = found["path"] if found["bare"] is None else found["bare"]
    if len(path.encode("utf-8", "surrogateescape")) > MAX_PATH_BYTES:
        raise PathTooLong
    address = path.strip(" \t")
    if address.startswith("@"):  # a source route, to be ignored: RFC 5321 appendix C
        address = address.partition(":")[2]
    return address or ("" if found["bare"] == "" else "<>"), found["parameters"].strip()


def is_size(value: str | bool) -> bool:
    """Tell whether both Python and RFC 1870 take the text for a number."""
    return isinstance(value, str) and bool(_SIZE.fullmatch(value))


def size_in(options: Sequence[str]) -> int:
    """Return the size that MAIL's parameters announce, 0 if none."""
    sizes = [option[5:] for option in options if option.startswith("SIZE=")]
    return int(sizes[0]) if sizes and is_size(sizes[0]) else 0
