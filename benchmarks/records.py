"""Practice records: 25 fields, nested, about 1.1 KB of JSON each; the same on every machine."""

from __future__ import annotations

import json
import random
from typing import Any

PAGE = 1_000
CHANGED_EVERY = 100
"""One record in so many differs in `changed`."""

_SYLLABLES = ("ar", "bel", "cor", "dan", "el", "fin", "gra", "hol", "in", "jor", "kel", "lum", "mar", "nor", "or", "pel")
_WORDS = (
    "roll out to all regions", "cut the time to close", "one view of each customer", "fewer manual exports", "audit trail for finance",
    "self service for partners", "move from spreadsheets", "weekly reporting to the board", "single sign on for every team",
)  # fmt: skip


def record(number: int, served: str) -> dict[str, Any]:
    """`served`: first, second (three fields differ from the first) or changed (second, one in a hundred edited)."""
    draw = random.Random(number)
    name = "".join(draw.choice(_SYLLABLES) for _ in range(3)).title()
    start = f"{draw.randint(2019, 2025)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
    made = {
        "id": f"acc_{number:08}",
        "profile": {
            "name": f"{name} {draw.choice(('Systems', 'Foods', 'Group', 'Energy', 'Labs'))} {number}",
            "legal_name": f"{name} {number} Holdings, Incorporated",
            "domain": f"{name.lower()}-{number}.example",
            "industry": draw.choice(("software", "finance", "health", "retail", "energy", "media")),
            "employees": draw.randint(5, 90_000),
            "annual_revenue": f"{draw.randint(10**5, 10**9)}.{draw.randint(0, 99):02}",
            "tier": draw.choice(("enterprise", "mid_market", "smb")),
            "status": "customer",
            "lifecycle": draw.choice(("onboarding", "live", "renewing")),
            "strategic": draw.random() < 0.1,
        },
        "reach": {
            "billing_email": f"accounts.payable@{name.lower()}-{number}.example",
            "phone": f"+1415{draw.randint(2_000_000, 9_999_999)}",
            "address": {
                "line1": f"{draw.randint(1, 9_999)} {name} Street",
                "city": draw.choice(("Springfield", "Riverton", "Fairview", "Lakewood")),
                "state": draw.choice(("CA", "NY", "TX", "WA")),
                "postal_code": f"{draw.randint(10_000, 99_999)}",
                "country": "US",
            },
        },
        "contract": {
            "start": start,
            "end": "2027-12-31",
            "renewal": "2027-12-01",
            "term_months": draw.choice((12, 24, 36)),
            "auto_renew": draw.random() < 0.7,
            "notice_days": draw.choice((30, 60, 90)),
            "special_terms": "Price held for the first term; " + draw.choice(_WORDS),
            "outlook": draw.choice(("on_track", "at_risk", "red")),
        },
        "care": {
            "team": draw.choice(("north", "south", "east", "west")),
            "region": draw.choice(("americas", "europe", "asia")),
            "go_live": start,
            "goals": "; ".join(draw.choice(_WORDS) for _ in range(11)),
        },
    }
    if served != "first":
        _disagree(made, number)
    if served == "changed" and number % CHANGED_EVERY == 0:
        made["care"]["goals"] += "; renewed"
    return made


def _disagree(made: dict[str, Any], number: int) -> None:
    made["profile"]["name"] = f"The {made['profile']['name']}"
    made["profile"]["employees"] += 1 + number % 7
    made["care"]["region"] = f"{made['care']['region']}-{number % 5}"


def page(first: int, last: int, served: str, following: str | None) -> bytes:
    """A page as the API sends it: `{"data": [...], "next": path or null}`."""
    rows = [record(number, served) for number in range(first, last)]
    return json.dumps({"data": rows, "next": following}, separators=(",", ":")).encode()
