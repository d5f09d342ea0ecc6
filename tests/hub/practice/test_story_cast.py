"""The cast: its figures are exact on any day and with any seed, its people and numbers belong to nobody, nobody looks double."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict.duplicates import Named, suspects
from connectors.kit import registry
from connectors.kit.practice import Customer, World
from hub.practice.story.plays import PLAYS
from hub.practice.story.scenes import NEEDS, SCENES
from hub.practice.story.situations import COMET, COMET_LTD
from hub.practice.story.stage import domains
from hub.practice.story.world import world
from mappings.types import Email, Phone

TODAY = date(2026, 11, 22)
DAYS = st.dates(date(2025, 1, 1), date(2040, 12, 31))


def yearly(cast: World) -> dict[str, Decimal]:
    """Independent of finance: net to the minor unit, times twelve."""
    sums: dict[str, Decimal] = {}
    for customer in cast.customers:
        for plan in customer.plans:
            if plan.status in ("active", "past_due"):
                net = (plan.seats * plan.unit * (100 - plan.percent_off) / 100).quantize(Decimal("0.01"))
                sums[plan.currency] = sums.get(plan.currency, Decimal(0)) + net * (12 if plan.interval == "month" else 1)
    return sums


def known(customer: Customer, system: str) -> bool:
    return not customer.told.get(system, {}).get("absent", False)


@given(day=DAYS, seed=st.integers(0, 9))
def test_the_figures_are_the_same_on_any_day_and_with_any_seed(day: date, seed: int) -> None:
    cast = world(seed, day)
    assert len(cast.customers) == 122
    assert yearly(cast) == {"USD": Decimal("256883.88"), "EUR": Decimal(45480), "JPY": Decimal(576_000)}
    assert Counter(plan.status for customer in cast.customers for plan in customer.plans) == {
        "active": 112, "past_due": 3, "trialing": 4, "unpaid": 1, "paused_collection": 1,
    }  # fmt: skip
    assert all(customer.since < day < customer.renewal for customer in cast.customers)


def test_who_is_known_where() -> None:
    cast = world(7, TODAY).customers
    assert [sum(known(each, system) for each in cast) for system in ("hubspot", "zendesk", "mixpanel")] == [121, 92, 98]
    assert sum(bool(each.plans) for each in cast) == 119
    assert all((each.usage is not None) == known(each, "mixpanel") for each in cast)


def test_nobody_looks_double_but_the_twin_company() -> None:
    named = [
        Named(each.name, each.name, (each.phone,), (each.domain,), tuple(one.email for one in each.people), (each.street,))
        for each in world(7, TODAY).customers
    ]
    assert [(one.a, one.b) for one in suspects(named)] == [(COMET, COMET_LTD)]


def test_addresses_and_telephones_belong_to_nobody() -> None:
    for customer in world(7, TODAY).customers:
        assert customer.domain.endswith(".example")
        for person in customer.people:
            assert Email().check(person.email) == person.email
        for number in (customer.phone, *(person.phone for person in customer.people)):
            assert re.fullmatch(r"\+1 \d{3}-555-01\d\d", number)
            assert Phone().check(number)
    assert len(domains()) == len(set(domains().values())) == 122


@pytest.mark.parametrize("system", ["stripe", "hubspot", "zendesk", "mixpanel"])
@pytest.mark.parametrize("day", [date(2028, 2, 29), date(2026, 12, 31), date(2027, 1, 1)])
def test_every_system_can_tell_it_on_odd_days(system: str, day: date) -> None:
    populate = registry.discover().get(system).populate
    assert populate is not None
    assert populate(world(7, day)) == populate(world(7, day))


@pytest.mark.parametrize("system", ["stripe", "hubspot", "zendesk", "mixpanel"])
def test_a_word_that_a_system_does_not_hold_is_an_error(system: str) -> None:
    import dataclasses

    cast = world(7, TODAY)
    odd = dataclasses.replace(cast.customers[0], told={system: {"shoe_size": 44}})
    populate = registry.discover().get(system).populate
    assert populate is not None
    with pytest.raises(ValueError, match="shoe_size"):
        populate(dataclasses.replace(cast, customers=(odd,)))


def test_twelve_scenes_are_declared_and_played() -> None:
    assert [scene.number for scene in SCENES] == list(range(1, 13)) == sorted(PLAYS)
    assert all(need in NEEDS for scene in SCENES for _, need in scene.needs)
    assert {name for scene in SCENES for name in scene.customers} <= set(domains())
