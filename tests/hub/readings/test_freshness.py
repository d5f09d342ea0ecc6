"""Freshness against promise: the word for each state, and that running out of quota is a state, never success."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paged import CALLS, PAGES, WINDOW, Paged
from sqlalchemy import Engine, insert, select, text

from connectors.kit.faults import Fault
from connectors.kit.registry import Registry
from connectors.kit.twin import Running, TwinClock, serve, stop
from hub import connections, leases, tables
from hub.clock import ManualClock
from hub.context import Hub
from hub.opening import make_hub
from hub.readings import freshness, state_words, status
from hub.readings.freshness import GRACE, SHARE, Facts, Freshness
from hub.runs import Outcome
from hub.sentences import SENTENCES
from hub.settings import Settings
from hub.sync import sync
from hub.words import text as say
from scheduler import due

SECOND = 1_000_000
START = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOW = 10**15
FRESH = Facts("active", 60.0, created=0, fresh_at=NOW, ended="succeeded", next_pull=NOW + 60 * SECOND)
WAITING = dataclasses.replace(FRESH, ended="incomplete", code="rate_limited")


def after(seconds: float) -> int:
    return NOW + int(seconds * SECOND)


@pytest.mark.parametrize(
    ("facts", "at", "word"),
    [
        (FRESH, 0, "on_time"),
        (FRESH, 70, "on_time"),
        (FRESH, 70.1, "late"),
        (dataclasses.replace(FRESH, promise=3_600.0), 3_960, "on_time"),
        (dataclasses.replace(FRESH, promise=3_600.0), 3_961, "late"),
        (dataclasses.replace(FRESH, fresh_at=None, ended=None), 0, "not_read"),
        (dataclasses.replace(FRESH, reading=True), 999, "reading"),
        (dataclasses.replace(FRESH, stopped=True), 999, "stopped"),
        (dataclasses.replace(FRESH, ended="incomplete", code="not_json"), 0, "incomplete"),
        (dataclasses.replace(FRESH, ended="failed", code="bug"), 999, "incomplete"),
        (WAITING, 0, "waiting_for_quota"),
        (dataclasses.replace(WAITING, code="quota"), 69, "waiting_for_quota"),
        (WAITING, 70.1, "incomplete"),  # quota is back, and nobody came
        (dataclasses.replace(FRESH, state="paused", stopped=True), 999, "paused"),
        (dataclasses.replace(WAITING, state="reconnect"), 999, "reconnect"),
    ],
)
def test_the_word_for_each_state(facts: Facts, at: float, word: str) -> None:
    assert facts.word(after(at)) == word
    assert word in state_words.STATES


FACTS = st.builds(
    Facts,
    st.sampled_from(["active", "paused", "reconnect"]),
    st.floats(1, 10**6),
    st.just(NOW - 10**12),
    st.none() | st.integers(NOW - 10**12, NOW),
    st.sampled_from([None, "succeeded", "incomplete", "failed", "waiting"]),
    st.sampled_from([None, "quota", "rate_limited", "server_error", "limits"]),
    st.none() | st.integers(NOW - 10**12, NOW + 10**12),
    st.booleans(),
    st.booleans(),
)


@given(FACTS)
def test_on_time_is_said_only_of_data_as_young_as_promised_and_proven_complete(facts: Facts) -> None:
    word = facts.word(NOW)
    assert word in state_words.STATES
    if word == "on_time":
        assert facts.fresh_at is not None
        assert (NOW - facts.fresh_at) / SECOND <= facts.promise + max(GRACE, SHARE * facts.promise)
        assert facts.ended in (None, "succeeded", "waiting")
        assert not facts.stopped
    if facts.ended in ("incomplete", "failed"):
        assert word not in ("on_time", "late", "not_read")
    if facts.state != "active" or facts.reading:
        assert facts.next_due(NOW) is None


@given(FACTS, st.integers(0, 10**12))
def test_data_never_grows_younger_by_waiting(facts: Facts, later: int) -> None:
    before, then = facts.late_by(NOW), facts.late_by(NOW + later)
    assert before is None or (then is not None and then >= before)


class Sources:
    """A hub with two connections of the vendor of many pages: `tight` has little quota, `ample` has enough."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.clock = ManualClock(START)
        self.twin = Paged(clock=TwinClock(START, speed=0))
        self.served: Running = serve(self.twin)
        hub = make_hub(settings, engine, clock=self.clock)
        plugins = Registry({**hub.catalog.plugins.modules, "paged": "paged"})
        self.hub: Hub = dataclasses.replace(
            hub,
            catalog=dataclasses.replace(hub.catalog, plugins=plugins),
            twin_hosts=frozenset({self.served.url.partition("://")[2]}),
        )
        for name, calls in (("tight", CALLS), ("ample", 10_000)):
            with engine.begin() as database:
                connections.add(
                    self.hub,
                    database,
                    "paged",
                    name,
                    {"base_url": self.served.url, "calls": calls},
                    roles=frozenset({"billing"}),
                )

    def sync(self, name: str) -> Outcome:
        with self.hub.engine.connect() as database:
            connection = connections.load(self.hub, database)[name]
        outcome = sync(self.hub, connection)
        assert outcome is not None
        return outcome

    def fresh(self, name: str) -> Freshness:
        with self.hub.engine.connect() as database:
            return next(each for each in freshness.read(self.hub, database) if each.connection.name == name)

    def line(self, name: str) -> dict[str, Any]:
        with self.hub.engine.connect() as database:
            return status.line(database, self.fresh(name))

    def due(self) -> list[str]:
        with self.hub.engine.connect() as database:
            return due.to_read(database, self.clock.micros())

    def asked(self) -> list[str]:
        return [entry.query for entry in self.twin.log.entries]


