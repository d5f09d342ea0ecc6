"""Laws that finance may rely on: quantities split over items, the two roundings, totals that foot, tax, currencies."""

import copy
import math
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import stripe_made
from finance_shapes import NOW, item, percent, subscription
from hypothesis import assume, given
from hypothesis import strategies as st
from test_arr_properties import CURRENCIES, policies, subscriptions

from hub.finance import Outcome, Policy, account, arr
from mappings.currency import iso_digits
from mappings.stripe.subscriptions import subscriptions as stripe_subscriptions

DEFAULT = Policy()
units = st.decimals(0, 5_000, places=4).map(str)
counts = st.integers(0, 400)
periods = st.tuples(st.sampled_from(["day", "week", "month", "year"]), st.integers(1, 12))


def priced(*items: dict[str, Any], policy: Policy = DEFAULT, **other: Any) -> Outcome:
    outcome = arr(subscription(**other) | {"items": list(items)}, policy, NOW)
    assert outcome.status == "ok", outcome
    return outcome


def half_up(exact: Fraction, digits: int) -> Decimal:
    """By its definition: the nearest, and a half away from zero (no amount here is negative)."""
    return Decimal(math.floor(exact * 10**digits + Fraction(1, 2))).scaleb(-digits)


def half_even(exact: Fraction, digits: int) -> Decimal:
    return Decimal(round(exact * 10**digits)).scaleb(-digits)  # of a Fraction, round() is exact and takes halves to even


ROUNDINGS: dict[str, Callable[[Fraction, int], Decimal]] = {"half_up": half_up, "half_even": half_even}


@given(units, counts, counts, periods)
def test_a_quantity_split_over_two_items_of_one_price_changes_only_the_rounding_of_lines(
    unit: str, one: int, other: int, period: tuple[str, int]
) -> None:
    period_of = {"interval": period[0], "count": period[1]}
    whole = item(unit, str(one + other), **period_of)
    parts = item(unit, str(one), id="a", **period_of), item(unit, str(other), id="b", **period_of)
    exactly = Policy(line_rounding="none")
    assert priced(whole, policy=exactly).arr == priced(*parts, policy=exactly).arr
    rounded_whole, rounded_parts = priced(whole).exact, priced(*parts).exact
    assert rounded_whole is not None
    assert rounded_parts is not None
    # Three lines are rounded, each by half a cent at most, as often as there are periods in a year.
    often = (Policy().periods_a_year(period[0]) or 0) / Fraction(period[1])
    assert abs(rounded_whole - rounded_parts) <= Fraction(3, 200) * often


@given(st.integers(0, 10**6), counts, counts)
def test_a_price_in_whole_cents_can_be_split_without_any_change(cents: int, one: int, other: int) -> None:
    unit = str(Decimal(cents).scaleb(-2))
    assert priced(item(unit, str(one + other))).figures == priced(item(unit, str(one)), item(unit, str(other))).figures


@given(subscriptions(), policies)
def test_arr_is_rounded_from_its_exact_amount_and_mrr_from_a_twelfth_of_the_same(one: dict[str, Any], policy: Policy) -> None:
    assume(policy.grain != "item")
    outcome = arr(one, policy, NOW)
    if outcome.exact is None:
        assert outcome.status == "error"
        return
    currency, how = one["currency"], ROUNDINGS[policy.final_rounding]
    assert outcome.arr == {currency: how(outcome.exact, iso_digits(currency))}
    assert outcome.mrr == {currency: how(outcome.exact / 12, iso_digits(currency))}


def test_rounded_mrr_times_twelve_is_another_figure() -> None:
    # 100.00 a year is 8.33 a month (8.3333...), and 8.33 x 12 = 99.96.
    yearly = priced(item("100.00", "1", interval="year")).figures
    assert yearly == {"USD": {"mrr": "8.33", "arr": "100.00"}}
    # 10.00 a week is 520.00 a year, 43.33 a month (43.3333...), and 43.33 x 12 = 519.96.
    assert priced(item("10.00", "1", interval="week")).figures == {"USD": {"mrr": "43.33", "arr": "520.00"}}
    # 0.05 a year is 0.00 a month (0.00416...), and nothing x 12 is nothing.
    assert priced(item("0.05", "1", interval="year")).figures == {"USD": {"mrr": "0.00", "arr": "0.05"}}


def test_rounded_arr_divided_by_twelve_is_another_figure() -> None:
    # 0.11 every second year is 0.055 a year: ARR 0.06, MRR 0.00458 -> 0.00; 0.06 / 12 = 0.005 would be 0.01.
    assert priced(item("0.11", "1", interval="year", count=2)).figures == {"USD": {"mrr": "0.00", "arr": "0.06"}}


EXCLUSIVE = {"percentage": Decimal("19.0"), "inclusive": False}


@given(st.integers(0, 10**6), policies)
def test_an_exclusive_tax_never_changes_arr(seed: int, policy: Policy) -> None:
    untaxed = stripe_made.Maker(seed).company(20)
    taxed = copy.deepcopy(untaxed)
    for raw in taxed["subscriptions"]:
        raw |= {"tax_percent": Decimal("19.0"), "default_tax_rates": [*raw["default_tax_rates"], EXCLUSIVE]}
        for each in (raw["items"] or {"data": []})["data"]:
            if each["tax_rates"]:  # else the default rates are the item's
                each["tax_rates"].append(EXCLUSIVE)
    now = datetime.fromtimestamp(stripe_made.NOW, UTC)
    before, after = (account(stripe_subscriptions(each, now), policy, now) for each in (untaxed, taxed))
    assert [(one.code, one.figures) for one in before.outcomes] == [(one.code, one.figures) for one in after.outcomes]
    assert before.figures == after.figures


@given(st.lists(subscriptions(), min_size=1, max_size=5), policies)
def test_currencies_are_never_added(several: list[dict[str, Any]], policy: Policy) -> None:
    together = account(several, policy, NOW)
    for currency in CURRENCIES:
        alone = account([one for one in several if one["currency"] == currency], policy, NOW)
        if currency in (together.by_currency or {}):
            assert together.by_currency is not None
            # What is in error elsewhere takes the excluded zeros of this currency away, never an amount.
            assert together.by_currency[currency] == (alone.by_currency or {}).get(currency)


@given(st.lists(subscriptions(), max_size=6))
def test_totals_foot_in_arr_and_in_mrr(several: list[dict[str, Any]]) -> None:
    total = account(several, Policy(), NOW)
    for figures, rows in (
        (total.by_currency, [one.arr for one in total.outcomes]),
        (total.mrr, [one.mrr for one in total.outcomes]),
    ):
        for currency, figure in (figures or {}).items():
            assert figure == sum((row[currency] for row in rows if row is not None and currency in row), Decimal(0))


@given(units, counts, st.integers(0, 100))
def test_a_percentage_takes_its_share_and_no_more(unit: str, quantity: int, off: int) -> None:
    whole, reduced = priced(item(unit, str(quantity))), priced(item(unit, str(quantity)), discounts=[percent(str(off))])
    assert whole.exact is not None
    assert reduced.exact is not None
    assert abs(reduced.exact - whole.exact * (100 - off) / 100) <= Fraction(12, 200)  # half a cent, twelve times a year
