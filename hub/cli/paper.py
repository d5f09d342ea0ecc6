"""An ARR formula as lines that a person can redo on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hub.cli import rim
from hub.cli.rim import _

Step = dict[str, Any]

TIMES = " \N{MULTIPLICATION SIGN} "

_EVERY: dict[str, tuple[Callable[[], str], Callable[[int], str]]] = {
    "day": (lambda: _("a day"), lambda n: _("every {n} days", n=n)),
    "week": (lambda: _("a week"), lambda n: _("every {n} weeks", n=n)),
    "month": (lambda: _("a month"), lambda n: _("every {n} months", n=n)),
    "year": (lambda: _("a year"), lambda n: _("every {n} years", n=n)),
}


def paper(formula: list[Step]) -> Iterator[str]:
    """One or more lines for each step."""
    for step in formula:
        yield from _SAID[step["step"]](step)


def why(code: str) -> str:
    """Why something does not count or has no number; the last part of some codes is the billing system's own word."""
    for area in ("status", "collection_paused"):
        if code.startswith(f"{area}_"):
            return rim.worded(area, {"word": code.removeprefix(f"{area}_")}, "finance")
    return rim.worded(code, {}, "finance")


def _note(step: Step) -> Iterator[str]:
    yield why(step["code"])


def _left_out(step: Step) -> Iterator[str]:
    yield _("{item}: does not count: {why}", item=step["item"], why=why(step["reason"]))


def _line(step: Step) -> Iterator[str]:
    quantity = step.get("quantity")
    if "packs" in step:
        how = _("rounded up") if step["round"] == "up" else _("rounded down")
        yield f"{step['item']}: {quantity} ÷ {step['divide_by']} = {step['packs']} ({how})"
        quantity = step["packs"]
    yield f"{step['item']}: {_priced(step, quantity)} {_every(step)}"


def _priced(step: Step, quantity: str | None) -> str:
    if "given" in step:
        made = _("the vendor's own amount")
    elif "slices" in step:
        made = " + ".join(f"({one['quantity']}{TIMES}{one['unit']} + {one['flat']})" for one in step["slices"])
    elif "unit" in step:
        made = f"{step['unit']}{TIMES}{quantity}"
    else:
        made = _("the fee before any usage")
    if "price_for" in step:
        made = f"{made}{TIMES}{step['count']} ÷ {step['price_for']}"
    return f"{made} = {_rounded(step['exact'], step['amount'])}"


def _rounded(exact: str, amount: str) -> str:
    return exact if exact == amount else _("{exact}, rounded {amount}", exact=exact, amount=amount)


def _every(step: Step) -> str:
    one, many = _EVERY[step["interval"]]
    return one() if step["count"] == 1 else many(step["count"])


def _discount(step: Step) -> Iterator[str]:
    name = _("discount {id}", id=step["id"] or _("without a name"))
    for one in step["subtotals"]:
        if "percent" in step:
            yield f"{name}: {step['percent']} %{TIMES}{one['subtotal']} = {_rounded(one['exact'], one['off'])}"
        elif one["exact"] == one["off"]:
            yield _("{name}: {off} off {subtotal}", name=name, off=one["off"], subtotal=one["subtotal"])
        else:
            yield _("{name}: {exact} off {subtotal}, no more than there is", name=name, **one)
    if not step["subtotals"]:
        yield _("{name}: covers nothing that is charged", name=name)
    for part in step["taken"]:
        yield _("  {item}: less {off} leaves {left}", item=part["item"], off=part["off"], left=part["left"])


def _discount_left_out(step: Step) -> Iterator[str]:
    yield _("discount {id}: does not count: {why}", id=step["id"] or _("without a name"), why=why(step["reason"]))


def _tax(step: Step) -> Iterator[str]:
    told = {"item": step["item"], "gross": step["gross"], "rate": step["rate"], "net": _rounded(step["exact"], step["net"])}
    yield _("{item}: {gross} ÷ (1 + {rate} %) of tax inside the price = {net}", **told)


def _year(step: Step) -> Iterator[str]:
    made = TIMES.join([step["net"], step["periods_a_year"]]) + ("" if step["count"] == "1" else f" ÷ {step['count']}")
    yield _("{item}: {made} = {amount} a year", item=step["item"], made=made, amount=step["amount"])


def _excluded(step: Step) -> Iterator[str]:
    yield _("does not count: {why}", why=why(step["code"]))


def _error(step: Step) -> Iterator[str]:
    if "where" not in step:
        yield _("no number: {why}", why=why(step["code"]))
        return
    place = step["where"] if step.get("value") is None else f"{step['where']}: {rim.plain(step['value'])}"
    yield _("no number: {why} ({place})", why=why(step["code"]).rstrip("."), place=place)


def _arr(step: Step) -> Iterator[str]:
    yield _("ARR {arr} {currency}, MRR {mrr} {currency} (exactly {exact} and {exact} ÷ 12)", **step)


_SAID: dict[str, Callable[[Step], Iterator[str]]] = {
    "note": _note,
    "left_out": _left_out,
    "line": _line,
    "discount": _discount,
    "discount_left_out": _discount_left_out,
    "tax": _tax,
    "year": _year,
    "excluded": _excluded,
    "error": _error,
    "arr": _arr,
}
