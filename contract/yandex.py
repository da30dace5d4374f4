"""The only list of Yandex's domains: of people's mailboxes, and of hosts that carry mail."""

import re
from typing import Final

PERSONAL_DOMAINS: Final = frozenset(
    ["ya.ru", "narod.ru", "yandex.com.tr", "yandex.co.il"]
    + [f"yandex.{zone}" for zone in ("ru", "com", "by", "kz", "ua", "az", "ee", "kg", "lt", "lv")]
    + [f"yandex.{zone}" for zone in ("md", "tj", "tm", "uz")]
)
"""All of them are one domain: one mailbox answers under each (yandex.ru/support/passport)."""

SERVICE_DOMAINS: Final = PERSONAL_DOMAINS.union(
    ["yandex.net", "yandex.com.ge", "yandex.eu", "yandex.fr", "yandex.pl"],
    ["yandex-team.com", "yandex-team.ru", "ya.cc"],
)
"""Where Yandex's own letters come from and its links lead to, also in names below these."""

CANONICAL_DOMAIN: Final = "yandex.ru"
"""The personal domain that stands for all of them where addresses are compared."""

IMAP_HOST: Final = "imap.yandex.ru"

RELAY: Final = re.compile(r"(?:[a-z0-9_-]{1,63}\.){1,10}yandex\.net", re.IGNORECASE)
"""A host that takes mail in and hands it on, as Received lines name it."""

_PEER_DOMAINS = (".yandex.net", ".yandex.ru", ".yandex.com")


def is_yandex(host: str) -> bool:
    """Tell whether a host or domain is one of ``SERVICE_DOMAINS`` or lies below one."""
    labels = host.casefold().rstrip(".").split(".")
    return any(".".join(labels[start:]) in SERVICE_DOMAINS for start in range(len(labels)))


def may_hand_over(host: str) -> bool:
    """Tell whether a peer of this name is Yandex's, if DNS confirms that the name is its own."""
    return host.casefold().rstrip(".").endswith(_PEER_DOMAINS)
