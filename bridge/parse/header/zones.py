"""Time zones that senders write by name (RFC 5322 4.3 lists the American ones and GMT alone)."""

_HOURS: dict[str, tuple[float, ...]] = {
    "UT": (0,), "UTC": (0,), "GMT": (0,), "Z": (0,), "WET": (0,), "WEST": (1,), "CET": (1,),
    "MEZ": (1,), "MET": (1,), "CEST": (2,), "CEDT": (2,), "MESZ": (2,), "MEST": (2,), "EET": (2,),
    "EEST": (3,), "EEDT": (3,), "TRT": (3,), "FET": (3,),
    # Russia and its neighbours; MSD and the like are summer times, abolished in 2011.
    "MSK": (3,), "МСК": (3,), "MSD": (4,), "SAMT": (4,), "AZT": (4,), "GET": (4,), "YEKT": (5,),
    "YEKST": (6,), "UZT": (5,), "TMT": (5,), "TJT": (5,), "AQTT": (5,), "OMST": (6,), "KGT": (6,),
    "ALMT": (5, 6), "NOVT": (7, 6), "KRAT": (7,), "IRKT": (8,), "YAKT": (9,), "VLAT": (10,),
    "SAKT": (11,), "MAGT": (11,), "SRET": (11,), "PETT": (12,), "ANAT": (12,),
    # Asia and the Pacific.
    "PKT": (5,), "NPT": (5.75,), "ICT": (7,), "WIB": (7,), "HKT": (8,), "SGT": (8,), "MYT": (8,),
    "PHT": (8,), "AWST": (8,), "JST": (9,), "KST": (9,), "ACST": (9.5,), "ACDT": (10.5,),
    "AEST": (10,), "AEDT": (11,), "NZST": (12,), "NZDT": (13,),
    # America.
    "EDT": (-4,), "CDT": (-5,), "MDT": (-6,), "PDT": (-7,), "ADT": (-3,), "NST": (-3.5,),
    "NDT": (-2.5,), "AKST": (-9,), "AKDT": (-8,), "HST": (-10,), "BRT": (-3,), "ART": (-3,),
    "CLT": (-4,), "PET": (-5,), "COT": (-5,), "ET": (-5, -4), "CT": (-6, -5), "MT": (-7, -6),
    "PT": (-8, -7),
    # One name, several zones, the likeliest first.
    "EST": (-5, 10), "CST": (-6, 8), "MST": (-7, 8), "PST": (-8, 8), "AST": (-4, 3),
    "BST": (1, 6), "IST": (5.5, 2, 1), "GST": (4,), "WST": (8, 13), "ECT": (-5, 1),
}  # fmt: skip


def zone_hours(name: str) -> tuple[float, ...]:
    """Return the hours east of UTC that a zone's name may mean, the likeliest first; or nothing."""
    return _HOURS.get(name.upper(), ())
