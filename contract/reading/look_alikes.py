"""Names with Cyrillic letters that look like Latin ones: two for the machine, one to the eye. Pure.

A name that is wholly Cyrillic is somebody's; beside Latin letters it was hardly meant.
"""

import re

_CYRILLIC, _LATIN = "асеорхуѕіјһԁԛԝӏАВЕКМНОРСТУХЅІЈ", "aceopxysijhdqwlABEKMHOPCTYXSIJ"
_TWO_SCRIPTS = re.compile(r"[a-z][а-яё]|[а-яё][a-z]", re.IGNORECASE)
# In capitals more of them look alike. The Latin letters beside them are in another label.
_LOOK_ALIKE = re.compile(rf"[0-9.+_-]*+(?:[{_CYRILLIC}][0-9.+_-]*+)+")
_LATIN_LABEL = re.compile(r"[a-z0-9-]*[a-z][a-z0-9-]*", re.IGNORECASE)


def of_two_scripts(name: str) -> bool:
    """Tell whether Latin letters stand right beside Cyrillic ones."""
    return _TWO_SCRIPTS.search(name) is not None


def looks_latin(name: str) -> bool:
    """Tell whether a name of no Latin letter looks as if it were of no others."""
    return _LOOK_ALIKE.fullmatch(name) is not None


def label_that_looks_latin(domain: str) -> str:
    """Return a label that looks Latin beside one that is, or nothing."""
    return next(filter(looks_latin, domain.split(".")), "") if has_latin_label(domain) else ""


def has_latin_label(domain: str) -> bool:
    """Tell whether a label of a domain is of Latin letters."""
    return any(map(_LATIN_LABEL.fullmatch, domain.split(".")))


def in_latin(name: str) -> str:
    """Return a name in the letters that it looks like."""
    return name.translate(str.maketrans(_CYRILLIC, _LATIN))
