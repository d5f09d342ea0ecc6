"""Two calculators that share no code agree on thousands of subscriptions, to the last digit and on every code."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import second_calculator
import stripe_made

from hub.finance import Policy, account, arr
from mappings.load import load_all
from mappings.stripe.subscriptions import subscriptions
from mappings.values import RefValue, is_blank

SYNCED = load_all()["stripe", "subscriptions"]
NOW = datetime.fromtimestamp(stripe_made.NOW, UTC)
SIZE = 2000


@pytest.mark.parametrize("seed", range(5))
def test_two_calculators_agree(seed: int) -> None:
    company = stripe_made.Maker(seed).company(SIZE)
    customers = {each["id"]: each for each in company["customers"]}
    for raw, one in zip(company["subscriptions"], subscriptions(company, NOW), strict=True):
        ours, theirs = arr(one, Policy(), NOW), second_calculator.calculate(raw, customers, stripe_made.NOW)
        figures = [None if found is None else minor(found) for found in (ours.arr, ours.mrr)]
        assert (ours.status, ours.code, *figures) == theirs, raw


def minor(found: Mapping[str, object]) -> int:
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


@pytest.mark.parametrize("seed", range(3))
def test_a_file_and_the_sync_are_read_alike(seed: int) -> None:
    maker = stripe_made.Maker(seed)
    for _ in range(300):
        raw = maker.subscription() | {"customer": maker.customer("cus_1")}
        (read,) = subscriptions({"subscriptions": [raw]}, NOW)
        synced = SYNCED.decode(raw)
        assert {each.field for each in synced.refused} <= {"status"}
        for field, value in synced.values.items():
            assert plain(read[field]) == plain(value), (field, raw)
        ours, theirs = (arr(one, Policy(), NOW) for one in (read, synced.values))
        assert (ours.status, ours.code, ours.figures, ours.next) == (theirs.status, theirs.code, theirs.figures, theirs.next)


def plain(value: Any) -> Any:
    """Sync holds a reference and datetimes where a file holds texts, and None for every blank."""
    if isinstance(value, RefValue):
        return value.id
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return None if is_blank(value) else value
