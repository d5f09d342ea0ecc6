"""The clocks and the randomness: exact, and driven by a simulation where wanted."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.chance import ALPHABET, Chance
from hub.clock import ManualClock, SystemClock, from_micros, to_micros

instants = st.datetimes(
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))])
)


@given(instants)
def test_micros_are_exact_both_ways(moment: datetime) -> None:
    assert from_micros(to_micros(moment)) == moment
    assert from_micros(to_micros(moment)).tzinfo is UTC


@given(instants, instants)
def test_micros_keep_the_order(one: datetime, other: datetime) -> None:
    assert (to_micros(one) < to_micros(other)) == (one < other)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        to_micros(datetime(2026, 1, 1))  # noqa: DTZ001 - the very mistake


def test_the_system_clock_is_this_machines_and_waits() -> None:
    clock = SystemClock()
    before, begun = clock.micros(), clock.monotonic()
    clock.sleep(0.02)
    assert clock.monotonic() - begun >= 0.02
    assert before < clock.micros() <= time.time_ns() // 1000
    assert clock.now().tzinfo is UTC
    clock.sleep(-1)


@given(st.lists(st.floats(0, 1e6), max_size=20))
def test_a_manual_clock_moves_by_what_is_slept_and_by_nothing_else(naps: list[float]) -> None:
    clock = ManualClock()
    start = clock.micros()
    for nap in naps:
        clock.sleep(nap)
    assert clock.micros() - start == sum(round(nap * 1e6) for nap in naps)
    assert clock.monotonic() * 1e6 == pytest.approx(clock.micros() - start)


def test_a_manual_clock_set_back_never_turns_back_the_stopwatch() -> None:
    clock = ManualClock()
    clock.advance(10)
    clock.set(datetime(2020, 1, 1, tzinfo=UTC))
    assert clock.now() == datetime(2020, 1, 1, tzinfo=UTC)
    assert clock.monotonic() == 10


@given(st.integers())
def test_seeded_chance_repeats_itself(seed: int) -> None:
    assert Chance(seed).golden_id("account") == Chance(seed).golden_id("account")
    assert Chance(seed).bytes(8) == Chance(seed).bytes(8)


def test_unseeded_chance_does_not() -> None:
    chance = Chance()
    ids = {chance.golden_id("account") for _ in range(10_000)}
    assert len(ids) == 10_000
    assert all(id.startswith("acc") and len(id) == 16 and set(id[3:]) <= set(ALPHABET) for id in ids)


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.integers())
def test_jitter_stays_between(low: float, width: float, seed: int) -> None:
    assert low <= Chance(seed).between(low, low + width) <= low + width
