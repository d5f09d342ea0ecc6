"""The vendor's clock against ours: bounds from Date headers, right for every true offset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from hypothesis import given
from hypothesis import strategies as st

from connectors.kit.vendor_clock import VendorClock

START = datetime(2026, 1, 1, tzinfo=UTC)
seconds = st.floats(0, 5, allow_nan=False)


@given(st.integers(-10_000, 10_000), st.lists(st.tuples(seconds, seconds, seconds), min_size=1, max_size=20))
def test_the_true_offset_always_lies_between_the_bounds(true: int, calls: list[tuple[float, float, float]]) -> None:
    clock, now, offset = VendorClock(), START, timedelta(milliseconds=true * 7)
    for before, there, back in calls:
        sent = now + timedelta(seconds=before)
        answered = sent + timedelta(seconds=there)
        now = answered + timedelta(seconds=back)
        clock.heard([("Date", format_datetime(answered + offset, usegmt=True))], sent, now)
    assert clock.bounds is not None
    assert clock.bounds[0] <= offset <= clock.bounds[1]


def test_a_clock_that_was_set_begins_again() -> None:
    clock = VendorClock()
    for shift in (timedelta(), timedelta(hours=1)):
        clock.heard([("date", format_datetime(START + shift, usegmt=True))], START, START)
    assert clock.bounds == (timedelta(hours=1), timedelta(hours=1, seconds=1))


def test_nonsense_and_silence_tell_nothing() -> None:
    clock = VendorClock()
    clock.heard([("date", "yesterday")], START, START)
    clock.heard([], START, START)
    assert clock.bounds is None
