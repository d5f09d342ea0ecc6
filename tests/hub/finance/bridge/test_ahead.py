"""Below the line: churn that was asked for, and contracted ARR."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hub.finance import Policy
from hub.finance.bridge import Ahead, ahead
from hub.finance.tieout.inputs import Inputs, Subscription, Version, canonical
from mappings import billing

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
SOON = (NOW + timedelta(days=60)).isoformat()


def known(*bodies: dict[str, object], policy: Policy | None = None) -> dict[tuple[str, str], Ahead]:
    """Each is 100.00 USD a month, so 1,200.00 a year, unless it says otherwise; all are acme's."""
    subscriptions = tuple(
        Subscription("stripe", f"sub_{n}", "cus_1", "acme", (Version(canonical(body).decode(), NOW),))
        for n, body in enumerate(bodies)
    )
    return ahead(Inputs(NOW, 1, policy or Policy(), subscriptions=subscriptions))


def body(**other: object) -> dict[str, object]:
    item = billing.item("si_1", quantity="1", unit="100.00", interval="month")
    return billing.subscription(
        "sub", None, **{"status": "active", "currency": "USD", "minor_digits": 2, "items": [item]} | other
    )


def test_a_plain_subscription_is_contracted_as_it_is() -> None:
    assert known(body()) == {("acme", "USD"): Ahead(Decimal(0), Decimal("1200.00"))}


def test_a_cancellation_asked_for_is_churn_to_come() -> None:
    """1,200.00 go on, 1,200.00 end in 60 days: contracted is 2,400.00 - 1,200.00."""
    ending = body(cancel_at=SOON, canceled_at=NOW.isoformat())
    assert known(body(), ending) == {("acme", "USD"): Ahead(Decimal("-1200.00"), Decimal("1200.00"))}


def test_a_discount_that_ends_is_contracted_at_its_full_price() -> None:
    """20 % off for 60 days more: ARR is 960.00, contracted 1,200.00."""
    off = billing.discount("di_1", percent_off="20", duration="repeating", start=NOW.isoformat(), end=SOON)
    assert known(body(discounts=[off])) == {("acme", "USD"): Ahead(Decimal(0), Decimal("1200.00"))}


def test_a_subscription_to_begin_is_contracted_and_a_trial_is_not() -> None:
    future = body(status="incomplete", excluded="status_future")
    trial = body(status="trialing")
    assert known(future) == {("acme", "USD"): Ahead(Decimal(0), Decimal("1200.00"))}
    assert known(trial) == {}


def test_a_term_that_runs_out_is_no_churn() -> None:
    item = billing.item("si_1", quantity="1", unit="100.00", interval="month", until=SOON)
    assert known(body(items=[item])) == {("acme", "USD"): Ahead(Decimal(0), Decimal("1200.00"))}


def test_what_the_policy_leaves_out_at_the_request_is_not_lost_twice() -> None:
    ending = body(cancel_at=SOON, canceled_at=NOW.isoformat())
    assert known(ending, policy=Policy(scheduled_cancellation="exclude_at_request")) == {}