@pytest.fixture
def sources(settings: Settings, engine: Engine) -> Iterator[Sources]:
    made = Sources(settings, engine)
    yield made
    stop(made.served)


def test_pain_3_quota_that_ran_out_is_a_state_and_never_success(sources: Sources) -> None:
    """airbyte #9499: half a day's data, and the run was green."""
    outcome = sources.sync("tight")
    assert outcome.status == "incomplete"
    line = sources.line("tight")
    assert (line["state"], line["fresh_at"], line["last_run"]["status"]) == ("waiting_for_quota", None, "incomplete")
    [_, window] = line["quota"]
    assert (window["scope"], window["per"], window["calls"], window["left"]) == ("all", WINDOW, CALLS, 0)
    assert window["back_at"] is not None
    assert line["next_due"] == window["back_at"]
    assert line["why"]["code"] == "quota"


def test_pain_12_a_vendor_of_little_quota_is_read_to_its_end(sources: Sources) -> None:
    """pipedream #4209: the checkpoint never moved, so each window was spent on the same pages."""
    for _ in range(PAGES):
        if sources.sync("tight").status == "succeeded":
            break
        assert sources.due() == ["ample"]
        wait = sources.fresh("tight").next_due
        assert wait is not None
        sources.clock.advance((wait - sources.clock.micros()) / SECOND)
        assert "tight" in sources.due()
    assert sources.asked() == [f"page={page}" for page in range(PAGES)]
    assert sources.fresh("tight").state == "on_time"


def test_who_waits_for_quota_delays_nobody_else(sources: Sources) -> None:
    sources.sync("tight")
    assert sources.due() == ["ample"]
    assert sources.sync("ample").status == "succeeded"
    assert [sources.fresh(name).state for name in ("ample", "tight")] == ["on_time", "waiting_for_quota"]
    sources.clock.advance(60)
    assert sources.due() == ["ample"]


def test_a_vendor_that_asks_us_to_wait_is_asked_again_when_it_said(sources: Sources) -> None:
    sources.twin.armed.arm(Fault.RATE_LIMITED, times=99, value="900")
    sources.sync("ample")
    fresh = sources.fresh("ample")
    assert (fresh.state, fresh.next_due) == ("waiting_for_quota", sources.clock.micros() + 900 * SECOND)
    sources.twin.armed.clear()
    sources.clock.advance(900)
    sources.sync("ample")
    assert sources.fresh("ample").state == "on_time"


