"""What each item of a subscription bills per period, before discounts and tax (rules R5 to R9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from hub.finance.money import as_text, rounded
from hub.finance.outcome import Step, Unpriceable
from hub.finance.policy import Policy
from hub.finance.shape import amount, count, instant, listed, optional_amount


@dataclass(frozen=True, slots=True)
class Terms:
    """What every step of pricing one subscription needs; `digits` is the vendor's minor unit."""

    policy: Policy
    now: datetime
    currency: str
    digits: int


@dataclass(slots=True)
class Line:
    """One item's bill for one period: `left` is what remains of it as discounts and tax take their part."""

    item: Mapping[str, Any]
    where: str
    left: Fraction
    interval: str
    count: int
    periods_a_year: Fraction

    @property
    def period(self) -> tuple[str, int]:
        return self.interval, self.count


def lines(items: Sequence[Mapping[str, Any]], terms: Terms, formula: list[Step]) -> list[Line]:
    """The lines that count; what was left out, and how each amount came about, is told in `formula`."""
    counted = []
    for number, item in enumerate(items):
        where = str(item.get("id") or f"items[{number}]")
        reason = _left_out(item, terms, where)
        if reason is not None:
            formula.append({"step": "left_out", "item": where, "reason": reason})
            continue
        counted.append(_line(item, where, terms, formula))
    return counted


def item_instants(subscription: Mapping[str, Any]) -> Iterator[datetime]:
    """Every instant at which an item of the subscription begins or ends."""
    for item in listed(subscription.get("items"), "items"):
        for at in _dated(item, "items"):
            if at is not None:
                yield at


def _dated(item: Mapping[str, Any], where: str) -> tuple[datetime | None, datetime | None]:
    return instant(item.get("from"), f"{where}.from"), instant(item.get("until"), f"{where}.until")


def _left_out(item: Mapping[str, Any], terms: Terms, where: str) -> str | None:
    if item.get("deleted") is True:
        return "deleted"
    if item.get("recurring") is not True:
        if item.get("recurring") is False:
            return "one_time"
        raise Unpriceable("unsupported_shape", where=f"{where}.recurring")
    usage = item.get("usage")
    if usage not in ("licensed", "metered"):
        raise Unpriceable("unsupported_shape", where=f"{where}.usage", value=usage)
    if usage == "metered" and terms.policy.metered == "exclude":
        return "metered"
    begins, ends = _dated(item, where)
    if begins is not None and terms.now < begins:
        return "not_begun"
    return "ended" if ends is not None and ends <= terms.now else None


def _line(item: Mapping[str, Any], where: str, terms: Terms, formula: list[Step]) -> Line:
    if item.get("problem") is not None:
        raise Unpriceable(str(item["problem"]), where=where)
    interval = item.get("interval")
    periods = terms.policy.periods_a_year(interval) if isinstance(interval, str) else None
    if not isinstance(interval, str) or periods is None:
        raise Unpriceable("unknown_interval", where=f"{where}.interval", value=interval)
    every = count(item.get("count"), f"{where}.count")
    step: Step = {"step": "line", "item": where, "product": item.get("product"), "interval": interval, "count": every}
    exact = _metered_fee(item, where) if item["usage"] == "metered" else _price(item, where, terms.policy, step)
    exact *= _share(item, every, where, step)
    billed = rounded(exact, terms.digits, terms.policy.line_rounding)
    formula.append(step | {"exact": as_text(exact), "amount": as_text(billed)})
    return Line(item, where, billed, interval, every, periods)


def _share(item: Mapping[str, Any], every: int, where: str, step: Step) -> Fraction:
    """How many of the times that its price is for a period is: a twelfth for a price a year, billed monthly."""
    if item.get("price_for") is None:
        return Fraction(1)
    step["price_for"] = count(item["price_for"], f"{where}.price_for")
    return Fraction(every, step["price_for"])


