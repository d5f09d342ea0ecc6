"""Chargebee's amounts and instants. https://apidocs.chargebee.com/docs/api/currencies"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mappings.billing import Raw, exact, minor, number
from mappings.scalars import wrong
from mappings.values import Refused, is_blank

_WHOLE = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"]
)


def chargebee_digits(currency: str) -> int:
    """Hundredths of everything that has a smaller unit at all: of a Kuwaiti dinar, too."""
    return 0 if currency in _WHOLE else 2


def money(holder: Raw, name: str, digits: int) -> str | None:
    """`<name>_in_decimal` is in major units and wins over `<name>` in minor ones; None if there is neither."""
    fine = holder.get(f"{name}_in_decimal")
    return _whole(holder.get(name), digits) if is_blank(fine) else exact(fine)


def billed(holder: Raw, name: str, digits: int) -> str | None:
    """What is invoiced is `<name>`, in whole minor units; where it is absent, `<name>_in_decimal` says it."""
    return money(holder, name, digits) if holder.get(name) is None else _whole(holder[name], digits)


def _whole(value: Any, digits: int) -> str | None:
    if value is not None and number(value) != number(value).to_integral_value():
        raise wrong("whole number", value)
    return minor(value, digits)


def instant(seconds: Any) -> datetime | None:
    if seconds is None:
        return None
    if seconds.__class__ is not int:
        raise wrong("seconds", seconds)
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        raise Refused("out_of_range", value=seconds) from None
