"""Chargebee's objects, priced: figures are computed by hand beside them."""

from __future__ import annotations

import itertools
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from billing_checks import DAY, GARBAGE, MOMENT, NOW, answers, garbled, told, total
from hypothesis import given
from hypothesis import strategies as st

from mappings.chargebee.amounts import chargebee_digits
from mappings.chargebee.subscriptions import subscriptions
from mappings.values import Refused

PLAN: dict[str, Any] = {
    "item_price_id": "gold-USD-Monthly", "item_type": "plan", "quantity": 3, "unit_price": 1000, "amount": 3000, "object": "x",
}  # fmt: skip
ADDON = {"item_price_id": "seats", "item_type": "addon", "quantity": 2, "unit_price": 250, "amount": 500}
CHARGE = {"item_price_id": "setup", "item_type": "charge", "unit_price": 9900, "amount": 9900, "charge_once": True}


def raw(*items: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "id": "s1", "customer_id": "c1", "status": "active", "currency_code": "USD", "billing_period": 1,
        "billing_period_unit": "month", "subscription_items": list(items) or [PLAN], "deleted": False,
    } | fields  # fmt: skip


def of(*items: dict[str, Any], coupons: Any = (), **fields: Any) -> dict[str, Any]:
    return {"subscription": raw(*items, **fields), "coupons": list(coupons)}


def manual(**fields: Any) -> dict[str, Any]:
    return {
        "id": "d1", "type": "percentage", "percentage": Decimal(10), "duration_type": "forever", "apply_on": "invoice_amount",
        "included_in_mrr": False, "created_at": MOMENT - DAY, "coupon_id": "auto-1", "index": 0,
    } | fields  # fmt: skip


def coupon(**fields: Any) -> dict[str, Any]:
    return {
        "id": "C", "discount_type": "fixed_amount", "discount_amount": 500, "currency_code": "USD", "duration_type": "forever",
        "apply_on": "invoice_amount", "status": "archived",
    } | fields  # fmt: skip


def arr(document: dict[str, Any], **policy: Any) -> Any:
    status, code, amounts = told(subscriptions, document, **policy)
    assert (status, code) == ("ok", None)
    return amounts


def test_plan_and_addon_count_a_charge_does_not() -> None:
    # 30.00 + 5.00 = 35.00 a month; 35.00 x 12 = 420.00
    assert arr(of(PLAN, ADDON, CHARGE)) == {"USD": "420.00"}


@pytest.mark.parametrize(
    ("period", "unit", "expected"),
    [(1, "month", "360.00"), (3, "month", "120.00"), (1, "year", "30.00"), (2, "week", "780.00"), (1, "day", "10950.00")],
)
def test_the_period_is_on_the_subscription(period: int, unit: str, expected: str) -> None:
    # 30.00 x 12; x 12/3; x 1; x 52/2; x 365
    assert arr(of(billing_period=period, billing_period_unit=unit)) == {"USD": expected}


def test_an_items_own_period_is_nearer() -> None:
    yearly = ADDON | {"billing_period": 1, "billing_period_unit": "year"}
    # 30.00 x 12 + 5.00 x 1 = 365.00
    assert arr(of(PLAN, yearly)) == {"USD": "365.00"}


def test_the_items_own_amount_wins_over_unit_price_times_quantity() -> None:
    tiers = [{"item_price_id": PLAN["item_price_id"], "starting_unit": 1, "ending_unit": 2, "price": 1000, "index": 0}]
    # Chargebee has worked out the tiers: 27.50 x 12 = 330.00, not 3 x 10.00 x 12
    document = of(PLAN | {"amount": 2750}, item_tiers=tiers)
    assert arr(document) == {"USD": "330.00"}
    assert subscriptions(document, NOW)[0]["items"][0]["tiers"] == [{"up_to": "2", "unit": "10", "flat": None}]


def test_unit_price_times_paid_quantity_where_the_amount_is_absent() -> None:
    line = {name: value for name, value in PLAN.items() if name != "amount"}
    # 3 x 10.00 x 12 = 360.00; with one unit free 2 x 10.00 x 12 = 240.00; a flat fee has no quantity: 10.00 x 12
    assert arr(of(line)) == {"USD": "360.00"}
    assert arr(of(line | {"free_quantity": 1})) == {"USD": "240.00"}
    assert arr(of({name: value for name, value in line.items() if name != "quantity"})) == {"USD": "120.00"}


