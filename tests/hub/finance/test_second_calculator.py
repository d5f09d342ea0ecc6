"""Two calculators that share no code agree on thousands of subscriptions, to the last digit and on every code."""

from collections import Counter
from datetime import UTC, datetime

import pytest
import second_calculator
import stripe_made

from hub.finance import Policy, account, arr
from mappings.stripe.subscriptions import subscriptions

NOW = datetime.fromtimestamp(stripe_made.NOW, UTC)
SIZE = 1000


@pytest.mark.parametrize("seed", range(5))
def test_two_calculators_agree(seed: int) -> None:
    company = stripe_made.Maker(seed).company(SIZE)
    customers = {each["id"]: each for each in company["customers"]}
    for raw, one in zip(company["subscriptions"], subscriptions(company, NOW), strict=True):
        ours, theirs = arr(one, Policy(), NOW), second_calculator.calculate(raw, customers, stripe_made.NOW)
        figures = [None if found is None else minor(found) for found in (ours.arr, ours.mrr)]
        assert (ours.status, ours.code, *figures) == theirs, raw


def minor(found: dict[str, object]) -> int:
    """In ISO minor units: the figure's digits without the point."""
    (figure,) = found.values()
    return int(str(figure).replace(".", ""))


def test_a_company_comes_to_what_the_second_calculator_adds_up() -> None:
    company = stripe_made.Maker(99).company(SIZE)
    customers = {each["id"]: each for each in company["customers"]}
    expected: Counter[str] = Counter()
    for raw in company["subscriptions"]:
        answer = second_calculator.calculate(raw, customers, stripe_made.NOW)
        if answer.outcome == "ok":
            expected[second_calculator.currency_of(raw).upper()] += answer.yearly or 0
    total = account(subscriptions(company, NOW), Policy(), NOW)
    assert total.status == "partial"
    assert total.by_currency is not None
    assert {currency: minor({currency: figure}) for currency, figure in total.by_currency.items()} == dict(expected)


def test_what_is_made_is_worth_calculating() -> None:
    company = stripe_made.Maker(0).company(SIZE)
    outcomes = Counter(one.code or "ok" for one in account(subscriptions(company, NOW), Policy(), NOW).outcomes)
    assert outcomes["ok"] > SIZE / 4
    for code in (
        "ambiguous_discount_mixed_interval", "coupon_not_expanded", "discounts_not_expanded", "tiers_not_expanded",
        "tax_inclusive_unresolved", "unknown_status", "unknown_pause_behavior", "test_mode", "collection_paused_void",
        "coupon_currency_mismatch", "items_truncated", "tiers_not_covering", "missing_price", "currency_options_not_expanded",
    ):  # fmt: skip
        assert outcomes[code], code
