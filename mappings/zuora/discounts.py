"""Zuora's discounts are charges of their own: a percentage off what recurs, a fixed amount off what bills in its own period.
https://docs.zuora.com (Discount charge models, Process discounts)"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from mappings.billing import Raw, discount, exact, objects, text
from mappings.currency import currency_code
from mappings.values import Refused
from mappings.zuora.charges import Charge
from mappings.zuora.words import period, word

_LEVELS = ("rateplan", "subscription")
_KINDS = ("discountpercentage", "discountfixedamount")
_RECURRING = ("recurring", "onetimerecurring", "recurringusage", "onetimerecurringusage")
_OTHERS = ("onetime", "usage", "onetimeusage")


def discounts_of(charges: Sequence[Charge], currency: str, as_of: datetime) -> list[dict[str, Any]]:
    """Those of a rate plan first, then those of the subscription, each in the order of the answer.

    Zuora itself takes percentages before amounts: that is the policy's `discount_order: percent_first`.
    """
    recurring = [charge for charge in charges if charge.type == "recurring"]
    regular = [charge for charge in recurring if not charge.is_discount]
    given = [charge for charge in recurring if charge.is_discount and _applies(charge) not in _OTHERS]
    ordered = sorted(given, key=lambda charge: _level(charge) != _LEVELS[0])
    conflict = _conflict([charge for charge in given if charge.in_force(as_of)])
    found = []
    for charge in ordered:
        off = _discount(charge, regular, currency, as_of) | ({} if conflict is None else {"problem": conflict})
        if off.get("problem") is None or charge.begins is None or charge.in_force(as_of):
            found.append(off)
    return found


def _applies(charge: Charge) -> str:
    given = charge.raw.get("applyDiscountTo")
    return "recurring" if given is None else word(given)


def _level(charge: Charge) -> str:
    return word(charge.raw.get("discountLevel"))


def _conflict(given: Sequence[Charge]) -> str | None:
    """Several discounts at once whose joint effect the answer does not tell.

    Stacked percentages are added before they are taken; which discount class comes first is a setting of the tenant.
    """
    if sum(charge.raw.get("isStackedDiscount") is True for charge in given) > 1:
        return "stacked_discounts"
    classes = {text(charge.raw.get("discountClass")) for charge in given}
    kinds = {charge.model for charge in given}
    return "ambiguous_discount_order" if len(classes) > 1 and len(kinds) > 1 else None


def _discount(charge: Charge, regular: Sequence[Charge], currency: str, as_of: datetime) -> dict[str, Any]:
    try:
        return discount(charge.id, **_duration(charge, as_of), **_terms(charge, regular, currency, as_of))
    except Refused:
        return discount(charge.id, problem="unsupported_shape")


def _duration(charge: Charge, as_of: datetime) -> dict[str, Any]:
    """One that ends with the subscription lasts as long as there is anything to take it off."""
    lasting = word(charge.raw.get("endDateCondition")) == "subscriptionend" and charge.in_force(as_of)
    return {"duration": "forever" if lasting else "repeating", "start": charge.begins, "end": charge.ends}


def _terms(charge: Charge, regular: Sequence[Charge], currency: str, as_of: datetime) -> dict[str, Any]:
    covered = [each for each in regular if _covers(charge, each)]
    fields: dict[str, Any] = {"products": sorted({each.key for each in covered})}
    if charge.model not in _KINDS:
        return fields | {"problem": "unknown_charge_model"}
    if charge.begins is None:
        return fields | {"problem": "missing_effective_date"}
    if not _scope_known(charge, regular):
        return fields | {"problem": "unknown_discount_scope"}
    if charge.model == _KINDS[0]:
        return fields | {"percent_off": exact(charge.raw.get("discountPercentage"))}
    own = period(charge.raw)
    fields |= own | {"amount_off": _amount_off(charge.raw, currency)}
    if "count" not in own:
        return fields | {"problem": "unknown_interval"}
    billed = [period(each.raw) for each in covered if each.in_force(as_of)]
    if billed and own not in billed:  # which of the invoices to come it is taken off, nobody can tell
        fields["problem"] = "ambiguous_discount_mixed_interval"
    return fields


def _scope_known(charge: Charge, regular: Sequence[Charge]) -> bool:
    """Where there is one rate plan only, a level that is missing makes no difference."""
    plans = {id(each.plan) for each in regular}
    levels = _LEVELS if len(plans) > 1 else (*_LEVELS, "")
    return _level(charge) in levels and _applies(charge) in _RECURRING


def _amount_off(raw: Raw, currency: str) -> dict[str, str] | None:
    off, own = exact(raw.get("discountAmount")), raw.get("currency")
    return None if off is None else {currency if own is None else currency_code(own): off}


def _covers(charge: Charge, regular: Charge) -> bool:
    if _level(charge) == "rateplan" and regular.plan is not charge.plan:
        return False
    named = objects(charge.raw.get("discountApplyDetails"))
    return not named or any(_names(each, regular) for each in named)


def _names(detail: Raw, regular: Charge) -> bool:
    if detail.get("appliedProductRatePlanChargeId") is not None:
        return bool(detail["appliedProductRatePlanChargeId"] == regular.raw.get("productRatePlanChargeId"))
    return bool(detail.get("appliedProductRatePlanId") == regular.plan.get("productRatePlanId"))
