"""Takes the tax out of tax-inclusive lines (rule R12)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from hub.finance.lines import Line, Terms
from hub.finance.money import as_text, rounded
from hub.finance.outcome import Step, Unpriceable
from hub.finance.shape import amount, structure


def untax(lines: list[Line], subscription: Mapping[str, Any], terms: Terms, formula: list[Step]) -> None:
    """Leave in each line what remains after its inclusive rates, rounded to the vendor's minor unit."""
    if terms.policy.tax == "include":
        return
    tax = structure(subscription.get("tax"), "tax")
    for line in lines:
        rate = _rate(line, tax)
        if rate > 0:
            gross, exact = line.left, line.left / (1 + rate / 100)
            line.left = rounded(exact, terms.digits, terms.policy.line_rounding)
            told = {"gross": as_text(gross), "rate": as_text(rate), "exact": as_text(exact), "net": as_text(line.left)}
            formula.append({"step": "tax", "item": line.where} | told)


def _rate(line: Line, tax: Mapping[str, Any]) -> Fraction:
    own = line.item.get("inclusive_rates")
    rates = own if own is not None else tax.get("inclusive_rates") or []  # an item's own rates replace the default ones
    if not isinstance(rates, list):
        raise Unpriceable("unsupported_shape", where=f"{line.where}.inclusive_rates")
    inclusive = line.item.get("tax_behavior") == "inclusive"
    if inclusive and not rates and tax.get("automatic") is True and line.left > 0:
        raise Unpriceable("tax_inclusive_unresolved", where=line.where)
    return sum((amount(rate, f"{line.where}.inclusive_rates") for rate in rates), Fraction(0))
