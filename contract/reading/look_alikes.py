"""Names with Cyrillic letters that look like Latin ones: different, but the same to the eye. Pure.

A name that is wholly Cyrillic is real; beside Latin letters it is hardly meant.
"""

import re

_CYRILLIC, _LATIN = "асеорхуѕіјһԁԛԝӏАВЕКМНОРСТУХЅІЈ", "aceopxysijhdqwlABEKMHOPCTYXSIJ"
_TWO_SCRIPTS = re.compile(r"[a-z][а-яё]|[а-яё][a-z]", re.IGNORECASE)
# In capitals more letters look alike. Here the Latin letters are in another label.
_LOOK_ALIKE = re.compile(rf"[0-9.+_-]*+(?:[{_CYRILLIC}][0-9.+_-]*+)+")
_LATIN_LABEL = re.compile(r"[a-z0-9-]*[a-z][a-z0-9-]*", re.IGNORECASE)


def of_two_scripts(name: str) -> bool:
    """Tell whether Latin letters stand right beside Cyrillic ones."""
    return _TWO_SCRIPTS.search(name) is not None


def looks_latin(name: str) -> bool:
    """Tell whether a name without Latin letters looks wholly Latin."""
    return _LOOK_ALIKE.fullmatch(name) is not None


def label_that_looks_latin(domain: str) -> str:
    """Return a label that looks Latin beside one that is, or nothing."""
    return next(filter(looks_latin, domain.split(".")), "") if has_latin_label(domain) else ""


def has_latin_label(domain: str) -> bool:
    """Tell whether a domain has a label in Latin letters."""
    return any(map(_LATIN_LABEL.fullmatch, domain.split(".")))


def in_latin(name: str) -> str:
    """Return a name in the letters that it looks like."""
    return name.translate(str.maketrans(_CYRILLIC, _LATIN))