def test_no_amount_and_no_unit_price_is_an_error() -> None:
    assert told(subscriptions, of({"item_price_id": "p", "item_type": "plan", "quantity": 2})) == (
        "error",
        "missing_amount",
        None,
    )


def test_decimals_are_major_units_and_explain_the_amount() -> None:
    line = PLAN | {"amount_in_decimal": "10.125", "unit_price_in_decimal": "3.375", "quantity_in_decimal": "3.0"}
    # The amount is what is invoiced: 10.12 x 12 = 121.44
    assert arr(of(line | {"amount": 1012})) == {"USD": "121.44"}
    # Without it, 10.125 rounds half-up to the cent: 10.13 x 12 = 121.56
    assert arr(of(line | {"amount": None})) == {"USD": "121.56"}
    # Without both, 3.375 x 3 is the same
    assert arr(of(line | {"amount": None, "amount_in_decimal": None, "unit_price": 1})) == {"USD": "121.56"}


@pytest.mark.parametrize(
    ("currency", "amount", "expected"),
    [
        ("JPY", 3000, "36000"),  # not multiplied: 3000 yen x 12
        ("KWD", 3000, "360.000"),  # hundredths, though ISO has thousandths: 30.00 x 12
        ("ISK", 3000, "36000"),
        ("EUR", 3000, "360.00"),
    ],
)
def test_minor_units_are_chargebees_own(currency: str, amount: int, expected: str) -> None:
    assert arr(of(PLAN | {"amount": amount}, currency_code=currency)) == {currency: expected}


@pytest.mark.parametrize("word", ["in_trial", "future", "paused", "cancelled", "transferred"])
def test_statuses_that_do_not_count(word: str) -> None:
    assert told(subscriptions, of(status=word)) == ("excluded", f"status_{word}", {"USD": "0.00"})


def test_trials_count_by_policy() -> None:
    assert arr(of(status="in_trial", trial_end=MOMENT + DAY), trialing="include") == {"USD": "360.00"}
    assert total(subscriptions, of(status="in_trial", trial_end=MOMENT + DAY)).next == NOW + timedelta(days=1)


def test_non_renewing_counts_until_it_ends() -> None:
    ending = {"status": "non_renewing", "cancelled_at": MOMENT + DAY, "cancel_schedule_created_at": MOMENT - DAY}
    assert arr(of(**ending)) == {"USD": "360.00"}
    assert total(subscriptions, of(**ending)).next == NOW + timedelta(days=1)
    over = told(subscriptions, of(**ending | {"cancelled_at": MOMENT}))
    assert over == ("excluded", "status_canceled", {"USD": "0.00"})
    requested = told(subscriptions, of(**ending), scheduled_cancellation="exclude_at_request")
    assert requested == ("excluded", "scheduled_cancellation", {"USD": "0.00"})


@given(st.text(max_size=12) | GARBAGE)
def test_an_unknown_status_is_an_error(word: Any) -> None:
    known = ("active", "non_renewing", "in_trial", "future", "paused", "cancelled", "transferred")
    if word not in known:
        assert told(subscriptions, of(status=word)) == ("error", "unknown_status", None)
        assert subscriptions(of(status=word), NOW)[0]["problems"][0] == "unknown_status"


def test_discounts_by_duration() -> None:
    # 30.00 - 10 % = 27.00; x 12 = 324.00
    assert arr(of(discounts=[manual()])) == {"USD": "324.00"}
    assert arr(of(discounts=[manual(duration_type="one_time")])) == {"USD": "360.00"}
    limited = manual(duration_type="limited_period", apply_till=MOMENT + 1)
    assert arr(of(discounts=[limited])) == {"USD": "324.00"}
    assert total(subscriptions, of(discounts=[limited])).next == NOW + timedelta(seconds=1)
    assert arr(of(discounts=[limited | {"apply_till": MOMENT}])) == {"USD": "360.00"}  # as-of < apply_till
    endless = of(discounts=[manual(duration_type="limited_period")])
    assert told(subscriptions, endless) == ("error", "discount_end_unknown", None)


def test_one_item_first_then_the_invoice() -> None:
    off_plan = manual(
        id="d2", apply_on="specific_item_price", item_price_id=PLAN["item_price_id"], type="fixed_amount", amount=400
    )
    # plan 30.00 - 4.00 = 26.00; (26.00 + 5.00) - 10 % = 27.90; x 12 = 334.80, wherever the second one is listed
    for order in itertools.permutations([manual(), off_plan]):
        assert arr(of(PLAN, ADDON, discounts=list(order))) == {"USD": "334.80"}


