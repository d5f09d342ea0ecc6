"""Zuora's words in their several spellings (`Semi_Annual`, `Semi-Annual`; `FlatFee`, `Flat Fee Pricing`), and its dates."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import Any

from mappings.billing import Raw, number, text
from mappings.values import Refused

_MONTHS = {
    "month": 1, "quarter": 3, "semiannual": 6, "annual": 12, "eighteenmonths": 18, "twoyears": 24, "threeyears": 36,
    "fiveyears": 60,
}  # fmt: skip
_SPECIFIC = {"specificmonths": "month", "specificweeks": "week", "specificdays": "day"}
_BASES = {"permonth": ("month", 1), "peryear": ("month", 12), "perweek": ("week", 1)}


def word(value: Any) -> str:
    """Letters and digits only, in lower case; empty for what is no text."""
    return "".join(letter for letter in (text(value) or "").lower() if letter.isalnum())


def period(charge: Raw) -> dict[str, Any]:
    """How often a charge bills; finance refuses the interval of a word that is unknown here."""
    name = word(charge.get("billingPeriod"))
    if name in _SPECIFIC:
        return {"interval": _SPECIFIC[name], "count": whole(charge.get("specificBillingPeriod"))}
    if name == "week":
        return {"interval": "week", "count": 1}
    return {"interval": "month", "count": _MONTHS[name]} if name in _MONTHS else {"interval": name}


def price_base(charge: Raw, interval: str) -> dict[str, Any]:
    """What a price is for, where it is not the billing period. https://docs.zuora.com (Annual List Price)

    Between weeks and months nobody has said how to convert.
    """
    name = "perbillingperiod" if charge.get("listPriceBase") is None else word(charge["listPriceBase"])
    if name == "perbillingperiod":
        return {}
    unit, times = _BASES.get(name, (None, 0))
    if name == "perspecificmonths":
        unit, times = "month", whole(charge.get("specificListPriceBase"))
    return {"price_for": times} if unit == interval else {"problem": "unknown_price_base"}


def whole(value: Any) -> int:
    found = number(value)
    if found != int(found):
        raise Refused("wrong_type", expected="int", found="decimal")
    return int(found)


def midnight(value: Any, zone: tzinfo | None) -> datetime | None:
    """The instant at which a date begins in `zone`; None stays None."""
    if value is None:
        return None
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Refused("not_a_date") from None
    return datetime(day.year, day.month, day.day, tzinfo=zone)
