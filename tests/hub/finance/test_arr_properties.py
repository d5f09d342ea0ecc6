"""Laws that hold for every subscription that finance can price."""

import json
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from finance_shapes import NOW, amount, item, percent, subscription, tiered
from hypothesis import given
from hypothesis import strategies as st

from hub.finance import Policy, account, arr
from hub.finance.money import as_text, rounded, shares, to_decimal
from hub.finance.policy import CHOICES
from mappings.currency import iso_digits

CURRENCIES = {"USD": 2, "JPY": 0, "KWD": 3, "ISK": 2, "MGA": 0}


units = st.decimals(0, 10_000, places=4).map(str)
shared = {
    "product": st.sampled_from(["a", "b"]),
    "interval": st.sampled_from(["month", "year", "week", "day"]),
    "count": st.integers(1, 12),
    "usage": st.sampled_from(["licensed", "licensed", "metered"]),
    "inclusive_rates": st.sampled_from([None, [], ["19"], ["7", "0.5"]]),
}
terms = {
    "duration": st.sampled_from(["forever", "repeating", "once"]),
    "products": st.sampled_from([None, ["a"], ["b", "c"]]),
    "start": st.just("2026-01-01T00:00:00Z"),
    "end": st.sampled_from([None, "2026-11-01T00:00:00Z", "2027-01-01T00:00:00Z"]),
}


def discounts(currency: str, most: int = 3) -> st.SearchStrategy[list[dict[str, Any]]]:
    off = st.decimals(0, 100, places=2).map(str)
    return st.lists(st.builds(percent, off, **terms) | st.builds(amount, off, st.just(currency), **terms), max_size=most)


