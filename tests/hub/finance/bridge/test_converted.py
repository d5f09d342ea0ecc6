"""The converted view: movements at the opening rate, the rest is fx; no rate, no number."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.finance.bridge import COLUMNS, bridge, convert, parse_rates, totals
from hub.words import Problem
from mappings.currency import iso_digits

OPENED, CLOSED = date(2026, 10, 31), date(2026, 11, 30)
HEAD = "date,from,to,rate,source\n"
RATES = parse_rates(
    HEAD
    + "2026-10-31,USD,EUR,0.90,ECB\n2026-11-30,USD,EUR,0.95,ECB\n2026-10-31,JPY,EUR,0.0061,ECB\n2026-11-30,JPY,EUR,0.0059,ECB\n",
    "rates.csv",
)
amounts = st.integers(0, 500_000)


def test_by_hand() -> None:
    """100.05 USD + 50.00 expansion = 150.05 USD. Opening 100.05 x 0.90 = 90.045 -> 90.05 (half up); expansion 45.00;
    closing 150.05 x 0.95 = 142.5475 -> 142.55; fx = 142.55 - 90.05 - 45.00 = 7.50."""
    opening, closing = {("acme", "USD"): Decimal("100.05")}, {("acme", "USD"): Decimal("150.05")}
    [line] = convert(bridge(opening, opening, closing, ()), "EUR", OPENED, CLOSED, RATES)
    told = {name: str(line.columns[name]) for name in ("opening", "expansion", "fx", "closing")}
    assert told == {"opening": "90.05", "expansion": "45.00", "fx": "7.50", "closing": "142.55"}
    assert (line.currency, line.of) == ("EUR", "USD")


def test_half_a_cent_of_churn_is_rounded_away_from_zero() -> None:
    """-100.05 x 0.90 = -90.045 -> -90.05: churn takes away exactly what the opening held, and fx is 0."""
    opening = {("acme", "USD"): Decimal("100.05")}
    [line] = convert(bridge(opening, opening, {}, ()), "EUR", OPENED, CLOSED, RATES)
    assert [str(line.columns[name]) for name in ("churn", "fx", "closing")] == ["-90.05", "0.00", "0.00"]


@given(st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from(["EUR", "JPY", "USD"])), st.tuples(amounts, amounts)))
def test_converted_columns_foot_and_totals_are_sums_of_rounded_lines(found) -> None:
    def exact(units: int, currency: str) -> Decimal:
        return Decimal(units).scaleb(-iso_digits(currency))

    opening = {key: exact(units, key[1]) for key, (units, _) in found.items()}
    closing = {key: exact(units, key[1]) for key, (_, units) in found.items()}
    lines = convert(bridge(opening, opening, closing, ()), "EUR", OPENED, CLOSED, RATES)
    for line in (*lines, *totals(lines)):
        assert sum(amount for name, amount in line.columns.items() if name != "closing") == line.columns["closing"]
        assert all(amount == round(amount, 2) for amount in line.columns.values())
    assert all(line.columns["fx"] == 0 for line in lines if line.of == "EUR")


def test_a_missing_rate_is_told_and_the_total_is_incomplete() -> None:
    """No rate for GBP: not 1:1, not the day before, not the way back."""
    rates = parse_rates(HEAD + "2026-10-30,GBP,EUR,1.15,ECB\n2026-11-30,EUR,GBP,0.87,ECB\n", "rates.csv")
    opening = {("acme", "GBP"): Decimal("10.00"), ("boron", "EUR"): Decimal("5.00")}
    lines = convert(bridge(opening, opening, opening, ()), "EUR", OPENED, CLOSED, rates)
    assert {line.of: line.tags for line in lines} == {"EUR": (), "GBP": ("fx_missing",)}
    [total] = totals(lines)
    assert {total.columns[name] for name in (*COLUMNS, "fx")} == {None}
    assert total.tags == ("fx_missing",)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "rates_header", 1),
        ("date,from,to,rate\n", "rates_header", 1),
        (HEAD + "2026-13-01,USD,EUR,0.9,ECB\n", "rates_unusable", 2),
        (HEAD + "2026-10-31,USD,EUR,0.9,ECB\n2026-10-31,USD,EUR,1e-1,ECB\n", "rates_unusable", 3),
        (HEAD + "2026-10-31,USD,EUR,0.00,ECB\n", "rates_unusable", 2),
        (HEAD + "2026-10-31,DOLLAR,EUR,0.9,ECB\n", "rates_unusable", 2),
        (HEAD + "2026-10-31,USD,EUR,0.9,\n", "rates_unusable", 2),
        (HEAD + "2026-10-31,USD,EUR,0.9\n", "rates_unusable", 2),
        (HEAD + "\n2026-10-31,USD,EUR,0.9,ECB\n2026-10-31,usd,EUR,0.91,other\n", "rates_twice", 4),
    ],
)
def test_an_unusable_table_names_its_line(text: str, code: str, line: int) -> None:
    with pytest.raises(Problem) as raised:
        parse_rates(text, "rates.csv")
    assert (raised.value.code, raised.value.data["line"]) == (code, line)
