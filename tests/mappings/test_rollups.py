"""Rollups: complete and empty is zero, money stays apart by currency, order of children never matters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import values

from mappings.canonical import ENTITIES
from mappings.rollups import ROLLUPS, Rollup
from mappings.types import Money

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
BY_FIELD = {rollup.field: rollup for rollup in ROLLUPS["account"]}
OURS = [rollup for rollup in ROLLUPS["account"] if rollup.function not in ("arr", "mrr")]
ITEM = st.fixed_dictionaries(
    {
        "recurring": st.booleans(),
        "deleted": st.booleans(),
        "usage": st.sampled_from(["licensed", "metered"]),
        "quantity": st.sampled_from([None, "0", "3"]),
        "product": st.sampled_from([None, "prod_1", "prod_2"]),
    }
)


def make(field: str, *children: dict[str, Any]) -> Any:
    return BY_FIELD[field].make(list(children), NOW)


def children_of(rollup: Rollup) -> st.SearchStrategy[list[dict[str, Any]]]:
    fields = ENTITIES[rollup.child].fields
    each = {name: st.lists(ITEM, max_size=3) if name == "items" else values(fields[name].type) for name in sorted(rollup.needs)}
    return st.lists(st.fixed_dictionaries({}, optional=each), max_size=5)


@given(data=st.data(), rollup=st.sampled_from(OURS))
def test_any_order_of_children_gives_one_value_that_the_field_takes(data: st.DataObject, rollup: Rollup) -> None:
    children = data.draw(children_of(rollup))
    value = rollup.make(children, NOW)
    type = ENTITIES["account"].fields[rollup.field].type
    assert type.normal(rollup.make(data.draw(st.permutations(children)), NOW)) == type.normal(value)
    if value is not None:
        assert type.normal(type.check(value)) == type.normal(value)


def test_no_child_is_zero_where_there_is_a_zero() -> None:
    assert {rollup.field: rollup.make([], NOW) for rollup in OURS} == {
        "payment_status": "current",
        **dict.fromkeys(
            ("overdue_since", "last_ticket_at", "median_resolution_minutes", "csat", "nps", "nps_at", "last_activity_at")
        ),
        **dict.fromkeys(("seats_purchased", "active_users", "dau", "mau", "sessions_30d", "features_used_30d"), 0),
        **dict.fromkeys(("open_tickets", "tickets_90d", "escalations_90d"), 0),
        **dict.fromkeys(("products", "features_active", "promoter_reasons"), frozenset()),
        "overdue": {},
    }


def test_what_is_overdue_stays_apart_by_currency() -> None:
    late, early = date(2026, 6, 14), date(2026, 6, 15)
    bills = [
        {"status": "open", "due_on": late, "remaining": Money(Decimal("10.50"), "USD")},
        {"status": "open", "due_on": late - timedelta(1), "remaining": Money(Decimal(500), "JPY")},
        {"status": "open", "due_on": early, "remaining": Money(Decimal(7), "EUR")},
        {"status": "void", "due_on": late, "remaining": Money(Decimal(9), "GBP")},
    ]
    assert make("overdue", *bills) == {"USD": Decimal("10.50"), "JPY": Decimal(500), "EUR": Decimal(0)}
    assert make("overdue_since", *bills) == late - timedelta(1)
    assert make("payment_status", *bills) == "overdue"
    assert make("payment_status", bills[2]) == "open"
    assert make("payment_status", bills[3]) == "current"


def test_seats_count_what_is_billed_and_no_quantity_is_one() -> None:
    item = {"recurring": True, "deleted": False, "usage": "licensed", "product": "prod_1"}
    items = [
        {**item, "quantity": "40"},
        {**item, "quantity": None},
        {**item, "quantity": "0"},
        {**item, "quantity": "9", "usage": "metered"},
    ]
    assert make("seats_purchased", {"status": "active", "items": items}, {"status": "trialing", "items": items}) == 41


@pytest.mark.parametrize(("scores", "nps"), [((10, 9, 8, 0), "25.0"), ((10, 0, 0), "-33.3"), ((7, 8), "0.0")])
def test_nps_is_promoters_minus_detractors(scores: tuple[int, ...], nps: str) -> None:
    answers = [{"kind": "nps", "score": Decimal(score), "answered_at": NOW - timedelta(days=1)} for score in scores]
    assert make("nps", *answers) == Decimal(nps)


def test_old_and_future_events_do_not_count() -> None:
    tickets = [{"status": "open", "created_at": NOW + timedelta(days=days)} for days in (-91, -89, 1)]
    assert make("tickets_90d", *tickets) == 1
    assert make("last_ticket_at", *tickets) == NOW - timedelta(days=89)
    assert make("open_tickets", *tickets, {"status": "solved"}) == 3
