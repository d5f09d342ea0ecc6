"""Recurly's prices: by unit, or by tiers up to an `ending_quantity`.
https://docs.recurly.com/docs/-tiered-stairstep-and-volume-pricing"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from mappings.billing import Raw, exact, number, objects, text
from mappings.values import is_blank

_MODES = {"tiered": "graduated", "volume": "volume", "stairstep": "volume"}


def priced(raw: Raw, currency: str) -> dict[str, Any]:
    """Fields of an item. A stairstep costs its price once, whatever the quantity within it."""
    kind = text(raw.get("tier_type")) or ("unknown" if raw.get("tiers") else "flat")
    if kind in ("flat", "fixed"):
        return {"unit": _unit(raw)}
    if kind not in _MODES:
        return {"problem": "unknown_tier_type"}
    role = "flat" if kind == "stairstep" else "unit"
    tiers = [_tier(each, role, currency) for each in sorted(objects(raw.get("tiers")), key=_ends)]
    fields = {"scheme": "tiered", "tiers_mode": _MODES[kind], "tiers": tiers}
    return fields if all(each[role] is not None for each in tiers) else fields | {"problem": "missing_amount"}


def _unit(raw: Raw) -> str | None:
    """`unit_amount_decimal` is a text with up to 9 decimals and wins over `unit_amount`."""
    given = raw.get("unit_amount_decimal")
    return exact(raw.get("unit_amount") if is_blank(given) else given)


def _tier(raw: Raw, role: str, currency: str) -> dict[str, Any]:
    """A subscription's tier has its amount; a plan's has one for each currency."""
    amounts = [raw, *(each for each in objects(raw.get("currencies")) if each.get("currency") == currency)]
    amount = next((found for each in amounts if (found := _unit(each)) is not None), None)
    return {"up_to": exact(raw.get("ending_quantity")), "unit": "0", "flat": "0"} | {role: amount}


def _ends(tier: Raw) -> tuple[bool, Decimal]:
    ends = tier.get("ending_quantity")
    return (True, Decimal(0)) if ends is None else (False, number(ends))