def test_a_coupon_is_read_from_the_coupons_beside() -> None:
    # 30.00 - 5.00 = 25.00; x 12 = 300.00. Archived coupons still run.
    named = [{"coupon_id": "C", "applied_count": 3}]
    assert arr(of(coupons=[coupon()])) == {"USD": "360.00"}
    for beside in (coupon(), {"coupon": coupon()}):
        assert arr({"subscription": raw(coupons=named), "coupons": [beside]}) == {"USD": "300.00"}
    assert arr({"subscription": raw(coupon="C"), "coupon": coupon()}) == {"USD": "300.00"}


def test_a_coupon_that_is_not_there_is_an_error_unless_it_is_over() -> None:
    missing = {"subscription": raw(coupons=[{"coupon_id": "C"}])}
    assert told(subscriptions, missing) == ("error", "coupon_not_expanded", None)
    over = {"subscription": raw(coupons=[{"coupon_id": "C", "apply_till": MOMENT}])}
    assert arr(over) == {"USD": "360.00"}


def test_a_coupon_without_a_name_is_an_error() -> None:
    nameless = manual()
    del nameless["coupon_id"]
    document = {"subscription": raw(discounts=[nameless], coupons=[{}])}
    assert told(subscriptions, document) == ("error", "coupon_not_expanded", None)


def test_a_coupon_on_each_specified_item() -> None:
    rules = [
        {"item_type": "plan", "constraint": "none"},
        {"item_type": "addon", "constraint": "specific", "item_price_ids": ["seats"]},
    ]
    each = coupon(apply_on="each_specified_item", item_constraints=rules, discount_amount=100)
    # 30.00 + (5.00 - 1.00) = 34.00; x 12 = 408.00
    assert arr({"subscription": raw(PLAN, ADDON, coupons=[{"coupon_id": "C"}]), "coupons": [each]}) == {"USD": "408.00"}
    both = each | {"item_constraints": [{"item_type": kind, "constraint": "all"} for kind in ("plan", "addon")]}
    # off each of them: 29.00 + 4.00 = 33.00; x 12 = 396.00
    assert arr({"subscription": raw(PLAN, ADDON, coupons=[{"coupon_id": "C"}]), "coupons": [both]}) == {"USD": "396.00"}
    criteria = each | {"item_constraints": [{"item_type": "plan", "constraint": "criteria"}]}
    told_not = told(subscriptions, {"subscription": raw(coupons=[{"coupon_id": "C"}]), "coupons": [criteria]})
    assert told_not == ("error", "unknown_discount_scope", None)


def test_a_manual_discount_and_its_own_coupon_count_once() -> None:
    # 30.00 - 10 % = 27.00; x 12 = 324.00, though Chargebee lists the discount's coupon too
    assert arr({"subscription": raw(discounts=[manual()], coupons=[{"coupon_id": "auto-1"}])}) == {"USD": "324.00"}


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({"discounts": [manual(type="offer_quantity")]}, "unknown_discount_type"),
        ({"discounts": [manual(duration_type="twice")]}, "unknown_discount_duration"),
        ({"discounts": [manual(apply_on="everything")]}, "unknown_discount_scope"),
        ({"discounts": [manual(percentage=None)]}, "missing_amount"),
        ({"discounts": [manual(percentage=0.1)]}, "unsupported_shape"),
        ({"discounts": [manual(type="fixed_amount", amount=100, currency_code="EUR")]}, "coupon_currency_mismatch"),
        ({"subscription_items": [PLAN | {"item_type": "gift"}]}, "unknown_item_type"),
        ({"subscription_items": [PLAN | {"amount": 30.0}]}, "unsupported_shape"),
        ({"subscription_items": [PLAN | {"amount": -1}]}, "unsupported_shape"),
        ({"subscription_items": None, "currency_code": "US"}, "unsupported_shape"),
        ({"billing_period_unit": "fortnight"}, "unknown_interval"),
        ({"billing_period_unit": None}, "unknown_interval"),
        ({"billing_period": None}, "unsupported_shape"),
        ({"subscription_items": [PLAN | {"price_type": "tax_inclusive"}]}, "tax_inclusive_unresolved"),
    ],
)
def test_incomplete_data_is_an_error_never_a_number(broken: dict[str, Any], code: str) -> None:
    assert told(subscriptions, of(**broken)) == ("error", code, None)


