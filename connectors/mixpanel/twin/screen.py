"""How people see the practice project: company profiles, and how much each company used the product lately."""

from __future__ import annotations

from typing import Any

from connectors.kit.screens import MOMENT, NUMBER, RAW, Field, Kind, Screen, choice
from connectors.mixpanel.twin.answers import Row

NUMBERS = {"dau": "Active users, last day", "mau": "Active users, 30 days", "sessions": "Sessions, last day"}


def _lately(label: str, column: str, *, counts: bool = False) -> Field:
    def of(twin: Any, row: Row) -> Any:
        known = row["id"] in twin.table("usage")
        return twin.facts.of(row["id"], twin.clock.now().date())[column] if known else None

    return Field(label, look=NUMBER, of=of, listed=True, counts=counts)


USED = tuple(_lately(label, column, counts=column == "mau") for column, label in NUMBERS.items())
COMPANIES = Kind(
    "groups",
    "Company profiles",
    "Company profile",
    "$properties.$name",
    (
        Field("Name", "$properties.$name", counts=True),
        Field("Company", "id", RAW, listed=True, counts=True),
        *USED,
        Field(
            "Tier",
            "$properties.tier",
            choice({"enterprise": "Enterprise", "mid_market": "Mid-market", "smb": "Small business"}),
            counts=True,
        ),
        Field("Lifecycle", "$properties.lifecycle"),
        Field("CSM", "$properties.csm"),
        Field("Last seen", "$properties.$last_seen", MOMENT, counts=True),
    ),
)
USAGE = Kind("usage", "Usage", "Company", "id", USED, edits=False)
SCREEN = Screen("Mixpanel", "#7a4fd0", (COMPANIES, USAGE), merges=frozenset({"$properties"}))
