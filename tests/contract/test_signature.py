"""Standard Webhooks: what is verified, and that everything else is "not verified"."""

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from contract.signature import Key, NotVerified, new_secret, parse_keys, sign, verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEYS = parse_keys(SECRET)
BODY = json.dumps({"text": "Здравствуйте"}).encode()
NOW = 1_700_000_000
SIGNED = sign(KEYS, "1700000000000000-ab", NOW, BODY)


def test_the_vector_of_the_specification() -> None:
    headers = sign(
        parse_keys("whsec_plJ3nmyCDGBKInavdOK15jsl"),
        "msg_loFOjxBNrRLzqYUf",
        1731705121,
        b'{"event_type":"ping","data":{"success":true}}',
    )
    assert headers["webhook-signature"] == "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="


def test_the_reference_library_verifies_what_we_sign() -> None:
    now = int(datetime.now(UTC).timestamp())
    headers = sign(KEYS, "id-1", now, BODY)
    assert Webhook(SECRET).verify(BODY, headers) == json.loads(BODY)


def test_we_verify_what_the_reference_library_signs() -> None:
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "id-1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("id-1", now, BODY.decode()),
    }
    assert verify(KEYS, headers, BODY, now.timestamp()) == "id-1"


def altered(**headers: str | None) -> dict[str, str]:
    changed = SIGNED | {name.replace("_", "-"): value for name, value in headers.items()}
    return {name: value for name, value in changed.items() if value is not None}


GOOD = SIGNED["webhook-signature"]
UNVERIFIED = {
    "no headers at all": {},
    "no id": altered(webhook_id=None),
    "empty id": altered(webhook_id=""),
    "another id": altered(webhook_id="1700000000000000-ac"),
    "a dot in the id": altered(webhook_id="a.b"),
    "a non-ASCII id": altered(webhook_id="письмо"),
    "no timestamp": altered(webhook_timestamp=None),
    "a timestamp in words": altered(webhook_timestamp="now"),
    "a fractional timestamp": altered(webhook_timestamp="1700000000.5"),
    "a negative timestamp": altered(webhook_timestamp="-1"),
    "a timestamp in Arabic-Indic digits": altered(webhook_timestamp="١٧٠٠٠٠٠٠٠٠"),
    "an endless timestamp": altered(webhook_timestamp="9" * 5000),
    "no signature": altered(webhook_signature=None),
    "an empty signature": altered(webhook_signature=""),
    "no version": altered(webhook_signature=GOOD.removeprefix("v1,")),
    "another version": altered(webhook_signature=GOOD.replace("v1,", "v1a,")),
    "a truncated signature": altered(webhook_signature=GOOD[:-8]),
    "not base64": altered(webhook_signature="v1,!!!"),
    "non-ASCII base64": altered(webhook_signature="v1,подпись"),
    "surrogates": altered(webhook_signature="v1,\udcff"),
    "a comma too many": altered(webhook_signature=GOOD + ",x"),
    "the wrong secret": sign(parse_keys(new_secret()), "1700000000000000-ab", NOW, BODY),
}


@pytest.mark.parametrize("headers", UNVERIFIED.values(), ids=UNVERIFIED.keys())
def test_not_verified(headers: dict[str, str]) -> None:
    with pytest.raises(NotVerified):
        verify(KEYS, headers, BODY, NOW)


@pytest.mark.parametrize("change", [b"", b" ", BODY + b" ", BODY[:-1], b"\xff"])
def test_another_body_is_not_verified(change: bytes) -> None:
    with pytest.raises(NotVerified):
        verify(KEYS, SIGNED, change, NOW)


@pytest.mark.parametrize(
    ("seconds", "fresh"), [(-300, True), (300, True), (-301, False), (301, False)]
)
def test_five_minutes_of_tolerance(seconds: int, fresh: bool) -> None:
    if fresh:
        assert verify(KEYS, SIGNED, BODY, NOW + seconds)
    else:
        with pytest.raises(NotVerified):
            verify(KEYS, SIGNED, BODY, NOW + seconds)


def test_a_secret_is_rotated_without_a_gap() -> None:
    old, new = new_secret(), new_secret()
    signed_by_old = sign(parse_keys(f"{old} {new}"), "id", NOW, BODY)
    signed_by_new = sign(parse_keys(f"{new} {old}"), "id", NOW, BODY)
    for receiver in (f"{old} {new}", f"{new} {old}"):
        assert verify(parse_keys(receiver), signed_by_old, BODY, NOW) == "id"
        assert verify(parse_keys(receiver), signed_by_new, BODY, NOW) == "id"
    with pytest.raises(NotVerified):
        verify(parse_keys(new), signed_by_old, BODY, NOW)


def test_one_good_signature_among_others_is_enough() -> None:
    headers = altered(webhook_signature=f"v1,AAAA v2,xyz {GOOD}")
    assert verify(KEYS, headers, BODY, NOW)


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "   ",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_",
        "whsec_c2hvcnQ=",
        "whsec_!!!!",
        "whsec_ю",
        "whsec_" + base64.b64encode(bytes(65)).decode(),
    ],
)
def test_an_unusable_secret_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        parse_keys(secret)


def test_a_key_does_not_show_itself() -> None:
    assert "MfKQ" not in repr(Key(SECRET)) + str(Key(SECRET))


@given(
    st.dictionaries(
        st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text()
    ),
    st.binary(),
)
def test_no_header_ever_raises_anything_else(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(NotVerified):
        verify(KEYS, headers, body, NOW)


@given(st.binary(), st.integers(0, 10**11))
def test_what_we_sign_we_always_verify(body: bytes, timestamp: int) -> None:
    headers = sign(KEYS, "id", timestamp, body)
    assert verify(KEYS, headers, body, timestamp) == "id"