def test_items_that_were_not_read_are_an_error() -> None:
    document = of()
    del document["subscription"]["subscription_items"]
    assert told(subscriptions, document) == ("error", "not_seen", None)


def test_metered_items_do_not_count() -> None:
    # R5: what is billed by use is left out: 30.00 x 12
    assert arr(of(PLAN, ADDON | {"metered_quantity": "17", "amount": 999})) == {"USD": "360.00"}


def test_product_catalog_1_has_a_plan_and_addons() -> None:
    old = {name: value for name, value in raw().items() if name != "subscription_items"} | {
        "plan_id": "gold", "plan_quantity": 3, "plan_unit_price": 1000, "plan_amount": 3000,
        "addons": [{"id": "seats", "quantity": 2, "unit_price": 250}], "coupons": [{"coupon_id": "C"}],
    }  # fmt: skip
    only_plans = coupon(apply_on="each_specified_item", plan_constraint="all", addon_constraint="none")
    # (30.00 - 5.00) + 5.00 = 30.00; x 12 = 360.00
    assert arr({"subscription": old, "coupons": [only_plans]}) == {"USD": "360.00"}


def test_the_vendors_own_figures_are_kept_and_never_counted() -> None:
    # Chargebee's mrr is rounded: 100.00 a year is mrr 8.33, and 8.33 x 12 = 99.96 is not 100.00
    document = of(PLAN | {"amount": 10000}, billing_period_unit="year", mrr=833, arr=9996)
    assert subscriptions(document, NOW)[0]["reported"] == {"mrr": "8.33", "arr": "99.96"}
    assert arr(document) == {"USD": "100.00"}


def test_one_many_or_a_page_of_the_list_api() -> None:
    other = raw(id="s2", customer_id="c2", status="future")
    many = {"subscriptions": [raw(), other, raw()]}
    page = {"list": [{"subscription": raw(), "customer": {"id": "c1"}}, {"subscription": other}], "next_offset": None}
    for document in (many, page):
        assert [one["id"] for one in subscriptions(document, NOW)] == ["s1", "s2"]
        assert arr(document) == {"USD": "360.00"}
    assert subscriptions({"subscription": raw()}, NOW)[0]["account"] == "c1"


@pytest.mark.parametrize(
    "document", [{}, {"subscriptions": None}, {"subscriptions": {}}, {"subscriptions": [1]}, {"subscription": "s1"}]
)
def test_a_document_without_subscriptions_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        subscriptions(document, NOW)


def test_as_of_needs_a_zone() -> None:
    with pytest.raises(Refused):
        subscriptions(of(), NOW.replace(tzinfo=None))


LINES = st.lists(st.tuples(st.sampled_from(["plan", "addon", "charge"]), st.integers(0, 10**9)), min_size=1, max_size=5)


@given(LINES, st.sampled_from(["USD", "JPY", "KWD"]), st.randoms(use_true_random=False))
def test_amounts_are_exact_and_order_does_not_matter(lines: list[tuple[str, int]], currency: str, random: Any) -> None:
    items = [{"item_price_id": f"p{n}", "item_type": kind, "amount": amount} for n, (kind, amount) in enumerate(lines)]
    # minor units x 12, and nothing lost on the way
    minor = sum(amount for kind, amount in lines if kind != "charge") * 12
    shuffled = random.sample(items, len(items))
    for order in (items, shuffled):
        found = total(subscriptions, of(*order, currency_code=currency)).by_currency
        assert found == {currency: Decimal(minor).scaleb(-chargebee_digits(currency))}


EVERYTHING = of(PLAN, ADDON, CHARGE, discounts=[manual(), manual(id="d2", type="fixed_amount", amount=1)]) | {
    "coupons": [coupon()]
}
EVERYTHING["subscription"] |= {
    "coupons": [{"coupon_id": "C"}],
    "item_tiers": [{"item_price_id": "seats", "ending_unit": 1, "price": 2}],
}


@given(garbled([EVERYTHING, of(), {"list": [{"subscription": raw()}]}]))
def test_any_garbage_is_an_answer_or_is_refused(document: dict[str, Any]) -> None:
    answers(subscriptions, document)
