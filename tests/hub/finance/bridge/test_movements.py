"""The bridge foots, however it is fed; nothing is netted."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.finance.bridge import COLUMNS, Line, bridge, totals

CURRENCIES = ("EUR", "JPY", "USD")
keys = st.tuples(st.sampled_from(["acme", "boron", "cobalt", "dune"]), st.sampled_from(CURRENCIES))
amounts = st.integers(0, 500_000).map(lambda cents: Decimal(cents) / 100)
balances = st.dictionaries(keys, amounts)
before = st.frozensets(keys)


def money(line: Line, *names: str) -> list[str]:
    return [str(line.columns[name]) for name in names]


def one(opening: str, restated: str, closing: str, *, before: bool = False) -> Line:
    key = ("acme", "USD")
    at = ({key: Decimal(amount)} for amount in (opening, restated, closing))
    [line] = bridge(*at, {key} if before else ())
    return line


@pytest.mark.parametrize(
    ("opening", "restated", "closing", "before", "column", "amount"),
    [
        ("0", "0", "1200.00", False, "new", "1200.00"),  # 1200 - 0
        ("0", "0", "1200.00", True, "reactivation", "1200.00"),
        ("1200.00", "1200.00", "1800.00", True, "expansion", "600.00"),  # a second subscription of 600 a year
        ("1800.00", "1800.00", "1200.00", True, "contraction", "-600.00"),  # one of two cancelled
        ("1800.00", "1800.00", "0.00", True, "churn", "-1800.00"),  # both cancelled
        ("1200.00", "1000.00", "1000.00", True, "restatement", "-200.00"),  # signed 1200, known now as 1000
    ],
)
def test_each_movement_has_its_column(
    opening: str, restated: str, closing: str, before: bool, column: str, amount: str
) -> None:
    line = one(opening, restated, closing, before=before)
    moved = {name: str(line.columns[name]) for name in COLUMNS[1:-1] if line.columns[name]}
    assert moved == {column: amount}


def test_a_restatement_is_apart_from_what_happened_since() -> None:
    """Signed 1,000.00; known now as 1,200.00 then; closes with 1,500.00. 1,000 + 200 restated + 300 expansion = 1,500."""
    assert money(one("1000.00", "1200.00", "1500.00"), "opening", "restatement", "expansion", "closing") == [
        "1000.00", "200.00", "300.00", "1500.00",
    ]  # fmt: skip


@given(balances, balances, balances, before)
def test_the_columns_always_foot(opening, restated, closing, before) -> None:
    lines = bridge(opening, restated, closing, before)
    for line in (*lines, *totals(lines)):
        assert sum(line.columns[name] for name in COLUMNS[:-1]) == line.columns["closing"]
    for total in totals(lines):
        for name, at in (("opening", opening), ("closing", closing)):
            assert total.columns[name] == sum(amount for (_, currency), amount in at.items() if currency == total.currency)


@given(balances, balances, before, st.randoms())
def test_the_order_does_not_matter(opening, closing, before, random) -> None:
    shuffled = []
    for each in (opening, closing):
        items = list(each.items())
        random.shuffle(items)
        shuffled.append(dict(items))
    assert bridge(shuffled[0], shuffled[0], shuffled[1], before) == bridge(opening, opening, closing, before)


@given(balances, balances, balances)
def test_the_closing_of_one_period_is_the_opening_of_the_next(first, second, third) -> None:
    closes = {total.currency: total.columns["closing"] for total in totals(bridge(first, first, second, ()))}
    opens = {total.currency: total.columns["opening"] for total in totals(bridge(second, second, third, ()))}
    for currency in CURRENCIES:
        assert closes.get(currency, 0) == opens.get(currency, 0)


@given(balances, balances, before)
def test_signs_are_as_the_columns_say_and_a_line_moves_one_way(opening, closing, before) -> None:
    for line in bridge(opening, opening, closing, before):
        up = [line.columns[name] for name in ("new", "expansion", "reactivation")]
        down = [line.columns[name] for name in ("contraction", "churn")]
        assert min(up) >= 0 >= max(down)
        assert sum(1 for amount in (*up, *down) if amount) <= 1


@given(balances, balances, before)
def test_netting_never_happens_across_currencies(opening, closing, before) -> None:
    """Each currency by itself gives the very columns that all of them together give."""
    together = {total.currency: total.columns for total in totals(bridge(opening, opening, closing, before))}
    for currency in CURRENCIES:
        alone = [{key: each for key, each in at.items() if key[1] == currency} for at in (opening, closing)]
        for total in totals(bridge(alone[0], alone[0], alone[1], before)):
            assert total.columns == together[currency]


def test_an_account_that_changes_its_currency_is_churn_and_new_and_both_say_so() -> None:
    """2,400.00 USD becomes 2,100.00 EUR; boron's 600.00 USD stay. No line knows of the other currency's amount."""
    opening = {("acme", "USD"): Decimal("2400.00"), ("boron", "USD"): Decimal("600.00")}
    closing = {("acme", "EUR"): Decimal("2100.00"), ("boron", "USD"): Decimal("600.00")}
    lines = bridge(opening, opening, closing, ())
    assert [(line.account, line.currency, line.tags) for line in lines] == [
        ("acme", "EUR", ("currency_switch",)),
        ("acme", "USD", ("currency_switch",)),
        ("boron", "USD", ()),
    ]
    euro, dollar = totals(lines)
    assert money(euro, "opening", "new", "churn", "closing") == ["0", "2100.00", "0", "2100.00"]
    assert money(dollar, "opening", "new", "churn", "closing") == ["3000.00", "0", "-2400.00", "600.00"]
    assert euro.tags == dollar.tags == ("currency_switch",)


def test_two_accounts_that_change_places_are_not_netted() -> None:
    """One leaves with 1,200.00, another comes with 1,200.00: churn and new, not nothing."""
    opening, closing = {("acme", "USD"): Decimal(1200)}, {("boron", "USD"): Decimal(1200)}
    [total] = totals(bridge(opening, opening, closing, ()))
    assert money(total, "new", "churn") == ["1200", "-1200"]
    assert total.tags == ()


def test_where_billing_is_incomplete_there_is_no_number_and_no_guess() -> None:
    opening = {("acme", "USD"): Decimal(1200), ("boron", "USD"): Decimal(600)}
    closing = {("acme", "USD"): None, ("boron", "USD"): Decimal(600)}
    lines = bridge(opening, opening, closing, ())
    [total] = totals(lines)
    assert total.columns["opening"] == 1800
    assert [total.columns[name] for name in COLUMNS[1:]] == [None] * 7
    assert total.tags == ("incomplete",)
