"""Chargebee's amounts and instants. https://apidocs.chargebee.com/docs/api/currencies"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mappings.billing import Raw, exact, minor
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
    whole = holder.get(f"{name}_in_decimal")
    return minor(holder.get(name), digits) if is_blank(whole) else exact(whole)


def instant(seconds: Any) -> datetime | None:
    if seconds is None:
        return None
    if seconds.__class__ is not int:
        raise wrong("seconds", seconds)
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        raise Refused("out_of_range", value=seconds) from None
