"""The practice customers as the product saw them: a profile each, and how much they used it every day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from connectors.kit.practice import Customer, Usage, World

Row = dict[str, Any]
DAYS = 35
FEATURES = ("dashboards", "exports", "alerts", "api", "sharing", "automation", "reports", "mobile")
TIERS = ("enterprise", "mid_market", "smb")
SEEN_DAILY = 0.8
"""Share of the customers with a live plan that the product knows."""

LIVE = frozenset({"active", "past_due", "trialing"})
WORDS = frozenset({"absent", "tier", "active_users"})


class Draw:
    """Choices that depend on the seed and the customer alone: the same on every machine."""

    def __init__(self, seed: int, number: int) -> None:
        self._base = f"mixpanel/{seed}/{number}"

    def share(self, what: object) -> float:
        """From 0 to below 1."""
        digest = hashlib.sha256(f"{self._base}/{what}".encode()).digest()
        return int.from_bytes(digest[:8], "big") / 2**64

    def number(self, low: int, high: int, what: object) -> int:
        return low + int(self.share(what) * (high - low + 1))


def populate(world: World) -> dict[str, list[Row]]:
    """Object name to rows, for the twin."""
    known = [(customer, Draw(world.seed, customer.number)) for customer in world.customers if _there(customer, world)]
    return {
        "groups": [_profile(customer, world, draw) for customer, draw in known],
        "usage": [_usage(customer, world, draw) for customer, draw in known],
    }


def _there(customer: Customer, world: World) -> bool:
    told = customer.told.get("mixpanel", {})
    if unknown := set(told) - WORDS:
        raise ValueError(f"{customer.name}: Mixpanel holds no {', '.join(sorted(unknown))}")
    if "absent" in told:
        return not told["absent"]
    if world.exact:
        return True
    live = any(plan.status in LIVE for plan in customer.plans)
    return live and Draw(world.seed, customer.number).share("there") < SEEN_DAILY


def _profile(customer: Customer, world: World, draw: Draw) -> Row:
    """Product people copy the tier from the CRM now and then: some are old, some were never filled in."""
    properties: Row = {"$name": customer.name, "tier": customer.tier}
    if not world.exact:
        said = draw.share("tier")
        if said < 0.06:
            properties["tier"] = TIERS[(TIERS.index(customer.tier) + 1) % len(TIERS)]
        elif said < 0.14:
            del properties["tier"]
        if draw.share("lifecycle") < 0.3:
            properties["lifecycle"] = "live"
    properties["tier"] = customer.told.get("mixpanel", {}).get("tier", properties.get("tier"))
    seen = datetime(world.today.year, world.today.month, world.today.day, tzinfo=UTC) - timedelta(
        minutes=draw.number(1, 600, "seen")
    )
    properties["$last_seen"] = seen.strftime("%Y-%m-%dT%H:%M:%S")
    return {"id": customer.domain, "$properties": {name: value for name, value in properties.items() if value is not None}}


def _usage(customer: Customer, world: World, draw: Draw) -> Row:
    """Columns, a number a day, to yesterday."""
    facts = customer.usage or _drawn(customer, draw)
    active = customer.told.get("mixpanel", {}).get("active_users", facts.active)
    days = [world.today - timedelta(days=n) for n in range(DAYS, 0, -1)]
    exact = world.exact or customer.usage is not None
    dau = [_that_day(facts.daily, day, draw, exact=exact, least=0) for day in days]
    sessions = [_that_day(facts.sessions, day, draw, exact=exact, least=people) for day, people in zip(days, dau, strict=True)]
    liked = _liked(draw)
    return {
        "id": customer.domain,
        "from": days[0].isoformat(),
        "dau": dau,
        "mau": [active] * DAYS,
        "sessions": sessions,
        "events": [people * draw.number(4, 12, f"events {day}") for day, people in zip(days, dau, strict=True)],
        "features": [_some(liked, draw, day) if people else [] for day, people in zip(days, dau, strict=True)],
    }


def _drawn(customer: Customer, draw: Draw) -> Usage:
    """Of the seats that are paid for, most are used, some of them every day."""
    seats = max(1, sum(plan.seats for plan in customer.plans))
    active = max(1, round(seats * (0.35 + 0.6 * draw.share("active"))))
    daily = max(1, round(active * (0.2 + 0.4 * draw.share("daily"))))
    return Usage(active, daily, round(daily * (1.2 + draw.share("sessions"))))


def _that_day(usual: int, day: date, draw: Draw, *, exact: bool, least: int) -> int:
    if exact:
        return usual
    busy = 0.25 if day.weekday() >= 5 else 0.8 + 0.4 * draw.share(f"busy {day}")
    return max(least, round(usual * busy))


def _liked(draw: Draw) -> list[str]:
    return [feature for feature in FEATURES if draw.share(f"likes {feature}") < 0.6] or [FEATURES[0]]


def _some(liked: Iterable[str], draw: Draw, day: date) -> list[str]:
    return [feature for feature in liked if draw.share(f"{feature} {day}") < 0.7]