def _price(item: Mapping[str, Any], where: str, policy: Policy, step: Step) -> Fraction:
    quantity = _quantity(item, where, step)
    if item.get("amount") is not None:
        step["given"] = True  # the vendor's own amount of the line
        return amount(item["amount"], f"{where}.amount")
    match item.get("scheme"):
        case "per_unit":
            unit = optional_amount(item.get("unit"), f"{where}.unit")
            if unit is None:
                raise Unpriceable("missing_amount", where=f"{where}.unit")
            step["unit"] = as_text(unit)
            return unit * quantity
        case "tiered":
            slices = list(_slices(item, where, quantity, policy))
            step["slices"] = [{name: as_text(value) for name, value in one.items()} for one in slices]
            return sum((one["quantity"] * one["unit"] + one["flat"] for one in slices), Fraction(0))
        case other:
            raise Unpriceable("unsupported_shape", where=f"{where}.scheme", value=other)


def _quantity(item: Mapping[str, Any], where: str, step: Step) -> Fraction:
    """Missing is one, zero is zero; a transform divides, then rounds, before pricing (R7)."""
    given = optional_amount(item.get("quantity"), f"{where}.quantity")
    quantity = Fraction(1) if given is None else given
    step["quantity"] = as_text(quantity)
    if item.get("divide_by") is None:
        return quantity
    divide_by, how = count(item["divide_by"], f"{where}.divide_by"), item.get("round")
    if how not in ("up", "down"):
        raise Unpriceable("unsupported_shape", where=f"{where}.round", value=how)
    packs = Fraction(-(-quantity // divide_by) if how == "up" else quantity // divide_by)
    step |= {"divide_by": str(divide_by), "round": how, "packs": as_text(packs)}
    return packs


@dataclass(frozen=True, slots=True)
class _Tier:
    up_to: Fraction | None  # inclusive; None: without end
    unit: Fraction
    flat: Fraction


def _tiers(item: Mapping[str, Any], where: str) -> list[_Tier]:
    tiers: list[_Tier] = []
    for number, tier in enumerate(listed(item.get("tiers"), f"{where}.tiers")):
        at = f"{where}.tiers[{number}]"
        up_to = None if tier.get("up_to") in (None, "inf") else amount(tier["up_to"], at)
        unit, flat = optional_amount(tier.get("unit"), at), optional_amount(tier.get("flat"), at)
        if tiers and (tiers[-1].up_to is None or (up_to is not None and up_to <= tiers[-1].up_to)):
            raise Unpriceable("unsupported_shape", where=at)
        tiers.append(_Tier(up_to, unit or Fraction(0), flat or Fraction(0)))
    if not tiers:
        raise Unpriceable("tiers_not_expanded", where=where)
    return tiers


def _slices(item: Mapping[str, Any], where: str, quantity: Fraction, policy: Policy) -> Iterator[dict[str, Fraction]]:
    tiers, mode = _tiers(item, where), item.get("tiers_mode")
    if mode not in ("graduated", "volume"):
        raise Unpriceable("unsupported_shape", where=f"{where}.tiers_mode", value=mode)
    if tiers[-1].up_to is not None and quantity > tiers[-1].up_to:
        raise Unpriceable("tiers_not_covering", where=where)
    if quantity == 0:
        flat = tiers[0].flat if policy.tier_zero_fee == "on" else Fraction(0)
        yield {"quantity": quantity, "unit": tiers[0].unit, "flat": flat}
    elif mode == "volume":
        tier = next(tier for tier in tiers if tier.up_to is None or quantity <= tier.up_to)
        yield {"quantity": quantity, "unit": tier.unit, "flat": tier.flat}
    else:
        yield from _graduated(tiers, quantity)


def _graduated(tiers: list[_Tier], quantity: Fraction) -> Iterator[dict[str, Fraction]]:
    below = Fraction(0)
    for tier in tiers:
        if quantity <= below:
            return
        top = quantity if tier.up_to is None else min(quantity, tier.up_to)
        yield {"quantity": top - below, "unit": tier.unit, "flat": tier.flat}
        below = top


def _metered_fee(item: Mapping[str, Any], where: str) -> Fraction:
    """What a metered item bills before any usage: the flat fee of its first tier (`metered: flat_fee_only`)."""
    return _tiers(item, where)[0].flat if item.get("scheme") == "tiered" else Fraction(0)