def test_data_is_as_old_as_the_start_of_the_read_that_saw_it(sources: Sources) -> None:
    began = sources.clock.micros()
    route = sources.twin.route

    def slowly(request: Any) -> Any:
        sources.clock.advance(5)
        return route(request)

    sources.twin.route = slowly  # type: ignore[method-assign]  # the vendor takes its time
    sources.sync("ample")
    fresh = sources.fresh("ample")
    assert sources.clock.micros() == began + 5 * PAGES * SECOND
    assert (fresh.fresh_at, fresh.next_due, fresh.promise) == (began, began + 60 * SECOND, 60.0)


def test_late_then_read_again(sources: Sources) -> None:
    sources.sync("ample")
    sources.clock.advance(71)
    fresh = sources.fresh("ample")
    assert (fresh.state, fresh.late_by, fresh.next_due) == ("late", 11.0, sources.clock.micros())
    sources.sync("ample")
    assert sources.fresh("ample").state == "on_time"


def test_reading_is_said_while_somebody_reads_and_not_of_the_dead(sources: Sources) -> None:
    with sources.hub.engine.begin() as database:
        row = {"connection": "ample", "kind": "sync", "status": "running", "started_at": sources.clock.micros()}
        database.execute(insert(tables.run).values(**row))
        connections.change(database, "ample", next_pull=0)
    with leases.held(sources.hub, "sync:ample", 60):
        assert sources.fresh("ample").state == "reading"
    assert sources.fresh("ample").state == "not_read"
    with sources.hub.engine.begin() as database:
        connections.change(database, "ample", next_pull=sources.clock.micros())  # out of time: it goes on at the next tick
    assert sources.fresh("ample").state == "reading"
    sources.clock.advance(11)
    assert sources.fresh("ample").state == "not_read"


def test_a_run_above_a_limit_is_a_stop_until_a_person_looks(sources: Sources) -> None:
    sources.sync("ample")
    with sources.hub.engine.begin() as database:
        database.execute(text("UPDATE run SET status = 'waiting' WHERE connection = 'ample'"))
    assert sources.fresh("ample").state == "stopped"
    sources.clock.advance(60)
    sources.sync("ample")
    assert sources.fresh("ample").state == "stopped"


def test_a_reading_takes_no_quota(sources: Sources) -> None:
    sources.sync("tight")
    with sources.hub.engine.connect() as database:
        before = database.execute(select(tables.quota)).all()
    for _ in range(20):
        sources.line("tight")
    with sources.hub.engine.connect() as database:
        assert database.execute(select(tables.quota)).all() == before
    assert [each["left"] for each in sources.line("ample")["quota"]] == [100, 10_000]


def test_limits_are_those_of_the_settings_else_as_declared(sources: Sources) -> None:
    assert [each.limit.calls for each in sources.fresh("tight").quota] == [100, CALLS]
    with sources.hub.engine.begin() as database:
        connections.change(database, "tight", config={"no_longer": "known"})
    assert [each.limit.calls for each in sources.fresh("tight").quota] == [1, 99]


def test_people_read_it_in_words(sources: Sources) -> None:
    def _(msgid: str, **data: Any) -> str:
        return say(msgid, "en", **data)

    sources.sync("tight")
    sources.sync("ample")
    sources.clock.advance(75)
    tight, ample, now = sources.fresh("tight"), sources.fresh("ample"), sources.clock.now()
    assert state_words.state(_, tight) == "▲ waiting for quota"
    assert state_words.quota(_, tight, now) == "100 of 100 per second · 0 of 3 per 10 min, back in 9 min"
    assert (state_words.state(_, ample), state_words.kept(_, ample)) == ("▲ late", "late by 15 s")
    assert (state_words.ago(_, ample, now), state_words.ago(_, tight, now)) == ("75 s ago", "")


def test_every_reason_to_wait_has_its_sentence() -> None:
    assert {f"vendor_{code}" for code in freshness.WANT_OF_QUOTA} <= set(SENTENCES)
