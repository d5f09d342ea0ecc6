"""Quota: no window of a limit's length ever holds more calls than allowed, first come is first to call, all workers share one count."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from connectors.kit.contract import Limit
from hub.clock import ManualClock
from hub.quota import SECOND, DatabaseQuota, Window, left

START = datetime(2026, 3, 2, tzinfo=UTC)
LIMITS = st.builds(Limit, st.integers(1, 12), st.sampled_from([0.5, 1.0, 3.0, 10.0, 60.0, 3_600.0, 86_400.0]))
FOR_EVER = 10.0**9


def most_in_any_window(times: list[int], length: float) -> int:
    times = sorted(times)
    return max(sum(first <= each < first + length * SECOND for each in times) for first in times)


@given(LIMITS, st.lists(st.floats(0, 2.5), min_size=1, max_size=60), st.integers(0, 10**15))
def test_no_window_ever_holds_more_calls_than_allowed(limit: Limit, gaps: list[float], now: int) -> None:
    """`gaps` in windows, between callers. Each goes when its turn comes, in the order in which they came."""
    window, used, turns = Window.of(limit), Counter[int](), []
    for gap in gaps:
        now += int(gap * limit.per * SECOND)
        at = window.turn(used, now)
        assert at >= now
        used[window.slice(at)] += 1
        turns.append(at)
    assert turns == sorted(turns)
    assert most_in_any_window(turns, limit.per) <= limit.calls


@given(LIMITS, st.integers(1, 5), st.integers(0, 10**15))
def test_a_full_window_is_free_again_soon_after_its_length(limit: Limit, rounds: int, now: int) -> None:
    """Hour and day windows are exact to a sixtieth, short ones to a tenth."""
    window, used, at = Window.of(limit), Counter[int](), now
    for _ in range(rounds * limit.calls + 1):
        at = window.turn(used, now)
        used[window.slice(at)] += 1
    slack = 0.2 if limit.per <= 10 else 1 / 30
    assert rounds * limit.per * SECOND - window.length <= at - now <= rounds * limit.per * SECOND * (1 + slack) + window.length


@given(LIMITS, st.integers(0, 10**15), st.lists(st.floats(0, 1.2), max_size=30))
def test_what_is_left_can_be_called_at_once_and_no_more(limit: Limit, now: int, gaps: list[float]) -> None:
    window, used = Window.of(limit), Counter[int]()
    for gap in gaps:
        now += int(gap * limit.per * SECOND)
        if window.turn(used, now) == now:
            used[window.slice(now)] += 1
    for _ in range(window.left(used, now)):
        assert window.turn(used, now) == now
        used[window.slice(now)] += 1
    assert window.left(used, now) == 0
    assert window.turn(used, now) > now


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


def test_many_workers_share_one_count(engine: Engine, clock: ManualClock) -> None:
    quotas = [DatabaseQuota(engine, clock) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda n: quotas[n % 8].take("crm", Limit(10, 60.0), 0.0), range(80)))
    assert sum(wait == 0 for wait in waits) == 10
    assert min(wait for wait in waits if wait) > 59


def test_who_waits_is_served_in_order_and_overtaken_by_nobody(engine: Engine, clock: ManualClock) -> None:
    quota, limit = DatabaseQuota(engine, clock), Limit(2, 10.0)
    waits = [quota.take("crm", limit, FOR_EVER) for _ in range(6)]
    assert waits == sorted(waits)
    assert waits[:2] == [0.0, 0.0]
    clock.advance(15)  # two of those that waited went meanwhile; a newcomer stands behind the others
    assert quota.take("crm", limit, FOR_EVER) + 15 > waits[-1]
    assert most_in_any_window([int(wait * SECOND) for wait in waits], 10.0) == 2


def test_who_will_not_wait_takes_no_call(engine: Engine, clock: ManualClock) -> None:
    quota, limit = DatabaseQuota(engine, clock), Limit(1, 60.0)
    assert quota.take("crm", limit, 0.0) == 0
    for _ in range(5):
        wait = quota.take("crm", limit, 30.0)
        assert 60 <= wait <= 62
    clock.advance(wait)
    assert quota.take("crm", limit, 0.0) == 0


def test_each_connection_and_each_limit_has_a_count_of_its_own(engine: Engine, clock: ManualClock) -> None:
    quota = DatabaseQuota(engine, clock)
    for connection in ("a", "b"):
        for limit in (Limit(1, 1.0), Limit(1, 60.0), Limit(1, 60.0, "search")):
            assert quota.take(connection, limit, 0.0) == 0
            assert quota.take(connection, limit, 0.0) > 0


def test_what_is_left_is_read_without_taking_any(engine: Engine, clock: ManualClock) -> None:
    quota, limits = DatabaseQuota(engine, clock), [Limit(3, 1.0), Limit(60, 3_600.0, "hour"), Limit(2, 86_400.0, "day")]
    for _ in range(2):
        for limit in limits:
            quota.take("crm", limit, 0.0)
    for _ in range(2):
        with engine.connect() as database:
            second, hour, day = left(database, clock.micros(), "crm", limits)
        assert (second.calls, second.back) == (1, None)
        assert (hour.calls, hour.back) == (58, None)
        assert day.calls == 0
        assert day.back is not None
        assert 86_400 <= (day.back - clock.micros()) / SECOND <= 86_400 * 61 / 60
    clock.advance(2)
    with engine.connect() as database:
        assert [each.calls for each in left(database, clock.micros(), "crm", limits)] == [3, 58, 0]


def test_old_counts_are_swept(engine: Engine, clock: ManualClock) -> None:
    quota = DatabaseQuota(engine, clock)
    for _ in range(30):
        quota.take("crm", Limit(100, 1.0), 0.0)
        clock.advance(0.3)
    with engine.connect() as database:
        assert database.execute(text("SELECT count(*) FROM quota")).scalar_one() <= 11
