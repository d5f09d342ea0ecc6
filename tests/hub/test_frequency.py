"""How often a source is read: promises by role, a person's word for it, and a change that holds at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select

from hub import connections, frequency, tables
from hub.cli.entries import Changes, change_entry
from hub.clock import ManualClock
from hub.connections import Connection
from hub.context import Hub
from hub.opening import make_hub
from hub.settings import Settings
from hub.words import Problem, tell
from scheduler import due

SECOND = 1_000_000
ROLES = {"billing": 60, "support": 60, "crm": 300, "marketing": 300, "product": 3_600, "warehouse": 86_400}


@pytest.mark.parametrize(("role", "seconds"), ROLES.items())
def test_what_each_role_promises(role: str, seconds: float) -> None:
    assert frequency.promised([role]) == seconds


@given(st.lists(st.sampled_from([*ROLES, "of our own"]), min_size=1))
def test_of_several_roles_the_quickest_counts(roles: list[str]) -> None:
    assert frequency.promised(roles) == min(frequency.promised([role]) for role in roles)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("60s", 60), ("5m", 300), ("1h", 3_600), ("1d", 86_400), ("90", 90), (" 1.5 h ", 5_400), ("default", None), (None, None)],
)
def test_how_people_say_it(said: str | None, seconds: float | None) -> None:
    assert frequency.seconds(said) == seconds


@pytest.mark.parametrize(
    "said", ["", "0", "0s", "-5m", "soon", "5 parsecs", "m", "1e3", "nan", "inf", "0.1s", "99d", "٣s", "5m5m"]
)
def test_nonsense_is_refused_with_a_clear_sentence(said: str) -> None:
    with pytest.raises(Problem) as raised:
        frequency.seconds(said)
    assert repr(said) in tell(raised.value)
    assert "30s, 5m, 1h or 1d" in tell(raised.value)


@given(st.floats(frequency.SHORTEST, frequency.LONGEST))
def test_a_span_is_short_and_right_to_its_unit(length: float) -> None:
    number, unit = frequency.span(length).split()
    of_unit = {"s": 1.0, "min": 60.0, "h": 3_600.0, "d": 86_400.0}[unit]
    assert abs(float(number) * of_unit - length) <= of_unit / 2
    assert len(number) <= 3


@pytest.fixture
def hub(engine: Engine, settings: Settings) -> Hub:
    made = make_hub(settings, engine, clock=ManualClock())
    with engine.begin() as database:
        connections.add(made, database, "stripe", "billing", {"api_key": "sk_test_x"})
    return made


def known(hub: Hub) -> Connection:
    with hub.engine.connect() as database:
        return connections.load(hub, database)["billing"]


def say(hub: Hub, every: str | None = None, **more: object) -> None:
    change_entry(hub, known(hub), Changes(every=every, **more))


def begun(hub: Hub, ago: float, status: str = "succeeded", **columns: object) -> int:
    """A read that began so many seconds ago, and what it left in the connection's row."""
    at = hub.clock.micros() - int(ago * SECOND)
    with hub.engine.begin() as database:
        database.execute(insert(tables.run).values(connection="billing", kind="sync", status=status, started_at=at))
        connections.change(database, "billing", **({"next_pull": at + 60 * SECOND} | columns))
    return at


def next_pull(hub: Hub) -> int:
    with hub.engine.connect() as database:
        return int(database.execute(select(tables.connection.c.next_pull)).scalar_one())


def rings(hub: Hub) -> bool:
    with hub.engine.connect() as database:
        return due.to_read(database, hub.clock.micros()) == ["billing"]


def test_a_shorter_promise_does_not_wait_for_the_old_date(hub: Hub) -> None:
    at = begun(hub, ago=30)
    say(hub, "1h")
    assert (known(hub).every, next_pull(hub)) == (3_600, at + 3_600 * SECOND)
    say(hub, "20s")
    assert next_pull(hub) == at + 20 * SECOND
    assert rings(hub)


def test_a_longer_promise_waits_longer(hub: Hub) -> None:
    begun(hub, ago=70)
    assert rings(hub)
    say(hub, "5m")
    assert not rings(hub)


def test_default_goes_back_to_what_the_roles_promise(hub: Hub) -> None:
    at = begun(hub, ago=10)
    say(hub, "1d")
    say(hub, "default")
    assert (known(hub).every, known(hub).chosen, next_pull(hub)) == (60, None, at + 60 * SECOND)
    say(hub, roles=frozenset({"product"}))
    assert (known(hub).every, next_pull(hub)) == (3_600, at + 3_600 * SECOND)


def test_a_person_s_word_stays_when_other_settings_change(hub: Hub) -> None:
    say(hub, writes="on")
    assert known(hub).chosen is None
    say(hub, "5m")
    say(hub, writes="off")
    assert known(hub).chosen == 300


def test_the_same_again_changes_no_date(hub: Hub) -> None:
    """As `hub up` does with its file at each start."""
    begun(hub, ago=10, next_pull=17)
    say(hub, "60s")
    assert next_pull(hub) == 17


def test_before_the_first_read_it_is_due_at_once(hub: Hub) -> None:
    say(hub, "1d")
    assert rings(hub)


def test_a_vendor_that_made_us_wait_is_not_asked_before_its_time(hub: Hub) -> None:
    begun(hub, ago=10, status="incomplete", failures=1, next_pull=2**60)
    say(hub, "1s")
    assert next_pull(hub) == 2**60
