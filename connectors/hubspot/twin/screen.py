"""How people see the practice portal: companies, contacts and deals, with the properties that sales fills in."""

from __future__ import annotations

from typing import Any

from connectors.hubspot.twin.answers import Row
from connectors.kit.screens import DAY, MOMENT, NUMBER, RAW, Field, Kind, Related, Screen, choice

STAGES = {
    "subscriber": "Subscriber", "lead": "Lead", "marketingqualifiedlead": "Marketing qualified lead", "salesqualifiedlead": "Sales qualified lead",
    "opportunity": "Opportunity", "customer": "Customer", "evangelist": "Evangelist", "other": "Other",
}  # fmt: skip
SAID = choice({"SUBSCRIBED": "Opted in", "UNSUBSCRIBED": "Opted out", "NOT_SPECIFIED": "Not specified"})


def archived(row: Row) -> bool:
    return bool(row["archived"])


def _owner(twin: Any, row: Row) -> str:
    owner = twin.table("owners").get(row["properties"].get("hubspot_owner_id") or "", {})
    return f"{owner.get('firstName', '')} {owner.get('lastName', '')}".strip()


def _subscription(label: str, type: str, *, listed: bool = False) -> Field:
    def of(twin: Any, row: Row) -> str:
        said = twin.consent.statuses(row["properties"].get("email") or "")
        return next((str(each["status"]) for each in said if str(each["subscriptionId"]) == type), "NOT_SPECIFIED")

    return Field(
        label,
        look=SAID,
        listed=listed,
        counts=True,
        of=of,
        put=lambda *told: {"subscriptions": {type: told[-1] or "NOT_SPECIFIED"}},
    )


COMPANIES = Kind(
    "companies",
    "Companies",
    "Company",
    "properties.name",
    (
        Field("Company name", "properties.name", counts=True),
        Field("Company domain name", "properties.domain", listed=True),
        Field("ARR", "properties.concord_arr", NUMBER, listed=True, counts=True),
        Field("ARR currency", "properties.concord_arr_currency", listed=True, counts=True),
        Field("ARR by currency", "properties.concord_arr_by_currency", counts=True),
        Field("Phone number", "properties.phone", listed=True, counts=True),
        Field("Active users", "properties.concord_active_users", NUMBER, counts=True),
        Field("Seats", "properties.concord_seats", NUMBER),
        Field(
            "Tier",
            "properties.concord_tier",
            choice({"enterprise": "Enterprise", "mid_market": "Mid-market", "smb": "Small business", "strategic": "Strategic"}),
            counts=True,
        ),
        Field("Renewal date", "properties.renewal_date", DAY, counts=True),
        Field("Contract start", "properties.contract_start", DAY),
        Field("Lifecycle stage", "properties.lifecyclestage", choice(STAGES), listed=True),
        Field("Company owner", of=_owner),
        Field("Industry", "properties.industry"),
        Field("Number of employees", "properties.numberofemployees", NUMBER),
        Field("Street address", "properties.address"),
        Field("City", "properties.city"),
        Field("State", "properties.state"),
        Field("Postal code", "properties.zip"),
        Field("Country", "properties.country"),
        Field("Record ID", "id", RAW),
        Field("Last modified", "updatedAt", MOMENT),
    ),
    (Related("Contacts", "contacts", "links.companies", counts=True), Related("Deals", "deals", "links.companies")),
    gone=archived,
)
CONTACTS = Kind(
    "contacts",
    "Contacts",
    "Contact",
    "properties.email",
    (
        Field("First name", "properties.firstname", listed=True),
        Field("Last name", "properties.lastname", listed=True),
        Field("Email", "properties.email", counts=True),
        Field("Phone number", "properties.phone", counts=True),
        Field("Job title", "properties.jobtitle", listed=True),
        _subscription("Marketing", "1004", listed=True),
        _subscription("Transactional renewal reminders", "1005"),
        _subscription("Newsletter", "1001"),
        Field("Lifecycle stage", "properties.lifecyclestage", choice(STAGES)),
        Field("Contact owner", of=_owner),
        Field("Record ID", "id", RAW),
        Field("Last modified", "updatedAt", MOMENT),
    ),
    gone=archived,
)
DEALS = Kind(
    "deals",
    "Deals",
    "Deal",
    "properties.dealname",
    (
        Field("Deal name", "properties.dealname"),
        Field("Amount", "properties.amount", NUMBER, listed=True, counts=True),
        Field("Currency", "properties.deal_currency_code", listed=True, counts=True),
        Field("Deal stage", "properties.dealstage", listed=True, counts=True),
        Field("Close date", "properties.closedate", MOMENT, listed=True),
        Field("Record ID", "id", RAW),
    ),
    gone=archived,
)
SCREEN = Screen(
    "HubSpot",
    "#e8743f",
    (COMPANIES, CONTACTS, DEALS),
    merges=frozenset({"properties", "subscriptions"}),
    actors=lambda twin: (
        [str(owner["email"]) for owner in twin.table("owners").values() if not owner.get("archived")] or ["person"]
    ),
)
