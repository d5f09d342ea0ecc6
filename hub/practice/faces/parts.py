"""What an account's ARR is made of: each subscription that counts, with a formula that can be redone on paper."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from hub.finance import arr
from hub.intake.work import Work
from hub.practice.faces.values import one
from hub.settling.values import load_values

OFTEN = {"day": 365, "week": 52, "month": 12, "year": 1}
TIMES = " \N{MULTIPLICATION SIGN} "


class Part(NamedTuple):
    """`customer`: the billing customer, as the vendor's record names it. `formula`: empty where it takes more than a line."""

    amount: Mapping[str, Decimal]
    customer: str
    formula: str


def counted(work: Work, id: str) -> list[Part]:
    """The smallest first; what is left out or cannot be priced is not in it."""
    model = work.view.entities["subscription"]
    work.cur.execute(
        "SELECT g.values, (SELECT min(p.target) FROM record r JOIN record_ref p ON p.record_id = r.id WHERE r.golden_id = g.id)"
        " FROM golden_ref f JOIN golden g ON g.id = f.child"
        " WHERE f.parent = %s AND f.field = 'account' AND g.entity = 'subscription' AND g.records > 0",
        (id,),
    )
    found, now = [], work.hub.clock.now()
    for values, customer in work.cur.fetchall():
        subscription = load_values(model, values)
        outcome = arr(subscription, work.view.policy, now)
        if outcome.status == "ok" and outcome.arr:
            found.append(Part(outcome.arr, customer or "", _formula(subscription, outcome.arr)))
    return sorted(found, key=lambda part: (sorted(part.amount.items()), part.customer))


def _formula(subscription: Mapping[str, Any], amount: Mapping[str, Decimal]) -> str:
    """Seats times price times how often a year, or a month's amount times twelve, where that alone is the figure; else nothing."""
    items = [item for item in subscription["items"] if not item.get("deleted")]
    [(currency, total)] = amount.items()
    if len(items) == 1 and items[0].get("unit") is not None and items[0].get("interval") in OFTEN:
        unit, quantity = Decimal(str(items[0]["unit"])), Decimal(str(items[0].get("quantity") or 1))
        often = Decimal(OFTEN[items[0]["interval"]]) / Decimal(items[0].get("count") or 1)
        if unit * quantity * often == total:
            return TIMES.join([f"{quantity:,}", one(unit, currency), f"{often:,}"])
    month = (total / 12).quantize(total)
    return TIMES.join([one(month, currency), "12"]) if month * 12 == total else ""
