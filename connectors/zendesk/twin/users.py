"""Users: agents and end users in one table; addresses of their own; deleted ones stay, and are not active."""

from __future__ import annotations

from functools import partial

import httpx

from connectors.zendesk.twin import pages
from connectors.zendesk.twin.answers import Answer, Row, body_of, not_found, ok, problem, wrapped
from connectors.zendesk.twin.records import Records

ANONYMOUS: Row = {"id": None, "name": "Anonymous user", "email": "invalid@example.com", "role": "end-user", "verified": False}


class Users(Records):
    object = "users"

    def read(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        match parts:
            case ["me"]:
                return self.one(self.twin.admin)
            case [id, "identities"]:
                return pages.listed(self.twin, request, "identities", self.identities(self.must(id)))
            case [id, "tickets", "requested"]:
                rows = [row for row in self.twin.living("tickets") if str(row["requester_id"]) == id]
                return pages.listed(self.twin, request, "tickets", rows, partial(self.store.shown, "tickets"))
        return super().read(request, parts)

    def written(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        match request.method, parts:
            case "PUT", [id, "merge"]:
                return self.merged(self.must(id), wrapped(body_of(request), "user"))
        return super().written(request, parts)

    def written_many(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        """To import people in bulk is off until the owner asks for it. https://developer.zendesk.com/api-reference/ticketing/users/users/#create-many-users"""
        if parts[-1].startswith("create") and not self.twin.bulk_import:
            raise problem(403, "Forbidden", "Bulk user imports are not enabled for this account")
        return super().written_many(request, parts)

    def living(self, request: httpx.Request) -> list[Row]:
        """Without the deleted ones, who are still there by id."""
        roles = request.url.params.get_list("role[]") or request.url.params.get_list("role")
        return [row for row in self.store.rows(self.object) if row["active"] and (not roles or row["role"] in roles)]

    def searched(self, query: httpx.QueryParams) -> list[Row]:
        if "query" not in query:
            return super().searched(query)
        text = query["query"].lower().removeprefix("email:").strip('"')
        owner = self.find("email", text)
        found = [
            row for row in self.store.rows(self.object) if row["active"] and text in f"{row['name']} {row['email']}".lower()
        ]
        return found if owner is None or owner in found else [owner, *found]

    def put(self, row: Row, sent: Row) -> Row:
        """An address sent in an update becomes a further one; the first stays. Nobody writes who is deleted.

        https://developer.zendesk.com/api-reference/ticketing/users/users/#email-address
        """
        if not row["active"]:
            raise not_found()
        if self.singly:
            self.twin.limits.update(row["id"])
        further = sent.get("email")
        kept = super().put(row, {key: value for key, value in sent.items() if key != "email"})
        if further is not None and str(further).lower() != str(row["email"]).lower():
            self.store.checked(self.object, {"email": further}, row)
            self.store.aliases[str(further).lower()] = row["id"]
        return kept

    def deleted(self, row: Row) -> httpx.Response:
        """Soft: the user is there, and not active."""
        if not row["active"]:
            raise not_found()
        self.store.remove(self.object, row)
        return self.one(row)

    def deleted_ones(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        """Deleted and merged away."""
        rows = [row for row in self.store.rows(self.object) if not row["active"]]
        match request.method, parts:
            case "GET", []:
                return pages.listed(self.twin, request, "deleted_users", rows, partial(self.store.shown, self.object))
            case "GET", [id] if (row := self.store.get(self.object, id)) in rows:
                return ok({"deleted_user": self.store.shown(self.object, row)})
        raise not_found()

    def identities(self, row: Row) -> list[Row]:
        """The addresses: the first one, and those added or got by a merge; none of a deleted user."""
        held = [] if not row["active"] or row["email"] is None else [row["email"]]
        held += [email for email, id in self.store.aliases.items() if id == row["id"]]
        said: Row = {"type": "email", "user_id": row["id"], "verified": True, "deliverable_state": "deliverable"}
        said |= {key: row[key] for key in ("created_at", "updated_at")}
        rows = [{"id": row["id"] * 100 + n, **said, "value": email, "primary": n == 0} for n, email in enumerate(held)]
        address = f"https://{self.twin.subdomain}.zendesk.com/api/v2/users/{row['id']}/identities"
        return [{"url": f"{address}/{each['id']}.json", **each} for each in rows]

    def merged(self, loser: Row, sent: Row) -> httpx.Response:
        winner = self.store.get(self.object, sent.get("id")) if "id" in sent else self.find("email", sent.get("email"))
        if winner is None or winner is loser or not winner["active"] or not loser["active"]:
            raise not_found()
        if loser["role"] != "end-user" or winner["role"] != "end-user":
            raise Answer(403, {"error": "Forbidden", "description": "Agents and administrators cannot be merged"})
        asked = sum(row["requester_id"] == loser["id"] for row in self.store.rows("tickets"))
        if asked > 10_000:
            raise problem(422, "RecordInvalid", "The user has requested more than 10,000 tickets")
        return self.one(self.store.merge(self.object, loser, winner))
