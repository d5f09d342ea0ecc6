"""Zendesk's connector and twin under the conformance suite: with OAuth and with an API token, with either kind of survey."""

from __future__ import annotations

from datetime import date
from typing import Any

from zendesk_scenes import ROWS

from connectors.kit import quality
from connectors.kit.conformance import Conformance, Scene
from connectors.kit.twin import Twin
from connectors.zendesk import CONNECTOR, TWIN, populate
from hub.practice.customers import invented

CUSTOMERS = populate(invented(60, 7, date(2026, 3, 2)))
WHERE = {"ratings": "satisfaction_ratings", "survey_responses": "survey_responses"}


class TestOrganizations(Conformance):
    connector, twin, data = CONNECTOR, TWIN, ROWS
    object = "organizations"
    edit = {
        "name": "Renamed Ltd",
        "tags": ["pilot", "vip"],
        "organization_fields": {"phone": "+1 202 555 0100", "active_users": 38},
    }
    clear = {"organization_fields": {"phone": None, "active_users": None}}
    create = {"name": "Made", "domain_names": ["made.example"], "organization_fields": {"concord_id": "acc_made"}}
    screen = {"name": "Typed by a person"}
    versioned = True

    def ids(self, object: str) -> set[str] | None:
        """Agents and end users are one table at Zendesk, and of the two kinds of answers one is switched off."""
        if object in {"agents", "users"}:
            return {str(row["id"]) for row in self.data["users"] if (row["role"] == "end-user") == (object == "users")}
        if object in WHERE:
            return {str(row["id"]) for row in self.data[WHERE[object]]} if self.twin.csat == WHERE[object] else set()
        return super().ids(object)

    def test_a_pull_from_nothing_shows_everything(self, scene: Scene) -> None:
        """As everywhere, but what is switched off is complete and proves nothing: it is no reason to call a record deleted."""
        for object in self.connector.facts.objects:
            pages = scene.pages(object)
            found = [record.id for page in pages for record in page.records]
            assert pages[-1].complete
            assert pages[-1].full == (WHERE.get(object, self.twin.csat) == self.twin.csat)
            assert pages[-1].cursor is not None
            assert not any(page.complete for page in pages[:-1])
            assert not any(page.unreadable for page in pages)
            assert set(found) == self.ids(object), object


class TestCustomerBase(TestOrganizations):
    """The practice customers, archived tickets and all."""

    data = CUSTOMERS
    edit = {"tags": ["pilot", "vip"], "organization_fields": {"phone": "+1 202 555 0100", "active_users": 38}}


class TestUsers(TestOrganizations):
    object = "users"
    edit = {"phone": "+1 202 555 0199", "user_fields": {"marketing_email": "yes"}}
    clear = {"phone": None, "user_fields": {"marketing_email": None}}
    create = {"email": "made@made.example", "name": "Made Person"}
    screen = {"name": "Typed by a person"}


class TestByToken(TestOrganizations):
    """The way in that ends in April 2027."""

    def settings(self, twin: Twin) -> dict[str, Any]:
        gone = {"client_id", "client_secret", "refresh_token"}
        kept = {key: value for key, value in twin.config().items() if key not in gone}
        return kept | {"email": "hub@lanternfish.example", "api_token": twin.token}


class SurveyTwin(TWIN):
    csat = "survey_responses"


class TestSurveys(TestOrganizations):
    twin = SurveyTwin


def test_every_quality_rule_is_answered_and_so() -> None:
    assert not quality.check(quality.of("connectors.zendesk") or "", CONNECTOR)
