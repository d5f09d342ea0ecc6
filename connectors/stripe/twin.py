"""A stand-in for Stripe's API, warts and all. Shares no code with the connector."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import httpx
import msgspec

from connectors.kit.faults import GENERIC, Fault
from connectors.kit.playing import Played
from connectors.kit.twin import Row, Twin
from connectors.stripe import twin_customers, twin_events, twin_forms, twin_pages, twin_search, twin_shapes
from connectors.stripe.twin_account import account
from connectors.stripe.twin_errors import Refused, invalid, missing
from connectors.stripe.twin_expand import expanded
from connectors.stripe.twin_screen import SCREEN

VERSION = "2026-10-28.endive"
LISTED = ("customers", "products", "prices", "subscriptions", "invoices", "coupons", "events")
COUNTED = 10_000  # a search counts no further


class StripeTwin(Twin):
    """`data` may hold, beside what Stripe lists: `subscription_items` and `line_items` (what follows a parent's first page),
    `discounts`, and `includable`: rows of a price's or coupon's id with what Stripe shows only when asked to expand it."""

    name = "stripe"
    objects = (*LISTED, "subscription_items", "line_items", "discounts", "includable")
    faults = GENERIC | {
        Fault.REPEAT_PAGE,
        Fault.EMPTY_LIST,
        Fault.IGNORE_WRITE,
        Fault.SCOPE_LOST,
        Fault.CONFLICT_409,
        Fault.LOCKED,
        Fault.LAG,  # value: seconds that the search index is behind
        Fault.DUPLICATE_WEBHOOK,
        Fault.LATE_WEBHOOK,
    }
    screen = SCREEN
    search_lag = 0.0  # seconds; at Stripe under a minute

    def prepare(self) -> None:
        self.token = self.mint("rk_live", "token")
        self._gone: dict[str, Row] = {}  # deleted customers, which Stripe still shows by id
        self._orders: dict[str, list[str]] = {}
        self._saved: dict[str, tuple[bytes, int, bytes]] = {}  # idempotency key: what was asked, and the first answer
        self._before: dict[tuple[str, str], tuple[float, Row | None]] = {}  # what the search index knew before the last change
        self._count = 0
        self.started = self.clock.now()
        self._asked: Row | None = None
        self._previous: dict[str, bytes] = {}  # path: the page last shown there
        self._events: dict[tuple[str, str, str], Row] = {}  # the last one of each record and action

    def config(self) -> dict[str, Any]:
        return {"base_url": self.url, "api_key": self.token, "webhook_secret": self.webhook_secret}

    def answer(self, request: httpx.Request) -> Played:
        """The first answer to a key is replayed, also a 500. https://docs.stripe.com/api/idempotent_requests"""
        played = super().answer(request)
        if played.response is not None and played.response.status_code >= 500 and played.fault is not None:
            error = {"message": "An unknown error occurred.", "type": "api_error"}
            played.response = httpx.Response(played.response.status_code, content=_json({"error": error}))
            if played.applied and "idempotency-key" in request.headers:
                saved = (_asked_for(request), played.response.status_code, played.response.content)
                self._saved[request.headers["idempotency-key"]] = saved
        return played

    # The API.

    def route(self, request: httpx.Request) -> httpx.Response:
        self._count += 1
        self._asked = {"id": self.mint("req", self._count), "idempotency_key": request.headers.get("idempotency-key")}
        try:
            self._admit(request)
            response = self._written(request) if request.method == "POST" else self._read(request)
        except Refused as refused:
            response = httpx.Response(refused.status, headers=refused.headers, content=_json(refused.body))
        finally:
            asked, self._asked = self._asked, None
        response.headers.update({"content-type": "application/json", "request-id": asked["id"], "stripe-version": VERSION})
        return response

    def unauthorised(self, request: httpx.Request) -> httpx.Response:
        shown = request.headers.get("authorization", "").removeprefix("Bearer ")
        message = f"Invalid API Key provided: {shown[:8]}****{shown[-4:]}" if shown else "You did not provide an API key."
        return httpx.Response(401, content=_json({"error": {"message": message, "type": "invalid_request_error"}}))

    def rate_limited(self, request: httpx.Request, retry_after: str | None) -> httpx.Response:
        del request
        error = {"code": "rate_limit", "message": "Request rate limit exceeded.", "type": "invalid_request_error"}
        headers = {"stripe-rate-limited-reason": "global-rate"} | ({"retry-after": retry_after} if retry_after else {})
        return httpx.Response(429, headers=headers, content=_json({"error": error}))

    def _admit(self, request: httpx.Request) -> None:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            raise Refused(401, self.unauthorised(request).json()["error"]["message"])
        if self.hit(Fault.SCOPE_LOST):
            raise Refused(
                403,
                "The provided key 'rk_live_****' does not have the required permissions for this endpoint on account "
                "'acct_practice'. Having the 'rak_customer_read' permission would allow this request to continue.",
            )
        if self.hit(Fault.LOCKED):
            raise Refused(
                429, "This object cannot be accessed right now because another request is changing it.", code="lock_timeout"
            )

    def _read(self, request: httpx.Request) -> httpx.Response:
        if request.method == "DELETE":
            return self._deleted(request)
        form = twin_forms.read(request)
        parts = request.url.path.removeprefix("/v1/").split("/")
        match parts:
            case ["account"]:
                return _ok(account("acct_practice", int(self.started.timestamp())))
            case [object, "search"] if object in twin_search.FIELDS:
                return _ok(self._searched(object, form))
            case ["invoices", id, "lines"]:
                return self._list("line_items", self._nested("invoices", id, "lines", "line_items", "invoice"), form, request)
            case ["subscription_items"]:
                id = form.get("subscription") or ""
                return self._list(
                    "subscription_items",
                    self._nested("subscriptions", id, "items", "subscription_items", "subscription"),
                    form,
                    request,
                )
            case [object] if object in LISTED:
                return self._list(object, self._live(object), form, request)
            case [object, id] if object in LISTED:
                return _ok(expanded(self._one(object, id), form.get("expand") or [], self._find))
        raise Refused(404, f"Unrecognized request URL ({request.method}: {request.url.path}).")

    def _written(self, request: httpx.Request) -> httpx.Response:
        """Once per key: a second request gets the first one's answer."""
        key = request.headers.get("idempotency-key") or ""
        if self.hit(Fault.CONFLICT_409):
            raise Refused(
                409, "There is currently another in-progress request using this Idempotent Key.", code="idempotency_key_in_use"
            )
        if key in self._saved:
            asked, status, content = self._saved[key]
            if asked != _asked_for(request):
                message = "Keys for idempotent requests can only be used with the same parameters they were first used with."
                raise Refused(400, message, type="idempotency_error")
            return httpx.Response(status, headers={"idempotent-replayed": "true", "idempotency-key": key}, content=content)
        row = self._write(request)
        content = _json(row)
        if key:
            self._saved[key] = (_asked_for(request), 200, content)
        return httpx.Response(200, headers={"idempotency-key": key}, content=content)

    def _write(self, request: httpx.Request) -> Row:
        form = twin_forms.read(request)
        match request.url.path.removeprefix("/v1/").split("/"):
            case ["customers"]:
                id = self.mint("cus", "created", self._count)
                row = twin_shapes.customer(id, self._now(), live="_live" in self.token)
                return self.create("customers", **{**row, **twin_customers.changes(form, row)})
            case ["customers", id]:
                row = self._one("customers", id)
                if row.get("deleted"):
                    raise missing("customer", id)
                changed = twin_customers.changes(form, row)
                return row if self.hit(Fault.IGNORE_WRITE) else self.edit("customers", id, **changed)
        raise Refused(404, f"Unrecognized request URL (POST: {request.url.path}).")

    def _deleted(self, request: httpx.Request) -> httpx.Response:
        parts = request.url.path.removeprefix("/v1/").split("/")
        if len(parts) != 2 or parts[0] != "customers":
            raise Refused(404, f"Unrecognized request URL (DELETE: {request.url.path}).")
        if parts[1] not in self.table("customers"):
            raise missing("customer", parts[1])
        self.delete("customers", parts[1])
        return _ok(self._gone[parts[1]])

    def _list(self, object: str, rows: Mapping[str, Row], form: Row, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path in self._previous and self.hit(Fault.REPEAT_PAGE):
            return httpx.Response(200, content=self._previous[path])
        keep = twin_pages.kept(object, form)
        ids = [id for id in self._order(object, rows) if keep(rows[id])]
        page, more = ([], False) if self.hit(Fault.EMPTY_LIST) else twin_pages.cut(ids, form, object)
        answer = {"object": "list", "data": [rows[id] for id in page], "has_more": more, "url": path}
        self._previous[path] = _json(expanded(answer, form.get("expand") or [], self._find))
        return httpx.Response(200, content=self._previous[path])

    def _searched(self, object: str, form: Row) -> Row:
        if "query" not in form:
            raise invalid("query", "Missing required param: query.", "parameter_missing")
        test = twin_search.compiled(object, str(form["query"]))
        size, start = twin_pages.limit(form), int(form.get("page", 0))
        known = self._indexed(object)
        ids = [id for id in twin_pages.newest_first(object, known) if test(known[id])]
        more = start + size < len(ids)
        counted = {"total_count": min(len(ids), COUNTED)} if "total_count" in (form.get("expand") or []) else {}
        rows = [known[id] for id in ids[start : start + size]]
        next_page = str(start + size) if more else None
        return {
            "object": "search_result",
            "data": rows,
            "has_more": more,
            "next_page": next_page,
            "url": f"/v1/{object}/search",
            **counted,
        }

    # What people, and Stripe itself, do. Each leaves an event.

    def create(self, object: str, /, **row: Any) -> Row:  # type: ignore[override]  # Stripe's rows have a key `object`
        self._orders.pop(object, None)
        id = str(row.get("id") or self.mint(object[:3], object, len(self.table(object)), self._count))
        row = {"created": self._now(), **row, "id": id}
        self._index(object, id, None)
        self.table(object)[id] = row
        self._happened(object, "create", row)
        return row

    def edit(self, object: str, id: str, **changes: Any) -> Row:
        row = self.table(object)[id]
        before = copy.deepcopy(row)
        row.update(changes)
        if row == before:
            return row
        if "created" in changes:
            self._orders.pop(object, None)
        if "updated" in row:
            row["updated"] = self._now()
        self._index(object, id, before)
        self._happened(object, "update", row, before)
        return row

    def delete(self, object: str, id: str) -> None:
        """A deleted subscription is a canceled one; a deleted customer takes its subscriptions along."""
        if object == "subscriptions":
            row = self.table(object)[id]
            before = copy.deepcopy(row)
            row.update(status="canceled", canceled_at=self._now(), ended_at=self._now())
            self._happened(object, "delete", row, before)
            return
        row = self.table(object).pop(id)
        self._orders.pop(object, None)
        self._index(object, id, row)
        if object == "customers":
            self._gone[id] = {"id": id, "object": "customer", "deleted": True}
            for each in self.table("subscriptions").values():
                if twin_pages.pointed(each["customer"]) == id and each["status"] != "canceled":
                    self.delete("subscriptions", each["id"])
        self._happened(object, "delete", row)

    def webhook(self, url: str, object: str, id: str, action: str) -> httpx.Request | None:
        if object not in twin_events.TYPES:
            return None
        row = self._find(object, id) or {"id": id, "object": twin_events.TYPES[object].rpartition(".")[2]}
        event = self._events.get((object, id, action)) or self._event(object, action, row)
        return self._signed(url, json.dumps(event).encode())

    def _signed(self, url: str, body: bytes) -> httpx.Request:
        at = str(self._now())
        secrets = [each for each in (self.webhook_secret, self.webhook_secret_before) if each is not None]
        made = [hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest() for secret in secrets]
        said = ",".join([f"t={at}", *(f"v1={each}" for each in made)])
        headers = {"stripe-signature": said, "content-type": "application/json; charset=utf-8"}
        return httpx.Request("POST", url, headers=headers, content=body)

    def signed(self, request: httpx.Request, tries: int) -> httpx.Request:
        del tries
        return self._signed(str(request.url), request.content)

    def _happened(self, object: str, action: str, row: Row, before: Row | None = None) -> None:
        if object not in twin_events.TYPES:
            return
        event = self._event(object, action, row, before)
        self.table("events")[event["id"]] = event
        self._events[object, row["id"], action] = event
        self.emit(object, str(row["id"]), action)

    def _event(self, object: str, action: str, row: Row, before: Row | None = None) -> Row:
        id = self.mint("evt", len(self.table("events")), object, row["id"])
        asked = None if self.actor == "vendor" else self._asked or {"id": self.mint("req", id), "idempotency_key": None}
        live = bool(row.get("livemode", True))
        return twin_events.event(id, self._now(), object, action, row, before=before or {}, asked=asked, live=live)

    # Its memory.

    def _now(self) -> int:
        return int(self.clock.now().timestamp())

    def _live(self, object: str) -> dict[str, Row]:
        rows = self.table(object)
        if object != "events":
            return rows
        oldest = self._now() - twin_events.REACH
        return {id: row for id, row in rows.items() if row["created"] >= oldest}

    def _order(self, object: str, rows: Mapping[str, Row]) -> list[str]:
        if object not in LISTED:
            return list(rows)
        if object == "events":
            return twin_pages.newest_first(object, rows)
        if object not in self._orders:
            self._orders[object] = twin_pages.newest_first(object, rows)
        return self._orders[object]

    def _one(self, object: str, id: str) -> Row:
        row = self._find(object, id)
        if row is None:
            raise missing(object.removesuffix("s"), id)
        return row

    def _find(self, object: str, id: str) -> Row | None:
        row = self._live(object).get(id)
        return self._gone.get(id) if row is None and object == "customers" else row

    def _nested(self, object: str, id: str, key: str, rest: str, parent: str) -> dict[str, Row]:
        """All rows of a list inside a record: those shown in it, then those kept apart."""
        shown = (self._one(object, id).get(key) or {}).get("data") or []
        more = [row for row in self.table(rest).values() if row.get(parent) == id]
        return {row["id"]: row for row in (*shown, *more)}

    def _index(self, object: str, id: str, before: Row | None) -> None:
        self._before[object, id] = (self.clock.now().timestamp(), copy.deepcopy(before))

    def _indexed(self, object: str) -> dict[str, Row]:
        """The rows as the search index knows them, which is some time behind."""
        hit = self.hit(Fault.LAG)
        lag = float(hit.value or 60) if hit else self.search_lag
        known = dict(self.table(object))
        now = self.clock.now().timestamp()
        for (changed, id), (at, before) in self._before.items():
            if changed == object and now - at < lag:
                known.pop(id, None)
                if before is not None:
                    known[id] = before
        return known


def _ok(answer: Row) -> httpx.Response:
    return httpx.Response(200, content=_json(answer))


def _json(answer: Row) -> bytes:
    """Indented, as Stripe does it."""
    try:
        return msgspec.json.format(msgspec.json.encode(answer), indent=2)
    except UnicodeEncodeError:  # half a character, which JSON can say and UTF-8 cannot
        return json.dumps(answer, indent=2).encode()


def _asked_for(request: httpx.Request) -> bytes:
    return request.url.path.encode() + b"?" + request.content
