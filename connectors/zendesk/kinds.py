"""Zendesk's records: where they are read, and which of their keys make a record's body."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """`one`, `many`: the keys around a record and around a list of them; `path`: below /api/v2. `body`: the
    keys of a record's body, in this order.

    The time of the last change is no part of a body: Zendesk moves it for changes that nobody maps, and for our own.
    """

    object: str
    path: str
    one: str
    body: str
    export: str = ""  # below /api/v2, where changes are read
    page: str = ""  # what an agent's browser opens, "{id}" in it

    @property
    def keys(self) -> list[str]:
        return self.body.split()

    @property
    def many(self) -> str:
        return self.path.rpartition("/")[2]


ORGANIZATIONS = Kind(
    "organizations",
    "organizations",
    "organization",
    "id name external_id domain_names tags organization_fields group_id details notes shared_tickets shared_comments"
    " created_at",
    export="incremental/organizations.json",
    page="agent/organizations/{id}",
)
USERS = Kind(
    "users",
    "users",
    "user",
    "id name email phone external_id organization_id role tags user_fields locale iana_time_zone verified suspended"
    " last_login_at created_at",
    export="incremental/users/cursor.json",
    page="agent/users/{id}",
)
AGENTS = Kind(
    "agents",
    "users",
    "user",
    "id name email role active suspended default_group_id created_at",
    page="agent/users/{id}",
)
TICKETS = Kind(
    "tickets",
    "tickets",
    "ticket",
    "id subject status priority type via tags organization_id requester_id assignee_id group_id brand_id created_at metric_set",
    export="incremental/tickets/cursor.json",
    page="agent/tickets/{id}",
)
RATINGS = Kind(
    "ratings",
    "satisfaction_ratings",
    "satisfaction_rating",
    "id score comment reason ticket_id requester_id assignee_id organization_id created_at updated_at",
)
SURVEYS = Kind(
    "survey_responses",
    "guide/survey_responses",
    "survey_response",
    "id responder_id organization_id subjects survey survey_id survey_version answers",
)
KINDS = {kind.object: kind for kind in (AGENTS, ORGANIZATIONS, USERS, TICKETS, RATINGS, SURVEYS)}

METRICS = (
    "solved_at",
    "reply_time_in_minutes",
    "first_resolution_time_in_minutes",
    "full_resolution_time_in_minutes",
    "reopens",
)
"""Of a ticket's metric set: waiting times go on while nothing happens, so they are left out."""
STAFF = frozenset({"agent", "admin"})


@dataclass(frozen=True, slots=True)
class Own:
    """A custom field that Concord writes and no account has by itself. `type` as Zendesk says it."""

    key: str
    title: str
    type: str = "text"


OWN: dict[str, tuple[Own, ...]] = {
    "organizations": (
        Own("concord_id", "Concord ID"),
        Own("phone", "Phone"),
        Own("tier", "Tier"),
        Own("lifecycle", "Lifecycle"),
        Own("active_users", "Active users", "integer"),
    ),
    "users": (
        Own("concord_id", "Concord ID"),
        Own("marketing_email", "Marketing e-mail (yes, no)"),  # a dropdown would tag people with its words
    ),
}
