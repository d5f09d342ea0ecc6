"""Stripe's subscriptions of a file, priced: figures are computed by hand beside them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from billing_checks import DAY, GARBAGE, MOMENT, NOW, answers, garbled, told, total
from hypothesis import example, given

from mappings.stripe.amounts import stripe_digits
from mappings.stripe.subscriptions import subscriptions
from mappings.values import Refused

Raw = dict[str, Any]
MONTHLY = {"interval": "month", "interval_count": 1, "usage_type": "licensed"}


def price(unit: int | None = 1000, currency: str = "usd", **other: Any) -> Raw:
    made = {"id": "price_1", "object": "price", "product": "prod_1", "type": "recurring", "recurring": MONTHLY}
    return made | {"currency": currency, "billing_scheme": "per_unit", "unit_amount": unit} | other


def item(quantity: int | None = 1, **other: Any) -> Raw:
    return {"id": "si_1", "quantity": quantity, "price": price()} | other


def tiered(*tiers: Raw, mode: str = "graduated", **other: Any) -> Raw:
    return price(None, billing_scheme="tiered", tiers_mode=mode, tiers=list(tiers), **other)


def raw(*items: Raw, **other: Any) -> Raw:
    made = {"id": "sub_1", "status": "active", "livemode": True, "currency": "usd", "customer": "cus_1"}
    return made | {"items": {"data": list(items) or [item()], "has_more": False}, "discounts": []} | other


def discount(id: str = "di_1", **coupon: Any) -> Raw:
    whole = {"id": "co_1", "duration": "forever"} | coupon
    return {"id": id, "source": {"type": "coupon", "coupon": whole}, "start": MOMENT - DAY, "end": None}


def answer(one: Raw, **others: Any) -> tuple[str, str | None, Any]:
    return told(subscriptions, {"subscriptions": [one], **others})


def yearly(one: Raw, **others: Any) -> str:
    outcome, code, figures = answer(one, **others)
    assert (outcome, code) == ("ok", None)
    (figure,) = figures.values()
    return str(figure)


# R6, how amounts are read


@pytest.mark.parametrize(
    ("currency", "figure"),
    [
        ("usd", "120.00"),  # 10.00 x 12
        ("jpy", "12000"),  # no decimals: 1000 yen x 12
        ("kwd", "12.000"),  # three: 1.000 x 12
        ("isk", "120"),  # two at Stripe, none in ISO: 10.00 x 12
        ("ugx", "120"),
        ("mga", "12000.00"),  # none at Stripe, two in ISO: 1000 x 12
    ],
)
def test_pain_18_amounts_are_read_by_stripes_minor_units_and_printed_by_iso(currency: str, figure: str) -> None:
    assert yearly(raw(item(price=price(currency=currency)), currency=currency)) == figure


def test_pain_18_stripes_table_of_minor_units_is_whole() -> None:
    none = ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
    three = ["BHD", "JOD", "KWD", "OMR", "TND"]
    assert {stripe_digits(each) for each in none} == {0}
    assert {stripe_digits(each) for each in three} == {3}
    assert {stripe_digits(each) for each in ("ISK", "UGX", "HUF", "TWD", "USD", "EUR")} == {2}


def test_the_decimal_amount_wins_over_the_rounded_one() -> None:
    # 0.125 cents x 1000 = 1.25 a month, 15.00 a year; the rounded amount would say 0.
    assert yearly(raw(item(1000, price=price(0, unit_amount_decimal="0.125")))) == "15.00"
    assert yearly(raw(item(1000, price=price(0, unit_amount_decimal=Decimal("0.125"))))) == "15.00"


def test_a_price_in_another_currency_is_read_from_its_option_tiers_too() -> None:
    option = {"usd": {"unit_amount": 1500}}
    assert yearly(raw(item(price=price(1, "eur", currency_options=option)))) == "180.00"  # 15.00 x 12
    tiers = {"usd": {"tiers": [{"up_to": None, "unit_amount": 200, "flat_amount": 100}]}}
    one = tiered({"up_to": None, "unit_amount": 1}, currency="eur", currency_options=tiers)
    assert yearly(raw(item(3, price=one))) == "84.00"  # (3 x 2.00 + 1.00) x 12


def test_without_a_currency_of_its_own_the_first_prices_counts() -> None:
    one = raw(item(price=price(currency="jpy")))
    del one["currency"]
    assert answer(one) == ("ok", None, {"JPY": "12000"})


# R17: every shape gives the same figure


def test_old_and_new_shapes_mean_the_same() -> None:
    plan = {"id": "p", "object": "plan", "amount": 1000, "currency": "usd", "interval": "month", "interval_count": 1}
    assert yearly(raw(items=None, plan=plan, quantity=3)) == "360.00"  # 10.00 x 3 x 12
    assert yearly(raw({"id": "si_1", "plan": plan, "quantity": 3})) == "360.00"
    assert yearly(raw(item(3), plan=plan | {"amount": 1}, quantity=9)) == "360.00"  # they mirror the items
    assert yearly(raw({"id": "si_1", "price": "price_1", "plan": plan, "quantity": 3})) == "360.00"
    packs = {"divide_by": 2, "round": "up"}
    for key in ("transform_quantity", "transform_usage"):
        assert yearly(raw(item(3, price=price(**{key: packs})))) == "240.00"  # 3 / 2 up = 2 packs


@pytest.mark.parametrize("coupon", [{"coupon": {"percent_off": 50}}, {"source": {"coupon": {"percent_off": 50}}}])
def test_a_discount_in_two_places_counts_once(coupon: Raw) -> None:
    holder = coupon.get("source", coupon)
    holder["coupon"] = {"id": "co_1", "duration": "forever", "percent_off": 50}
    one = {"id": "di_1", "start": MOMENT, "end": None, **coupon}
    for shape in ({"discount": one}, {"discounts": [one]}, {"discount": one, "discounts": [one]}):
        assert yearly(raw(**shape)) == "60.00"  # 120.00 less its half, once
    assert yearly(raw(discount=one, discounts=["di_1"])) == "60.00"


def test_a_coupon_for_every_product_has_no_list_of_products() -> None:
    assert yearly(raw(discounts=[discount(percent_off=50)])) == "60.00"
    assert yearly(raw(discounts=[discount(percent_off=50, applies_to={"products": ["prod_1"]})])) == "60.00"
    assert yearly(raw(discounts=[discount(percent_off=50, applies_to={"products": ["prod_2"]})])) == "120.00"
    deleted = price(product={"id": "prod_1", "deleted": True}, active=False)  # it still bills
    assert (
        yearly(raw(item(price=deleted), discounts=[discount(percent_off=50, applies_to={"products": ["prod_1"]})])) == "60.00"
    )


# The customer


def test_a_bare_customer_is_looked_up_and_one_that_is_nowhere_has_no_discount() -> None:
    half = {"id": "cus_1", "discount": discount(percent_off=50)}
    assert yearly(raw(customer=half)) == "60.00"
    assert yearly(raw(), customers=[half]) == "60.00"
    assert yearly(raw(), customers=[half | {"id": "cus_2"}]) == "120.00"
    (outcome,) = total(subscriptions, {"subscriptions": [raw()]}).outcomes
    assert outcome.formula[0] == {"step": "note", "code": "customer_not_expanded"}
    assert yearly(raw(customer={"id": "cus_1", "discount": None}), customers=[half]) == "120.00"  # the expanded one is the one


def test_a_discount_of_its_own_replaces_the_customers_even_one_not_read() -> None:
    unread = {"id": "cus_1", "discount": {"id": "di_2", "source": {"coupon": "co_2"}}}
    assert yearly(raw(customer=unread, discounts=[discount(percent_off=10)])) == "108.00"  # 120.00 less 12.00
    assert answer(raw(customer=unread)) == ("error", "coupon_not_expanded", None)


# R18: what is missing is a code, where it matters


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (raw(items={"data": [item()], "has_more": True}), "items_truncated"),
        (raw(items=None), "missing_price"),
        (raw(item(price="price_1")), "missing_price"),
        (raw(item(price="price_1"), currency=None), "missing_price"),
        (raw(item(price=price(None))), "missing_amount"),
        (raw(item(price=price(None, billing_scheme="tiered", tiers_mode="volume"))), "tiers_not_expanded"),
        (raw(item(21, price=tiered({"up_to": 20, "unit_amount": 1}, mode="volume"))), "tiers_not_covering"),
        (raw(item(price=price(currency="eur"))), "currency_options_not_expanded"),
        (raw(discounts=["di_1"]), "discounts_not_expanded"),
        (raw(item(discounts=["di_1"])), "discounts_not_expanded"),
        (raw(discounts=[{"id": "di_1", "coupon": "co_1"}]), "coupon_not_expanded"),
        (raw(discounts=[discount(amount_off=1, currency="eur")]), "coupon_currency_mismatch"),
        (raw(discounts=[discount()]), "missing_amount"),
        (raw(status="dormant"), "unknown_status"),
        (raw(pause_collection={"behavior": "hum", "resumes_at": None}), "unknown_pause_behavior"),
        (raw(item(price=price(tax_behavior="inclusive")), automatic_tax={"enabled": True}), "tax_inclusive_unresolved"),
        (raw(item(price=price(1.5))), "unsupported_shape"),  # a float has lost its cents already
        (raw(cancel_at="soon"), "unsupported_shape"),
        (raw(item(price=price(recurring=MONTHLY | {"interval": "fortnight"}))), "unknown_interval"),
        (raw(item(price=price(recurring=MONTHLY | {"interval_count": 0}))), "unsupported_shape"),
    ],
)  # fmt: skip
def test_incomplete_data_are_a_code_never_a_number(one: Raw, code: str) -> None:
    assert answer(one) == ("error", code, None)


@pytest.mark.parametrize(
    "other",
    [
        item(price=price(None, billing_scheme="tiered", recurring=MONTHLY | {"usage_type": "metered"})),
        item(price=price(None, recurring=None, type="one_time")),
        item(price="price_9", deleted=True),
        item(discounts=["di_1"], price=price(recurring=MONTHLY | {"usage_type": "metered"})),
    ],
)
def test_what_is_missing_from_an_item_that_does_not_count_does_not_matter(other: Raw) -> None:
    assert yearly(raw(item(), other)) == "120.00"
    assert yearly(raw(other)) == "0.00"


def test_one_bad_subscription_makes_the_customer_partial() -> None:
    several = [raw(), raw(id="sub_2", discounts=["di_1"]), raw(id="sub_3", status="trialing")]
    found = told(subscriptions, {"subscriptions": several})
    assert found == ("partial", "discounts_not_expanded", {"USD": "120.00"})


# R19, R1: identity, test mode, past due


def test_each_subscription_counts_once_and_test_data_never() -> None:
    assert told(subscriptions, {"subscriptions": [raw(), raw(), raw(id="sub_2")]})[2] == {"USD": "240.00"}
    assert answer(raw(livemode=False)) == ("excluded", "test_mode", {"USD": "0.00"})
    assert answer(raw(livemode=False, status="dormant")) == ("excluded", "test_mode", {"USD": "0.00"})


def test_open_invoices_tell_since_when_a_subscription_is_past_due() -> None:
    invoices = [
        {"id": "in_1", "status": "open", "subscription": "sub_1", "created": MOMENT - 30 * DAY, "due_date": MOMENT - 9 * DAY},
        {"id": "in_2", "status": "open", "parent": {"subscription_details": {"subscription": "sub_1"}}, "created": MOMENT},
        {"id": "in_3", "status": "paid", "subscription": "sub_1", "created": MOMENT - 90 * DAY},
    ]
    document = {"subscriptions": [raw(status="past_due")], "invoices": invoices}
    late = {"past_due": "count_days"}
    assert total(subscriptions, document, **late, past_due_days=10).status == "ok"
    assert total(subscriptions, document, **late, past_due_days=9).code == "status_past_due"
    del document["invoices"]
    assert total(subscriptions, document, **late, past_due_days=9).code == "past_due_since_unknown"


def test_r16_what_is_not_the_run_rate_has_no_effect() -> None:
    other = {
        "pending_update": {"subscription_items": [item(99)]},
        "schedule": {"id": "sub_sched_1", "phases": [{"items": [item(99)]}]},
        "billing_thresholds": {"amount_gte": 100},
        "application_fee_percent": 10,
        "latest_invoice": {"id": "in_1", "total": 1, "lines": {"data": [{"proration": True, "amount": -500}]}},
        "pending_invoice_item_interval": {"interval": "day", "interval_count": 1},
        "presentment_details": {"presentment_currency": "eur"},
        "customer": {"id": "cus_1", "balance": -5000, "discount": None},
        "trial_end": MOMENT + DAY,
    }
    assert yearly(raw(**other)) == yearly(raw()) == "120.00"


# Any document


def test_an_empty_list_is_ok_and_a_document_of_something_else_is_refused() -> None:
    assert told(subscriptions, {"subscriptions": []}) == ("ok", None, {})
    for document in ({}, {"subscriptions": {}}, {"subscriptions": ["sub_1"]}, {"subscriptions": [], "customers": {}}):
        with pytest.raises(Refused):
            subscriptions(document, NOW)


EVERYTHING = raw(
    item(3, price=tiered({"up_to": 2, "unit_amount": 5}, {"up_to": "inf", "unit_amount": 4, "flat_amount": 100})),
    item(price=price(1, "eur", currency_options={"usd": {"unit_amount_decimal": "12.5"}}), discounts=[discount("di_2", percent_off=5)]),
    discounts=[discount(amount_off=100, currency="usd", duration="repeating")],
    pause_collection={"behavior": "keep_as_draft", "resumes_at": MOMENT},
    default_tax_rates=[{"percentage": Decimal("19.0"), "inclusive": True}],
    customer={"id": "cus_1", "discount": discount("di_3", percent_off=Decimal("12.5"))},
    cancel_at=MOMENT + DAY,
)  # fmt: skip


@given(garbled([{"subscriptions": [EVERYTHING, raw()], "customers": [{"id": "cus_1"}]}, {"subscription": raw()}]))
@example({"subscriptions": [raw(created=10**18)]})
def test_whatever_stands_in_a_file_is_answered(document: Raw) -> None:
    answers(subscriptions, document)


@given(GARBAGE)
def test_garbage_is_refused_or_answered(garbage: Any) -> None:
    answers(subscriptions, {"subscriptions": garbage, "customers": garbage})
