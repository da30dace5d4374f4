"""Finding a folder of a server: by special-use flag, then by name. Pure."""

from collections.abc import Sequence

from bridge.ingress.imap.settings import SENT

Listed = tuple[tuple[str, ...], str, str]
"""A folder's flags, hierarchy delimiter and decoded name, as LIST has them."""

SENT_NAMES = (
    "отправленные",
    "sent",
    "sent items",
    "sent messages",
    "sent mail",
    "отправленные письма",
    "отправленные элементы",
)


def find_folder(wish: str, listed: Sequence[Listed], sent: str = "") -> str | None:
    r"""Return the name of the folder that ``wish`` means, None if the server has none.

    A wish that begins with a backslash is a special-use flag (RFC 6154), which Yandex shows in a
    plain LIST. For ``\Sent`` the folder of the setting (``sent``) comes first and usual names come
    last.
    """
    selectable = [
        (flags, delimiter, name)
        for flags, delimiter, name in listed
        if "\\noselect" not in map(str.casefold, flags)
    ]
    if wish.casefold() == SENT.casefold() and sent:
        return _named(sent, selectable)
    if not wish.startswith("\\"):
        return "INBOX" if wish.casefold() == "inbox" else _named(wish, selectable)
    for flags, _delimiter, name in selectable:
        if wish.casefold() in map(str.casefold, flags):
            return name
    if wish.casefold() == SENT.casefold():
        for usual in SENT_NAMES:
            for _flags, delimiter, name in selectable:
                if _last_part(name, delimiter).casefold() == usual:
                    return name
    return None


def goes_out(name: str, listed: Sequence[Listed], sent: str = "") -> bool:
    """Tell whether the folder of this name holds what the mailbox itself sent.

    This holds even if the settings name it and not its flag.
    """
    return name == find_folder(SENT, listed, sent)


def _named(wish: str, listed: Sequence[Listed]) -> str | None:
    for _flags, _delimiter, name in listed:
        if name == wish:
            return name
    return None


def _last_part(name: str, delimiter: str) -> str:
    return name.rpartition(delimiter)[2] if delimiter else name
