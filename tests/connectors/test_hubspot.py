"""HubSpot's connector and twin under the conformance suite, with dated paths and with the old ones."""

from __future__ import annotations

from datetime import date
from typing import Any

from connectors.hubspot import CONNECTOR, TWIN, populate
from connectors.kit import quality
from connectors.kit.conformance import Conformance
from connectors.kit.twin import Twin
from hub.practice.customers import invented

ROWS = populate(invented(60, 7, date(2026, 3, 2)))


class TestCompanies(Conformance):
    connector, twin, data = CONNECTOR, TWIN, ROWS
    object = "companies"
    edit = {"properties": {"name": "Renamed Ltd", "phone": "+1 202 555 0100", "concord_arr": "12000.00", "concord_id": "acc_1"}}
    clear = {"properties": {"phone": "", "concord_arr": ""}}
    create = {"properties": {"name": "Made", "domain": "made.example", "concord_id": "acc_made"}}
    screen = {"name": "Typed by a person"}
    shown = {"properties": {"name": "Typed by a person"}}
    versioned = True
    secret = "client_secret"

    def ids(self, object: str) -> set[str] | None:
        """Of an e-mail event the time belongs to the id."""
        if object == "email_events":
            return {f"{row['created']}.{row['id']}" for row in ROWS[object]}
        return super().ids(object)


class TestContacts(TestCompanies):
    object = "contacts"
    edit = {"properties": {"firstname": "Renamed", "jobtitle": "Chief Cactus Officer"}}
    clear = {"properties": {"jobtitle": ""}}
    create = {"properties": {"email": "made@made.example", "firstname": "Made"}}
    screen = {"lastname": "Typed"}
    shown = {"properties": {"lastname": "Typed"}}


class TestBeforeDatedPaths(TestCompanies):
    def settings(self, twin: Twin) -> dict[str, Any]:
        return twin.config() | {"api_version": "v3"}


def test_every_quality_rule_is_answered_and_so() -> None:
    assert not quality.check(quality.of("connectors.hubspot") or "", CONNECTOR)
