"""Whom a hook may call, what an answer means, and which receiver sends: rules, time as data."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.sending.delays import (
    LEAST_ATTEMPTS,
    LIFETIME_SECONDS,
    LONGEST_SECONDS,
    SHORTEST_SECONDS,
)
from receiver.hooks.address import is_public, refused_host, refused_url
from receiver.hooks.event import HookEvent, event_of
from receiver.hooks.rules import (
    HookAnswer,
    LateEvent,
    begun_again,
    brought_forward,
    late_of,
    put_off,
    why_to_end,
)
from receiver.hooks.service import LeaseWatch

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
EVENT = HookEvent("letter.stored", NOW, "key", 0, {"mailbox": "a@b.ru", "letter": "key"})

PUBLIC = ["8.8.8.8", "77.88.8.8", "2a02:6b8::feed:ff", "::ffff:8.8.8.8", "64:ff9b::808:808"]
OWN = [
    "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.7", "240.0.0.1",
    "192.0.0.8", "192.0.0.9", "192.88.99.1", "::ffff:192.0.0.8",
    "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::1", "2002:808:808::1", "2001::1",
    "2001:db8::1", "100::1", "3fff::1", "4000::1",
]  # fmt: skip
NOBODY = ["0.0.0.0", "0.1.2.3", "255.255.255.255", "224.0.0.1", "::", "ff02::1", "::ffff:0.0.0.0"]


@pytest.mark.parametrize("host", PUBLIC)
def test_public_addresses_may_be_called(host: str) -> None:
    assert refused_host(host, private=False) is None


@pytest.mark.parametrize("host", OWN)
def test_private_addresses_may_be_called_where_that_is_allowed_alone(host: str) -> None:
    assert "not a public address" in str(refused_host(host, private=False))
    assert refused_host(host, private=True) is None


@pytest.mark.parametrize("host", NOBODY)
def test_nobody_is_called_at_all(host: str) -> None:
    assert refused_host(host, private=False)
    assert refused_host(host, private=True)


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_alike_however_it_is_written(address: IPv4Address) -> None:
    mapped = IPv6Address(b"\0" * 10 + b"\xff\xff" + address.packed)
    translated = ip_address(f"64:ff9b::{address.packed[:2].hex()}:{address.packed[2:].hex()}")
    assert is_public(mapped) == is_public(address)
    assert is_public(translated) == is_public(address)
    assert not is_public(IPv6Address(b"\0" * 12 + address.packed))


URLS = {
    "https://example.ru/hook": True,
    "https://example.ru:8443/hook?x=1": True,
    "https://пример.рф/": True,
    "https://8.8.8.8/": True,
    "http://example.ru/": False,
    "https://example.ru:22/": False,
    "https://example.ru:80/": False,
    "https://example.ru:443/": True,
    "https://example.ru:25/": False,
    "https://user:password@example.ru/": False,
    "https://example.ru/#x": False,
    "https://127.0.0.1/": False,
    "HTTPS://Example.RU./": True,
    "https://crm_1.internal/": True,
    "https://7.example/": True,
    **dict.fromkeys(
        [
            *("https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/"),
            *("https://0177.0.0.1/", "https://0/", "https://127.0.0.1./", "https://a.0X7F/"),
            *("https://localhost/", "https://LOCALHOST./", "https://a.localhost/"),
            *("https://example.com%00.evil/", "https://a..b/", f"https://{'a' * 64}.ru/"),
            *("https://-a.ru/", "https://" + "a." * 127 + "ru/"),
        ],
        False,
    ),
    "https://[::1]:8443/": False,
    "https://[::ffff:10.0.0.1]/": False,
    "https://0.0.0.0/": False,
    "https:///hook": False,
    "https://example.ru:99999/": False,
    "ftp://example.ru/": False,
    "file:///etc/passwd": False,
    "//example.ru/": False,
    "example.ru": False,
    "https://example.ru/\x1b[2J": False,
    "https://example.ru/a b": False,
    "https://example.ru/" + "x" * 2000: False,
}


@pytest.mark.parametrize(("url", "taken"), URLS.items())
def test_which_urls_a_hook_may_have(url: str, taken: bool) -> None:
    assert (refused_url(url, private=False) is None) == taken


@pytest.mark.parametrize("url", ["http://127.0.0.1:80/", "http://localhost:81/", "http://[::1]/"])
def test_where_private_addresses_are_allowed_so_is_http(url: str) -> None:
    assert refused_url(url, private=True) is None
    assert refused_url(url, private=False)


@given(st.text(max_size=60))
def test_no_text_breaks_the_judge(text: str) -> None:
    refused_url(text, private=True)
    refused_url(f"https://{text}", private=False)


def test_a_repeat_has_the_same_name_and_nothing_else_has_it() -> None:
    again = event_of(EVENT.document())
    assert again.webhook_id("hook") == EVENT.webhook_id("hook")
    others = [
        HookEvent("letter.bounced", NOW, "key", 0, EVENT.data),
        HookEvent("letter.stored", NOW, "other", 0, EVENT.data),
        HookEvent("letter.stored", NOW, "key", 1, EVENT.data),
        HookEvent("letter.stored", NOW, "key", 0, {"mailbox": "c@d.ru"}),
    ]
    names = {each.webhook_id("hook") for each in (EVENT, *others)} | {EVENT.webhook_id("other")}
    assert len(names) == 6
    assert all("." not in each for each in names)


def after_days(days: float) -> datetime:
    return NOW + timedelta(days=days)


@pytest.mark.parametrize("status", [0, 100, 301, 302, 308, 400, 401, 404, 408, 422, 429, 500, 503])
def test_what_is_not_taken_is_tried_for_five_days(status: int) -> None:
    told = HookAnswer(status, "words")
    late = LateEvent(EVENT, NOW, NOW, LEAST_ATTEMPTS - 1)
    assert why_to_end(told, None, NOW) is None
    assert why_to_end(told, late, after_days(4.99)) is None
    assert why_to_end(None, late, after_days(9)) is None
    assert why_to_end(told, late, after_days(5)) == "an event was not taken for 5 days: words"


def test_days_in_which_nobody_tried_end_no_hook() -> None:
    """Receiver and target were both switched off for a week."""
    told = HookAnswer(0, "nobody answers")
    late = put_off(EVENT, None, told, NOW, 0.0)
    for day in (8, 8.04, 8.08):
        assert why_to_end(told, late, after_days(day)) is None
        late = put_off(EVENT, late, told, after_days(day), 0.0)
    late = put_off(EVENT, late, None, after_days(8.1), 0.0)
    assert late.attempts == 4  # the last was none


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_2xx_is_taken(status: int) -> None:
    assert HookAnswer(status).taken


def test_410_ends_at_once() -> None:
    assert "410" in str(why_to_end(HookAnswer(410, "gone"), None, NOW))


@given(st.floats(0, LIFETIME_SECONDS), st.floats(0, 1), st.floats(0, LONGEST_SECONDS))
def test_the_courier_s_delays_hold_for_hooks(age: float, luck: float, asked: float) -> None:
    now = NOW + timedelta(seconds=age)
    late = put_off(EVENT, LateEvent(EVENT, NOW, NOW), HookAnswer(503, "", asked), now, luck)
    pause = (late.due - now).total_seconds()
    assert late.since == NOW
    assert max(SHORTEST_SECONDS, asked) <= pause + 0.001 <= LONGEST_SECONDS * 1.21
    assert late_of(late.document()) == late
    of_before = late.document()
    del of_before["attempts"]
    assert late_of(of_before).attempts == 1


def test_what_waits_is_due_when_the_target_is_back() -> None:
    waits = put_off(EVENT, LateEvent(EVENT, NOW, NOW), None, after_days(1), 0.0)
    assert waits.due > after_days(1)
    [soon] = brought_forward([waits], after_days(1))
    assert (soon.due, soon.since) == (after_days(1), NOW)
    [anew] = begun_again([waits], after_days(6))
    assert (anew.due, anew.since) == (after_days(6), after_days(6))


@given(st.lists(st.tuples(st.booleans(), st.floats(0.1, 4)), max_size=40))
def test_a_lease_is_free_only_when_its_holder_has_stood_still(
    steps: list[tuple[bool, float]],
) -> None:
    """No clock times are compared: it counts how long a receiver has seen the same beat."""
    now, beat, still = 0.0, 0, 0.0
    watch = LeaseWatch(6.0, lambda: now)
    assert not watch.is_free("hook", "other", beat)
    for lives, seconds in steps:
        now += seconds
        still += seconds
        if lives:
            beat, still = beat + 1, 0.0
        assert watch.is_free("hook", "other", beat) == (still >= 6.0)
    assert watch.is_free("hook", None, beat)
