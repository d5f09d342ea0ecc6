"""A practice Zendesk account: /api/v2 and /oauth/tokens over one set of records. Shares nothing with the connector."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import httpx

from connectors.kit.faults import GENERIC, Fault
from connectors.kit.twin import Twin
from connectors.zendesk.twin import csat, events, search
from connectors.zendesk.twin.answers import Answer, Invalid, Row, iso, ok, problem
from connectors.zendesk.twin.exports import Exports
from connectors.zendesk.twin.jobs import Jobs
from connectors.zendesk.twin.limits import Limits
from connectors.zendesk.twin.organizations import Organizations
from connectors.zendesk.twin.records import defined
from connectors.zendesk.twin.screen import SCREEN
from connectors.zendesk.twin.shapes import CUSTOM
from connectors.zendesk.twin.signin import SignIn, forbidden
from connectors.zendesk.twin.store import EXPORTED, Store
from connectors.zendesk.twin.tickets import Tickets
from connectors.zendesk.twin.users import ANONYMOUS, Users

Area = Callable[[httpx.Request, list[str]], httpx.Response]


class ZendeskTwin(Twin):
    """Everything below may be set on a twin before it is served; times in seconds.

    `withheld`: how long a change stays out of the exports. `exports`, `calls`: exports and all calls a minute; `user_updates`:
    of one user. `index_lag`: until search knows a change. `csat`: which of the two kinds is on; `gated`: the plan has neither.
    `bulk_import`: people may be created by the hundred, which an owner has to ask for.
    `tombstones`: deleted organizations stay in their export, with `deleted_at`. `legacy`: `config()` gives an API token.
    """

    name = "zendesk"
    objects = (
        "organization_fields",
        "user_fields",
        "organizations",
        "users",
        "tickets",
        "ticket_metrics",
        "satisfaction_ratings",
        "survey_responses",
        "organization_merges",
    )
    faults = GENERIC | {
        Fault.EXPIRED_PAGE,
        Fault.REPEAT_PAGE,
        Fault.EMPTY_LIST,
        Fault.IGNORE_WRITE,
        Fault.SCOPE_LOST,
        Fault.CONFLICT_409,
        Fault.LAG,
        Fault.STALE_READ,
        Fault.JOB_FAILED,
        Fault.PLAN_GATED,
        Fault.TOKEN_EXPIRED,
        Fault.DUPLICATE_WEBHOOK,
        Fault.LATE_WEBHOOK,
        Fault.LOST_WEBHOOK,
        Fault.SWAPPED_WEBHOOKS,
    }
    enums = frozenset({"status", "priority", "type", "score", "channel"})

    screen = SCREEN

    withheld = 60.0
    exports = 10
    calls = 700
    user_updates = 5
    index_lag = 0.0
    job_seconds = 2.0
    queued = 30
    archived_after = 120.0  # days since a ticket was closed
    csat = csat.LEGACY
    gated = False
    bulk_import = False
    tombstones = True
    legacy = False
    subdomain = "lanternfish"
    email = "hub@lanternfish.example"
    client_id = "concord"
    account_id = 10_973_248

    @property
    def client_secret(self) -> str:
        return self.mint("secret", "client")

    @property
    def code(self) -> str:
        """The authorization code of a person who agreed, good once."""
        return self.mint("code", "authorization")

    def prepare(self) -> None:
        self.metric_of: dict[int, int] = {}  # ticket -> its metrics
        self._news: Row = {}
        self.store = Store(self)
        self.jobs = Jobs(self)
        self.limits = Limits(self)
        self.sign_in = SignIn(self)
        self.organizations = Organizations(self)
        self.users = Users(self)
        self.tickets = Tickets(self)
        self._areas: dict[str, Area] = {
            "organizations": self.organizations.answer,
            "users": self.users.answer,
            "tickets": self.tickets.answer,
            "ticket_metrics": self.tickets.metrics,
            "deleted_tickets": self.tickets.deleted,
            "deleted_users": self.users.deleted_ones,
            "incremental": Exports(self).answer,
            "organization_fields": partial(defined, self, "organization_fields"),
            "user_fields": partial(defined, self, "user_fields"),
            "job_statuses": self.jobs.answer,
            "organization_merges": self._merge_record,
            "satisfaction_ratings": partial(csat.ratings, self),
            "survey_responses": partial(csat.surveys, self),
            "search": partial(search.answer, self),
            "account": self._settings,
        }

    def config(self) -> dict[str, Any]:
        said: dict[str, Any] = {"base_url": self.url, "subdomain": self.subdomain, "webhook_secret": self.webhook_secret}
        said |= {"withheld_seconds": self.withheld, "exports_per_minute": self.exports}
        if self.legacy:
            return said | {"email": self.email, "api_token": self.token}
        signed = {"client_id": self.client_id, "client_secret": self.client_secret}
        return said | signed | {"refresh_token": self.sign_in.refresh_token}

    def hurry(self) -> None:
        self.withheld, self.exports = 1.0, 600

    def load(self, data: Mapping[str, list[Row]]) -> None:
        for object, rows in data.items():
            for row in rows:
                if object == csat.SURVEY:
                    self.table(object)[row["id"]] = row
                else:
                    self.store.load(object, row)
        self.metric_of = {row["ticket_id"]: row["id"] for row in self.table("ticket_metrics").values()}
        if self.admin is None:
            self.store.load("users", self._owner())

    def route(self, request: httpx.Request) -> httpx.Response:
        self.jobs.run()
        response = self._answered(request)
        response.headers.update(self.limits.headers(request))
        return response

    def unauthorised(self, request: httpx.Request) -> httpx.Response:
        del request
        return Answer(401, {"error": "Couldn't authenticate you"}).response

    def rate_limited(self, request: httpx.Request, retry_after: str | None) -> httpx.Response:
        headers = {**self.limits.headers(request), "retry-after": retry_after or "1"}
        return problem(429, "APIRateLimitExceeded", "Number of allowed API requests per minute exceeded", headers).response

    def webhook(self, url: str, object: str, id: str, action: str) -> httpx.Request | None:
        """`action`: create, update or delete, or the kind of event itself, as `name_changed`."""
        if object not in EXPORTED:
            return None
        row = self.store.get(object, id) or self.store.gone[int(id)]
        updated = "status_changed" if object == "tickets" else "custom_field_changed"
        kind = {"create": "created", "update": updated, "delete": "deleted"}.get(action, action)
        return events.request(self, url, object, row, kind, self._news)

    def signed(self, request: httpx.Request, tries: int) -> httpx.Request:
        """Anew for each try."""
        del tries
        return events.signed(self, request)

    @property
    def replays(self) -> bool:
        """While it takes up what was written before its end: all of that was let in then."""
        return self._replaying

    def tell(self, object: str, row: Row, news: list[tuple[str, Row]]) -> None:
        for kind, self._news in news:
            self.emit(object, str(row["id"]), kind)
        self._news = {}

    # What people do in Zendesk's own screen.

    def create(self, object: str, **row: Any) -> Row:
        self.jobs.run()
        id = int(row.pop("id")) if "id" in row else None
        try:
            if object == "tickets":
                return self.tickets.add(row, id=id)
            if object in EXPORTED:
                return self.store.add(object, self.store.checked(object, row, None), id=id)
        except Invalid as refused:
            raise ValueError(refused.said) from None
        if object in CUSTOM.values():
            return self.define(object, row)
        now = iso(self.clock.now())
        made = {"created_at": now, "updated_at": now, **row, "id": id or self.store.next_id(object)}
        self.store.load(object, made)
        return made

    def edit(self, object: str, id: str, **changes: Any) -> Row:
        """`merge_into`: the id of the winner. Custom fields are changed key by key. The actor `system` moves no `updated_at`."""
        self.jobs.run()
        row = self.table(object)[str(id)]
        if "merge_into" in changes:
            self.merge(object, str(id), str(changes["merge_into"]))
            return self.table(object)[str(changes["merge_into"])]
        if object not in EXPORTED:
            row |= {**changes, "updated_at": iso(self.clock.now())}
            return row
        try:
            return self.tickets.put(row, changes) if object == "tickets" else self._edited(object, row, changes)
        except Answer as refused:
            raise ValueError(str(refused)) from None

    def delete(self, object: str, id: str) -> None:
        self.jobs.run()
        row = self.table(object)[str(id)]
        if object in EXPORTED:
            self.store.remove(object, row)
        else:
            del self.table(object)[str(id)]

    def merge(self, object: str, loser: str, winner: str, *, after: float = 0.0) -> Row:
        """Returns the record of the merge (organizations), or the winner (users). `after`: seconds that the merge takes."""
        rows = self.table(object)[loser], self.table(object)[winner]
        if object == "users":
            return self.store.merge(object, *rows)
        at = self.store.now() + timedelta(seconds=after)
        id = self.mint("merge", len(self.table("organization_merges"))).removeprefix("merge_").upper()
        row = {"id": id, "loser_id": rows[0]["id"], "winner_id": rows[1]["id"], "at": at.timestamp()}
        self.table("organization_merges")[id] = row
        if after:
            self.jobs.later(at, lambda: self._merge(object, loser, winner))
        else:
            self._merge(object, loser, winner)
        return row

    # Help.

    def living(self, object: str) -> list[Row]:
        if object == "tickets":
            return self.tickets.living()
        return [row for row in self.store.rows(object) if row.get("active", True)]

    def define(self, object: str, sent: Row) -> Row:
        """A custom field; its key is taken for ever. Raises `Invalid`."""
        key = sent.get("key")
        if not key or any(row["key"] == key for row in self.table(object).values()):
            error, said = (
                ("DuplicateValue", f"Key: {key} has already been taken") if key else ("BlankValue", "Key: cannot be blank")
            )
            raise Invalid({"key": [{"description": said, "error": error}]})
        title, said = sent.get("title") or key, sent.get("description") or ""
        row: Row = {"id": self.store.next_id(object), "key": key, "type": sent.get("type", "text"), "title": title}
        row |= {"raw_title": title, "description": said, "raw_description": said, "position": len(self.table(object))}
        if row["type"] == "dropdown":
            row["custom_field_options"] = sent.get("custom_field_options") or []
        self.store.load(object, row)
        return row

    @property
    def admin(self) -> Any:
        return next((row for row in self.store.rows("users") if row.get("role") == "admin"), None)

    def _owner(self) -> Row:
        """An account always has one."""
        person = {"name": "Account Owner", "email": self.email, "role": "admin", "verified": True}
        return {"id": self.store.next_id("users"), **person}

    def _merge(self, object: str, loser: str, winner: str) -> None:
        """Nothing is merged where somebody deleted one of the two meanwhile."""
        rows = self.store.get(object, loser), self.store.get(object, winner)
        if rows[0] is not None and rows[1] is not None:
            self.store.merge(object, rows[0], rows[1])

    def _edited(self, object: str, row: Row, changes: Row) -> Row:
        kept = self.store.checked(object, changes, row)
        return self.store.set(object, row, kept)

    def _answered(self, request: httpx.Request) -> httpx.Response:
        try:
            if request.url.path == "/oauth/tokens" and request.method == "POST":
                return self.sign_in.tokens(request)
            if "authorization" not in request.headers and re.fullmatch(r"/api/v2/users/me(\.json)?", request.url.path):
                return ok({"user": ANONYMOUS})  # this one address is for everybody
            self.sign_in.admit(request)
            self.limits.admit(request)
            if self.hit(Fault.SCOPE_LOST):
                raise forbidden("read" if request.method == "GET" else "write")
            return self._routed(request)
        except Answer as answer:
            return answer.response

    def _routed(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removesuffix(".json")
        parts = [part for part in path.removeprefix("/api/v2/").split("/") if part]
        if "survey_responses" in parts[1:3] and parts[0] == "guide":  # with or without a locale before it
            parts = parts[parts.index("survey_responses") :]
        area = self._areas.get(parts[0] if parts else "")
        if area is None or not path.startswith("/api/v2/"):
            raise problem(404, "InvalidEndpoint", "Not found")
        return area(request, parts[1:])

    def _settings(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        del request
        if parts != ["settings"]:
            raise problem(404, "InvalidEndpoint", "Not found")
        return ok({"settings": {"active_features": {"satisfaction_ratings": self.csat == csat.LEGACY and not self.gated}}})

    def _merge_record(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        del request
        return self.organizations.merge_by_id("/".join(parts))
