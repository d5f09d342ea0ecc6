"""What surrounds the records: properties and their groups, owners, pipelines, associations between objects, the account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from connectors.hubspot.twin.answers import Answer, Row, batch, body_of, flag, iso, ok, page, row_problem
from connectors.hubspot.twin.schema import property_row

if TYPE_CHECKING:
    from connectors.hubspot.twin import HubSpotTwin

PORTAL = 4_012_345
STAGES = (
    ("appointmentscheduled", "Appointment scheduled", "0.2"),
    ("qualifiedtobuy", "Qualified to buy", "0.4"),
    ("presentationscheduled", "Presentation scheduled", "0.6"),
    ("contractsent", "Contract sent", "0.9"),
    ("closedwon", "Closed won", "1.0"),
    ("closedlost", "Closed lost", "0.0"),
)
GRANULAR = {"companies", "contacts", "deals"}


class Settings:
    def __init__(self, twin: HubSpotTwin) -> None:
        self.twin = twin

    # Properties.

    def properties(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        object = self.twin.objects_api.known(parts[0])
        known, groups = self.twin.store.schema[object], self.twin.store.groups[object]
        match request.method, parts[1:]:
            case "GET", []:
                return ok({"results": list(known.values())})
            case "GET", ["groups"]:
                return ok({"results": list(groups.values())})
            case "POST", ["groups"]:
                body = body_of(request)
                if body["name"] in groups:
                    raise Answer(409, "CONFLICT", f"Property group {body['name']} already exists")
                groups[body["name"]] = {"displayOrder": -1, "archived": False, **body}
                return ok(groups[body["name"]], 201)
            case "POST", []:
                return ok(self.made(object, body_of(request)), 201)
            case "POST", ["batch", "create"]:
                made = [self.made(object, each) for each in body_of(request)["inputs"]]
                return batch(made, [], self.twin.clock.now(), created=True)
            case "GET", [name] if name in known:
                return ok(known[name])
            case "DELETE", [name] if name in known:
                del known[name]
                return httpx.Response(204)
        raise Answer(404, "OBJECT_NOT_FOUND", f"no property {'/'.join(parts)}")

    def made(self, object: str, body: Row) -> Row:
        known = self.twin.store.schema[object]
        if body["name"] in known:
            raise Answer(409, "OBJECT_ALREADY_EXISTS", f"A property named '{body['name']}' already exists")
        unknown = body["groupName"] not in self.twin.store.groups[object] and body["groupName"] != "information"
        if unknown or body["name"] != body["name"].lower():
            raise Answer(
                400, "VALIDATION_ERROR", f"Property {body['name']}: its group does not exist, or its name is not lower case"
            )
        row = property_row(body["name"], body["type"], own=False, unique=bool(body.get("hasUniqueValue")))
        known[body["name"]] = {**row, **body}
        return known[body["name"]]

    # Owners, pipelines, the account.

    def owners(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        query = request.url.params
        archived = flag(query, "archived")
        rows = [self.owner(row) for row in self.twin.table("owners").values() if bool(row.get("archived")) is archived]
        if parts:
            found = [row for row in rows if str(row["id"]) == parts[0]]
            if not found:
                raise Answer(404, "OBJECT_NOT_FOUND", f"no owner {parts[0]}")
            return ok(found[0])
        rows = [row for row in rows if query.get("email") in {None, "", row["email"]}]
        first, limit = int(query.get("after") or 0), int(query.get("limit", 100))
        more = len(rows) > first + limit
        return ok(page(rows[first : first + limit], str(first + limit) if more else None))

    def owner(self, row: Row) -> Row:
        moment = iso(self.twin.started)
        filled = {
            "firstName": "",
            "lastName": "",
            "type": "PERSON",
            "archived": False,
            "createdAt": moment,
            "updatedAt": moment,
        }
        return {**filled, "userIdIncludingInactive": row.get("userId"), **row}

    def pipelines(self, parts: list[str]) -> httpx.Response:
        if not parts or parts[0] not in {"deals", "0-3", "deal"}:
            return ok({"results": []})
        moment = iso(self.twin.started)
        times = {"createdAt": moment, "updatedAt": moment, "archived": False}
        stages = [
            {
                "id": id,
                "label": label,
                "displayOrder": n,
                "metadata": {"isClosed": str(p in {"1.0", "0.0"}).lower(), "probability": p},
                **times,
            }
            for n, (id, label, p) in enumerate(STAGES)
        ]
        pipeline = {"id": "default", "label": "Sales pipeline", "displayOrder": 0, "stages": stages, **times}
        return ok(pipeline if parts[1:] == ["default"] else {"results": [pipeline]})

    def account(self) -> httpx.Response:
        return ok(
            {
                "portalId": PORTAL,
                "accountType": "DEVELOPER_TEST",
                "timeZone": "Europe/Berlin",
                "companyCurrency": "USD",
                "additionalCurrencies": ["EUR", "JPY"],
                "utcOffset": "+01:00",
                "utcOffsetMilliseconds": 3_600_000,
                "uiDomain": "app.hubspot.com",
                "dataHostingLocation": "eu1",
            }
        )

    def token(self, request: httpx.Request) -> httpx.Response:
        if body_of(request).get("tokenKey") != self.twin.token:
            raise Answer(404, "OBJECT_NOT_FOUND", "unknown token")
        return ok({"userId": 7, "hubId": PORTAL, "appId": int(self.twin.app_id), "scopes": sorted(self.twin.scopes)})

    # Associations.

    def associations(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        object, other = self.twin.objects_api.known(parts[0]), self.twin.objects_api.known(parts[1])
        inputs = body_of(request).get("inputs", [])
        match request.method, parts[2:]:
            case "POST", ["batch", "read"]:
                return self.linked(object, other, inputs)
            case "POST", ["batch", "associate", "default"] | ["batch", "create"]:
                for each in inputs:
                    types = [int(type["associationTypeId"]) for type in each.get("types", [])] or None
                    self.twin.store.link(
                        object, self.twin.objects_api.must(object, str(each["from"]["id"])), other, str(each["to"]["id"]), types
                    )
                    self.twin.store.set(object, self.twin.objects_api.must(object, str(each["from"]["id"])), {})
                return batch([], [], self.twin.clock.now())
            case "POST", ["batch", "archive"]:
                for each in inputs:
                    row = self.twin.objects_api.must(object, str(each["from"]["id"]))
                    for to in each["to"]:
                        self.twin.store.unlink(object, row, other, str(to["id"]))
                    self.twin.store.set(object, row, {})
                return httpx.Response(204)
        raise Answer(404, "OBJECT_NOT_FOUND", f"no route {request.method} {request.url.path}")

    def linked(self, object: str, other: str, inputs: list[Any]) -> httpx.Response:
        results, missing = [], []
        for each in inputs:
            row = self.twin.store.get(object, str(each["id"]))
            to: dict[str, list[Row]] = {}
            for id, type, name in self.twin.store.links(object, row, other) if row is not None else ():
                label = None if name.endswith("unlabeled") else "Primary"
                to.setdefault(id, []).append({"category": "HUBSPOT_DEFINED", "typeId": type, "label": label})
            if to:
                found = [{"toObjectId": id, "associationTypes": types} for id, types in to.items()]
                results.append({"from": {"id": str(each["id"])}, "to": found})
            else:
                missing.append(str(each["id"]))
        message = f"No {other} is associated with {object} "
        context = {"fromObjectId": missing, "fromObjectType": [object], "toObjectType": [other]}
        errors = [row_problem("OBJECT_NOT_FOUND", message + ", ".join(missing), context)] if missing else []
        return batch(results, errors, self.twin.clock.now())
