"""OpenPGP's frame around a clear-signed text (RFC 9580 section 7), which no person wrote."""

_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "\n-----BEGIN PGP SIGNATURE-----"
_END = "-----END PGP SIGNATURE-----"
_LONGEST_HEAD = 1_000


def without_armour(body: str) -> str:
    """The body without the frame of its first signed text; unchanged if it has none."""
    if _SIGNED not in body:
        return body
    text = body.replace("\r\n", "\n")
    frame = text.index(_SIGNED)
    head = text.find("\n\n", frame, frame + _LONGEST_HEAD)
    start = text.find(_SIGNATURE, head)
    end = text.find(_END, start)
    if head < 0 or start < 0 or end < 0 or text[frame - 1 : frame] not in ("", "\n"):
        return body
    return text[:frame] + text[head + 2 : start] + text[end + len(_END) :]
