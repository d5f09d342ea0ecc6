"""The object routes: list, read, write, batches, search, merge, associations."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Any

import httpx

from connectors.hubspot.twin import search
from connectors.hubspot.twin.answers import Answer, Row, batch, body_of, flag, ok, page, row_problem
from connectors.hubspot.twin.store import MODIFIED, TYPES, Store
from connectors.kit.faults import Fault

if TYPE_CHECKING:
    from connectors.hubspot.twin import HubSpotTwin

BATCH = 100
HISTORY_PAGE = 50
URL = 8_000  # characters of an address that HubSpot's edge takes


class Objects:
    def __init__(self, twin: HubSpotTwin, store: Store) -> None:
        self.twin = twin
        self.store = store

    def answer(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        object = self.known(parts[0])
        match request.method, parts[1:]:
            case "GET", []:
                return self.listed(request, object)
            case "POST", []:
                return self.create(request, object)
            case "POST", ["search"]:
                return self.search(request, object)
            case "POST", ["merge"]:
                return self.merge(request, object)
            case "POST", ["batch", verb] if verb in self.batches:
                return self.batches[verb](self, request, object)
            case "GET", [id]:
                return self.read(request, object, id)
            case "PATCH", [id]:
                return self.update(request, object, id)
            case "DELETE", [id]:
                return self.archive(object, [id])
            case "PUT", [id, "associations", "default", other, other_id]:
                self.store.link(object, self.must(object, id), self.known(other), other_id)
                return ok({"status": "COMPLETE", "results": []})
        raise Answer(404, "OBJECT_NOT_FOUND", f"no route {request.method} {'/'.join(parts)}")

    def known(self, object: str) -> str:
        name = {
            "0-1": "contacts",
            "0-2": "companies",
            "0-3": "deals",
            "contact": "contacts",
            "company": "companies",
            "deal": "deals",
        }.get(object, object)
        if name not in MODIFIED:
            raise Answer(400, "VALIDATION_ERROR", f"Unable to infer object type from: {object}")
        return name

    def must(self, object: str, id: str) -> Row:
        row = self.store.get(object, id)
        if row is None or row["archived"]:
            raise Answer(404, "OBJECT_NOT_FOUND", f"Object not found. objectId {id} for object type {object} does not exist")
        return row

    # One record.

    def listed(self, request: httpx.Request, object: str) -> httpx.Response:
        query = request.url.params
        history = _names(query, "propertiesWithHistory")
        limit = int(query.get("limit", 10))
        if limit > (HISTORY_PAGE if history else BATCH):
            raise Answer(400, "VALIDATION_ERROR", f"limit must be at most {HISTORY_PAGE if history else BATCH}")
        archived, after = flag(query, "archived"), int(query.get("after") or 0)
        if self.twin.hit(Fault.EXPIRED_PAGE):
            raise Answer(400, "VALIDATION_ERROR", "The `after` token is not valid any more")
        empty = self.twin.hit(Fault.EMPTY_LIST) is not None
        living = (row for row in self.twin.in_order(object, after) if row["archived"] is archived and not empty)
        rows = list(islice(living, limit + 1))
        shown = [
            self.store.shown(object, row, _names(query, "properties"), history, _names(query, "associations"))
            for row in rows[:limit]
        ]
        return ok(page(shown, rows[limit]["id"] if len(rows) > limit else None))

    def read(self, request: httpx.Request, object: str, id: str) -> httpx.Response:
        query = request.url.params
        name = query.get("idProperty")
        row = self.store.by(object, name, id) if name else self.store.get(object, id)
        if row is None or row["archived"] is not (flag(query, "archived")):
            raise Answer(404, "OBJECT_NOT_FOUND", f"Object not found. objectId {id} for object type {object} does not exist")
        asked, history, to = (_names(query, key) for key in ("properties", "propertiesWithHistory", "associations"))
        return ok(self.store.shown(object, row, asked, history, to))

    def create(self, request: httpx.Request, object: str) -> httpx.Response:
        body = body_of(request)
        kept, refused = self.checked(object, body, None)
        _refuse(refused)
        return ok(self.store.shown(object, self.added(object, body, kept), list(kept)), 201)

    def update(self, request: httpx.Request, object: str, id: str) -> httpx.Response:
        row, body = self.must(object, id), body_of(request)
        kept, refused = self.checked(object, body, row)
        _refuse(refused)
        self.put(object, row, kept)
        return ok(self.store.shown(object, row, list(kept)))

    def merge(self, request: httpx.Request, object: str) -> httpx.Response:
        body = body_of(request)
        primary, other = self.must(object, body["primaryObjectId"]), self.must(object, body["objectIdToMerge"])
        made = self.store.merge(object, primary, other)
        self.twin.emit(object, made["id"], "merge")
        return ok(self.store.shown(object, made, []))

    def archive(self, object: str, ids: list[str]) -> httpx.Response:
        for id in ids:
            row = self.store.get(object, id)
            if row is not None and not row["archived"]:  # archiving twice is no error
                self.store.archive(object, row)
                self.twin.emit(object, row["id"], "delete")
        return httpx.Response(204)

    # Many records.

    def batch_read(self, request: httpx.Request, object: str) -> httpx.Response:
        body = body_of(request)
        inputs, archived = _inputs(body), flag(request.url.params, "archived")
        if body.get("propertiesWithHistory") and len(inputs) > HISTORY_PAGE:
            raise Answer(400, "VALIDATION_ERROR", f"at most {HISTORY_PAGE} inputs with propertiesWithHistory")
        name, found, missing = body.get("idProperty"), {}, []
        for each in inputs:
            row = self.store.by(object, name, str(each["id"])) if name else self.store.get(object, str(each["id"]))
            if row is None or row["archived"] is not archived:
                missing.append(str(each["id"]))
            else:
                found[row["id"]] = row
        shown = [
            self.store.shown(object, row, body.get("properties", []), body.get("propertiesWithHistory", []))
            for row in found.values()
        ]
        errors = [row_problem("OBJECT_NOT_FOUND", f"Could not get some {object}", {"ids": missing})] if missing else []
        return batch(shown, errors, self.twin.clock.now())

    def batch_write(
        self, request: httpx.Request, object: str, find: Callable[[Row], Row | None], *, create: bool
    ) -> httpx.Response:
        """Rows that carry an `objectWriteTraceId` fail alone (207); without it, or for a contact that exists, all fail."""
        inputs = _inputs(body_of(request))
        self.refuse_batch(object)
        checked: list[tuple[Row, Row | None, dict[str, str | None]]] = []
        results, errors = [], []
        taken: set[str] = set()
        for each in inputs:
            row = find(each)
            if row is None and not create:
                errors.append(
                    row_problem(
                        "OBJECT_NOT_FOUND", "Could not get some objects", {"ids": [str(each.get("id"))], **_trace(each)}
                    )
                )
                continue
            kept, refused = self.checked(object, each, row)
            if object == "contacts" and (email := kept.get("email")):
                if email in taken:
                    raise Answer(409, "CONFLICT", "Contacts of one batch must have different e-mail addresses")
                taken.add(email)
            if refused and "objectWriteTraceId" not in each:
                _refuse(refused)
            if refused or (self.twin.hit(Fault.PARTIAL_207)):
                errors.append(row_problem("VALIDATION_ERROR", _said(refused), _trace(each)))
            else:
                checked.append((each, row, kept))
        for each, held, kept in checked:
            row = self.added(object, each, kept) if held is None else self.put(object, held, kept)
            shown = self.store.shown(object, row, list(kept))
            if "objectWriteTraceId" in each:
                shown["objectWriteTraceId"] = each["objectWriteTraceId"]
            results.append({**shown, "new": held is None} if request.url.path.endswith("/upsert") else shown)
        return batch(results, errors, self.twin.clock.now(), created=request.url.path.endswith("/create"))

    def batch_create(self, request: httpx.Request, object: str) -> httpx.Response:
        return self.batch_write(request, object, lambda _: None, create=True)

    def batch_update(self, request: httpx.Request, object: str) -> httpx.Response:
        return self.batch_write(request, object, lambda each: self.living(object, each), create=False)

    def batch_upsert(self, request: httpx.Request, object: str) -> httpx.Response:
        return self.batch_write(request, object, lambda each: self.living(object, each), create=True)

    def batch_archive(self, request: httpx.Request, object: str) -> httpx.Response:
        return self.archive(object, [str(each["id"]) for each in _inputs(body_of(request))])

    batches: dict[str, Callable[[Objects, httpx.Request, str], httpx.Response]] = {
        "read": batch_read,
        "create": batch_create,
        "update": batch_update,
        "upsert": batch_upsert,
        "archive": batch_archive,
    }

    def search(self, request: httpx.Request, object: str) -> httpx.Response:
        asked = body_of(request)
        rows = self.store.index.rows(object, self.twin.clock.now())
        total, ids, after = search.find(rows, self.store.schema[object], object, asked, len(request.content))
        # The rows are those of the index: the properties as they were when it took them up.
        shown = [
            self.store.shown(object, {**self.twin.table(object)[id], "properties": rows[id]}, asked.get("properties", []))
            for id in ids
            if id in self.twin.table(object)
        ]
        return ok({"total": total, **page(shown, after)})

    # Help.

    def living(self, object: str, each: Row) -> Row | None:
        name, id = each.get("idProperty"), str(each["id"])
        if name:
            each.setdefault("properties", {}).setdefault(name, id)
            row = self.store.by(object, name, id)
        else:
            row = self.store.get(object, id)
        return None if row is None or row["archived"] else row

    def checked(self, object: str, each: Row, row: Row | None) -> tuple[dict[str, str | None], list[Row]]:
        kept, refused = self.store.check(
            object, each.get("properties", {}), row["properties"] if row else {}, row["id"] if row else None
        )
        email = kept.get("email")
        owner = self.store.by(object, "email", email) if object == "contacts" and email else None
        if owner is not None and (row is None or owner["id"] != row["id"]):
            raise Answer(409, "CONFLICT", f"Contact already exists. Existing ID: {owner['id']}")
        return kept, refused

    def refuse_batch(self, object: str) -> None:
        if self.twin.hit(Fault.CONFLICT_409):
            raise Answer(409, "CONFLICT", f"{object}: the batch conflicts with another write")
        if self.twin.hit(Fault.LOCKED):
            raise Answer(423, "LOCKED", "The resource is locked, wait at least 2 seconds")

    def added(self, object: str, each: Row, kept: dict[str, str | None]) -> Row:
        row = self.store.add(object, kept)
        for association in each.get("associations", []):
            types = [int(type["associationTypeId"]) for type in association.get("types", [])]
            self.store.link(object, row, self.target(object, types), str(association["to"]["id"]), None)
        self.twin.emit(object, row["id"], "create")
        return row

    def target(self, object: str, types: list[int]) -> str:
        return next(other for (mine, other), pairs in TYPES.items() if mine == object and {id for id, _ in pairs} & set(types))

    def put(self, object: str, row: Row, kept: dict[str, str | None]) -> Row:
        if not self.twin.hit(Fault.IGNORE_WRITE):
            self.store.set(object, row, kept)
            self.twin.emit(object, row["id"], "update")
        return row


def _names(query: httpx.QueryParams, key: str) -> list[str]:
    return [name for part in query.get_list(key) for name in part.split(",") if name]


def _inputs(body: Row) -> list[Any]:
    inputs: list[Any] = body.get("inputs", [])
    if len(inputs) > BATCH:
        raise Answer(400, "VALIDATION_ERROR", f"The maximum number of inputs in a batch is {BATCH}")
    if not inputs:
        raise Answer(400, "VALIDATION_ERROR", "The inputs of a batch may not be empty")
    return inputs


def _trace(each: Row) -> dict[str, list[str]]:
    return {"objectWriteTraceId": [each["objectWriteTraceId"]]} if "objectWriteTraceId" in each else {}


def _said(refused: list[Row]) -> str:
    return "Property values were not valid: " + json.dumps(refused)


def _refuse(refused: list[Row]) -> None:
    if refused:
        errors = [
            {"message": row["message"], "code": row["error"], "context": {"propertyName": [row["name"]]}} for row in refused
        ]
        raise Answer(400, "VALIDATION_ERROR", _said(refused), errors=errors)
