"""Communication preferences (v3, v4 and dated) and the old feed of e-mail events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import httpx

from connectors.hubspot.twin.answers import Answer, Row, batch, body_of, iso, ok, row_problem
from connectors.kit.faults import Fault

if TYPE_CHECKING:
    from connectors.hubspot.twin import HubSpotTwin

STATES = ("SUBSCRIBED", "UNSUBSCRIBED", "NOT_SPECIFIED")
BASES = (
    "LEGITIMATE_INTEREST_PQL",
    "LEGITIMATE_INTEREST_CLIENT",
    "LEGITIMATE_INTEREST_OTHER",
    "PERFORMANCE_OF_CONTRACT",
    "CONSENT_WITH_NOTICE",
    "PROCESS_AND_STORE",
    "NON_GDPR",
)
EVENTS_PAGE = 1_000


class Consent:
    """`subscription_types`: what can be subscribed to. `consents`: a row for each address that ever said something."""

    def __init__(self, twin: HubSpotTwin) -> None:
        self.twin = twin

    def answer(self, request: httpx.Request, version: str, parts: list[str]) -> httpx.Response:
        match request.method, parts:
            case "GET", ["definitions"]:
                return ok({"results" if version != "v3" else "subscriptionDefinitions": self.definitions()})
            case "GET", ["status", "email", email]:
                return ok(
                    {
                        "recipient": unquote(email),
                        "subscriptionStatuses": [self.old(each) for each in self.statuses(unquote(email))],
                    }
                )
            case "GET", ["statuses", email]:
                return ok({"status": "COMPLETE", "results": self.statuses(unquote(email)), **self.times()})
            case "POST", ["statuses", email] if email != "batch":
                return ok({"status": "COMPLETE", "results": [self.write(unquote(email), body_of(request))], **self.times()})
            case "GET", ["statuses", email, "unsubscribe-all"]:
                return ok({"status": "COMPLETE", "results": self.wide(unquote(email)), **self.times()})
            case "POST", ["statuses", email, "unsubscribe-all"]:
                return self.leave(unquote(email))
            case "POST", ["statuses", "batch", "read"]:
                emails = [str(email) for email in body_of(request).get("inputs", [])]
                results = [{"subscriberIdString": email, "statuses": self.statuses(email)} for email in emails]
                return ok({"status": "COMPLETE", "results": results, **self.times()})
            case "POST", ["statuses", "batch", "write"]:
                return self.write_many(body_of(request).get("inputs", []))
        raise Answer(404, "OBJECT_NOT_FOUND", f"no route {request.method} {request.url.path}")

    def definitions(self) -> list[Row]:
        moment = iso(self.twin.clock.now())
        filled = {
            "description": "",
            "isActive": True,
            "isInternal": False,
            "isDefault": False,
            "createdAt": moment,
            "updatedAt": moment,
        }
        return [{**filled, **row} for row in self.twin.table("subscription_types").values()]

    def statuses(self, email: str) -> list[Row]:
        """One row a subscription type; who never said anything is NOT_SPECIFIED."""
        said = self.said(email)
        return [self._status(email, type, said.get(type["id"])) for type in self.twin.table("subscription_types").values()]

    def write(self, email: str, body: Row) -> Row:
        """One subscription of one address. Each call is an event in the person's history, so it tells what it changed."""
        self.check(email, body)
        type, state = str(body["subscriptionId"]), str(body["statusState"])
        before = self.said(email).get(type, {}).get("status", "NOT_SPECIFIED")
        said = {"status": state, "legalBasis": body.get("legalBasis")}
        if state != before and not self.twin.hit(Fault.IGNORE_WRITE):
            self.say(email, {type: said | {"legalBasisExplanation": body.get("legalBasisExplanation")}})
            self.tell(email)
        again = before == "UNSUBSCRIBED" and state == "SUBSCRIBED"
        reason = "NO_STATUS_CHANGE" if state == before else "RESUBSCRIBE_OCCURRED" if again else "REQUESTED_CHANGE_OCCURRED"
        row = self._status(email, self.twin.table("subscription_types")[type], self.said(email).get(type))
        return row | {"setStatusSuccessReason": reason}

    def write_many(self, inputs: list[Row]) -> httpx.Response:
        """Each by itself: those that are refused are errors of a 207."""
        results, errors = [], []
        for each in inputs:
            try:
                results.append(self.write(str(each.get("subscriberIdString")), each))
            except Answer as refused:
                said = json.loads(refused.response.content)
                errors.append(row_problem(said["category"], said["message"], {}))
        return batch(results, errors, self.twin.clock.now())

    def check(self, email: str, body: Row) -> None:
        type, state, basis = str(body.get("subscriptionId")), body.get("statusState"), body.get("legalBasis")
        if body.get("channel") != "EMAIL" or state not in STATES or basis not in (None, *BASES):
            raise Answer(400, "VALIDATION_ERROR", "channel, statusState or legalBasis is not valid")
        if type not in self.twin.table("subscription_types"):
            raise Answer(400, "VALIDATION_ERROR", f"Subscription {type} does not exist in this portal")
        if state != "UNSUBSCRIBED" and self.wide(email):
            raise Answer(400, "VALIDATION_ERROR", f"{email} has unsubscribed from all email of this portal")
        if state == "SUBSCRIBED" and basis is None and self.twin.privacy:
            raise Answer(400, "VALIDATION_ERROR", "Legal Basis is required for subscribing a contact on GDPR enabled portals")

    def leave(self, email: str) -> httpx.Response:
        """The portal-wide opt-out: it beats every single subscription, and none of them changes."""
        self.say(email, {})
        self.twin.table("consents")[email.strip().lower()]["left"] = True
        self.mark(email, "hs_email_optout", "true")
        self.tell(email)
        return ok({"status": "COMPLETE", "results": self.wide(email), **self.times()})

    def wide(self, email: str) -> list[Row]:
        """A row if the address has left altogether. A contact made later with this address has left, too."""
        contact = self.twin.store.by("contacts", "email", email)
        marked = contact is not None and contact["properties"].get("hs_email_optout") == "true"
        if not marked and not self.twin.table("consents").get(email.strip().lower(), {}).get("left"):
            return []
        row = {"channel": "EMAIL", "status": "UNSUBSCRIBED", "subscriberIdString": email, "wideStatusType": "PORTAL_WIDE"}
        return [row | {"businessUnitId": 0, "timestamp": iso(self.twin.clock.now())}]

    def said(self, email: str) -> dict[str, Row]:
        found: dict[str, Row] = self.twin.table("consents").get(email.strip().lower(), {}).get("statuses", {})
        return found

    def tell(self, email: str) -> None:
        contact = self.twin.store.by("contacts", "email", email)
        if contact is not None:
            self.twin.emit("contacts", contact["id"], "update")

    def say(self, email: str, statuses: dict[str, Any]) -> None:
        """Keep it, and move the contact's opt-out property, the only thing that a search can see of it."""
        email = email.strip().lower()
        row = self.twin.table("consents").setdefault(email, {"id": email, "statuses": {}})
        for type, status in statuses.items():
            row["statuses"][type] = status if isinstance(status, dict) else {"status": status}
            self.mark(email, f"hs_email_optout_{type}", str(row["statuses"][type]["status"] == "UNSUBSCRIBED").lower())

    def mark(self, email: str, name: str, value: str) -> None:
        contact = self.twin.store.by("contacts", "email", email)
        if contact is not None:
            self.twin.store.set("contacts", contact, {name: value})

    def events(self, request: httpx.Request) -> httpx.Response:
        """Newest first; `offset` is a token; times are epoch milliseconds."""
        query = request.url.params
        start, end = int(query.get("startTimestamp", 0)), int(query.get("endTimestamp", 1 << 62))
        kind, recipient = query.get("eventType"), query.get("recipient")
        rows = [
            row
            for row in self.twin.table("email_events").values()
            if start <= row["created"] <= end and kind in {None, row["type"]} and recipient in {None, row["recipient"]}
        ]
        rows.sort(key=lambda row: (-int(row["created"]), str(row["id"])))
        first, limit = int(query.get("offset") or 0), min(int(query.get("limit", 10)), EVENTS_PAGE)
        more = len(rows) > first + limit
        return ok({"hasMore": more, "offset": str(first + limit), "events": rows[first : first + limit]})

    def event(self, created: str, id: str) -> httpx.Response:
        row = self.twin.table("email_events").get(id)
        if row is None or str(row["created"]) != created:
            raise Answer(404, "OBJECT_NOT_FOUND", f"no event {created}/{id}")
        return ok(row)

    def old(self, status: Row) -> Row:
        """The same in the words of v3."""
        word = "NOT_SUBSCRIBED" if status["status"] == "UNSUBSCRIBED" else status["status"]
        return {
            "id": str(status["subscriptionId"]),
            "name": status["subscriptionName"],
            "description": "",
            "status": word,
            "sourceOfStatus": "SUBSCRIPTION_STATUS",
        }

    def times(self) -> Row:
        moment = iso(self.twin.clock.now())
        return {"startedAt": moment, "completedAt": moment}

    def _status(self, email: str, type: Row, said: Row | None) -> Row:
        said = said or {}
        return {
            "businessUnitId": 0,
            "channel": "EMAIL",
            "legalBasis": said.get("legalBasis"),
            "legalBasisExplanation": said.get("legalBasisExplanation"),
            "source": "API",
            "status": said.get("status", "NOT_SPECIFIED"),
            "subscriberIdString": email,
            "subscriptionId": int(type["id"]),
            "subscriptionName": type["name"],
            "timestamp": iso(self.twin.clock.now()),
        }
