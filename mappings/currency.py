"""ISO 4217 minor units, and exact text for amounts. A vendor's own table of minor units stays with its lenses."""

from __future__ import annotations

import re
from decimal import Decimal

from mappings.values import Refused

_NO_DIGITS = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"]
)
_THREE_DIGITS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
_FOUR_DIGITS = frozenset(["CLF", "UYW"])
NO_CURRENCY = "XXX"
"""ISO 4217: no currency is involved, or none is known."""

_CODE = re.compile(r"[A-Z]{3}")


def iso_digits(currency: str) -> int:
    """How many decimals ISO 4217 gives this currency."""
    if currency in _NO_DIGITS:
        return 0
    if currency in _THREE_DIGITS:
        return 3
    return 4 if currency in _FOUR_DIGITS else 2


def currency_code(value: object) -> str:
    """Three capital letters; lower case (as Stripe writes it) is accepted."""
    if isinstance(value, str):
        code = value.strip()
        if code.isascii() and _CODE.fullmatch(code.upper()):
            return code.upper()
    raise Refused("not_a_currency", value=value if isinstance(value, str) else type(value).__name__)


def plain(amount: Decimal) -> str:
    """The shortest exact text, never with an exponent; minus zero is zero."""
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def amount_text(amount: Decimal, currency: str) -> str:
    """Exact text with at least the currency's ISO decimals: 12.00, 576000, 0.000125."""
    digits = iso_digits(currency)
    whole, _, fraction = plain(amount).partition(".")
    return f"{whole}.{fraction.ljust(digits, '0')}" if fraction or digits else whole
