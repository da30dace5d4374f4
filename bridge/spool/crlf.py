"""The wire form of a letter: every line ends with CRLF, the last one as well.

A file on disk has LF, SMTP and IMAP have CRLF (RFC 5322 2.3). It is made once at intake, since a
letter's identity counts the bytes of its text attachments.
"""


def wire_form(content: bytes) -> bytes:
    """Return the letter with CRLF line ends; a lone CR stays."""
    if content.count(b"\n") != content.count(b"\r\n"):
        content = content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return content if content.endswith(b"\r\n") else content + b"\r\n"
