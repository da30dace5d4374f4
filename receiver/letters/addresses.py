"""When two addresses are one person's: the canonical form that participants are compared by."""

import idna

# Yandex's personal domains are one domain (yandex.ru/support/passport, "Yandex addresses").
YANDEX_PERSONAL = frozenset(
    ["ya.ru", "narod.ru"]
    + [f"yandex.{zone}" for zone in ("ru", "com", "by", "kz", "ua", "az", "ee", "kg", "lt")]
    + [f"yandex.{zone}" for zone in ("lv", "md", "tj", "tm", "uz", "com.tr", "co.il")]
)


def canonical(address: str) -> str:
    """Return the form in which equal addresses are equal text.

    Case does not count, an IDN domain is written in ASCII, and at Yandex's personal domains the
    domain and a dot for a hyphen do not count either. Anything after a plus sign does.
    """
    local, at, domain = address.strip().casefold().rpartition("@")
    if not at:
        return domain
    domain = domain.rstrip(".")
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError:
            return f"{local}@{domain}"
    if domain in YANDEX_PERSONAL:
        return f"{local.replace('.', '-')}@yandex.ru"
    return f"{local}@{domain}"
