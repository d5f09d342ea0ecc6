"""Usage by raw events, a day at a time: events of one day at once in memory, of the others only who was there. https://developer.mixpanel.com/reference/raw-event-export"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from connectors.kit.reading import parse_json
from connectors.mixpanel.client import Client
from connectors.mixpanel.config import MixpanelConfig
from connectors.mixpanel.days import DAY, MONTH, Window
from connectors.mixpanel.usage import Counts, Facts

SAME = ("distinct_id", "time", "$insert_id")
"""With the event's name: two lines that agree in these are one event, which the export shows as often as it was sent."""


class Export:
    settled = True
    """A window is more than a month of raw events."""

    def __init__(self, client: Client, config: MixpanelConfig) -> None:
        self._client, self._config = client, config

    def facts(self, window: Window, account: str | None = None) -> Facts:
        config = self._config
        dau, events, sessions = _counts(), _counts(), _counts()
        features: dict[str, dict[date, set[str]]] = {}
        lately: dict[str, dict[int, date]] = {}  # account to people, by hash, and the last day they were active
        for day in window.days():
            people: dict[str, set[int]] = {}
            for name, said in self._events(day, account):
                company = str(said[config.group_key])
                if name == config.session_event:
                    _add(sessions, company, day)
                if name != config.active_event:
                    continue
                _add(events, company, day)
                people.setdefault(company, set()).add(hash(said.get("distinct_id")))
                if config.feature_property is not None and said.get(config.feature_property):
                    features.setdefault(company, {}).setdefault(day, set()).add(str(said[config.feature_property]))
            for company, there in people.items():
                dau.setdefault(company, {})[day] = len(there)
                lately.setdefault(company, {}).update(dict.fromkeys(there, day))
        month = window.last - (MONTH - 1) * DAY
        mau = {company: {window.last: sum(day >= month for day in seen.values())} for company, seen in lately.items()}
        return Facts(
            dau=dau,
            events=events,
            mau=mau,
            sessions=None if config.session_event is None else sessions,
            features=None if config.feature_property is None else features,
        )

    def _events(self, day: date, account: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each event of a company once. One day a call: a day that two calls share would be counted twice."""
        config = self._config
        names = [name for name in (config.active_event, config.session_event) if name is not None]
        where = None if account is None else f"properties[{json.dumps(config.group_key)}] == {json.dumps(account)}"
        lines = self._client.raw(from_date=str(day), to_date=str(day), event=json.dumps(names), where=where)
        seen: set[int] = set()
        for line in io.BytesIO(lines):
            event = parse_json(line)
            said = event.get("properties") if isinstance(event, dict) else None
            if not isinstance(said, dict) or said.get(config.group_key) in (None, ""):
                continue
            same = hash((event.get("event"), *(str(said.get(key)) for key in SAME)))
            if same not in seen:
                seen.add(same)
                yield str(event.get("event")), said


def _counts() -> Counts:
    return {}


def _add(counts: Counts, account: str, day: date) -> None:
    days = counts.setdefault(account, {})
    days[day] = days.get(day, 0) + 1
