"""A practice Mixpanel project: profiles, reports, raw events, cohort webhooks. Shares nothing with the connector."""

from __future__ import annotations

import base64
import json
from collections import deque
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any

import httpx

from connectors.kit.faults import GENERIC, Fault
from connectors.kit.playing import Played
from connectors.kit.twin import Twin
from connectors.mixpanel.twin.answers import Answer, Row, ok, refused
from connectors.mixpanel.twin.facts import Facts
from connectors.mixpanel.twin.profiles import Profiles
from connectors.mixpanel.twin.raw import Raw
from connectors.mixpanel.twin.reports import Reports
from connectors.mixpanel.twin.screen import SCREEN

PROJECT, DATA_GROUP, WORKSPACE, REPORT = 2_104_771, "7087754812324874797", 2_650_119, 40_412
GROUP_KEY = "company_id"
HOUR = timedelta(hours=1)
ACTIONS = {"create": "add_members", "update": "add_members", "delete": "remove_members"}
ACCOUNT = "concord.practice.mp-service-account"
AT_ONCE = 5
LIMIT = (
    "Query rate limit exceeded for project_id: {project}. {running}/{at_once} queries running concurrently and {asked}/{most} queries"
    " running in the last hour. For more information, please consult our documentation on rate limits."
)


class MixpanelTwin(Twin):
    """`page_size`: profiles a page. `queries_per_hour`: of the Query API, and as many exports."""

    name = "mixpanel"
    objects = ("groups", "usage", "imported")
    faults = GENERIC | {
        Fault.EXPIRED_PAGE,
        Fault.REPEAT_PAGE,
        Fault.EMPTY_LIST,
        Fault.IGNORE_WRITE,
        Fault.PLAN_GATED,
        Fault.ERRORS_IN_200,
        Fault.PARTIAL_IMPORT,
        Fault.DOUBLED_ROWS,
        Fault.DUPLICATE_WEBHOOK,
        Fault.LATE_WEBHOOK,
    }
    enums = frozenset({"tier", "lifecycle"})
    screen = SCREEN
    page_size = 1000
    queries_per_hour = 60
    _gate = Lock()

    def prepare(self) -> None:
        self.facts = Facts(self.table("usage"))
        self.profiles = Profiles(self.table("groups"), self.clock.now, self.mint)
        self.reports = Reports(self.facts, self.clock.now)
        self.events = Raw(self.facts, self.table("imported"), self.clock.now)
        self._asked: dict[str, deque[datetime]] = {"query": deque(), "export": deque()}
        self._running: dict[int, int] = {}  # how many were running when this one came, itself included

    @property
    def project_token(self) -> str:
        return self.mint("project", "token")

    def config(self) -> dict[str, Any]:
        return {
            "base_url": self.url,
            "username": ACCOUNT,
            "secret": self.token,
            "project_id": PROJECT,
            "project_token": self.project_token,
            "data_group_id": DATA_GROUP,
            "workspace_id": WORKSPACE,
            "lag_seconds": 0,
            "queries_per_hour": self.queries_per_hour,
            "webhook_user": "mixpanel",
            "webhook_password": self.webhook_secret,
        }

    def hurry(self) -> None:
        """The hour of the limit costs a minute."""
        self.queries_per_hour = 3_600

    def answer(self, request: httpx.Request) -> Played:
        """A query runs from its arrival, though it waits its turn here: the sixth at once is one too many."""
        if not request.url.path.startswith("/api/query/"):
            return super().answer(request)
        with self._gate:
            self._running[id(request)] = len(self._running) + 1
        try:
            return super().answer(request)
        finally:
            self._running.pop(id(request), None)

    def route(self, request: httpx.Request) -> httpx.Response:
        try:
            return self._routed(request)
        except Answer as answer:
            return answer.response

    def writes(self, request: httpx.Request) -> bool:
        return request.url.path in {"/groups", "/import"}

    def unauthorised(self, request: httpx.Request) -> httpx.Response:
        if self.writes(request):
            return ok({"error": "Unauthorized", "status": "error"}, 401)
        return refused(request, "Invalid service account credentials", 401).response

    def rate_limited(self, request: httpx.Request, retry_after: str | None) -> httpx.Response:
        """Mixpanel says neither how long to wait nor in which unit: there is no Retry-After."""
        del retry_after
        if self.writes(request):
            said = "Project exceeded rate limits. Please retry the request with exponential backoff."
            return ok({"code": 429, "error": said, "status": "Too Many Requests"}, 429)
        most = self.queries_per_hour
        return refused(request, _limit(running=1, asked=most + 1, most=most), 429).response

    def webhook(self, url: str, object: str, id: str, action: str) -> httpx.Request | None:
        """Cohort Sync of the cohort "All companies": Basic authentication, no signature."""
        if object != "groups":
            return None
        parameters: Row = {
            "mixpanel_project_id": str(PROJECT),
            "mixpanel_cohort_name": "All companies",
            "mixpanel_cohort_id": "5012",
            "mixpanel_cohort_description": "",
            "mixpanel_session_id": self.mint("sync", id, action, self.clock.now()),
            "page_info": {"total_pages": 1, "page_count": 1},
            "members": [{"mixpanel_distinct_id": id, "email": "", "first_name": "", "last_name": "", GROUP_KEY: id}],
        }
        content = json.dumps({"action": ACTIONS[action], "parameters": parameters}).encode()
        pair = base64.b64encode(f"mixpanel:{self.webhook_secret}".encode()).decode()
        headers = {"content-type": "application/json", "authorization": f"Basic {pair}"}
        return httpx.Request("POST", url, headers=headers, content=content)

    # What people do in Mixpanel's own screen.

    def create(self, object: str, **row: Any) -> Row:
        """Of a profile: `id` and its properties."""
        if object != "groups":
            return super().create(object, **row)
        id = str(row.pop("id", None) or self.mint("company", len(self.table("groups"))))
        made: Row = {"id": id, "$properties": row.pop("$properties", {}) | row}
        self.table("groups")[id] = made
        self.emit("groups", id, "create")
        return made

    def edit(self, object: str, id: str, **changes: Any) -> Row:
        """Of a profile its properties (None: gone); of "COMPANY|DAY" in usage its dau, mau, sessions, events, features."""
        if object == "usage":
            company, _, day = id.rpartition("|")
            return self.facts.set(company, date.fromisoformat(day), changes)
        if object != "groups":
            return super().edit(object, id, **changes)
        row = self.table("groups")[id]
        held = {**row["$properties"], **changes.pop("$properties", {}), **changes}
        row["$properties"] = {name: value for name, value in held.items() if value is not None}
        self.emit("groups", id, "update")
        return row

    # Help.

    def _routed(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/groups":
            return self._groups(request)
        self._admit(request)
        if path == "/import" and request.method == "POST":
            return self.events.take(request, self.hit(Fault.PARTIAL_IMPORT))
        today = self.clock.now().date()
        if path == "/api/2.0/export":
            self._budget(request, "export")
            if self.hit(Fault.ERRORS_IN_200):
                return httpx.Response(200, text='{"error":"query failed"}\n', headers={"content-type": "text/plain"})
            return self.events.export(request, self.hit(Fault.DOUBLED_ROWS))
        if path.startswith("/api/query/"):
            self._budget(request, "query")
            if self.hit(Fault.ERRORS_IN_200):
                return ok({"request": request.url.raw_path.decode(), "error": "timeout: the query took too long"})
        match (request.method, path.removeprefix("/api/query/")):
            case ("POST", "engage"):
                return self._engage(request)
            case ("GET", "segmentation"):
                return self.reports.segmentation(request, today)
            case ("GET", "insights"):
                return self.reports.insights(request, today, REPORT)
        raise refused(request, f"no route {request.method} {path}", 404)

    def _admit(self, request: httpx.Request) -> None:
        pair = base64.b64encode(f"{ACCOUNT}:{self.token}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {pair}":
            if self.writes(request):
                raise Answer(401, {"code": 401, "error": "Invalid credentials", "status": "Unauthorized"})
            raise refused(request, "Invalid service account credentials", 401)
        if request.url.params.get("project_id") is None:
            raise refused(request, "project_id is required with a service account")
        if request.url.params["project_id"] != str(PROJECT):
            raise refused(request, "this service account has no access to the project", 403)

    def _budget(self, request: httpx.Request, kind: str) -> None:
        """Of everybody's queries together, in the last hour."""
        now, asked = self.clock.now(), self._asked[kind]
        while asked and now - asked[0] >= HOUR:
            asked.popleft()
        running = self._running.get(id(request), 1)
        if running > AT_ONCE or len(asked) >= self.queries_per_hour:
            raise refused(request, _limit(running=running, asked=len(asked) + 1, most=self.queries_per_hour), 429)
        asked.append(now)

    def _engage(self, request: httpx.Request) -> httpx.Response:
        if self.hit(Fault.PLAN_GATED):
            raise refused(request, "Group Analytics is not part of this plan", 403)
        if self.hit(Fault.EXPIRED_PAGE):
            raise refused(request, "request for page in uncached query for params")
        if self.hit(Fault.EMPTY_LIST):
            return self.profiles.page(request, "another project's", self.page_size)
        answer = self.profiles.page(request, DATA_GROUP, self.page_size)
        if self.hit(Fault.REPEAT_PAGE):
            return ok({**json.loads(answer.content), "page": 0, "page_size": 1})
        return answer

    def _groups(self, request: httpx.Request) -> httpx.Response:
        if self.hit(Fault.ERRORS_IN_200):
            return ok({"status": 0, "error": "some of the data is not valid"})
        if self.hit(Fault.IGNORE_WRITE):
            return ok({"status": 1, "error": None})
        answer, done = self.profiles.changed(request, GROUP_KEY, self.project_token)
        for id, action in done:
            self.emit("groups", id, action)
        return answer


def _limit(**counts: int) -> str:
    return LIMIT.format(project=PROJECT, at_once=AT_ONCE, **counts)
