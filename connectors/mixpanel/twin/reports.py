"""Reports: /segmentation and the saved report of /insights. https://developer.mixpanel.com/reference/segmentation-query"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta

import httpx

from connectors.mixpanel.twin.answers import Row, not_played, number, ok, refused, span
from connectors.mixpanel.twin.facts import ACTIVE, SESSION, STRAYS, Facts

COMPANY = 'properties["company_id"]'
PAIR = 'string(properties["company_id"]) + "|" + string(properties["feature"])'
WHERE = re.compile(r'properties\["company_id"\] == (".*")')
SHOWN, MOST, MONTH = 60, 10_000, 30
Values = dict[str, dict[str, int]]


class Reports:
    def __init__(self, facts: Facts, now: Callable[[], object]) -> None:
        self._facts, self._now = facts, now

    def segmentation(self, request: httpx.Request, today: date) -> httpx.Response:
        query = request.url.params
        days = [day for day in span(request, self._now()) if day <= today]  # type: ignore[arg-type]  # the clock's now
        if not query.get("event"):
            raise refused(request, "event is required")
        if query.get("unit", "day") != "day":
            not_played(request, query, "unit")
        not_played(request, query, "format")
        values = self._values(request, days)
        if query.get("on"):
            most = min(number(request, query, "limit", SHOWN), MOST)
            kept = sorted(values, key=lambda name: (-sum(values[name].values()), name))[:most]
            values = {name: values[name] for name in kept}
        series = sorted({day for counts in values.values() for day in counts}) or [str(day) for day in days]
        return ok({"data": {"series": series, "values": values}, "legend_size": len(values)})

    def insights(self, request: httpx.Request, today: date, report: int) -> httpx.Response:
        """One saved report: people active in thirty days, by company and day, to yesterday."""
        if request.url.params.get("bookmark_id") != str(report):
            raise refused(request, "no such bookmark", 404)
        days = [today - timedelta(days=n) for n in range(MONTH, 0, -1)]
        grouped = {name: {_moment(day): self._facts.of(name, day)["mau"] for day in days} for name in self._facts.rows}
        overall = {_moment(day): sum(counts[_moment(day)] for counts in grouped.values()) for day in days}
        body: Row = {"computed_at": _moment(today), "headers": ["$metric", "company_id"]}
        body["date_range"] = {"from_date": _moment(days[0]), "to_date": _moment(days[-1])}
        body["series"] = {"People active in 30 days": {"$overall": overall, **grouped}}
        return ok(body)

    def _values(self, request: httpx.Request, days: list[date]) -> Values:
        query = request.url.params
        event, on, type = query["event"], query.get("on"), query.get("type", "general")
        companies = self._companies(request)
        if event not in {ACTIVE, SESSION}:
            return {}
        if on == PAIR:
            return self._pairs(companies, days)
        if on not in {COMPANY, None}:
            raise refused(request, f"unable to parse expression: {on}")
        column = "dau" if type == "unique" else "events" if event == ACTIVE else "sessions"
        if "interval" in query and type != "general":
            values = {name: {str(days[0]): self._unique(name, days)} for name in companies}
        else:
            values = {name: {str(day): self._facts.of(name, day)[column] for day in days} for name in companies}
            if event == ACTIVE and "where" not in query:
                values["undefined"] = {str(day): STRAYS for day in days}
        values = {name: counts for name, counts in values.items() if any(counts.values())}
        if on is None:
            return {event: {str(day): sum(counts.get(str(day), 0) for counts in values.values()) for day in days}}
        return values

    def _unique(self, company: str, days: list[date]) -> int:
        """People of a span: of a month the month's figure, of a shorter one at most what its days add up to."""
        said = [self._facts.of(company, day) for day in days]
        people = sum(day["dau"] for day in said)
        return int(said[-1]["mau"]) if len(days) >= MONTH else min(people, max(day["mau"] for day in said))

    def _pairs(self, companies: list[str], days: list[date]) -> Values:
        """Features that were used on a day share its events."""
        found: Values = {}
        for name in companies:
            for day in days:
                said = self._facts.of(name, day)
                for n, feature in enumerate(said["features"]):
                    share = max(1, (said["events"] + n) // len(said["features"]))
                    found.setdefault(f"{name}|{feature}", {})[str(day)] = share if said["dau"] else 0
        return {pair: counts for pair, counts in found.items() if any(counts.values())}

    def _companies(self, request: httpx.Request) -> list[str]:
        where = request.url.params.get("where")
        if where is None:
            return sorted(self._facts.rows)
        found = WHERE.fullmatch(where)
        if found is None:
            raise refused(request, f"unable to parse expression: {where}")
        company = json.loads(found[1])
        return [company] if company in self._facts.rows else []


def _moment(day: date) -> str:
    return f"{day}T00:00:00+00:00"
