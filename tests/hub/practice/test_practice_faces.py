"""Amounts on the demo's pages: with their currency's digits, never added, nothing of them lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.practice.faces.values import money, one, when

AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=4)


@given(AMOUNTS, st.sampled_from(["USD", "EUR", "JPY", "KWD"]))
def test_an_amount_can_be_read_back_whole(amount: Decimal, currency: str) -> None:
    text, _, code = one(amount, currency).rpartition(" ")
    assert (Decimal(text.replace(",", "")), code) == (amount, currency)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        ({}, ""),
        ({"USD": "12000"}, "12,000.00 USD"),
        ({"JPY": "576000"}, "576,000 JPY"),
        ({"EUR": "8400.00", "USD": "24000.00"}, "24,000.00 USD · 8,400.00 EUR"),
        ({"USD": "0"}, "0.00 USD"),
        ({"USD": "1.005"}, "1.005 USD"),
    ],
)
def test_currencies_stand_side_by_side(value: dict[str, str] | None, shown: str) -> None:
    assert money(value) == shown


@pytest.mark.parametrize(
    ("micros", "lang", "shown"),
    [
        (None, "en", ""),
        (1_793_700_129_000_000, "en", "3 Nov, 10:02:09 UTC"),
        (1_793_700_129_000_000, "de", "3 Nov., 10:02:09 UTC"),
    ],
)
def test_instants_are_told_to_the_second(micros: int | None, lang: str, shown: str) -> None:
    assert when(micros, lang) == shown
