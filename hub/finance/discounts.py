"""What discounts take off the lines of one period (rules R10 and R11): item by item, then the subscription's, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from hub.finance.lines import Line, Terms
from hub.finance.money import as_text, rounded, shares
from hub.finance.outcome import Step, Unpriceable
from hub.finance.shape import amount, count, instant, listed, structure

Discount = Mapping[str, Any]


def discount(lines: list[Line], subscription: Mapping[str, Any], terms: Terms, formula: list[Step]) -> None:
    """Take every discount in force off `lines`, telling each in `formula`."""
    own = listed(subscription.get("discounts"), "discounts")
    # One listed discount, in force or not, is enough to replace the customer's.
    customers = listed(subscription.get("customer_discounts"), "customer_discounts")
    formula.extend(_left_out(one, "customer", "replaced") for one in customers if own)
    level, upper = ("subscription", own) if own else ("customer", customers)
    seen: list[Discount] = []
    for line in lines:
        given = _in_force(listed(line.item.get("discounts"), f"{line.where}.discounts"), "item", terms, seen, formula)
        formula.extend({"level": "item"} | _take(one, [line], terms) for one in given)
    given = _in_force(upper, level, terms, seen, formula)
    formula.extend({"level": level} | _take(one, lines, terms) for one in given)


def instants(subscription: Mapping[str, Any]) -> Iterator[datetime]:
    """Every instant at which a discount of the subscription begins or ends."""
    items = listed(subscription.get("items"), "items")
    both = listed(subscription.get("discounts"), "discounts") + listed(subscription.get("customer_discounts"), "discounts")
    for one in [*both, *(each for item in items for each in listed(item.get("discounts"), "items.discounts"))]:
        for name in ("start", "end"):
            at = instant(one.get(name), f"{_name(one)}.{name}")
            if at is not None:
                yield at


def _in_force(given: Iterable[Discount], level: str, terms: Terms, seen: list[Discount], formula: list[Step]) -> list[Discount]:
    """Those that count, in their order; one that was seen in another place counts once."""
    counted = []
    for one in given:
        if one.get("id") is not None and one in seen:
            formula.append(_left_out(one, level, "listed_twice"))
            continue
        seen.append(one)
        if _counts(one, terms):
            counted.append(one)
        else:
            formula.append(_left_out(one, level, "not_in_force"))
    if terms.policy.discount_order == "percent_first":
        counted.sort(key=lambda one: one.get("percent_off") is None)
    return counted


def _name(one: Discount) -> str:
    return str(one.get("id") or "discount")


def _left_out(one: Discount, level: str, reason: str) -> Step:
    return {"step": "discount_left_out", "level": level, "id": one.get("id"), "reason": reason}


def _counts(one: Discount, terms: Terms) -> bool:
    if one.get("problem") is not None:
        raise Unpriceable(str(one["problem"]), where=_name(one))
    duration = one.get("duration")
    if duration not in ("forever", "repeating", "once"):
        raise Unpriceable("unsupported_shape", where=f"{_name(one)}.duration", value=duration)
    start, end = instant(one.get("start"), "discount.start"), instant(one.get("end"), "discount.end")
    running = (start is None or start <= terms.now) and (end is None or terms.now < end)
    match terms.policy.discounts:
        case "none":
            return False
        case "forever_only":
            return bool(duration == "forever")
        case "all_including_once":
            return duration == "forever" or running
        case _:
            return duration == "forever" or (duration == "repeating" and running)


def _eligible(one: Discount, lines: list[Line]) -> list[Line]:
    if one.get("interval") is not None:
        period = one["interval"], count(one.get("count"), f"{_name(one)}.count")
        lines = [line for line in lines if line.period == period]
    products = one.get("products")
    if products is None:
        return lines
    if not isinstance(products, list):
        raise Unpriceable("unsupported_shape", where=f"{_name(one)}.products")
    return [line for line in lines if line.item.get("product") in products]


def _take(one: Discount, lines: list[Line], terms: Terms) -> Step:
    """Take one discount off the lines it covers: a percentage of each period's subtotal, or an amount once per invoice."""
    groups = _by_period([line for line in _eligible(one, lines) if line.left > 0])
    step: Step = {"step": "discount", "id": one.get("id"), "subtotals": [], "taken": []}
    if one.get("percent_off") is not None:
        percent = amount(one["percent_off"], f"{_name(one)}.percent_off")
        step["percent"] = as_text(percent)
        for group in groups:
            _take_percent(percent / 100, group, terms, step)
    else:
        off = _minor(_amount_off(one, terms.currency), terms)
        step["amount"] = as_text(off)
        if len(groups) > 1:
            raise Unpriceable("ambiguous_discount_mixed_interval", where=_name(one))
        for group in groups:
            _share(off, group, terms, step)
    return step


def _amount_off(one: Discount, currency: str) -> Fraction:
    amounts = structure(one.get("amount_off"), f"{_name(one)}.amount_off")
    if not amounts:
        raise Unpriceable("missing_amount", where=_name(one))
    if amounts.get(currency) is None:
        raise Unpriceable("coupon_currency_mismatch", where=_name(one), value=sorted(amounts))
    return amount(amounts[currency], f"{_name(one)}.amount_off")


def _by_period(lines: list[Line]) -> list[list[Line]]:
    groups: dict[tuple[str, int], list[Line]] = {}
    for line in lines:
        groups.setdefault(line.period, []).append(line)
    return list(groups.values())


def _subtotal(lines: list[Line]) -> Fraction:
    return sum((line.left for line in lines), Fraction(0))


def _take_percent(rate: Fraction, lines: list[Line], terms: Terms, step: Step) -> None:
    if terms.policy.discount_rounding == "per_line":
        for line in lines:
            _share(line.left * rate, [line], terms, step)
    else:
        _share(_subtotal(lines) * rate, lines, terms, step)


def _share(reduction: Fraction, lines: list[Line], terms: Terms, step: Step) -> None:
    """Round the reduction once, take no more than there is, and spread it over the lines of one period."""
    subtotal = _subtotal(lines)
    off = min(subtotal, _minor(reduction, terms))
    step["subtotals"].append({"subtotal": as_text(subtotal), "exact": as_text(reduction), "off": as_text(off)})
    weights, exactly = [line.left for line in lines], terms.policy.line_rounding == "none"
    parts = [off * each / subtotal for each in weights] if exactly else shares(off, weights, terms.digits)
    step["taken"] += [_reduce(line, part) for line, part in zip(lines, parts, strict=True)]


def _minor(reduction: Fraction, terms: Terms) -> Fraction:
    return reduction if terms.policy.line_rounding == "none" else rounded(reduction, terms.digits)


def _reduce(line: Line, part: Fraction) -> Step:
    line.left -= part
    return {"item": line.where, "off": as_text(part), "left": as_text(line.left)}