def items(currency: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    quantities, modes = st.integers(0, 500).map(str), st.sampled_from(["graduated", "volume"])
    tiers = st.tuples(st.just("10"), units, units), st.tuples(st.none(), units, st.none() | units)
    plain = st.builds(item, units, quantities, discounts=discounts(currency, 2), **shared)
    return st.lists(plain | st.builds(tiered, modes, quantities, *tiers, **shared), max_size=4)


def in_currency(currency: str) -> st.SearchStrategy[dict[str, Any]]:
    ends = st.none() | st.integers(-200, 400).map(lambda days: NOW + timedelta(days=days))
    return st.builds(
        lambda items, **other: subscription(**other) | {"items": items},
        items(currency),
        currency=st.just(currency),
        minor_digits=st.just(CURRENCIES[currency]),
        discounts=discounts(currency),
        customer_discounts=discounts(currency, 1),
        status=st.sampled_from(["active", "active", "past_due", "trialing", "broken"]),
        cancel_at=ends,
    )


def subscriptions() -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from(sorted(CURRENCIES)).flatmap(in_currency)


policies = st.fixed_dictionaries({}, optional={key: st.sampled_from(values) for key, values in CHOICES.items()}).map(
    lambda chosen: Policy(**chosen)
)


@given(subscriptions(), policies)
def test_an_outcome_is_a_figure_or_a_code(one: dict[str, Any], policy: Policy) -> None:
    outcome = arr(one, policy, NOW)
    assert (outcome.arr is None) == (outcome.mrr is None) == (outcome.status == "error")
    assert (outcome.code is None) == (outcome.status == "ok")
    assert json.loads(json.dumps(outcome.formula)) == outcome.formula
    if outcome.arr is not None:
        (figure,) = outcome.arr.values()
        assert figure >= 0
        assert -figure.as_tuple().exponent == iso_digits(one["currency"])
        assert outcome.status == "ok" or figure == 0


@given(st.lists(subscriptions(), max_size=6), policies.filter(lambda policy: policy.grain != "customer"))
def test_every_report_foots(several: list[dict[str, Any]], policy: Policy) -> None:
    total = account(several, policy, NOW)
    if total.by_currency is None:
        assert several
        assert all(one.status != "ok" for one in total.outcomes)
        return
    counted = [one for one in total.outcomes if one.status == "ok" or total.status != "partial"]
    for currency, figure in total.by_currency.items():
        assert figure == sum((one.arr[currency] for one in counted if one.arr and currency in one.arr), Decimal(0))


@given(
    st.lists(subscriptions(), max_size=6).flatmap(lambda several: st.tuples(st.just(several), st.permutations(several))),
    policies,
)
def test_the_order_of_subscriptions_does_not_matter(both: tuple[list[Any], list[Any]], policy: Policy) -> None:
    one, other = (account(several, policy, NOW) for several in both)
    assert (one.status, one.by_currency, one.mrr, one.next) == (other.status, other.by_currency, other.mrr, other.next)


@given(st.integers(0, 10**6), st.integers(0, 10**4), st.integers(1, 12))
def test_arr_grows_with_the_quantity(cents: int, quantity: int, months: int) -> None:
    unit = f"{cents // 100}.{cents % 100:02}"
    outcome = arr(subscription(item(unit, str(quantity), count=months)), Policy(), NOW)
    one = arr(subscription(item(unit, "1", count=months)), Policy(), NOW)
    assert outcome.exact is not None
    assert one.exact is not None
    assert outcome.exact == one.exact * quantity


@given(subscriptions(), policies)
def test_discounts_never_add_and_never_go_below_zero(one: dict[str, Any], policy: Policy) -> None:
    without = arr(one | {"discounts": [], "customer_discounts": []}, policy, NOW)
    outcome = arr(one, policy, NOW)
    if outcome.exact is None or without.exact is None:
        return
    assert outcome.exact >= 0
    if not any(each["inclusive_rates"] for each in one["items"]):  # tax is rounded line by line after discounts
        assert outcome.exact <= without.exact


@given(subscriptions(), policies, st.integers(0, 400))
def test_nothing_changes_by_itself_before_next(one: dict[str, Any], policy: Policy, days: int) -> None:
    outcome, then = arr(one, policy, NOW), NOW + timedelta(days=days)
    if outcome.next is None or then < outcome.next:
        later = arr(one, policy, then)
        assert (later.status, later.code, later.arr, later.mrr) == (outcome.status, outcome.code, outcome.arr, outcome.mrr)
    else:
        assert outcome.next > NOW


fractions = st.fractions(-(10**6), 10**6, max_denominator=10**5)


@given(fractions, st.integers(0, 4))
def test_half_up_is_the_nearest_and_a_half_goes_away_from_zero(exact: Fraction, digits: int) -> None:
    found, unit = rounded(exact, digits), Fraction(1, 10**digits)
    assert (found / unit).denominator == 1
    assert abs(found - exact) <= unit / 2
    if abs(found - exact) == unit / 2:
        assert abs(found) > abs(exact)
    assert Fraction(to_decimal(found, digits)) == found
    assert rounded(-exact, digits) == -found


@given(st.integers(-(10**9), 10**9), st.integers(0, 4))
def test_half_even_takes_every_half_to_an_even_digit(halves: int, digits: int) -> None:
    found = rounded(Fraction(halves, 2 * 10**digits), digits, "half_even") * 10**digits
    assert found == round(Fraction(halves, 2))


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=8), st.fractions(0, 1, max_denominator=997))
def test_shares_add_up_and_none_exceeds_its_line(weights: list[int], rate: Fraction) -> None:
    lines = [Fraction(weight, 100) for weight in weights]
    total = rounded(sum(lines) * rate, 2)
    parts = shares(total, lines, 2)
    assert sum(parts) == total
    for part, line in zip(parts, lines, strict=True):
        assert 0 <= part <= line
        assert abs(part - total * line / sum(lines)) < Fraction(1, 100)


@given(fractions)
def test_text_of_an_exact_amount_can_be_read_back(exact: Fraction) -> None:
    assert Fraction(as_text(exact)) == exact
