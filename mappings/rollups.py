"""Fields of a golden record that are made from its golden children, and how. Money stays apart by currency.

No child where none can be seen is NOT_SEEN; where all were seen and there is none the value is zero; the rest is PARTIAL.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any, Final, NamedTuple

from mappings.composite import Ref, Set
from mappings.fields import Entity

Children = list[dict[str, Any]]
FIGURES = ("arr", "mrr")
"""What finance makes by its policy; every other rollup is made here."""


class Missing(enum.Enum):
    """Why a rollup has no value."""

    NOT_SEEN = "not_seen"
    PARTIAL = "partial"


class Rollup(NamedTuple):
    """`field` of the parent, from the children whose reference `through` points at it. `needs`: the children's fields it is
    made from. `function` names how; FIGURES are handed in by finance.
    """

    field: str
    child: str
    needs: frozenset[str]
    through: str = "account"

    @property
    def function(self) -> str:
        return self.field

    def make(self, children: Children, now: datetime) -> Any:
        return _FUNCTIONS[self.field](children, now)


def ref_entities(entity: Entity) -> dict[str, str]:
    """Reference fields, single or in sets, and the entity each points at."""
    found = {}
    for name, field in entity.fields.items():
        type = field.type.of if isinstance(field.type, Set) else field.type
        if isinstance(type, Ref):
            found[name] = type.entity
    return found


_DEAD = frozenset({"draft", "void"})
_BILLING = frozenset({"active", "past_due"})
_DONE = frozenset({"solved", "closed"})


def _unpaid(children: Children) -> Children:
    return [each for each in children if each.get("status") == "open"]


def _overdue(children: Children, now: datetime) -> Children:
    return [each for each in _unpaid(children) if _before(each.get("due_on"), now.date())]


def _before(day: date | None, limit: date) -> bool:
    return day is not None and day < limit


def payment_status(children: Children, now: datetime) -> str:
    if any(each.get("status") == "uncollectible" for each in children):
        return "uncollectible"
    if _overdue(children, now):
        return "overdue"
    return "open" if _unpaid(children) else "current"


def overdue(children: Children, now: datetime) -> dict[str, Decimal]:
    """Zero in each currency that invoices were ever in."""
    total = {
        each["remaining"].currency: Decimal(0) for each in children if each.get("remaining") and each.get("status") not in _DEAD
    }
    for each in _overdue(children, now):
        if (owed := each.get("remaining")) is not None:
            total[owed.currency] += owed.amount
    return total


def overdue_since(children: Children, now: datetime) -> date | None:
    return min((each["due_on"] for each in _overdue(children, now)), default=None)


def _live_items(children: Children) -> list[dict[str, Any]]:
    items = (item for each in children if each.get("status") in _BILLING for item in each.get("items") or ())
    return [item for item in items if item["recurring"] and not item["deleted"] and item["usage"] == "licensed"]


def seats_purchased(children: Children, _: datetime) -> int:
    return int(sum(Decimal(item["quantity"] if item["quantity"] is not None else 1) for item in _live_items(children)))


def products(children: Children, _: datetime) -> frozenset[str]:
    return frozenset(item["product"] for item in _live_items(children) if item["product"] is not None)


def _latest(children: Children, field: str) -> Any:
    known = [each for each in children if each.get("day") is not None and each.get(field) is not None]
    return max(known, key=lambda each: (each["day"], each[field]))[field] if known else 0


def _days(children: Children, now: datetime, days: int) -> Children:
    first = now.date() - timedelta(days=days)
    return [each for each in children if each.get("day") is not None and first < each["day"] <= now.date()]


def sessions_30d(children: Children, now: datetime) -> int:
    return sum(each.get("sessions") or 0 for each in _days(children, now, 30))


def features_active(children: Children, now: datetime) -> frozenset[str]:
    return frozenset().union(*(each.get("features") or () for each in _days(children, now, 30)))


def _since(children: Children, field: str, now: datetime, days: int) -> Children:
    first = now - timedelta(days=days)
    return [each for each in children if each.get(field) is not None and first <= each[field] <= now]


def _newest(children: Children, field: str, now: datetime) -> datetime | None:
    return max((each[field] for each in children if each.get(field) is not None and each[field] <= now), default=None)


def median_resolution_minutes(children: Children, now: datetime) -> Decimal | None:
    solved = _since(children, "solved_at", now, 90)
    minutes = [each["resolution_minutes"] for each in solved if each.get("resolution_minutes") is not None]
    return Decimal(median(minutes)) if minutes else None


def _answers(children: Children, kind: str, now: datetime, days: int) -> Children:
    recent = _since([each for each in children if each.get("kind") == kind], "answered_at", now, days)
    return [each for each in recent if each.get("score") is not None]


def _percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else None


def csat(children: Children, now: datetime) -> Decimal | None:
    """A happy answer has at least four fifths of the scale."""
    answers = [each for each in _answers(children, "csat", now, 90) if each.get("scale") is not None]
    return _percent(sum(5 * each["score"] >= 4 * each["scale"] for each in answers), len(answers))


def nps(children: Children, now: datetime) -> Decimal | None:
    """Promoters (9, 10) minus detractors (0 to 6), in percent of the year's answers."""
    scores = [each["score"] for each in _answers(children, "nps", now, 365)]
    return _percent(sum(score >= 9 for score in scores) - sum(score <= 6 for score in scores), len(scores))


