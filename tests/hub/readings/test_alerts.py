"""Alerts: a match that turned, a month to be closed; and what changed since a snapshot."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, time, timedelta

import pytest
from finance_stage import close, seats, settle_down
from hypothesis import given
from hypothesis import strategies as st

from hub import signing
from hub.finance.policy import CloseAt
from hub.finance.snapshots.closing import due
from hub.readings.alerts import alerts
from hub.readings.arr.since import since

BERLIN = CloseAt(5, time(18), "Europe/Berlin")


def told(stage) -> list[dict]:
    with stage.hub.engine.connect() as database:
        return alerts(stage.hub, database)


def changed(stage, id: int) -> list:
    with stage.hub.engine.connect() as database:
        return since(stage.hub, database, signing.content(database, id))


def company(stage) -> str:
    """One that bills in EUR: 213 x 11.90 x 12 = 30,416.40."""
    held = stage.running["hubspot"].twin.table("companies")
    return next(id for id, each in held.items() if each["properties"].get("concord_arr") == "30416.40")


def test_a_match_that_turned_is_told_until_it_is_put_right(stage) -> None:
    settle_down(stage)
    assert told(stage) == []
    snapshot = close(stage)
    assert told(stage) == []
    stage.edit("hubspot", "companies", company(stage), concord_arr="1.00")
    stage.wait(120)
    stage.sync()
    [alert] = told(stage)
    assert {key: alert[key] for key in ("alert", "currency", "agreed", "held", "connection", "snapshot")} == {
        "alert": "turned", "currency": "EUR", "agreed": "30416.40", "held": "1.00", "connection": "hubspot", "snapshot": snapshot,
    }  # fmt: skip
    settle_down(stage)
    assert told(stage) == []


def test_what_changed_since_a_snapshot_is_shown(stage) -> None:
    """213 seats become 223 after the closing: nothing is restated; now it is 31,844.40."""
    settle_down(stage)
    snapshot = close(stage)
    stage.wait(60)
    assert changed(stage, snapshot) == []
    seats(stage, "sub_142b4cfe20d462", 223)
    settle_down(stage)
    [one] = changed(stage, snapshot)
    assert (str(one.was.billing), one.restatement, str(one.now.billing)) == ("30416.40", 0, "31844.40")
    with stage.hub.engine.connect() as database:
        kept = signing.load(database, snapshot)
    assert kept.state == "closed"


def test_a_month_that_nobody_closed_is_told_from_its_time_on(stage) -> None:
    """Read since 1 November; the books of November are closed on 5 December, 18:00 in Berlin, which is 17:00 UTC."""
    settle_down(stage)
    policy = dataclasses.replace(stage.hub.catalog.policy, close_at=BERLIN)
    stage.hub = dataclasses.replace(stage.hub, catalog=dataclasses.replace(stage.hub.catalog, policy=policy))
    assert told(stage) == []  # how October ended, nobody can know
    month_end = datetime(2026, 11, 30, 23, tzinfo=UTC)
    stage.wait((datetime(2026, 12, 5, 16, 59, tzinfo=UTC) - stage.hub.clock.now()).total_seconds())
    settle_down(stage)
    assert told(stage) == [{"alert": "close_due", "as_of": "2026-12-01T00:00:00+01:00", "since": "2026-12-05T18:00:00+01:00"}]
    close(stage, month_end)
    assert told(stage) == []


@given(st.integers(0, 4 * 365 * 24 * 60), st.integers(1, 28), st.times())
def test_the_month_that_is_due_is_the_newest_whose_time_has_come(minutes: int, day: int, at: time) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    found = due(CloseAt(day, at.replace(tzinfo=None), "Europe/Berlin"), now)
    assert found.at <= now
    assert found.end <= found.at
    assert (now - found.at).days <= 31
    assert (found.end.day, found.end.time()) == (1, time(0))
    assert (found.at.year, found.at.month, found.at.day) == (found.end.year, found.end.month, day)


@pytest.mark.parametrize(
    ("as_of", "closes"),
    [("2026-11-30T23:59:59+01:00", True), ("2026-12-01T00:00:00+01:00", True), ("2026-11-30T23:59:58+01:00", False),
     ("2026-11-30T23:59:59+00:00", True)],
)  # fmt: skip
def test_the_last_second_of_a_month_closes_it(as_of: str, closes: bool) -> None:
    found = due(BERLIN, datetime(2026, 12, 6, tzinfo=UTC))
    assert found.closed_by(datetime.fromisoformat(as_of)) is closes
