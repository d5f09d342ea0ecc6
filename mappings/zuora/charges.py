"""The charges of a Zuora subscription, one for each segment: what recurs becomes items.
https://developer.zuora.com/v1-api-reference/api/operation/GET_SubscriptionsByKey/"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from mappings.billing import Raw, exact, item, number, objects, text
from mappings.currency import currency_code
from mappings.values import Refused
from mappings.zuora.words import midnight, period, price_base, word

_TYPES: dict[str, dict[str, Any]] = {"recurring": {}, "onetime": {"recurring": False}, "usage": {"usage": "metered"}}
_MODES = {"tiered": "graduated", "volume": "volume"}
_FORMATS = {"perunit": "unit", "flatfee": "flat"}
_DATED_ENDS = ("fixedperiod", "specificenddate")


@dataclass(frozen=True, slots=True)
class Charge:
    """One segment of a charge, with the rate plan it is in. `key` is the same for every segment of a charge, `id` is not."""

    raw: Raw
    plan: Raw
    key: str
    id: str
    begins: datetime | None
    ends: datetime | None

    @property
    def type(self) -> str:
        return word(text(self.raw.get("type")) or self.raw.get("chargeType"))

    @property
    def model(self) -> str:
        return word(text(self.raw.get("model")) or self.raw.get("chargeModel")).removesuffix("pricing")

    @property
    def is_discount(self) -> bool:
        return self.model.startswith("discount")

    def in_force(self, as_of: datetime) -> bool:
        """From the day of its start up to, not on, the day of its end."""
        return self.begins is not None and self.begins <= as_of and (self.ends is None or as_of < self.ends)


def charges_of(subscription: Raw, as_of: datetime) -> list[Charge]:
    """Every segment, in force or not."""
    found = [charge for plan, raw, place in _placed(subscription) for charge in _segments(plan, raw, place, as_of)]
    alike, turn = Counter(charge.key for charge in found), defaultdict[str, Iterator[int]](lambda: count(1))
    return [
        charge if alike[charge.key] == 1 else replace(charge, id=f"{charge.key}.{next(turn[charge.key])}") for charge in found
    ]


def overlapping(charges: Iterable[Charge], as_of: datetime) -> bool:
    """Whether several segments of one charge are in force at once: nobody can tell which of them bills."""
    running = {
        (each.key, str(each.raw.get("segment"))) for each in charges if each.type == "recurring" and each.in_force(as_of)
    }
    return any(times > 1 for times in Counter(key for key, _ in running).values())


def _placed(subscription: Raw) -> Iterator[tuple[Raw, Raw, str]]:
    for row, plan in enumerate(objects(subscription.get("ratePlans"))):
        for column, raw in enumerate(objects(plan.get("ratePlanCharges"))):
            yield plan, raw, f"{row}.{column}"


def _segments(plan: Raw, raw: Raw, place: str, as_of: datetime) -> Iterator[Charge]:
    """An answer has all segments inside the charge, or one of them as the charge itself."""
    key = text(raw.get("number")) or text(raw.get("id")) or place
    for each in objects(raw.get("chargeSegments")) or [{}]:
        both = {**raw, **each}
        begins, ends = (midnight(both.get(name), as_of.tzinfo) for name in ("effectiveStartDate", "effectiveEndDate"))
        yield Charge(both, plan, key, key, begins, ends)


def item_of(charge: Charge, currency: str) -> dict[str, Any]:
    common: dict[str, Any] = {
        "product": charge.key,
        "price": text(charge.raw.get("productRatePlanChargeId")),
        "until": charge.ends,
    }
    if charge.type not in _TYPES:
        return item(charge.id, problem="unknown_charge_type", **common)
    common |= _TYPES[charge.type] | {"from": charge.begins}
    try:
        return item(charge.id, **common | (_billed(charge, currency) if charge.type == "recurring" else period(charge.raw)))
    except Refused:
        return item(charge.id, **common | {"problem": "unsupported_shape"})


def _billed(charge: Charge, currency: str) -> dict[str, Any]:
    if charge.raw.get("currency") is not None and currency_code(charge.raw["currency"]) != currency:
        raise Refused("not_a_currency", value=charge.raw["currency"])
    fields = period(charge.raw)
    fields |= price_base(charge.raw, fields["interval"]) | _priced(charge)
    inclusive = word(charge.raw.get("taxMode")) == "taxinclusive" and charge.raw.get("taxable") is not False
    fields["tax_behavior"] = "inclusive" if inclusive else "unspecified"
    ends = charge.ends is not None or word(charge.raw.get("endDateCondition")) not in _DATED_ENDS
    if charge.begins is None or not ends:  # what starts it has not happened, or the answer does not tell
        fields["problem"] = "missing_effective_date"
    return fields


def _priced(charge: Charge) -> dict[str, Any]:
    quantity = exact(charge.raw.get("quantity"))
    if charge.model == "flatfee":
        return {"unit": exact(charge.raw.get("price"))}
    if charge.model == "perunit":
        return {"unit": exact(charge.raw.get("price")), "quantity": quantity}
    if charge.model not in _MODES:
        return {"problem": "unknown_charge_model"}
    tiers = sorted(objects(charge.raw.get("tiers")), key=_ends)
    if any(word(each.get("priceFormat")) not in _FORMATS for each in tiers):
        return {"problem": "unknown_price_format"}
    if any(each.get("price") is None for each in tiers):
        return {"problem": "missing_amount"}
    return {
        "scheme": "tiered",
        "tiers_mode": _MODES[charge.model],
        "tiers": [_tier(each) for each in tiers],
        "quantity": quantity,
    }


def _tier(raw: Raw) -> dict[str, Any]:
    role = _FORMATS[word(raw.get("priceFormat"))]
    return {"up_to": exact(raw.get("endingUnit")), "unit": "0", "flat": "0"} | {role: exact(raw["price"])}


def _ends(tier: Raw) -> tuple[bool, Decimal]:
    ends = tier.get("endingUnit")
    return (True, Decimal(0)) if ends is None else (False, number(ends))
