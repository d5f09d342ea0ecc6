"""Stripe's amounts and instants. Its table of minor units is not ISO's. https://docs.stripe.com/currencies"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from mappings.billing import minor
from mappings.scalars import wrong
from mappings.values import Refused, is_blank

_NONE = frozenset(["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"])
_THREE = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stripe_digits(currency: str) -> int:
    """How many decimals Stripe gives this currency: ISK and UGX have two here, MGA none."""
    return 0 if currency in _NONE else 3 if currency in _THREE else 2


def major(value: Any, currency: str) -> str | None:
    """Minor units as exact text in major units; None stays None."""
    return minor(value, stripe_digits(currency))


def either(holder: dict[str, Any], name: str) -> Any:
    """`unit_amount_decimal` wins over `unit_amount`, and so on; None if there is neither."""
    exact = holder.get(f"{name}_decimal")
    return holder.get(name) if is_blank(exact) else exact


def iso(seconds: Any) -> str | None:
    if seconds is None:
        return None
    if seconds.__class__ is not int:
        raise wrong("seconds", seconds)
    try:
        return (_EPOCH + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
    except OverflowError:
        raise Refused("out_of_range", value=seconds) from None


def rows(value: Any) -> list[Any]:
    """The members of a list object or of a plain list; null is an empty one. Raises Refused for anything else."""
    if value is None:
        return []
    held = value.get("data") if isinstance(value, dict) else value
    if not isinstance(held, list):
        raise wrong("list", held)
    return held


def whole(value: Any) -> dict[str, Any]:
    """An object; null is an empty one. Raises Refused for anything else, as for an id that was not expanded."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wrong("object", value)
    return value
