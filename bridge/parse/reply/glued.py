"""A client's line that lost the line end above it: ``Yes, thanks.On Mon, 15 Sep … wrote:``."""

import re

# A quotation, which a program marks, must stand right below.
_GLUED = re.compile(
    r"(?m)^(?![\s>])(?P<words>[^\n>]{0,2000}?[^\s>:,(\[\"«-])[ \t]*(?:-{2,3} )?"
    r"(?P<line>(?:On (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}, [^\n]{8,200} wrote:|"
    r"Am (?:Mo|Di|Mi|Do|Fr|Sa|So)[a-z]{0,8}\.?, [^\n]{8,200} schrieb [^\n]{3,100}:|"
    r"Le (?:lun|mar|mer|jeu|ven|sam|dim)[a-z]{0,5}\.? \d[^\n]{8,200} a écrit ?:|"
    r"El (?:lun|mar|mié|jue|vie|sáb|dom), \d[^\n]{8,200} escribió:|"
    r"(?:пн|вт|ср|чт|пт|сб|вс), \d{1,2} [а-я]{3,4}\.? \d{4} г\. в \d{1,2}:\d{2}, [^\n]{3,200}>:))"
    r"[ \t\r]*(?=\n\r?\n?>)"
)


def parted(body: str) -> tuple[str, list[str]]:
    """Return the body with such lines on lines of their own, and these lines; linear in time."""
    found: list[str] = []

    def apart(match: re.Match[str]) -> str:
        found.append(match["line"].strip())
        return f"{match['words']}\n\n{match['line']}"

    return _GLUED.sub(apart, body), found
