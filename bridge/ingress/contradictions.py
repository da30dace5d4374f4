"""Where settings of the ways in contradict each other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bridge.ingress.refusals import told
from contract.reading.mistakes import Wrong


def about_mailboxes(
    mailboxes: Mapping[str, Sequence[str]], by_imap: Iterable[str]
) -> Iterator[Wrong]:
    """Yield mailboxes that get no letters, and IMAP mailboxes missing from ``MAILBOXES``."""
    read = {name.casefold() for name in by_imap}
    for mailbox, recipients in mailboxes.items():
        if not recipients and mailbox.casefold() not in read:
            none = "there is no recipient for {entry}: name one, [{entry}] perhaps"
            yield Wrong(("MAILBOXES",), told(none, entry=f'"{mailbox}"'))
    strange = sorted(read - {name.casefold() for name in mailboxes})
    if mailboxes and strange:
        wrong = told(
            "IMAP reads {names}, which is none of MAILBOXES ({known}): add it",
            names=", ".join(map(repr, strange)),
            known=", ".join(mailboxes),
        )
        yield Wrong(("IMAP_MAILBOX", "IMAP_USER", "MAILBOXES"), wrong)


def about_postmaster(wanted: str, mailboxes: Mapping[str, Sequence[str]]) -> Wrong:
    """Return the mistake that the postmaster's mailbox is none that SMTP serves."""
    known = ", ".join(name for name, recipients in mailboxes.items() if recipients)
    none = "{name} is none of MAILBOXES that SMTP serves ({known})"
    return Wrong(("SMTP_POSTMASTER", "MAILBOXES"), told(none, name=repr(wanted), known=known))


def about_tls(cert: Path | None, key: Path | None, *, clear_logins: bool) -> Iterator[Wrong]:
    """Yield incomplete settings of TLS; ``clear_logins``: passwords would travel without TLS."""
    if (cert is None) != (key is None):
        has, lacks = ("SMTP_TLS_CERT", "SMTP_TLS_KEY")[:: 1 if cert else -1]
        half = "{has} is {path} and {lacks} is not set: give both or none"
        wrong = told(half, has=has, path=cert or key, lacks=lacks)
        yield Wrong(("SMTP_TLS_CERT", "SMTP_TLS_KEY"), wrong)
    if clear_logins:
        yield Wrong(
            ("SMTP_USERS", "SMTP_TLS_CERT", "SMTP_AUTH_WITHOUT_TLS"),
            told(
                "names and passwords would go without TLS: give SMTP_TLS_CERT and SMTP_TLS_KEY,"
                " or SMTP_AUTH_WITHOUT_TLS=true where the network is trusted"
            ),
        )


def about_sizes(taken: int, delivered: int) -> Iterator[Wrong]:
    """Yield the mistake that larger letters are taken than the receiver accepts; sizes in bytes."""
    if taken > delivered:
        yield Wrong(
            ("SMTP_MAX_SIZE", "MAX_BLOB_BYTES"),
            told(
                "a letter of {size} bytes would be taken and never delivered, as the receiver"
                " takes {most}: let MAX_BLOB_BYTES be the larger",
                size=taken,
                most=delivered,
            ),
        )
