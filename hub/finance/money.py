"""Exact amounts and their rounding. Inside finance an amount is a `Fraction`, because a twelfth has no last digit; it comes
in as a decimal string and leaves as a `Decimal`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from mappings.currency import plain

Rounding = Literal["half_up", "half_even", "none"]


def rounded(amount: Fraction, digits: int, how: Rounding = "half_up") -> Fraction:
    """`amount` to `digits` decimals; half-up takes a half away from zero, as invoices do."""
    if how == "none":
        return amount
    scaled = abs(amount) * 10**digits
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    half = 2 * rest - scaled.denominator
    if half > 0 or (half == 0 and (how == "half_up" or whole % 2 == 1)):
        whole += 1
    return Fraction(whole if amount >= 0 else -whole, 10**digits)


def to_decimal(amount: Fraction, digits: int) -> Decimal:
    """`amount`, already rounded to `digits` decimals, with exactly so many decimals."""
    scaled = amount * 10**digits
    if scaled.denominator != 1:
        raise ValueError(f"not rounded to {digits} decimals: {amount}")
    sign = 1 if scaled < 0 else 0
    return Decimal((sign, tuple(map(int, str(abs(scaled.numerator)))), -digits))


def as_text(amount: Fraction) -> str:
    """A plain decimal where there is one ("0.125"), else the fraction ("3650/7"): to be redone on paper."""
    twos = fives = 0
    rest = amount.denominator
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return plain(to_decimal(amount, max(twos, fives))) if rest == 1 else str(amount)


def shares(total: Fraction, weights: Sequence[Fraction], digits: int) -> list[Fraction]:
    """`total` split in proportion to `weights` by largest remainder, each share a whole number of minor units.

    No share exceeds its weight as long as `total` does not exceed their sum.
    """
    unit = Fraction(1, 10**digits)
    whole = sum(weights, Fraction(0))
    exact = [total * weight / whole for weight in weights]
    given = [(part // unit) * unit for part in exact]
    left = int((total - sum(given, Fraction(0))) // unit)
    by_remainder = sorted(range(len(exact)), key=lambda i: (given[i] - exact[i], i))
    for i in by_remainder[:left]:
        given[i] += unit
    return given
