"""Tickets and their metrics: soft deletion, archiving, and what solving one does to its times."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx

from connectors.kit.faults import Fault
from connectors.zendesk.twin import pages
from connectors.zendesk.twin.answers import Row, body_of, iso, not_found, ok, problem, wrapped
from connectors.zendesk.twin.records import counted
from connectors.zendesk.twin.shapes import blank

if TYPE_CHECKING:
    from connectors.zendesk.twin import ZendeskTwin

DONE = frozenset({"solved", "closed"})
KEPT = timedelta(days=30)  # in the list of deleted tickets


class Tickets:
    def __init__(self, twin: ZendeskTwin) -> None:
        self.twin = twin
        self.store = twin.store

    def answer(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        match request.method, parts:
            case "GET", []:
                return pages.listed(self.twin, request, "tickets", self.living(), self.shown(request))
            case "GET", ["count"]:
                return counted(self.twin, len(self.living()))
            case "GET", ["show_many"]:
                ids = request.url.params.get("ids", "").split(",")
                rows = [row for id in ids if (row := self.store.get("tickets", id)) and row["status"] != "deleted"]
                return pages.listed(self.twin, request, "tickets", rows, self.shown(request))
            case "POST", []:
                return self.one(self.add(wrapped(body_of(request), "ticket")), 201)
            case "GET", [id]:
                return ok({"ticket": self.shown(request)(self.must(id))})
            case "GET", [id, "metrics"]:
                return ok({"ticket_metric": self.metric(self.must(id)["id"])})
            case "PUT", [id]:
                row, sent = self.must(id), wrapped(body_of(request), "ticket")
                return self.one(row if self.twin.hit(Fault.IGNORE_WRITE) else self.put(row, sent))
            case "DELETE", [id]:
                self.store.remove("tickets", self.must(id))
                return httpx.Response(204)
        raise problem(404, "InvalidEndpoint", "Not found")

    def living(self) -> list[Row]:
        """What the lists show: neither the deleted nor the archived ones."""
        return [row for row in self.store.rows("tickets") if row["status"] != "deleted" and not self.archived(row)]

    def archived(self, row: Row) -> bool:
        """Closed long ago: only the export and a read by id still show it. https://support.zendesk.com/hc/en-us/articles/4408887617050"""
        if row["status"] != "closed":
            return False
        return self.twin.clock.now() - datetime.fromisoformat(row["updated_at"]) >= timedelta(days=self.twin.archived_after)

    def must(self, id: str) -> Row:
        row = self.store.get("tickets", id)
        if row is None or row["status"] == "deleted":
            raise not_found()
        before = self.store.before.get(("tickets", row["id"]))
        return before if before is not None and self.twin.hit(Fault.STALE_READ, "GET /") else row

    def shown(self, request: httpx.Request) -> Any:
        metrics = "metric_sets" in request.url.params.get("include", "")

        def show(row: Row) -> Row:
            return self.store.shown("tickets", row) | ({"metric_set": self.metric(row["id"])} if metrics else {})

        return show

    def one(self, row: Row, status: int = 200) -> httpx.Response:
        return ok({"ticket": self.store.shown("tickets", row)}, status)

    # Metrics.

    def metrics(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        """Newest first, and without the archived ones. https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_metrics/"""
        shown = {row["id"] for row in self.living()}
        rows = [row for row in self.store.rows("ticket_metrics") if row["ticket_id"] in shown]
        match parts:
            case []:
                newest = sorted(rows, key=lambda row: (row["created_at"], row["id"]), reverse=True)
                return pages.listed(self.twin, request, "ticket_metrics", newest, partial(self.store.shown, "ticket_metrics"))
            case [id] if (row := self.store.get("ticket_metrics", id)) is not None:
                return ok({"ticket_metric": [self.store.shown("ticket_metrics", row)]})  # a list of one: Zendesk's own wart
        raise not_found()

    def metric(self, ticket: int) -> Row | None:
        row = self._metric(ticket)
        return None if row is None else self.store.shown("ticket_metrics", row)

    def _metric(self, ticket: int) -> Row | None:
        id = self.twin.metric_of.get(ticket)
        return None if id is None else self.store.get("ticket_metrics", id)

    # Writing.

    def add(self, sent: Row, *, id: int | None = None) -> Row:
        kept = self.store.checked("tickets", sent, None)
        comment = _inside(sent, "comment")
        kept["description"] = comment.get("body") or comment.get("html_body") or sent.get("description")
        if kept.get("requester_id") is None:
            kept["requester_id"] = self._requester(_inside(sent, "requester"))
        kept.setdefault("submitter_id", kept["requester_id"])
        kept["raw_subject"] = kept.get("subject")
        if kept.get("organization_id") is None:
            kept["organization_id"] = (self.store.get("users", kept["requester_id"]) or {}).get("organization_id")
        row = self.store.add("tickets", kept, id=id)
        now = row["created_at"]
        metric = blank("ticket_metrics") | {"id": self.store.next_id("ticket_metrics"), "ticket_id": row["id"]}
        metric |= {"created_at": now, "updated_at": now, "status_updated_at": now, "latest_comment_added_at": now}
        self.store.load("ticket_metrics", metric)
        self.twin.metric_of[row["id"]] = metric["id"]
        self._timed(row, "new")
        return row

    def put(self, row: Row, sent: Row) -> Row:
        if sent.get("safe_update") and sent.get("updated_stamp") != row["updated_at"]:
            said = "Safe Update prevented the update due to outdated ticket data. Please fetch the latest ticket data and try again."
            raise problem(409, "UpdateConflict", said)
        if row["status"] == "closed":
            raise problem(422, "RecordInvalid", "Status: closed prevents ticket update")
        kept = self.store.checked("tickets", sent, row)
        if "subject" in kept:
            kept["raw_subject"] = kept["subject"]
        old = row["status"]
        self.store.set("tickets", row, kept)
        self._timed(row, old)
        return row

    def _requester(self, sent: Row) -> int:
        """A requester who is only an address becomes a user."""
        found = self.store.by("users", "email", sent.get("email"))
        if found is not None:
            return int(found["id"])
        if not sent.get("email"):
            return int(self.twin.admin["id"])  # who calls asks
        person = {"name": sent.get("name") or sent["email"], "email": sent["email"]}
        return int(self.store.add("users", self.store.checked("users", person, None))["id"])

    def _timed(self, row: Row, old: str) -> None:
        metric = self._metric(row["id"])
        if metric is None or row["status"] == old:
            return
        now = self.store.now()
        metric |= {"updated_at": iso(now), "status_updated_at": iso(now)}
        if row["status"] in DONE and old not in DONE:
            minutes = int((now - datetime.fromisoformat(row["created_at"])).total_seconds() // 60)
            took = {"calendar": minutes, "business": minutes // 3}
            metric |= {"solved_at": iso(now), "full_resolution_time_in_minutes": took}
            if metric["first_resolution_time_in_minutes"]["calendar"] is None:
                metric["first_resolution_time_in_minutes"] = dict(took)
        elif old in DONE and row["status"] not in DONE:
            metric |= {"solved_at": None, "reopens": metric["reopens"] + 1}

    def deleted(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        if parts or request.method != "GET":
            raise problem(404, "InvalidEndpoint", "Not found")
        now = self.twin.clock.now()
        gone = [row for row in self.store.rows("tickets") if row["status"] == "deleted"]
        recent = [row for row in gone if now - datetime.fromisoformat(row["updated_at"]) < KEPT]
        actor = {"id": self.twin.admin["id"], "name": self.twin.admin["name"]}

        def show(row: Row) -> Row:
            state = (
                self.store.before[("tickets", row["id"])]["status"] if ("tickets", row["id"]) in self.store.before else "closed"
            )
            said = {"id": row["id"], "subject": row["subject"], "deleted_at": row["updated_at"]}
            return said | {"actor": actor, "previous_state": state}

        return pages.listed(self.twin, request, "deleted_tickets", recent, show)


def _inside(sent: Row, key: str) -> Row:
    said = sent.get(key)
    return said if isinstance(said, dict) else {}