def promoter_reasons(children: Children, now: datetime) -> frozenset[str]:
    promoters = [each for each in _answers(children, "nps", now, 365) if each["score"] >= 9]
    return frozenset().union(*(each.get("reasons") or () for each in promoters))


_FUNCTIONS: dict[str, Callable[[Children, datetime], Any]] = {
    "payment_status": payment_status,
    "overdue": overdue,
    "overdue_since": overdue_since,
    "seats_purchased": seats_purchased,
    "products": products,
    "active_users": lambda children, _: _latest(children, "mau"),
    "dau": lambda children, _: _latest(children, "dau"),
    "mau": lambda children, _: _latest(children, "mau"),
    "sessions_30d": sessions_30d,
    "features_active": features_active,
    "features_used_30d": lambda children, now: len(features_active(children, now)),
    "open_tickets": lambda children, _: sum(each.get("status") not in _DONE for each in children),
    "tickets_90d": lambda children, now: len(_since(children, "created_at", now, 90)),
    "last_ticket_at": lambda children, now: _newest(children, "created_at", now),
    "escalations_90d": lambda children, now: len(_since(children, "escalated_at", now, 90)),
    "median_resolution_minutes": median_resolution_minutes,
    "csat": csat,
    "nps": nps,
    "nps_at": lambda children, now: _newest(_answers(children, "nps", now, 3650), "answered_at", now),
    "promoter_reasons": promoter_reasons,
    "last_activity_at": lambda children, now: _newest(children, "occurred_at", now),
}

_PRICED = (
    "status currency minor_digits live items discounts customer_discounts trial_start trial_end created_at started_at cancel_at"
    " canceled_at ended_at cancel_at_period_end period_end pause tax problems"
)


def _rollups(child: str, **needs: str) -> tuple[Rollup, ...]:
    return tuple(Rollup(field, child, frozenset(needed.split())) for field, needed in needs.items())


ROLLUPS: Final[Mapping[str, tuple[Rollup, ...]]] = {
    "account": (
        *_rollups("subscription", arr=_PRICED, mrr=_PRICED, seats_purchased="status items", products="status items"),
        *_rollups("invoice", payment_status="status due_on", overdue="status due_on remaining", overdue_since="status due_on"),
        *_rollups("usage", active_users="day mau", dau="day dau", mau="day mau", sessions_30d="day sessions"),
        *_rollups("usage", features_active="day features", features_used_30d="day features"),
        *_rollups("ticket", open_tickets="status", tickets_90d="created_at", last_ticket_at="created_at"),
        *_rollups("ticket", escalations_90d="escalated_at", median_resolution_minutes="solved_at resolution_minutes"),
        *_rollups(
            "response", csat="kind score scale answered_at", nps="kind score answered_at", nps_at="kind score answered_at"
        ),
        *_rollups("response", promoter_reasons="kind score answered_at reasons"),
        *_rollups("interaction", last_activity_at="occurred_at"),
    )
}
"""By parent entity."""
