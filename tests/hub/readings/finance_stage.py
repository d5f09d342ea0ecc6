"""A stage whose ARR ties out, and finance at work on it."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

from hub import signing
from hub.finance.bridge import totals
from hub.people import Person
from hub.readings.arr import gather
from hub.readings.arr.bridge import Bridged, bridged

ADA, LOU = Person("Ada Invented", "ada@lanternfish.example"), Person("Lou Nobody", "lou@lanternfish.example")


def settle_down(stage: Any) -> None:
    for _ in range(2):
        stage.wait(120)
        stage.sync()
        stage.deliver()


def close(stage: Any, as_of: datetime | None = None) -> int:
    """Prepared by one, reviewed by another; its number."""
    with stage.hub.engine.connect() as database:
        report = gather.report(stage.hub, database, as_of)
    id = signing.draft(stage.hub, report, ADA)
    assert signing.prepare(stage.hub, id, ADA).state == "prepared", report.differing
    signing.advance(stage.hub, id, "reviewed", LOU)
    signing.advance(stage.hub, id, "closed", LOU)
    return id


def bridge(stage: Any, begin: Any = None, end: Any = None, sheet: Any = None) -> Bridged:
    with stage.hub.engine.connect() as database:
        return bridged(stage.hub, database, begin, end, sheet)


def seats(stage: Any, id: str, count: int) -> None:
    items = copy.deepcopy(stage.running["stripe"].twin.table("subscriptions")[id]["items"])
    items["data"][0]["quantity"] = count
    stage.edit("stripe", "subscriptions", id, items=items)


def columns(found: Bridged, currency: str) -> dict[str, str]:
    """Of the currency's total, those that are not nought."""
    [line] = [line for line in totals(found.lines) if line.currency == currency]
    return {name: str(amount) for name, amount in line.columns.items() if amount}
