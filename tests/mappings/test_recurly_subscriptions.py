"""Recurly's objects, priced: figures are computed by hand beside them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from billing_checks import GARBAGE, NOW, answers, garbled, told, total
from hypothesis import given
from hypothesis import strategies as st

from mappings.recurly.subscriptions import subscriptions
from mappings.strict_json import load_json
from mappings.values import Refused

LATER, JUST_NOW = "2026-12-01T12:00:00Z", "2026-11-30T12:00:00Z"
PLAN: dict[str, Any] = {"id": "p1", "code": "gold", "interval_unit": "months", "interval_length": 1}
NAMED = {"id": "p1", "object": "plan_mini", "code": "gold", "name": "Gold"}


def add_on(**fields: Any) -> dict[str, Any]:
    about = {"id": "ao", "code": "seats", "add_on_type": "fixed"}
    return {"id": "sao1", "add_on": about, "quantity": 2, "unit_amount": Decimal("2.5")} | fields


def raw(**fields: Any) -> dict[str, Any]:
    return {
        "id": "s1", "account": {"id": "a1", "code": "acme"}, "plan": NAMED, "state": "active", "currency": "USD",
        "unit_amount": Decimal("10.5"), "quantity": 3, "add_ons": [], "coupon_redemptions": [], "trial_ends_at": None,
    } | fields  # fmt: skip


def of(plan: dict[str, Any] = PLAN, **fields: Any) -> dict[str, Any]:
    return {"plan": plan, "subscription": raw(**fields)}


def redemption(**fields: Any) -> dict[str, Any]:
    coupon = {"id": "c1", "code": "TEN", "discount": {"type": "percent", "percent": 10}}
    return {"id": "r1", "state": "active", "coupon": coupon} | fields


def fixed(*amounts: tuple[str, Any], **coupon: Any) -> dict[str, Any]:
    currencies = [{"currency": currency, "amount": amount} for currency, amount in amounts]
    return redemption(id="r2", coupon={"discount": {"type": "fixed", "currencies": currencies}} | coupon)


def arr(document: dict[str, Any], **policy: Any) -> Any:
    status, code, amounts = told(subscriptions, document, **policy)
    assert (status, code) == ("ok", None)
    return amounts


def test_unit_amount_times_quantity_and_its_add_ons() -> None:
    # 3 x 10.50 + 2 x 2.50 = 36.50 a month; x 12 = 438.00
    assert arr(of(add_ons=[add_on()])) == {"USD": "438.00"}


@pytest.mark.parametrize(
    ("unit", "length", "policy", "expected"),
    [
        ("months", 1, {}, "378.00"),
        ("months", 3, {}, "126.00"),
        ("months", 12, {}, "31.50"),
        ("months", 24, {}, "15.75"),
        ("days", 7, {}, "1642.50"),  # 31.50 x 365/7
        ("days", 30, {}, "383.25"),  # 31.50 x 365/30, not x 12
        ("days", 30, {"day": "360"}, "378.00"),  # by policy
    ],
)
def test_the_period_is_on_the_plan(unit: str, length: int, policy: dict[str, Any], expected: str) -> None:
    assert arr(of(PLAN | {"interval_unit": unit, "interval_length": length}), **policy) == {"USD": expected}


@pytest.mark.parametrize(
    "document", [{}, {"plan": {"id": "p2", "interval_unit": "months", "interval_length": 1}}, {"plans": []}]
)
def test_a_plan_that_is_not_there_is_an_error(document: dict[str, Any]) -> None:
    assert told(subscriptions, document | {"subscription": raw()}) == ("error", "plan_not_expanded", None)


def test_plans_are_found_among_many_and_inside_the_subscription() -> None:
    silver = PLAN | {"id": "p2", "code": "silver", "interval_length": 12}
    document = {"plans": [silver, PLAN], "subscriptions": [raw(), raw(id="s2", plan={"code": "silver"})]}
    # 31.50 x 12 + 31.50 = 409.50
    assert arr(document) == {"USD": "409.50"}
    assert arr({"subscription": raw(plan=PLAN)}) == {"USD": "378.00"}
    assert arr(of() | {"subscription": raw(plan=None)}) == {"USD": "378.00"}
    assert told(subscriptions, {"plans": [silver, PLAN], "subscription": raw(plan=None)})[1] == "plan_not_expanded"
    assert arr({"subscriptions": [of()]}) == {"USD": "378.00"}
    assert arr({"object": "list", "data": [raw(plan=PLAN)], "has_more": False}) == {"USD": "378.00"}


def test_unit_amount_decimal_wins_and_the_line_rounds_to_the_cent() -> None:
    # 3 x 0.335 = 1.005, half-up 1.01; x 12 = 12.12
    assert arr(of(unit_amount_decimal="0.335")) == {"USD": "12.12"}
    assert arr(of(unit_amount=None, unit_amount_decimal="0.335")) == {"USD": "12.12"}
    # three decimals of a Kuwaiti dinar: 1.005 x 12; no decimals of a yen: 1.005 rounds to 1, x 12
    assert arr(of(unit_amount_decimal="0.335", currency="KWD")) == {"KWD": "12.060"}
    assert arr(of(unit_amount_decimal="0.335", currency="JPY")) == {"JPY": "12"}


TIERS = [{"ending_quantity": 10, "unit_amount": Decimal(2)}, {"ending_quantity": None, "unit_amount_decimal": "1.5"}]


@pytest.mark.parametrize(
    ("kind", "quantity", "expected"),
    [
        ("tiered", 15, "330.00"),  # 10 x 2.00 + 5 x 1.50 = 27.50
        ("volume", 15, "270.00"),  # 15 x 1.50 = 22.50
        ("stairstep", 15, "18.00"),  # 1.50, once
        ("tiered", 10, "240.00"),  # the ending quantity belongs to its tier: 10 x 2.00
        ("volume", 10, "240.00"),
        ("stairstep", 10, "24.00"),
        ("volume", 11, "198.00"),  # 11 x 1.50 = 16.50
    ],
)
def test_tiers_by_ending_quantity(kind: str, quantity: int, expected: str) -> None:
    free: dict[str, Any] = {"unit_amount": 0, "quantity": 1}
    for tiers in (TIERS, TIERS[::-1]):
        assert arr(of(add_ons=[add_on(tier_type=kind, tiers=tiers, quantity=quantity)], **free)) == {"USD": expected}
        assert arr(of(tier_type=kind, tiers=tiers, quantity=quantity, unit_amount=None)) == {"USD": expected}
    in_currencies = [
        {"ending_quantity": 10, "currencies": [{"currency": "EUR", "unit_amount": 99}, {"currency": "USD", "unit_amount": 2}]},
        {"ending_quantity": None, "currencies": [{"currency": "USD", "unit_amount_decimal": "1.5"}]},
    ]
    plan = PLAN | {"tier_type": kind, "tiers": in_currencies}
    assert arr(of(plan, quantity=quantity, unit_amount=None)) == {"USD": expected}


def test_the_flat_tier_type_is_unit_times_quantity() -> None:
    for word in ("flat", "fixed", None):
        # 31.50 + 2 x 2.50 = 36.50; x 12
        assert arr(of(add_ons=[add_on(tier_type=word, tiers=[])])) == {"USD": "438.00"}


def test_add_ons_billed_by_use_do_not_count() -> None:
    calls = add_on(add_on={"code": "calls", "add_on_type": "usage", "usage_type": "price"})
    assert arr(of(add_ons=[calls])) == {"USD": "378.00"}


def test_an_add_on_that_expired_does_not_count() -> None:
    assert arr(of(add_ons=[add_on(expired_at=JUST_NOW)])) == {"USD": "378.00"}
    ending = of(add_ons=[add_on(expired_at=LATER)])
    assert arr(ending) == {"USD": "438.00"}
    assert total(subscriptions, ending).next == NOW + timedelta(days=1)


@pytest.mark.parametrize("word", ["expired", "failed", "future", "paused", "pending"])
def test_states_that_do_not_count(word: str) -> None:
    assert told(subscriptions, of(state=word)) == ("excluded", f"status_{word}", {"USD": "0.00"})


def test_canceled_lives_until_it_expires() -> None:
    ending = of(state="canceled", canceled_at="2026-11-01T00:00:00Z", expires_at=LATER)
    assert arr(ending) == {"USD": "378.00"}
    assert total(subscriptions, ending).next == NOW + timedelta(days=1)
    over = of(state="canceled", expires_at=JUST_NOW)
    assert told(subscriptions, over) == ("excluded", "status_canceled", {"USD": "0.00"})
    assert told(subscriptions, ending, scheduled_cancellation="exclude_at_request")[1] == "scheduled_cancellation"


def test_active_in_a_trial_is_told_by_when_the_trial_ends() -> None:
    for state in ("active", "canceled"):
        trial = of(state=state, trial_ends_at=LATER)
        assert told(subscriptions, trial) == ("excluded", "in_trial", {"USD": "0.00"})
        assert arr(trial, trialing="include") == {"USD": "378.00"}
        assert total(subscriptions, trial).next == NOW + timedelta(days=1)
    assert arr(of(trial_ends_at=JUST_NOW)) == {"USD": "378.00"}  # it stays set afterwards


@given(st.text(max_size=12) | GARBAGE)
def test_an_unknown_state_is_an_error(word: Any) -> None:
    if word not in ("active", "canceled", "expired", "failed", "future", "paused", "pending"):
        assert told(subscriptions, of(state=word)) == ("error", "unknown_status", None)
        assert subscriptions(of(state=word), NOW)[0]["problems"][0] == "unknown_status"


def test_a_redemption_counts_while_its_state_is_active() -> None:
    # 31.50 - 3.15 = 28.35; x 12 = 340.20
    assert arr(of(coupon_redemptions=[redemption()])) == {"USD": "340.20"}
    assert arr(of(coupon_redemptions=[redemption(state="inactive")])) == {"USD": "378.00"}


def test_percentages_round_half_up() -> None:
    # 15 % of 31.50 is 4.725: half-up 4.73; 26.77 x 12 = 321.24
    coupon = {"discount": {"type": "percent", "percent": 15}}
    assert arr(of(coupon_redemptions=[redemption(coupon=coupon)])) == {"USD": "321.24"}


def test_a_fixed_amount_has_one_for_each_currency() -> None:
    off = fixed(("EUR", 9), ("USD", Decimal("4.25")))
    # 31.50 - 4.25 = 27.25; x 12 = 327.00; never below nothing
    assert arr(of(coupon_redemptions=[off])) == {"USD": "327.00"}
    assert arr(of(coupon_redemptions=[fixed(("USD", 500))])) == {"USD": "0.00"}
    assert told(subscriptions, of(coupon_redemptions=[fixed(("EUR", 9))])) == ("error", "coupon_currency_mismatch", None)


def test_redemptions_in_their_order_each_on_what_remains() -> None:
    # (31.50 - 3.15) - 4.25 = 24.10; (31.50 - 4.25) - 2.73 = 24.52 (2.725 half-up)
    both = [redemption(), fixed(("USD", Decimal("4.25")))]
    assert arr(of(coupon_redemptions=both)) == {"USD": "289.20"}
    assert arr(of(coupon_redemptions=both[::-1])) == {"USD": "294.24"}


def test_a_free_trial_coupon_takes_nothing_off() -> None:
    coupon = {"discount": {"type": "free_trial", "trial": {"unit": "month", "length": 1}}}
    assert arr(of(coupon_redemptions=[redemption(coupon=coupon)])) == {"USD": "378.00"}


def test_where_the_whole_coupon_is_there_its_duration_counts() -> None:
    for duration, expected in (("forever", "340.20"), ("temporal", "340.20"), ("single_use", "378.00")):
        coupon = {"discount": {"type": "percent", "percent": 10}, "duration": duration}
        assert arr(of(coupon_redemptions=[redemption(coupon=coupon)])) == {"USD": expected}


def test_a_coupon_for_other_plans_takes_nothing_off() -> None:
    coupon = {"discount": {"type": "percent", "percent": 10}, "applies_to_all_plans": False, "plans": [{"code": "silver"}]}
    assert arr(of(coupon_redemptions=[redemption(coupon=coupon)])) == {"USD": "378.00"}
    assert arr(of(coupon_redemptions=[redemption(coupon=coupon | {"plans": [{"code": "gold"}]})])) == {"USD": "340.20"}


def test_what_the_account_redeemed_counts_once() -> None:
    own, others = {"account": {"id": "a1"}}, {"account": {"id": "a2"}}
    assert arr(of() | {"coupon_redemptions": [redemption(**own)]}) == {"USD": "340.20"}
    assert arr(of() | {"coupon_redemptions": [redemption(**others)]}) == {"USD": "378.00"}
    assert arr(of() | {"coupon_redemptions": [redemption(subscription_id="s2", **own)]}) == {"USD": "378.00"}
    twice = of(coupon_redemptions=[redemption()]) | {"coupon_redemptions": [redemption(**own, subscription_id="s1")]}
    assert arr(twice) == {"USD": "340.20"}


def test_tax_is_taken_out_of_an_inclusive_price() -> None:
    vat = {"type": "vat", "region": "DE", "rate": Decimal("0.19")}
    # 31.50 / 1.19 = 26.4705...: 26.47; x 12 = 317.64
    assert arr(of(tax_inclusive=True, tax_info=vat)) == {"USD": "317.64"}
    assert arr(of(tax_inclusive=False, tax_info=vat)) == {"USD": "378.00"}
    assert told(subscriptions, of(tax_inclusive=True)) == ("error", "tax_inclusive_unresolved", None)


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({"unit_amount": None}, "missing_amount"),
        ({"unit_amount": 10.5}, "unsupported_shape"),
        ({"unit_amount": "ten"}, "unsupported_shape"),
        ({"currency": None}, "unsupported_shape"),
        ({"add_ons": [add_on(tier_type="staircase")]}, "unknown_tier_type"),
        ({"add_ons": [add_on(tier_type="tiered", tiers=[])]}, "tiers_not_expanded"),
        ({"add_ons": [add_on(tier_type="volume", tiers=TIERS[:1], quantity=11)]}, "tiers_not_covering"),
        ({"add_ons": [add_on(tier_type="volume", tiers=[{"ending_quantity": None}])]}, "missing_amount"),
        ({"add_ons": [add_on(add_on={"code": "x", "add_on_type": "gift"})]}, "unknown_add_on_type"),
        ({"add_ons": ["sao1"]}, "unsupported_shape"),
        ({"coupon_redemptions": [redemption(state="asleep")]}, "unknown_redemption_state"),
        ({"coupon_redemptions": [redemption(coupon={"id": "c1"})]}, "coupon_not_expanded"),
        ({"coupon_redemptions": [redemption(coupon={"discount": {"type": "gift"}})]}, "unknown_discount_type"),
        ({"coupon_redemptions": [redemption(coupon={"discount": {"type": "percent"}})]}, "missing_amount"),
        ({"coupon_redemptions": [fixed()]}, "missing_amount"),
        ({"coupon_redemptions": [fixed(("USD", 1), duration="eternal")]}, "unknown_discount_duration"),
        ({"trial_ends_at": "soon"}, "unsupported_shape"),
        ({"trial_ends_at": "2026-12-01T00:00:00"}, "unsupported_shape"),
    ],
)
def test_incomplete_data_is_an_error_never_a_number(broken: dict[str, Any], code: str) -> None:
    assert told(subscriptions, of(**broken)) == ("error", code, None)


@pytest.mark.parametrize("word", ["weeks", "", None, 3, ["months"]])
def test_an_unknown_interval_is_an_error(word: Any) -> None:
    assert told(subscriptions, of(PLAN | {"interval_unit": word})) == ("error", "unknown_interval", None)


def test_no_amount_passes_through_a_binary_float() -> None:
    # 0.1 is no binary fraction: 3 x 0.10 = 0.30; x 365/7 = 15.642857...; the exact tenth survives the parser
    document = load_json(
        b'{"plan": {"id": "p1", "interval_unit": "days", "interval_length": 7}, "subscription": {"id": "s1", "state": "active",'
        b'"plan": {"id": "p1"}, "currency": "USD", "unit_amount": 0.1, "quantity": 3}}'
    )
    assert subscriptions(document, NOW)[0]["items"][0]["unit"] == "0.1"
    assert arr(document) == {"USD": "15.64"}


@pytest.mark.parametrize("document", [{}, {"subscriptions": None}, {"subscription": []}, of() | {"plans": 3}])
def test_a_document_without_subscriptions_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        subscriptions(document, NOW)


def test_as_of_needs_a_zone() -> None:
    with pytest.raises(Refused):
        subscriptions(of(), NOW.replace(tzinfo=None))


CENTS = st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 1000)), max_size=4)


@given(CENTS, st.randoms(use_true_random=False))
def test_amounts_are_exact_and_order_does_not_matter(lines: list[tuple[int, int]], random: Any) -> None:
    add_ons = [
        add_on(id=f"ao{n}", unit_amount=Decimal(cents).scaleb(-2), quantity=quantity)
        for n, (cents, quantity) in enumerate(lines)
    ]
    exact = 12 * (Decimal("31.50") + sum(Decimal(cents * quantity).scaleb(-2) for cents, quantity in lines))
    for order in (add_ons, random.sample(add_ons, len(add_ons))):
        assert total(subscriptions, of(add_ons=order)).by_currency == {"USD": exact}


EVERYTHING = of(
    PLAN | {"tier_type": "tiered", "tiers": [{"currencies": [{"currency": "USD", "unit_amount": 1}]}]},
    add_ons=[add_on(tier_type="volume", tiers=TIERS), add_on(id="sao2", expired_at=LATER)],
    coupon_redemptions=[redemption(), fixed(("USD", 1), applies_to_all_plans=False, plans=[NAMED])],
    tax_inclusive=True,
    tax_info={"rate": Decimal("0.1")},
    trial_ends_at=JUST_NOW,
)


@given(garbled([EVERYTHING, of(), {"plans": [PLAN], "data": [raw(), raw(id="s2")], "coupon_redemptions": [redemption()]}]))
def test_any_garbage_is_an_answer_or_is_refused(document: dict[str, Any]) -> None:
    answers(subscriptions, document)
