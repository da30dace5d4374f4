"""Time zones that senders write by name (RFC 5322 4.3 lists only the American ones and GMT)."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

_HOURS: dict[str, tuple[float, ...]] = {
    "UT": (0,), "UTC": (0,), "GMT": (0,), "Z": (0,), "WET": (0,), "WEST": (1,), "CET": (1,),
    "MEZ": (1,), "MET": (1,), "CEST": (2,), "CEDT": (2,), "MESZ": (2,), "MEST": (2,), "EET": (2,),
    "EEST": (3,), "EEDT": (3,), "TRT": (3,), "FET": (3,),
    # Russia and its neighbours; MSD and the like are summer times, abolished in 2011.
    "MSK": (3,), "МСК": (3,), "MSD": (4,), "SAMT": (4,), "AZT": (4,), "GET": (4,), "YEKT": (5,),
    "YEKST": (6,), "UZT": (5,), "TMT": (5,), "TJT": (5,), "AQTT": (5,), "OMST": (6,), "KGT": (6,),
    "ALMT": (5, 6), "NOVT": (7, 6), "KRAT": (7,), "IRKT": (8,), "YAKT": (9,), "VLAT": (10,),
    "SAKT": (11,), "MAGT": (11,), "SRET": (11,), "PETT": (12,), "ANAT": (12,),
    # Africa and the Near East; IRST is +0330 all year since 2022.
    "SAST": (2,), "CAT": (2,), "EAT": (3,), "WAT": (1,), "IDT": (3,), "IRST": (3.5,),
    "IRDT": (4.5,), "HOVT": (7,), "VOLT": (3,), "SYOT": (3,),
    "WITA": (8,), "WIT": (9,),
    # Asia and the Pacific.
    "PKT": (5,), "NPT": (5.75,), "ICT": (7,), "WIB": (7,), "HKT": (8,), "SGT": (8,), "MYT": (8,),
    "PHT": (8,), "AWST": (8,), "JST": (9,), "KST": (9,), "ACST": (9.5,), "ACDT": (10.5,),
    "AEST": (10,), "AEDT": (11,), "NZST": (12,), "NZDT": (13,),
    # America.
    "EDT": (-4,), "CDT": (-5,), "MDT": (-6,), "PDT": (-7,), "ADT": (-3,), "NST": (-3.5,),
    "NDT": (-2.5,), "AKST": (-9,), "AKDT": (-8,), "HST": (-10,), "BRT": (-3,), "ART": (-3,),
    "UYT": (-3,), "VET": (-4,),
    "CLT": (-4,), "PET": (-5,), "COT": (-5,), "ET": (-5, -4), "CT": (-6, -5), "MT": (-7, -6),
    "PT": (-8, -7),
    # One name for several zones, the likeliest first.
    "EST": (-5, 10), "CST": (-6, 8), "MST": (-7, 8), "PST": (-8, 8), "AST": (-4, 3),
    "BST": (1, 6), "IST": (5.5, 2, 1), "GST": (4,), "WST": (8, 13), "ECT": (-5, 1),
}  # fmt: skip


def zone_hours(name: str) -> tuple[float, ...]:
    """Return the hours east of UTC that a zone's name may mean, the likeliest first, or nothing."""
    return _HOURS.get(name.upper(), ())


_PLACE = re.compile(
    r"(?<![\w/])[A-Z][A-Za-z_]{2,20}(?:/[A-Z][A-Za-z_+-]{1,25}\d{0,2}){1,2}(?![\w/])"
)
_SUMMER = re.compile(r"daylight|summer|sommer|été|летн", re.IGNORECASE)
# Windows' and phones' words, with the hours of winter.
_WORDS = {
    "aus eastern": 10, "aus central": 9.5, "w. australia": 8, "new zealand": 12,
    "south america": -3, "tomsk": 7, "томск": 7,
    "brasil": -3, "argentina": -3, "sa pacific": -5, "central america": -6, "singapore": 8,
    "taipei": 8, "se asia": 7, "south africa": 2, "egypt": 2, "caucasus": 4, "georgian": 4,
    "azerbaijan": 4, "belarus": 3, "kaliningrad": 2, "калининград": 2, "samara": 4, "самар": 4,
    "saratov": 4, "ekaterinburg": 5, "omsk": 6, "омск": 6, "central asia": 6, "красноярск": 7,
    "новосибирск": 7, "altai": 7, "north asia east": 8, "north asia": 7, "иркутск": 8,
    "yakutsk": 9, "якутск": 9, "vladivostok": 10, "владивосток": 10, "magadan": 11, "магадан": 11,
    "sakhalin": 11, "сахалин": 11, "kamchatka": 12, "камчат": 12, "russia time zone 3": 4,
    "moscow": 3, "russian standard": 3, "московское": 3, "москва": 3, "екатеринбург": 5,
    "mitteleurop": 1, "w. europe": 1, "central europe": 1, "romance": 1, "e. europe": 2,
    "fle ": 2, "gtb ": 2, "israel": 2, "greenwich": 0, "gmt standard": 0,
    "coordinated universal": 0, "всемирное": 0, "eastern": -5, "central standard": -6,
    "central daylight": -6, "mountain": -7, "pacific": -8, "atlantic": -4, "china standard": 8,
    "tokyo": 9, "korea": 9, "india standard": 5.5, "turkey": 3, "arab": 3,
}  # fmt: skip


def hours_in_words(words: str, at: datetime) -> float | None:
    """Return the hours east of UTC, on the day ``at``, of a place of the tz database or a name
    in several words; None where it is neither, or this system does not know the place.
    """
    place = _PLACE.search(words)
    if place:
        try:
            there = at.replace(tzinfo=ZoneInfo(place.group())).utcoffset()
        except (ValueError, OSError, KeyError):
            return None
        return None if there is None else there.total_seconds() / 3600
    shown = words.casefold()
    hours = next((hours for name, hours in _WORDS.items() if name in shown), None)
    return None if hours is None else hours + (_SUMMER.search(shown) is not None)
