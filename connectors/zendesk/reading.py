"""Reads single records, finds them by exact values, and counts them as Zendesk does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.kit.contract import Record
from connectors.kit.errors import AuthFailed, Gone, VendorError
from connectors.zendesk.api import Api, Query
from connectors.zendesk.bodies import Row, gone, record, seconds
from connectors.zendesk.kinds import AGENTS, ORGANIZATIONS, RATINGS, SURVEYS, TICKETS, USERS, Kind

MANY = 100
COUNTED: dict[str, Query] = {
    "agents": [("role[]", "agent"), ("role[]", "admin")],
    "users": [("role", "end-user")],
    "organizations": [],
    "tickets": [],
    "ratings": [],
}


class Reader:
    """What several verbs need to read."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def record(self, kind: Kind, id: str) -> Record:
        """Raises `Gone`, with `into` where it was merged away."""
        try:
            row = self.row(kind, id)
        except Gone:
            raise self.lost(kind, id) from None
        if gone(kind, row):
            raise self.lost(kind, id, row)
        return record(kind, row)

    def lost(self, kind: Kind, id: str, row: Row | None = None) -> Gone:
        """Of a record that is gone; `row` is what Zendesk still shows of it."""
        into = self.heir(kind, id, row)
        return Gone("not_found") if into is None else Gone("merged", into=into)

    def records(self, kind: Kind, ids: Sequence[str]) -> list[Record | None]:
        """In the order of `ids`; None for one that is gone."""
        if kind not in {ORGANIZATIONS, USERS, AGENTS}:
            return [self._record(kind, id) for id in ids]
        rows = self.rows(kind, ids)
        return [record(kind, rows[id]) if id in rows and not gone(kind, rows[id]) else None for id in ids]

    def _record(self, kind: Kind, id: str) -> Record | None:
        try:
            return self.record(kind, id)
        except Gone:
            return None

    def row(self, kind: Kind, id: str) -> Row:
        path = f"guide/en-us/survey_responses/{id}" if kind is SURVEYS else f"{kind.path}/{id}"
        if kind is not SURVEYS and not id.isdecimal():
            raise Gone("not_found")
        answer = self._api.get(path, [("include", "metric_sets")] if kind is TICKETS else [])
        row: Row = answer[kind.one]
        if kind is TICKETS:
            return self.with_metrics([row], answer)[0]
        return self.with_accounts(kind, [row])[0] if kind in {RATINGS, SURVEYS} else row

    def rows(self, kind: Kind, ids: Sequence[str]) -> dict[str, Row]:
        """By id, up to a hundred in one call; ids that are not there are left out."""
        found: dict[str, Row] = {}
        wanted = [id for id in ids if id.isdecimal()]
        for start in range(0, len(wanted), MANY):
            answer = self._api.get(f"{kind.path}/show_many", [("ids", ",".join(wanted[start : start + MANY]))])
            found |= {str(row["id"]): row for row in answer[kind.many]}
        return found

    def with_metrics(self, rows: Sequence[Row], answer: Mapping[str, Any]) -> list[Row]:
        """Each ticket with its metric set, which stands in the ticket or beside the tickets. A deleted one has none."""
        beside = {each.get("ticket_id"): each for each in answer.get("metric_sets") or [] if isinstance(each, dict)}
        return [{"metric_set": beside.get(row["id"]), **row} for row in rows]

    def with_accounts(self, kind: Kind, rows: Sequence[Row]) -> list[Row]:
        """Each answer with the organization of its ticket: Zendesk names only the ticket."""
        of = [ticket_of(kind, row) for row in rows]
        tickets = self.rows(TICKETS, sorted({id for id in of if id is not None}))
        return [
            {**row, "organization_id": tickets.get(id or "", {}).get("organization_id")}
            for row, id in zip(rows, of, strict=True)
        ]

    def heir(self, kind: Kind, id: str, row: Row | None) -> str | None:
        """Into which record this one, which is gone, was merged, as far as Zendesk tells."""
        if kind is ORGANIZATIONS:
            return self._winner(id)
        return self._holder_now(row) if kind is USERS and row is not None else None

    def _holder_now(self, loser: Row) -> str | None:
        """A deleted user's row does not say into whom he was merged. Addresses move with a merge, so it is the one who was there
        before and holds his address now. https://support.zendesk.com/hc/en-us/articles/4408887695898
        """
        email = str(loser.get("email") or "").strip()
        if loser.get("active") is not False or not email:
            return None
        found = self._api.get("users/search", [("query", f'email:"{email}"')])["users"]
        known = [
            row for row in found if not gone(USERS, row) and seconds(row.get("created_at")) <= seconds(loser.get("updated_at"))
        ]
        return next((str(row["id"]) for row in known if self._holds(row, email)), None)

    def _holds(self, row: Row, email: str) -> bool:
        held = self._api.get(f"users/{row['id']}/identities", [("page[size]", MANY)])["identities"]
        return any(each["type"] == "email" and str(each["value"]).casefold() == email.casefold() for each in held)

    def _winner(self, loser: str) -> str | None:
        """https://developer.zendesk.com/api-reference/ticketing/organizations/organizations/#list-organization-merges"""
        try:
            answer = self._api.get(f"organizations/{loser}/merges", [("page[size]", MANY)])
        except VendorError as error:
            if isinstance(error, Gone) or error.code == "scope_missing":
                return None
            raise
        done = [merge for merge in answer.get("organization_merges") or [] if merge.get("status") == "complete"]
        return next((str(merge["winner_id"]) for merge in done if str(merge["loser_id"]) == loser), None)

    def find(self, kind: Kind, data: Mapping[str, Any]) -> Row | None:
        """By our external id, else by an organization's name (unique in an account) or a user's e-mail."""
        external, name, email = (str(data.get(key) or "").strip() for key in ("external_id", "name", "email"))
        found = self._exact(kind, [("external_id", external)], "external_id", external) if external else None
        if found is None and kind is ORGANIZATIONS and name:
            found = self._exact(kind, [("name", name)], "name", name)
        if found is None and kind is USERS and email:
            found = self.holder(email)
        return None if found is None or gone(kind, found) else found

    def holder(self, email: str) -> Row | None:
        """Whose address this is: an end user's, or an agent's."""
        return self._exact(USERS, [("query", f'email:"{email}"')], "email", email)

    def count(self, kind: Kind) -> int | None:
        """Zendesk's own figure: up to a day old where it is above 100,000. Survey responses have none."""
        if kind is SURVEYS:
            return None
        try:
            said = self._api.get(f"{kind.path}/count", COUNTED[kind.object])["count"]
        except AuthFailed as error:
            if kind is RATINGS and error.code == "scope_missing":
                return None
            raise
        value, fresh = said.get("value"), said.get("refreshed_at")
        return value if isinstance(value, int) and (value < 100_000 and fresh is not None) else None

    def _exact(self, kind: Kind, query: Query, key: str, value: str) -> Row | None:
        wanted = value.casefold()
        answer = self._api.get(f"{kind.path}/search", query)
        for row in answer[kind.many]:
            if str(row.get(key) or "").strip().casefold() == wanted and row.get("active") is not False:
                found: Row = row
                return found
        return None


def ticket_of(kind: Kind, row: Row) -> str | None:
    """The ticket that an answer is about."""
    if kind is RATINGS:
        return None if row.get("ticket_id") is None else str(row["ticket_id"])
    subjects = [each for each in row.get("subjects") or [] if isinstance(each, dict)]
    return next((str(each.get("id")) for each in subjects if "ticket" in str(each.get("type"))), None)
