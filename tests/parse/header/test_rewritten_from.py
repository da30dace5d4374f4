"""Authors whom a list replaced in From by its own address, and letters without such."""

import pytest

from bridge.parse.message import read_letter
from tests.letters import raw_letter

GROUP = "support@firm.example.com"
VIA: dict[str, dict[str, str]] = {
    "Google Groups": {
        "From": f"'Anna Kim' via Support <{GROUP}>",
        "X_Original_From": "Anna Kim <anna@example.org>",
        "X_Original_Sender": "anna@example.org",
    },
    "the older field alone": {
        "From": f"'Anna Kim' via Support <{GROUP}>",
        "X_Original_Sender": "anna@example.org",
    },
    "in Russian": {
        "From": f"Anna Kim через Поддержка <{GROUP}>",
        "X_Original_Sender": "anna@example.org",
    },
    "groups.io": {"From": "Anna Kim via groups.io <anna=example.org@groups.io>"},
    "the IETF": {"From": "Anna Kim <anna=40example.org@dmarc.ietf.org>"},
    "Sympa": {
        "From": f"Anna Kim (via support Mailing List) <{GROUP}>",
        "X_Original_From": "Anna Kim <anna@example.org>",
    },
}


@pytest.mark.parametrize("fields", VIA.values(), ids=VIA.keys())
def test_the_person_behind_a_group(fields: dict[str, str]) -> None:
    told = read_letter(raw_letter("x", **fields)).original_from
    assert told is not None
    assert (told.address, told.name) == ("anna@example.org", "Anna Kim")


AS_THEY_ARE: dict[str, dict[str, str]] = {
    "a group that rewrites nothing": {
        "From": "Anna Kim <anna@example.org>",
        "X_Original_Sender": "anna@example.org",
    },
    "a group's own letter": {"From": f"News via Firm <{GROUP}>", "X_Original_Sender": GROUP},
    "a person called so": {
        "From": "Via Appia <via@example.org>",
        "X_Original_Sender": "x@y.example",
    },
    "a service that nobody stands behind": {"From": f"Anna Kim via Bank <{GROUP}>"},
    "an address with a sign of equality": {"From": "Anna <anna=work@example.org>"},
    "one that a relay wrote for a bounce": {"From": "Anna <anna=example.org@relay.example>"},
}


@pytest.mark.parametrize("fields", AS_THEY_ARE.values(), ids=AS_THEY_ARE.keys())
def test_nobody_is_behind(fields: dict[str, str]) -> None:
    assert read_letter(raw_letter("x", **fields)).original_from is None
