"""Which mailbox a recipient address stands for: the allow-list of the SMTP front door."""

from collections.abc import Mapping, Sequence


class Mailboxes:
    """Recipient addresses and domains, each standing for one of the company's mailboxes.

    >>> Mailboxes({"support@yandex.ru": ["in@a.example", "b.example"]}).find("any@b.example")
    'support@yandex.ru'
    """

    def __init__(self, recipients: Mapping[str, Sequence[str]]) -> None:
        self._mailbox = {
            _folded(recipient): mailbox
            for mailbox, names in recipients.items()
            for recipient in names
        }

    def find(self, recipient: str) -> str | None:
        """Return the mailbox for ``recipient``, by its whole address first, then by its domain."""
        address = _folded(recipient)
        return self._mailbox.get(address) or self._mailbox.get(address.rpartition("@")[2])


def _folded(name: str) -> str:
    return name.strip().removeprefix("@").casefold()
