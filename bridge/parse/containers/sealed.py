"""Signed and encrypted mail, recognised and named; nothing is verified here."""

from collections.abc import Iterator

from bridge.parse.containers.cms import Sealed
from bridge.parse.structure.mime import PKCS7_TYPES, Node

_SIGNED = "signed with S/MIME, not verified"
_ENCRYPTED = "encrypted with S/MIME, not readable here"
_CMS_WORDS = {Sealed.SIGNED: _SIGNED, Sealed.ENCRYPTED: _ENCRYPTED}


def sealed_words(root: Node) -> tuple[str, ...]:
    """Return in words what seals the letter has, outermost first (RFC 1847, RFC 8551)."""
    return tuple(dict.fromkeys(_seals(root)))


def _seals(root: Node) -> Iterator[str]:
    stack = [root]
    while stack:
        node = stack.pop()
        protocol = node.parameters.get("protocol", "").lower()
        if node.content_type == "multipart/signed":
            yield f"signed with {_system(protocol)}, not verified"
        elif node.content_type == "multipart/encrypted":
            yield f"encrypted with {_system(protocol)}, not readable here"
        elif node.content_type == "application/pgp-encrypted":  # a server changed their container
            yield "encrypted with OpenPGP, not readable here"
        elif node.sealed:
            yield from filter(None, [_CMS_WORDS.get(node.sealed)])
        elif (
            node.content_type in PKCS7_TYPES and not node.children
        ):  # it cannot be read, so it may say itself what it is
            kind = node.parameters.get("smime-type", "").lower()
            yield _SIGNED if kind == "signed-data" else _ENCRYPTED
        elif node.content_type == "text/plain" and not node.is_multipart:
            yield from _inline(node.encoded[:2000])
        stack.extend(reversed(node.children))


def _inline(start: bytes) -> Iterator[str]:
    """Recognise OpenPGP armour in the text itself (RFC 9580 6.2)."""
    if start.lstrip().startswith(b"-----BEGIN PGP SIGNED MESSAGE-----"):
        yield "signed with OpenPGP, not verified"
    elif start.lstrip().startswith(b"-----BEGIN PGP MESSAGE-----"):
        yield "encrypted with OpenPGP, not readable here"


def _system(protocol: str) -> str:
    return "S/MIME" if "pkcs7" in protocol else "OpenPGP" if "pgp" in protocol else "a key"
