"""What the rows of a practice portal have in common, drawn or exact: ids, owners, times, words."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Row = dict[str, Any]
Rows = dict[str, list[Row]]

COMPANY_IDS, CONTACT_IDS, DEAL_IDS = 10_000_000_000, 20_000_000_000, 30_000_000_000
NEWSLETTER, PRODUCT, RENEWALS, MARKETING, REMINDERS = "1001", "1002", "1003", "1004", "1005"
TYPES = (
    (NEWSLETTER, "Newsletter"),
    (PRODUCT, "Product updates"),
    (RENEWALS, "Renewal notices"),
    (MARKETING, "Marketing"),
    (REMINDERS, "Transactional renewal reminders"),
)
INDUSTRIES = {
    "software": "COMPUTER_SOFTWARE",
    "hardware": "COMPUTER_HARDWARE",
    "telecommunications": "TELECOMMUNICATIONS",
    "media": "MEDIA_PRODUCTION",
    "finance": "FINANCIAL_SERVICES",
    "insurance": "INSURANCE",
    "real_estate": "REAL_ESTATE",
    "health": "HOSPITAL_HEALTH_CARE",
    "life_sciences": "PHARMACEUTICALS",
    "retail": "RETAIL",
    "food": "FOOD_BEVERAGES",
    "manufacturing": "MACHINERY",
    "energy": "UTILITIES",
    "materials": "CHEMICALS",
}


class Draw:
    """Choices that depend on the seed and the customer alone: the same on every machine."""

    def __init__(self, seed: int, number: int) -> None:
        self._base = f"hubspot/{seed}/{number}"

    def below(self, limit: int, what: str) -> int:
        digest = hashlib.sha256(f"{self._base}/{what}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % limit

    def percent(self, chance: int, what: str) -> bool:
        return self.below(100, what) < chance


def crm_row(id: int, properties: Row, since: date, *, today: date, draw: Draw, what: str) -> Row:
    """Changed last on some day between, so that no two rows are of one instant."""
    first = min(since, today - timedelta(days=2))
    days = max((today - first).days - 1, 1)
    updated = moment(first + timedelta(days=draw.below(days, f"{what} updated")), draw, f"{what} updated at")
    created = min(moment(first, draw, f"{what} created"), updated)
    source = ("CRM_UI", "IMPORT", "INTEGRATION")[draw.below(3, f"{what} source")]
    held = {**properties, "hs_object_source": source, "hs_object_source_label": source}
    return {"id": str(id), "properties": held, "createdAt": iso(created), "updatedAt": iso(updated), "archived": False}


def moment(day: date, draw: Draw, what: str) -> datetime:
    start = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
    return start + timedelta(milliseconds=draw.below(11 * 3_600_000, what))


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def owner(n: int, name: tuple[str, str], today: date, *, gone: bool = False) -> Row:
    given, family = name
    made = iso(datetime(today.year - 3, 1, 10 + n, 9, tzinfo=UTC))
    row: Row = {
        "id": str(501 + n),
        "email": f"{given}.{family}@lanternfish.example".lower(),
        "firstName": given,
        "lastName": family,
    }
    row |= {"type": "PERSON", "userId": 7001 + n, "createdAt": made, "updatedAt": made, "archived": gone}
    return row | {"teams": [{"id": str(1 + n % 2), "name": ("East", "West")[n % 2], "primary": True}]}


def rounded(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(Decimal(1) if currency == "JPY" else Decimal("0.01"), ROUND_HALF_UP)
