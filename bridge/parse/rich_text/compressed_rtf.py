"""RTF as Outlook compresses it ([MS-OXRTFCP] 3.1): references into a window of 4,096 bytes.

Our own reader: it stops at a bound, whatever sizes the header claims, and reads as much of a
damaged or truncated text as there is. The checksum is not checked.
"""

MAX_RTF = 3 * 1024 * 1024

_COMPRESSED, _PLAIN = b"LZFu", b"MELA"
_HEADER = 16
_WINDOW = 4096
_SHORTEST = 2
# The initial content of the window, [MS-OXRTFCP] 2.1.2.1.
_KNOWN = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


def decompressed(content: bytes) -> bytes:
    """Return at most ``MAX_RTF`` bytes of the RTF; nothing if the bytes are not compressed RTF."""
    kind = content[8:12]
    size = min(int.from_bytes(content[4:8], "little"), MAX_RTF)
    if kind == _PLAIN:
        return content[_HEADER : _HEADER + size]
    if kind != _COMPRESSED or len(content) <= _HEADER:
        return b""
    return _unpacked(content, size)


def _unpacked(content: bytes, size: int) -> bytes:
    """Read the tokens: one byte tells which of the next eight are bytes and which are references.

    The window is the end of the output itself, with its initial content in front: a place in the
    ring of 4,096 bytes is a distance from the end.
    """
    output = bytearray(_KNOWN)
    end = len(_KNOWN) + size
    position, last = _HEADER, len(content)
    while position < last and len(output) < end:
        control = content[position]
        position += 1
        if not control:
            output += content[position : position + 8]
            position += 8
            continue
        for bit in range(8):
            if not control >> bit & 1:
                output += content[position : position + 1]
                position += 1
                continue
            if position + 2 > last:
                return bytes(output[len(_KNOWN) : end])
            reference = content[position] << 8 | content[position + 1]
            position += 2
            here = len(output)
            behind = (here - (reference >> 4)) % _WINDOW
            if not behind:  # the end of the text
                return bytes(output[len(_KNOWN) : end])
            _copy(output, here - behind, (reference & 0xF) + _SHORTEST)
    return bytes(output[len(_KNOWN) : end])


def _copy(output: bytearray, start: int, length: int) -> None:
    """Copy from ``start``, which may be so near that the copy runs into itself."""
    if start < 0:  # a place that nothing was written to holds blanks
        output += b" " * min(-start, length)
        length -= min(-start, length)
        start = 0
    piece = bytes(output[start : start + length])
    if not piece:
        return
    output += (piece * (length // len(piece) + 1))[:length]
