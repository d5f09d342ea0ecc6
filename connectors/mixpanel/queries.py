"""Usage by grouped reports: one query for all accounts, never one for each. https://developer.mixpanel.com/reference/segmentation-query"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from connectors.kit.errors import Rejected, Retry
from connectors.mixpanel.client import Client
from connectors.mixpanel.config import MixpanelConfig
from connectors.mixpanel.days import DAY, MONTH, Window
from connectors.mixpanel.usage import Counts, Facts

MOST = 10_000
"""The most values that a grouped report shows; without asking it shows 60."""

NOBODY = frozenset({"undefined", "null", "None", "", "$overall"})
"""Events without a company, and totals."""


class Queries:
    settled = False

    def __init__(self, client: Client, config: MixpanelConfig) -> None:
        self._client, self._config = client, config

    def facts(self, window: Window, account: str | None = None) -> Facts:
        config = self._config
        company = _property(config.group_key)
        where = None if account is None else f"{company} == {json.dumps(account)}"
        daily: dict[str, Any] = {"first": window.first, "last": window.last, "where": where, "unit": "day"}
        sessions = config.session_event and self._grouped(config.session_event, company, "general", **daily)
        return Facts(
            dau=self._grouped(config.active_event, company, "unique", **daily),
            events=self._grouped(config.active_event, company, "general", **daily),
            mau=self._monthly(window, company, where) if config.mau_report is None else self._reported(account),
            sessions=sessions or (None if config.session_event is None else {}),
            features=self._features(company, daily),
        )

    def _monthly(self, window: Window, company: str, where: str | None) -> Counts:
        """One bucket of thirty days, which is the last day's figure."""
        first = window.last - (MONTH - 1) * DAY
        found = self._grouped(
            self._config.active_event, company, "unique", first=first, last=window.last, where=where, interval=MONTH
        )
        return {account: {window.last: max(days.values(), default=0)} for account, days in found.items()}

    def _reported(self, account: str | None) -> Counts:
        """A saved report, which has the figure of every day. https://developer.mixpanel.com/reference/insights-query"""
        answer = self._client.get("insights", bookmark_id=self._config.mau_report)
        series = answer.get("series") if isinstance(answer, dict) else None
        if not isinstance(series, dict) or len(series) != 1:
            raise Rejected("report_shape", report=self._config.mau_report)
        (grouped,) = series.values()
        if not isinstance(grouped, dict) or not all(isinstance(days, dict) for days in grouped.values()):
            raise Rejected("report_shape", report=self._config.mau_report)
        kept = {name: days for name, days in grouped.items() if name not in NOBODY and account in (None, name)}
        return {name: {_day(moment): int(count or 0) for moment, count in days.items()} for name, days in kept.items()}

    def _features(self, company: str, daily: dict[str, Any]) -> dict[str, dict[date, set[str]]] | None:
        """Company and feature joined into one value. Where there are too many pairs, features are not told at all."""
        if self._config.feature_property is None:
            return None
        on = f'string({company}) + "|" + string({_property(self._config.feature_property)})'
        try:
            pairs = self._grouped(self._config.active_event, on, "general", **daily)
        except Rejected as error:
            if error.code == "too_many_groups":
                return None
            raise
        found: dict[str, dict[date, set[str]]] = {}
        for pair, days in pairs.items():
            account, _, feature = pair.rpartition("|")
            for day, count in days.items():
                if count and feature not in NOBODY and account not in NOBODY:
                    found.setdefault(account, {}).setdefault(day, set()).add(feature)
        return found

    def _grouped(self, event: str, on: str, type: str, *, first: date, last: date, **more: Any) -> Counts:
        answer = self._client.get(
            "segmentation", event=event, on=on, type=type, from_date=str(first), to_date=str(last), limit=MOST, **more
        )
        values = answer["data"].get("values") if isinstance(answer, dict) and isinstance(answer.get("data"), dict) else None
        if not isinstance(values, dict):
            raise Retry("not_json", why="no segmentation")
        if len(values) >= MOST:
            raise Rejected("too_many_groups", limit=MOST)
        return {
            name: {_day(day): int(count or 0) for day, count in days.items()}
            for name, days in values.items()
            if name not in NOBODY
        }


def _property(name: str) -> str:
    return f"properties[{json.dumps(name)}]"


def _day(moment: str) -> date:
    try:
        return date.fromisoformat(moment[:10])
    except ValueError:
        raise Retry("not_json", why="no day") from None
