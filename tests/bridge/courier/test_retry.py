"""When a letter is tried again, and what an answer means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.courier.outcome import Outcome, outcome_of
from contract.sending.delays import (
    JITTER,
    LEAST_ATTEMPTS,
    LIFETIME_SECONDS,
    LONGEST_SECONDS,
    believable,
    delay,
    is_given_up,
    retry_after,
)

NEVER_LOST = [100, 300, 301, 302, 400, 401, 403, 404, 405, 408, 410, 413, 415, 429, 500, 502, 503]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_2xx_is_done(status: int) -> None:
    assert outcome_of(status) is Outcome.DONE


@pytest.mark.parametrize("status", NEVER_LOST)
def test_our_own_misconfiguration_is_tried_again(status: int) -> None:
    assert outcome_of(status) is Outcome.RETRY


def test_422_is_the_only_never() -> None:
    assert [status for status in range(100, 600) if outcome_of(status) is Outcome.REFUSED] == [422]


@pytest.mark.parametrize(
    ("age", "seconds"), [(0, 5), (5, 5), (20, 10), (120, 60), (7200, 3600), (10**6, 3600)]
)
def test_the_delay_is_half_the_age(age: float, seconds: float) -> None:
    assert delay(age, 0.0) == seconds


@given(st.floats(0, 10**7), st.floats(0, 1))
def test_the_delay_is_always_between_five_seconds_and_an_hour_and_a_fifth(
    age: float, luck: float
) -> None:
    assert 5.0 <= delay(age, luck) <= LONGEST_SECONDS * 1.2


def test_five_days_are_about_a_hundred_and_forty_attempts() -> None:
    age, attempts = 0.0, 0
    while age < 5 * 86400:
        age, attempts = age + delay(age, 0.0), attempts + 1
    assert 130 <= attempts <= 150
    assert is_given_up(age, attempts)


@given(st.floats(0, 10**9), st.integers(0, 10**6))
def test_days_in_which_nobody_tried_count_for_nothing(age: float, attempts: int) -> None:
    """A machine that was off, or a clock that was ahead, does not shorten the time for delivery."""
    assert not is_given_up(age, min(attempts, LEAST_ATTEMPTS - 1))
    assert not is_given_up(min(age, LIFETIME_SECONDS - 1), attempts)
    assert is_given_up(LIFETIME_SECONDS + age, LEAST_ATTEMPTS + attempts)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", 0),
        ("30", 30),
        ("-5", 0),
        ("soon", 0),
        ("999999999", LONGEST_SECONDS),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 90),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
    ],
)
def test_retry_after(header: str, seconds: float) -> None:
    assert retry_after(header, now=10.0) == seconds


@given(st.text())
def test_no_retry_after_header_ever_raises(header: str) -> None:
    assert 0 <= retry_after(header, now=0.0) <= LONGEST_SECONDS


@given(st.floats(0, 10**7), st.floats(0, 1), st.floats(0, 10**10), st.floats(-(10**9), 10**9))
def test_no_clock_that_is_turned_puts_an_attempt_off_for_longer_than_a_delay(
    age: float, luck: float, now: float, turned: float
) -> None:
    due = now + delay(age, luck)
    assert believable(due, now) == pytest.approx(due)
    assert believable(due, now + turned) <= now + turned + LONGEST_SECONDS * (1 + JITTER)
