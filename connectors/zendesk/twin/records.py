"""Organizations and users: lists, single writes, upserts and bulk writes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx

from connectors.kit.faults import Fault
from connectors.zendesk.twin import pages
from connectors.zendesk.twin.answers import Row, body_of, iso, not_found, ok, problem, wrapped, wrapped_many
from connectors.zendesk.twin.jobs import ROWS, Write
from connectors.zendesk.twin.shapes import SINGULAR

if TYPE_CHECKING:
    from connectors.zendesk.twin import ZendeskTwin

# What an upsert looks for; an organization's name is not among it.
MATCH = {"organizations": ("id", "external_id"), "users": ("id", "external_id", "email")}


class Records:
    """One of organizations, users. What only one of them has stands in `organizations.py` and `users.py`."""

    object: str

    def __init__(self, twin: ZendeskTwin) -> None:
        self.twin = twin
        self.store = twin.store
        self.singular = SINGULAR[self.object]

    def answer(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        if request.method == "GET":
            return self.read(request, parts)
        return self.written_many(request, parts) if parts and parts[-1].endswith("_many") else self.written(request, parts)

    def read(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        match parts:
            case []:
                return self.listed(request, self.living(request))
            case ["count"]:
                return counted(self.twin, len(self.living(request)))
            case ["show_many"]:
                return self.listed(request, self.asked(request))
            case ["search"]:
                return self.listed(request, self.searched(request.url.params))
            case [id]:
                return self.one(self.stale(self.must(id)))
        raise problem(404, "InvalidEndpoint", "Not found")

    def written(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        match request.method, parts:
            case "POST", []:
                return self.created(request)
            case "POST", ["create_or_update"]:
                return self.upserted(request)
            case "PUT", [id]:
                return self.one(self.put(self.must(id), wrapped(body_of(request), self.singular)))
            case "DELETE", [id]:
                return self.deleted(self.must(id))
        raise problem(404, "InvalidEndpoint", "Not found")

    def written_many(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        match request.method, parts:
            case "POST", ["create_many"]:
                return self.many(request, "create", self._create)
            case "POST", ["create_or_update_many"] if self.object == "users":
                return self.many(request, "create_or_update", self._upsert)
            case "PUT", ["update_many"]:
                return self.updated_many(request)
            case "DELETE", ["destroy_many"]:
                return self.destroyed_many(request)
        raise problem(404, "InvalidEndpoint", "Not found")

    # Reading.

    def living(self, request: httpx.Request) -> list[Row]:
        del request
        return self.store.rows(self.object)

    def listed(self, request: httpx.Request, rows: list[Row]) -> httpx.Response:
        return pages.listed(self.twin, request, self.object, rows, partial(self.store.shown, self.object))

    def asked(self, request: httpx.Request) -> list[Row]:
        query = request.url.params
        wanted = [text for text in (query.get("ids") or query.get("external_ids") or "").split(",") if text]
        if len(wanted) > ROWS:
            raise problem(422, "TooManyValues", f"Number of values must be at most {ROWS}")
        found = [self.store.get(self.object, text) if "ids" in query else self.find("external_id", text) for text in wanted]
        return [row for row in found if row is not None]

    def searched(self, query: httpx.QueryParams) -> list[Row]:
        """By exact external id or name, in any letters' case."""
        found = [self.find(key, query[key]) for key in ("external_id", "name") if key in query]
        if not found:
            raise problem(400, "InvalidValue", "external_id or name is required")
        return [row for row in found if row is not None]

    def find(self, key: str, value: Any) -> Row | None:
        return self.store.by(self.object, key, value)

    def must(self, id: Any) -> Row:
        row = self.store.get(self.object, id)
        if row is None:
            raise not_found()
        return row

    def stale(self, row: Row) -> Row:
        before = self.store.before.get((self.object, row["id"]))
        return before if before is not None and self.twin.hit(Fault.STALE_READ) else row

    def one(self, row: Row, status: int = 200) -> httpx.Response:
        shown = self.store.shown(self.object, row)
        headers = {"location": shown["url"]} if status == 201 else None
        return ok({self.singular: shown}, status, headers)

    # Writing.

    def created(self, request: httpx.Request) -> httpx.Response:
        self.refuse()
        return self.one(self.add(wrapped(body_of(request), self.singular)), 201)

    def upserted(self, request: httpx.Request) -> httpx.Response:
        sent = wrapped(body_of(request), self.singular)
        self.refuse()
        row = self.match(sent)
        return self.one(self.add(sent), 201) if row is None else self.one(self.put(row, sent))

    def add(self, sent: Row) -> Row:
        return self.store.add(self.object, self.store.checked(self.object, sent, None))

    def put(self, row: Row, sent: Row) -> Row:
        self.refuse()
        kept = self.store.checked(self.object, sent, row)
        return row if self.singly and self.twin.hit(Fault.IGNORE_WRITE) else self.store.set(self.object, row, kept)

    @property
    def singly(self) -> bool:
        """Not inside a bulk job, which runs whenever somebody asks for anything: no fault is used up there."""
        return self.store.at is None

    def refuse(self) -> None:
        if self.singly and self.twin.hit(Fault.CONFLICT_409):
            raise problem(409, "DatabaseConflict", "Database collision")

    def match(self, sent: Row) -> Row | None:
        for key in MATCH[self.object]:
            if sent.get(key) is not None:
                row = self.store.get(self.object, sent["id"]) if key == "id" else self.find(key, sent[key])
                if row is not None:
                    return row
        return None

    def deleted(self, row: Row) -> httpx.Response:
        self.store.remove(self.object, row)
        return httpx.Response(204)

    # In bulk.

    def many(self, request: httpx.Request, action: str, write: Callable[[Row], Row]) -> httpx.Response:
        rows = wrapped_many(body_of(request), self.object)
        return self.job(action, [({}, partial(write, row)) for row in rows])

    def updated_many(self, request: httpx.Request) -> httpx.Response:
        """Either `{organizations: [{id, …}]}`, or `?ids=` and one `{organization: {…}}` for all."""
        query, body = request.url.params, body_of(request)
        if "ids" in query or "external_ids" in query:
            key = "id" if "ids" in query else "external_id"
            same = wrapped(body, self.singular)
            rows = [{**same, key: text} for text in (query.get("ids") or query["external_ids"]).split(",")]
        else:
            rows = wrapped_many(body, self.object)
        return self.job("update", [(_about(row.get("id")), partial(self._update, row)) for row in rows])

    def destroyed_many(self, request: httpx.Request) -> httpx.Response:
        ids = [text for text in request.url.params.get("ids", "").split(",") if text]
        return self.job("delete", [(_about(id), partial(self._delete, id)) for id in ids])

    def job(self, action: str, writes: list[Write]) -> httpx.Response:
        return self.twin.jobs.add(f"Bulk {action} {self.singular}", action, writes)

    def _create(self, sent: Row) -> Row:
        row = self.add(sent)
        return {"id": row["id"], "action": "create", "status": "Created", "success": True, "external_id": row["external_id"]}

    def _update(self, sent: Row) -> Row:
        row = self.store.get(self.object, sent["id"]) if "id" in sent else self.find("external_id", sent.get("external_id"))
        if row is None:
            raise not_found()
        self.put(row, {key: value for key, value in sent.items() if key != "id"})
        return {"id": row["id"], "action": "update", "status": "Updated", "success": True, "external_id": row["external_id"]}

    def _upsert(self, sent: Row) -> Row:
        row = self.match(sent)
        return self._create(sent) if row is None else self._update({**sent, "id": row["id"]})

    def _delete(self, id: str) -> Row:
        row = self.must(id)
        self.deleted(row)
        return {"id": row["id"], "action": "delete", "status": "Deleted", "success": True}


def _about(id: object) -> Row:
    return {"id": int(str(id))} if str(id).isdecimal() else {}


def counted(twin: ZendeskTwin, value: int) -> httpx.Response:
    return ok({"count": {"value": value, "refreshed_at": iso(twin.clock.now())}})


def defined(twin: ZendeskTwin, object: str, request: httpx.Request, parts: list[str]) -> httpx.Response:
    """organization_fields and user_fields."""
    name, table = SINGULAR[object], twin.store.rows(object)
    match request.method, parts:
        case "GET", []:
            return pages.listed(twin, request, object, table, partial(twin.store.shown, object))
        case "GET", [id]:
            row = twin.store.get(object, id)
            if row is None:
                raise not_found()
            return ok({name: twin.store.shown(object, row)})
        case "POST", []:
            sent = wrapped(body_of(request), name)
            return ok({name: twin.store.shown(object, twin.define(object, sent))}, 201)
    raise problem(404, "InvalidEndpoint", "Not found")
