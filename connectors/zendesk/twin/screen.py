"""How people see the practice account: organizations with their fields, people and their tickets."""

from __future__ import annotations

from typing import Any

from connectors.kit.screens import LINES, MOMENT, NUMBER, RAW, Field, Kind, Related, Screen, choice
from connectors.zendesk.twin.answers import Row

TIERS = choice({"strategic": "Strategic", "enterprise": "Enterprise", "mid_market": "Mid-market", "smb": "Small business"})
LIFECYCLES = choice({word: word.capitalize() for word in ("prospect", "onboarding", "live", "renewing", "churned")})
STATUSES = choice({word: word.capitalize() for word in ("new", "open", "pending", "hold", "solved", "closed")})
PRIORITIES = choice({word: word.capitalize() for word in ("low", "normal", "high", "urgent")})


def _organization(twin: Any, row: Row) -> str:
    return str(twin.table("organizations").get(str(row.get("organization_id")), {}).get("name") or "")


def _requester(twin: Any, row: Row) -> str:
    return str(twin.table("users").get(str(row.get("requester_id")), {}).get("name") or "")


def _agents(twin: Any) -> list[str]:
    return [str(row["email"]) for row in twin.table("users").values() if row.get("role") in {"agent", "admin"}] or ["person"]


ORGANIZATIONS = Kind(
    "organizations",
    "Organizations",
    "Organization",
    "name",
    (
        Field("Name", "name", counts=True),
        Field("Domains", "domain_names", LINES, listed=True, counts=True),
        Field("Phone", "organization_fields.phone", listed=True, counts=True),
        Field("Active users", "organization_fields.active_users", NUMBER, listed=True, counts=True),
        Field("Tier", "organization_fields.tier", TIERS, listed=True, counts=True),
        Field("Lifecycle", "organization_fields.lifecycle", LIFECYCLES),
        Field("Seats purchased", "organization_fields.seats_purchased", NUMBER),
        Field("CSM", "organization_fields.csm"),
        Field("Tags", "tags", LINES),
        Field("Details", "details"),
        Field("Notes", "notes"),
        Field("ID", "id", RAW),
        Field("Updated", "updated_at", MOMENT),
    ),
    (Related("People", "users", "organization_id", counts=True), Related("Tickets", "tickets", "organization_id")),
)
USERS = Kind(
    "users",
    "People",
    "Person",
    "name",
    (
        Field("Name", "name", counts=True),
        Field("E-mail", "email", listed=True),
        Field("Phone", "phone", listed=True, counts=True),
        Field("Organization", of=_organization, listed=True),
        Field("Marketing e-mail", "user_fields.marketing_email", choice({"yes": "Yes", "no": "No"}), listed=True, counts=True),
        Field("Role", "role", RAW),
        Field("Last signed in", "last_login_at", MOMENT),
        Field("ID", "id", RAW),
        Field("Updated", "updated_at", MOMENT),
    ),
    (Related("Tickets", "tickets", "requester_id"),),
    gone=lambda row: row.get("active") is False,
)
TICKETS = Kind(
    "tickets",
    "Tickets",
    "Ticket",
    "subject",
    (
        Field("Subject", "subject", counts=True),
        Field("Status", "status", STATUSES, listed=True, counts=True),
        Field("Priority", "priority", PRIORITIES, listed=True),
        Field("Requester", of=_requester, listed=True),
        Field("Organization", of=_organization, listed=True),
        Field("Created", "created_at", MOMENT, listed=True),
        Field("ID", "id", RAW),
    ),
    gone=lambda row: row["status"] == "deleted",
)
SCREEN = Screen(
    "Zendesk",
    "#2f8f6b",
    (ORGANIZATIONS, USERS, TICKETS),
    merges=frozenset({"organization_fields", "user_fields"}),
    actors=_agents,
)
