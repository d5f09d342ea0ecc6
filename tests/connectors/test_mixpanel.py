"""Mixpanel's connector and twin under the conformance suite, with usage by reports and by raw events."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from connectors.kit import quality
from connectors.kit.conformance import Conformance
from connectors.kit.twin import Twin
from connectors.mixpanel import CONNECTOR, TWIN, populate
from hub.practice.customers import invented

TODAY = date(2026, 3, 2)
ROWS = populate(invented(14, 7, TODAY))


class TestMixpanel(Conformance):
    connector, twin, data = CONNECTOR, TWIN, ROWS
    object = "groups"
    edit = {"$properties": {"tier": "strategic", "lifecycle": "renewing"}}
    clear = {"$properties": {"tier": None, "lifecycle": None}}
    screen = {"tier": "typed by a person"}
    timed = covers_body = False  # Basic authentication, no signature
    secret = "webhook_password"
    shown = {"$properties": {"tier": "typed by a person"}}

    def ids(self, object: str) -> set[str] | None:
        """Usage: every company on each of 35 days."""
        if object == "groups":
            return super().ids(object)
        days = [TODAY - timedelta(days=n) for n in range(1, 36)]
        return {f"{row['id']}|{day}" for row in ROWS["usage"] for day in days}


class TestRawExport(TestMixpanel):
    def settings(self, twin: Twin) -> dict[str, Any]:
        return twin.config() | {"source": "export"}


def test_every_quality_rule_is_answered_and_so() -> None:
    assert not quality.check(quality.of("connectors.mixpanel") or "", CONNECTOR)
