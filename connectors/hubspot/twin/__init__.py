"""A practice HubSpot portal: v3, v4 and dated paths over one set of records. Shares nothing with the connector."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from connectors.hubspot.twin import hooks
from connectors.hubspot.twin.answers import Answer, Row, iso
from connectors.hubspot.twin.consent import Consent
from connectors.hubspot.twin.objects import URL, Objects
from connectors.hubspot.twin.schema import property_row
from connectors.hubspot.twin.screen import SCREEN
from connectors.hubspot.twin.settings import GRANULAR, PORTAL, Settings
from connectors.hubspot.twin.store import MODIFIED, TYPES, Store
from connectors.hubspot.twin.values import taken
from connectors.kit.faults import GENERIC, Fault
from connectors.kit.twin import Twin

# One set of routes for the old and the dated shape of a path.
PATHS = (
    re.compile(r"/crm/(?P<version>v[34])/(?P<area>objects|properties|owners|pipelines|associations)(?P<rest>/.*)?"),
    re.compile(r"/crm/(?P<area>objects|properties|owners|pipelines|associations)/(?P<version>\d{4}-\d{2})(?P<rest>/.*)?"),
    re.compile(r"/(?P<area>communication-preferences)/(?P<version>v[34]|\d{4}-\d{2})(?P<rest>/.*)"),
    re.compile(r"/(?P<area>account-info)/(?P<version>v3|\d{4}-\d{2})(?P<rest>/details)"),
    re.compile(r"/(?P<area>email)/public/(?P<version>v1)/events(?P<rest>/.*)?"),
    re.compile(r"/(?P<area>oauth)/(?P<version>v2)/private-apps/get/access-token-info(?P<rest>)"),
)
READING_POSTS = re.compile(r"/(search|batch/read|access-token-info)$")
SCOPES = frozenset(
    {f"crm.objects.{object}.{verb}" for object in GRANULAR for verb in ("read", "write")}
    | {f"crm.schemas.{object}.{verb}" for object in GRANULAR for verb in ("read", "write")}
    | {"crm.objects.owners.read", "communication_preferences.read", "communication_preferences.write", "content"}
    | {"communication_preferences.statuses.batch.read", "communication_preferences.statuses.batch.write"}
)


class HubSpotTwin(Twin):
    """`lag`: seconds after which the search index knows a change. `privacy`: a yes needs its legal basis."""

    name = "hubspot"
    objects = ("companies", "contacts", "deals", "owners", "email_events", "subscription_types", "consents")
    faults = GENERIC | {
        Fault.EXPIRED_PAGE,
        Fault.EMPTY_LIST,
        Fault.IGNORE_WRITE,
        Fault.SCOPE_LOST,
        Fault.CONFLICT_409,
        Fault.PARTIAL_207,
        Fault.LOCKED,
        Fault.DUPLICATE_WEBHOOK,
        Fault.LATE_WEBHOOK,
        Fault.LOST_WEBHOOK,
        Fault.SWAPPED_WEBHOOKS,
    }
    enums = frozenset({"industry", "lifecyclestage", "dealstage", "type"})
    screen = SCREEN
    lag = 0.5
    privacy = True
    app_id = "8123456"

    def prepare(self) -> None:
        self.app: str | None = None  # the app that is calling, while it is
        self.scopes = set(SCOPES)
        self.started = self.clock.now()
        self.store = Store(self)
        self.objects_api = Objects(self, self.store)
        self.consent = Consent(self)
        self.settings = Settings(self)

    def config(self) -> dict[str, Any]:
        return {
            "base_url": self.url,
            "access_token": self.token,
            "client_secret": self.webhook_secret,
            "app_id": self.app_id,
            "portal_id": str(PORTAL),
            "legal_basis": "CONSENT_WITH_NOTICE",
            "lag_seconds": self.lag,
        }

    def load(self, data: Mapping[str, list[Row]]) -> None:
        """Rows are served as they stand; what HubSpot would add by itself (ids inside, times, both ends of a link) is added."""
        for object, rows in data.items():
            if object not in MODIFIED:
                self.table(object).update({str(row["id"]): row for row in rows})
                continue
            for row in sorted(rows, key=lambda row: int(row["id"])):
                self._loaded(object, row)
        for object in MODIFIED:
            for row in list(self.table(object).values()):
                for other, found in row.pop("associations", {}).items():
                    self._linked(object, row, other, found)

    def route(self, request: httpx.Request) -> httpx.Response:
        try:
            self._admit(request)
            self.app = self.app_id
            return self._routed(request)
        except Answer as answer:
            return answer.response
        finally:
            self.app = None

    def writes(self, request: httpx.Request) -> bool:
        return request.method not in {"GET", "HEAD"} and not READING_POSTS.search(request.url.path)

    def unauthorised(self, request: httpx.Request) -> httpx.Response:
        del request
        message = "Authentication credentials not found. This API supports OAuth 2.0 authentication."
        return Answer(401, "INVALID_AUTHENTICATION", message).response

    def rate_limited(self, request: httpx.Request, retry_after: str | None) -> httpx.Response:
        policy = "SECONDLY" if request.url.path.endswith("/search") else "TEN_SECONDLY_ROLLING"
        headers = {
            "x-hubspot-ratelimit-max": "190",
            "x-hubspot-ratelimit-remaining": "0",
            "x-hubspot-ratelimit-interval-milliseconds": "10000",
        }
        if retry_after is not None:
            headers["retry-after"] = retry_after
        said = {"errorType": "RATE_LIMIT", "policyName": policy}
        return Answer(429, "RATE_LIMITS", f"You have reached your {policy.lower()} limit.", headers=headers, **said).response

    def webhook(self, url: str, object: str, id: str, action: str) -> httpx.Request | None:
        return hooks.signed(self, url, hooks.events(self, object, id, action)) if object in MODIFIED else None

    def signed(self, request: httpx.Request, tries: int) -> httpx.Request:
        events = [{**event, "attemptNumber": tries} for event in json.loads(request.content)]
        return hooks.signed(self, str(request.url), events)

    def joined(self, one: httpx.Request, other: httpx.Request) -> httpx.Request | None:
        events = json.loads(one.content) + json.loads(other.content)
        return hooks.signed(self, str(one.url), events) if len(events) <= hooks.BATCH else None

    # What people do in HubSpot's own screen.

    def create(self, object: str, **row: Any) -> Row:
        if object not in MODIFIED:
            return super().create(object, **row)
        made = self.store.add(object, {}, id=row.pop("id", None))
        return self.edit(object, made["id"], **row)

    def edit(self, object: str, id: str, **changes: Any) -> Row:
        """Properties; also `associations` {object: [ids]}, `subscriptions` {type: state}, `archived` False, `merge` id."""
        if object not in MODIFIED:
            return super().edit(object, id, **changes)
        row = self.table(object)[self.store.merged.get((object, id), id)]
        if "merge" in changes:
            return self.store.merge(object, row, self.table(object)[changes["merge"]])
        if changes.pop("archived", None) is False:
            self.store.restore(object, row)
        for other, ids in changes.pop("associations", {}).items():
            for linked in ids:
                self.store.link(object, row, other, str(linked))
        subscriptions = changes.pop("subscriptions", {})
        kept, refused = taken(self.store.schema[object], {**changes.pop("properties", {}), **changes}, held=row["properties"])
        if refused:
            raise ValueError("; ".join(problem["message"] for problem in refused))
        self.store.set(object, row, kept)
        if subscriptions:
            self.consent.say(row["properties"]["email"], subscriptions)
        self.emit(object, row["id"], "update")
        return row

    def delete(self, object: str, id: str) -> None:
        if object not in MODIFIED:
            return super().delete(object, id)
        self.store.archive(object, self.table(object)[id])
        return self.emit(object, id, "delete")

    def in_order(self, object: str, after: int = 0) -> Iterator[Row]:
        """Rows by id, from `after` on."""
        order = self.store.order[object]
        table = self.table(object)
        return (table[str(order[at])] for at in range(bisect_left(order, after), len(order)))

    # Help.

    def _admit(self, request: httpx.Request) -> None:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            raise Answer(401, "INVALID_AUTHENTICATION", "Authentication credentials not found or expired.")
        if len(request.url.raw_path) > URL:
            raise Answer(414, "URI_TOO_LONG", "The request's address is too long.")

    def _routed(self, request: httpx.Request) -> httpx.Response:
        found = next(filter(None, (path.fullmatch(request.url.path) for path in PATHS)), None)
        if found is None:
            raise Answer(404, "OBJECT_NOT_FOUND", f"no route {request.method} {request.url.path}")
        area, version = found["area"], found["version"]
        parts = [part for part in (found["rest"] or "").split("/") if part]
        self._scope(request, area, parts)
        match area:
            case "objects":
                return self.objects_api.answer(request, parts)
            case "properties":
                return self.settings.properties(request, parts)
            case "associations":
                return self.settings.associations(request, parts)
            case "owners":
                return self.settings.owners(request, parts)
            case "pipelines":
                return self.settings.pipelines(parts)
            case "communication-preferences":
                return self.consent.answer(request, version, parts)
            case "email":
                return self.consent.event(*parts) if parts else self.consent.events(request)
            case "oauth":
                return self.settings.token(request)
            case _:
                return self.settings.account()

    def _scope(self, request: httpx.Request, area: str, parts: list[str]) -> None:
        verb = "write" if self.writes(request) else "read"
        needed = {
            "owners": "crm.objects.owners.read",
            "email": "content",
            "communication-preferences": f"communication_preferences.{verb}",
        }.get(area)
        if area == "communication-preferences" and "batch" in parts:
            needed = f"communication_preferences.statuses.batch.{verb}"
        if area in {"objects", "associations"}:
            needed = f"crm.objects.{self.objects_api.known(parts[0])}.{verb}"
        if area == "properties":
            needed = f"crm.schemas.{self.objects_api.known(parts[0])}.{verb}"
        if needed is not None and (needed not in self.scopes or self.hit(Fault.SCOPE_LOST)):
            message = "This app hasn't been granted all required scopes to make this call."
            error = {
                "message": "One or more of the following scopes are required.",
                "context": {"requiredGranularScopes": [needed]},
            }
            raise Answer(403, "MISSING_SCOPES", message, errors=[error])

    def _loaded(self, object: str, row: Row) -> None:
        id, properties = str(row["id"]), row.get("properties") or {}
        for name in set(properties) - set(self.store.schema[object]):
            self.store.schema[object][name] = property_row(name, "string", own=False)
        created = row.get("createdAt") or properties.get("createdate") or iso(self.clock.now())
        updated = row.get("updatedAt") or properties.get(MODIFIED[object]) or created
        filled = {"createdate": created, MODIFIED[object]: updated, "hs_lastmodifieddate": updated, "hs_object_id": id}
        row["properties"] = {**properties, **filled}
        row |= {
            "id": id,
            "createdAt": created,
            "updatedAt": updated,
            "links": {},
            "history": row.pop("propertiesWithHistory", {}),
        }
        row.setdefault("archived", False)
        self.table(object)[id] = row
        self.store.taken_in(object, row)

    def _linked(self, object: str, row: Row, other: str, found: Any) -> None:
        names = {name: type for type, name in TYPES.get((object, other), ())}
        for each in found["results"] if isinstance(found, dict) else found:
            link = each if isinstance(each, dict) else {"id": each}
            type = names.get(link.get("type", ""))
            self.store.link(object, row, other, str(link["id"]), None if type is None else [type])
