"""Amounts and instants as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.dates import format_datetime
from babel.numbers import get_currency_precision

from hub.clock import from_micros


def money(by_currency: Mapping[str, Any] | None) -> str:
    """24,000.00 USD · 8,400.00 EUR: side by side, never added."""
    return " · ".join(one(Decimal(str(amount)), code) for code, amount in sorted((by_currency or {}).items(), reverse=True))


def one(amount: Decimal, currency: str) -> str:
    """With the digits that the currency has, and more only where the amount has them."""
    digits = max(get_currency_precision(currency), -int(amount.normalize().as_tuple().exponent))
    return f"{amount:,.{digits}f} {currency}"


def when(micros: int | None, lang: str) -> str:
    """With seconds, because people watch it; empty if it never was."""
    return "" if micros is None else format_datetime(from_micros(micros), "d MMM, HH:mm:ss 'UTC'", locale=lang)
