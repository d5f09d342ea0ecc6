"""Stripe's subscriptions in their new and old shapes give one canonical subscription."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from mappings.load import load_all
from mappings.types import Money, RefValue

SHIPPED = load_all()
SUBSCRIPTIONS, INVOICES = SHIPPED["stripe", "subscriptions"], SHIPPED["stripe", "invoices"]
T0 = 1_769_860_800
PRICE: dict[str, Any] = {
    "id": "price_1",
    "object": "price",
    "currency": "usd",
    "product": "prod_1",
    "type": "recurring",
    "billing_scheme": "per_unit",
    "unit_amount": 2500,
    "unit_amount_decimal": "2500",
    "tax_behavior": "exclusive",
    "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
}
COUPON = {
    "id": "c",
    "percent_off": Decimal("12.5"),
    "amount_off": None,
    "duration": "repeating",
    "applies_to": {"products": ["prod_1"]},
}
NEW: dict[str, Any] = {
    "id": "sub_1",
    "currency": "usd",
    "livemode": True,
    "status": "active",
    "customer": {"id": "cus_1", "discount": None},
    "items": {
        "data": [{"id": "si_1", "price": PRICE, "quantity": 40, "current_period_start": T0, "current_period_end": T0 + 86400}],
        "has_more": False,
    },
    "discounts": [{"id": "di_1", "source": {"type": "coupon", "coupon": COUPON}, "start": T0, "end": None}],
    "pause_collection": None,
    "automatic_tax": {"enabled": False},
    "default_tax_rates": [],
}
PLAN = {
    "id": "plan_1",
    "object": "plan",
    "amount": 2500,
    "currency": "usd",
    "interval": "month",
    "interval_count": 1,
    "product": "prod_1",
}


def read(**changes: Any) -> dict[str, Any]:
    decoded = SUBSCRIPTIONS.decode({**NEW, **changes})
    assert decoded.refused == []
    return decoded.values


def item(**changes: Any) -> dict[str, Any]:
    return read(items={"data": [{**NEW["items"]["data"][0], **changes}]})


def test_the_whole_shape_as_finance_reads_it() -> None:
    values = read()
    assert values["account"] == RefValue("customers", "cus_1")
    assert values["period_start"] == datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert (values["currency"], values["minor_digits"], values["live"], values["problems"]) == ("USD", 2, True, None)
    assert values["items"] == [
        {
            "id": "si_1", "product": "prod_1", "price": "price_1", "quantity": "40", "deleted": False, "recurring": True,
            "usage": "licensed", "interval": "month", "count": 1, "scheme": "per_unit", "tiers_mode": None, "unit": "25",
            "tiers": [], "divide_by": None, "round": None, "tax_behavior": "exclusive", "inclusive_rates": None, "discounts": [],
        }
    ]  # fmt: skip
    assert values["discounts"] == [
        {
            "id": "di_1", "percent_off": "12.5", "amount_off": None, "duration": "repeating",
            "start": "2026-01-31T12:00:00Z", "end": None, "products": ["prod_1"],
        }
    ]  # fmt: skip
    assert SUBSCRIPTIONS.decode(NEW).keys == ("stripe:subscription:sub_1",)


def test_old_shapes_mean_the_same() -> None:
    old = {
        **NEW,
        "items": None,
        "plan": PLAN,
        "quantity": 40,
        "discounts": [],
        "discount": {"id": "di_1", "coupon": COUPON, "start": T0, "end": None},
    }
    values, new = SUBSCRIPTIONS.decode(old).values, read()
    assert values["discounts"] == new["discounts"]
    differ = {key for key, value in values["items"][0].items() if value != new["items"][0][key]}
    assert differ <= {"id", "price", "tax_behavior"}
    both = {**NEW, "discount": NEW["discounts"][0]}
    assert len(SUBSCRIPTIONS.decode(both).values["discounts"]) == 1


@pytest.mark.parametrize(
    ("changes", "unit"),
    [
        ({"unit_amount": None, "unit_amount_decimal": "0.0125"}, "0.000125"),
        ({"unit_amount": 2500, "unit_amount_decimal": "2500.5"}, "25.005"),
        ({"unit_amount": None, "unit_amount_decimal": None}, None),
    ],
)
def test_the_exact_amount_wins(changes: dict[str, Any], unit: str | None) -> None:
    assert item(price={**PRICE, **changes})["items"][0]["unit"] == unit


@pytest.mark.parametrize(("currency", "unit"), [("jpy", "2500"), ("kwd", "2.5"), ("ugx", "25"), ("isk", "25"), ("mga", "2500")])
def test_minor_units_are_by_stripes_table(currency: str, unit: str) -> None:
    values = read(currency=currency, items={"data": [{"id": "si", "price": {**PRICE, "currency": currency}, "quantity": 1}]})
    assert values["items"][0]["unit"] == unit


def test_tiers_and_packages() -> None:
    tiers = [
        {"up_to": 10, "unit_amount": 100, "flat_amount": None},
        {"up_to": "inf", "unit_amount_decimal": "50.5", "flat_amount": 200},
    ]
    price = {
        **PRICE,
        "billing_scheme": "tiered",
        "tiers_mode": "graduated",
        "tiers": tiers,
        "transform_quantity": {"divide_by": 5, "round": "up"},
    }
    found = item(price=price)["items"][0]
    assert found["tiers"] == [{"up_to": "10", "unit": "1", "flat": "0"}, {"up_to": None, "unit": "0.505", "flat": "2"}]
    assert (found["scheme"], found["tiers_mode"], found["divide_by"], found["round"]) == ("tiered", "graduated", 5, "up")


def test_a_price_in_another_currency_uses_its_option() -> None:
    price = {**PRICE, "currency": "eur", "currency_options": {"usd": {"unit_amount": 2700, "tax_behavior": "inclusive"}}}
    found = item(price=price)["items"][0]
    assert (found["unit"], found["tax_behavior"]) == ("27", "inclusive")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"items": {"data": [], "has_more": True}}, "items_truncated"),
        ({"items": None}, "missing_price"),
        ({"default_tax_rates": ["txr_1"]}, "unsupported_shape"),
    ],
)
def test_what_is_missing_is_a_problem_and_never_a_guess(changes: dict[str, Any], code: str) -> None:
    assert SUBSCRIPTIONS.decode({**NEW, **changes}).values["problems"] == [code]


@pytest.mark.parametrize(
    ("price", "code"),
    [
        ("price_1", "missing_price"),
        (None, "missing_price"),
        ({**PRICE, "billing_scheme": "tiered"}, "tiers_not_expanded"),
        ({**PRICE, "currency": "eur"}, "currency_options_not_expanded"),
        ({**PRICE, "currency": "eur", "billing_scheme": "tiered", "currency_options": {"usd": {}}}, "tiers_not_expanded"),
    ],
)
def test_what_an_item_lacks_is_its_own_problem(price: Any, code: str) -> None:
    values = item(price=price)
    assert (values["items"][0]["problem"], values["problems"]) == (code, None)


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"discounts": ["di_1"]}, "discounts", "discounts_not_expanded"),
        ({"discounts": [{"id": "di_1", "source": {"coupon": "c"}}]}, "discounts", "coupon_not_expanded"),
        (
            {"customer": {"id": "cus_1", "discount": {"id": "di_2", "source": {"coupon": "c"}}}},
            "customer_discounts",
            "coupon_not_expanded",
        ),
    ],
)
def test_what_a_discount_lacks_is_its_own_problem(changes: dict[str, Any], field: str, code: str) -> None:
    values = read(**changes)
    assert ([each["problem"] for each in values[field]], values["problems"]) == ([code], None)


def test_a_bare_id_beside_the_whole_discount_is_no_second_one() -> None:
    whole = {"id": "di_1", "coupon": COUPON, "start": T0, "end": None}
    assert read(discounts=["di_1"], discount=whole)["discounts"] == read()["discounts"]
    old = {"coupon": COUPON, "start": T0, "end": None}  # before 2020 a discount had no id
    assert len(read(discounts=[old], discount=old)["discounts"]) == 1
    assert len(read(discounts=[old, {**old, "start": T0 + 1}])["discounts"]) == 2


def test_a_price_that_says_nothing_of_its_period_is_refused_by_finance() -> None:
    price = {key: value for key, value in PRICE.items() if key not in ("recurring", "type")}
    assert item(price=price)["items"][0]["recurring"] is None
    assert item(price={**price, "recurring": None})["items"][0]["recurring"] is False
    assert item(price={**price, "type": "one_time"})["items"][0]["recurring"] is False


def test_an_amount_that_is_no_number_is_refused_and_a_problem() -> None:
    price = {**PRICE, "unit_amount_decimal": "abc"}
    decoded = SUBSCRIPTIONS.decode({**NEW, "items": {"data": [{"id": "si_1", "price": price}]}})
    assert decoded.values["problems"] == ["unsupported_shape"]
    assert [each.field for each in decoded.refused] == ["items"]


def test_pause_tax_and_amounts_off() -> None:
    rates = [{"percentage": Decimal("19.0"), "inclusive": True}, {"percentage": 5, "inclusive": False}]
    off = {
        "id": "c",
        "amount_off": 500,
        "currency": "usd",
        "duration": "forever",
        "currency_options": {"jpy": {"amount_off": 700}},
    }
    values = read(
        pause_collection={"behavior": "keep_as_draft", "resumes_at": T0},
        default_tax_rates=rates,
        customer={"id": "cus_1", "discount": {"id": "di_9", "coupon": off, "start": T0, "end": None}},
    )
    assert values["pause"] == {"behavior": "keep_as_draft", "resumes_at": "2026-01-31T12:00:00Z"}
    assert values["tax"] == {"automatic": False, "inclusive_rates": ["19"]}
    assert values["customer_discounts"][0]["amount_off"] == {"JPY": "700", "USD": "5"}


def test_an_unknown_status_is_refused() -> None:
    decoded = SUBSCRIPTIONS.decode({**NEW, "status": "sleeping"})
    assert [(each.field, each.code) for each in decoded.refused] == [("status", "unknown_value")]


@pytest.mark.parametrize("where", [{"parent": {"subscription_details": {"subscription": "sub_1"}}}, {"subscription": "sub_1"}])
def test_an_invoice_in_both_shapes(where: dict[str, Any]) -> None:
    raw = {
        "id": "in_1", "customer": "cus_1", "number": "A-1", "status": "open", "currency": "jpy", "total": 500, "amount_paid": 0,
        "amount_remaining": 500, "due_date": T0, "status_transitions": {"finalized_at": T0, "paid_at": None},
    }  # fmt: skip
    values = INVOICES.decode({**raw, **where}).values
    assert values["subscription"] == RefValue("subscriptions", "sub_1")
    assert (values["total"], values["paid"]) == (Money(Decimal(500), "JPY"), Money(Decimal(0), "JPY"))
    assert (values["due_on"], values["paid_at"]) == (date(2026, 1, 31), None)
