"""What people suffered from with HubSpot elsewhere, each by its name: reading."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.hubspot import CONNECTOR, TWIN, refusals
from connectors.hubspot.api import path
from connectors.kit.bench import Bench
from connectors.kit.conformance import Scene
from connectors.kit.conformance.stage import START, Stage
from connectors.kit.contract import Actor, Ref, Request
from connectors.kit.errors import AuthFailed, Gone, Rejected, Retry
from connectors.kit.faults import Fault
from connectors.kit.guard import Guard
from connectors.kit.lending import Lending
from connectors.kit.serving import serve, stop
from connectors.kit.twin_clock import TwinClock

Rows = dict[str, list[dict[str, Any]]]


def companies(count: int) -> list[dict[str, Any]]:
    """Companies of the past, one a minute."""
    times = [(START - timedelta(minutes=count - n)).isoformat(timespec="milliseconds") for n in range(count)]
    return [
        {
            "id": str(1000 + n),
            "properties": {"name": f"Company {n}", "domain": f"c{n}.example"},
            "createdAt": at,
            "updatedAt": at,
        }
        for n, at in enumerate(times)
    ]


ROWS: Rows = {
    "companies": companies(4),
    "contacts": [
        {
            "id": str(2000 + n),
            "properties": {"email": f"p{n}@c{n}.example", "firstname": f"P{n}"},
            "associations": {"companies": {"results": [{"id": str(1000 + n), "type": "contact_to_company"}]}},
        }
        for n in range(3)
    ],
    "owners": [{"id": "501", "email": "lou@seller.example", "firstName": "Lou", "lastName": "Nobody", "userId": 7001}],
    "subscription_types": [{"id": "11", "name": "News"}],
    "consents": [{"id": "p0@c0.example", "statuses": {"11": {"status": "SUBSCRIBED", "legalBasis": "CONSENT_WITH_NOTICE"}}}],
}


class HubSpotStage(Stage):
    connector, twin, data = CONNECTOR, TWIN, ROWS


class TestReading(HubSpotStage):
    @pytest.mark.parametrize("step", [0, 7], ids=["all at one instant", "spread"])
    def test_more_than_ten_thousand_changes_come_through_the_search(self, scene: Scene, step: int) -> None:
        """airbyte #43317: the search refuses to page beyond 10,000, and a bulk job gives that many one timestamp."""
        scene.twin.load({"companies": [{**row, "id": f"5{row['id']:0>6}"} for row in companies(10_050)]})
        cursor = scene.last_cursor("companies")
        scene.twin.clock.advance(60)
        changed = {row["id"] for row in scene.twin.tables["companies"].values() if row["id"].startswith("5")}
        for n, id in enumerate(sorted(changed)):
            scene.twin.clock.advance(0.001 if n % 10 < step else 0)
            scene.twin.edit("companies", id, city="Oslo")
        scene.settle()
        pages = scene.pages("companies", cursor)
        assert {record.id for page in pages for record in page.records} >= changed
        assert pages[-1].complete

    def test_a_record_that_moves_while_pages_are_read_pushes_no_other_out(self, scene: Scene) -> None:
        """airbyte #76465: a page by offset skips a record when one before it is edited."""
        scene.twin.load({"companies": [{**row, "id": f"5{row['id']}"} for row in companies(450)]})
        cursor = scene.last_cursor("companies")
        for id in list(scene.twin.tables["companies"]):
            scene.twin.clock.advance(1)
            scene.twin.edit("companies", id, city="Oslo")
        scene.settle()
        pull = scene.connector.pull("companies", cursor)
        found = {record.id for record in next(pull).records}
        for id in sorted(found)[:50]:
            scene.twin.edit("companies", id, city="Rome")
        scene.settle()
        found |= {record.id for page in pull for record in page.records}
        assert found == set(scene.twin.tables["companies"])

    def test_merged_ids_vanish_without_being_archived(self, scene: Scene) -> None:
        """amp-labs/connectors PR #3487, singer-io/tap-hubspot #49."""
        cursor = scene.last_cursor("companies")
        scene.settle()
        survivor = scene.twin.edit("companies", "1001", merge="1002")["id"]
        scene.settle()
        found = {record.id: record for record in scene.records("companies", cursor)}
        assert found[survivor].merged == ("1001", "1002")
        assert not found[survivor].deleted
        assert set(scene.living("companies")) == {"1000", "1003", survivor}
        for old in ("1001", "1002"):
            with pytest.raises(Gone) as gone:
                scene.connector.fetch(Ref("companies", old))
            assert gone.value.data["into"] == survivor

    def test_contacts_have_another_modified_time(self, scene: Scene) -> None:
        """A search of contacts by hs_lastmodifieddate finds nothing, and says nothing."""
        body = {"filterGroups": [{"filters": [{"propertyName": "hs_lastmodifieddate", "operator": "GTE", "value": "0"}]}]}
        assert scene.connector._api.post("objects", "contacts", "search", body=body, reads=True)["total"] == 0
        cursor = scene.last_cursor("contacts")
        scene.settle()
        scene.twin.edit("contacts", "2001", lastname="Changed")
        scene.settle()
        assert [record.id for record in scene.records("contacts", cursor)].count("2001") == 1

    def test_a_property_nobody_maps_moves_the_time_but_not_a_byte(self, scene: Scene) -> None:
        """Any write bumps hs_lastmodifieddate, a calculated property's and our own too: that is no news."""
        before, cursor = scene.living("companies")["1000"], scene.last_cursor("companies")
        scene.settle()
        scene.twin.edit("companies", "1000", description="unmapped")
        scene.settle()
        after = next(record for record in scene.records("companies", cursor) if record.id == "1000")
        assert after.version != before.version
        assert after.body == before.body

    def test_long_property_lists_do_not_end_in_414(self, scene: Scene) -> None:
        """airbyte #33976, airweave #1064."""
        names = [f"companies.a_rather_long_name_of_a_property_{n}" for n in range(300)]
        connector = self.connect(scene.twin, scene.lending, properties=names)
        scene.twin.load({"companies": [{"id": "1009", "properties": {names[7].partition(".")[2]: "seen"}}]})
        records = {record.id: json.loads(record.body) for page in connector.pull("companies", None) for record in page.records}
        assert set(records) == {"1000", "1001", "1002", "1003", "1009"}
        assert records["1009"]["properties"][names[7].partition(".")[2]] == "seen"

    def test_archived_records_never_show_in_a_search(self, scene: Scene) -> None:
        cursor = scene.last_cursor("companies")
        scene.settle()
        scene.twin.delete("companies", "1003")
        scene.settle()
        pages = scene.pages("companies", cursor)
        assert [record.id for page in pages for record in page.records if record.deleted] == ["1003"]
        scene.settle()
        scene.twin.edit("companies", "1003", archived=False)
        scene.settle()
        restored = [record for record in scene.records("companies", pages[-1].cursor) if record.id == "1003"]
        assert [record.deleted for record in restored] == [False]

    def test_a_change_says_who_made_it(self, scene: Scene) -> None:
        cursor = scene.last_cursor("companies")
        for id, actor in (("1000", "lou@seller.example"), ("1001", "import"), ("1002", "workflow")):
            scene.settle()
            scene.twin.actor = actor
            scene.twin.edit("companies", id, city="Oslo")
        scene.settle()
        scene.push("companies", "update", "1003", {"properties": {"city": "Rome"}})
        scene.settle()
        actors = {record.id: record.actor for record in scene.records("companies", cursor)}
        assert actors == {
            "1000": Actor("person", "Lou Nobody"),
            "1001": Actor("import", "import"),
            "1002": Actor("workflow", "workflow"),
            "1003": Actor("concord"),
        }

    def test_a_deactivated_owner_is_still_somebody(self, scene: Scene) -> None:
        scene.twin.edit("owners", "501", archived=True)
        listed = scene.living("owners")["501"]
        assert json.loads(listed.body)["archived"] is True
        assert scene.connector.fetch(Ref("owners", "501")).body == listed.body

    def test_who_may_not_read_owners_reads_changes_without_names(self, scene: Scene) -> None:
        cursor = scene.last_cursor("companies")
        scene.twin.scopes.discard("crm.objects.owners.read")
        scene.twin.edit("companies", "1000", city="Oslo")
        scene.settle()
        assert [record.actor for record in scene.records("companies", cursor) if record.id == "1000"] == [Actor("person", "")]


def test_calls_keep_within_what_the_plan_allows() -> None:
    """Ten seconds do not count searches; the day counts everything."""
    config = CONNECTOR.config_model.model_validate({"access_token": "x", "calls_per_ten_seconds": 100, "calls_per_day": 1000})
    calls = {
        path: sorted(
            (limit.per, limit.calls) for limit in CONNECTOR.limits(config) if not limit.match or re.search(limit.match, path)
        )
        for path in ("GET /crm/owners/2026-09", "POST /crm/objects/2026-09/companies/search")
    }
    assert calls == {
        "GET /crm/owners/2026-09": [(10.0, 100), (86_400.0, 1000)],
        "POST /crm/objects/2026-09/companies/search": [(1.0, 5), (86_400.0, 1000)],
    }


class TestConsent(HubSpotStage):
    SAID = {"11": {"name": "News", "status": "SUBSCRIBED", "legalBasis": "CONSENT_WITH_NOTICE"}}

    def subscriptions(self, scene: Scene) -> Any:
        return json.loads(scene.living("contacts")["2000"].body).get("subscriptions", "not seen")

    def test_it_is_read_in_batches(self, scene: Scene) -> None:
        assert self.subscriptions(scene) == self.SAID
        assert len([asked for asked in scene.asked() if "/statuses/" in asked]) == 1

    def test_it_is_read_one_by_one_without_marketing_enterprise(self, scene: Scene) -> None:
        scene.twin.scopes.discard("communication_preferences.statuses.batch.read")
        assert self.subscriptions(scene) == self.SAID

    def test_it_is_not_seen_rather_than_empty_without_the_scope(self, scene: Scene) -> None:
        scene.twin.scopes -= {"communication_preferences.statuses.batch.read", "communication_preferences.read"}
        assert self.subscriptions(scene) == "not seen"

    def test_a_withdrawal_is_seen_although_preferences_have_no_changed_since(self, scene: Scene) -> None:
        cursor = scene.last_cursor("contacts")
        scene.settle()
        scene.twin.edit("contacts", "2000", subscriptions={"11": "UNSUBSCRIBED"})
        scene.settle()
        found = [json.loads(record.body) for record in scene.records("contacts", cursor) if record.id == "2000"]
        assert [each["status"] for each in found[0]["subscriptions"].values()] == ["UNSUBSCRIBED"]

    def test_the_portal_wide_opt_out_leaves_each_subscription_as_it_was(self, scene: Scene) -> None:
        scene.connector._api.post(
            "communication-preferences", "statuses", "p0@c0.example", "unsubscribe-all", body={"channel": "EMAIL"}
        )
        body = json.loads(scene.connector.fetch(Ref("contacts", "2000")).body)
        assert body["properties"]["hs_email_optout"] == "true"
        assert body["subscriptions"] == self.SAID


class TestAccount(HubSpotStage):
    def test_missing_scopes_are_named_with_a_page(self, scene: Scene) -> None:
        scene.twin.scopes -= {"crm.objects.deals.read", "crm.objects.contacts.write"}
        checked = scene.connector.check()
        assert [name for name, page in checked.missing if page.startswith("https://")] == [
            "crm.objects.contacts.write",
            "crm.objects.deals.read",
        ]
        assert checked.writes == {"companies"}
        assert "deals" not in checked.reads

    def test_what_we_may_not_make_ourselves_is_named_with_its_type(self, scene: Scene) -> None:
        for name in ("concord_arr", "concord_arr_currency"):
            del scene.twin.store.schema["companies"][name]
        assert not scene.connector.check().missing
        scene.twin.scopes -= {"crm.schemas.companies.write"}
        assert [name for name, page in scene.connector.check().missing if page.startswith("https://")] == [
            "property:companies.concord_arr (number)",
            "property:companies.concord_arr_currency (string)",
        ]

    def test_prepare_makes_what_is_missing_once(self, scene: Scene) -> None:
        for object in ("companies", "contacts"):
            known = scene.twin.store.schema[object]
            scene.twin.store.schema[object] = {name: row for name, row in known.items() if row["hubspotDefined"]}
        with pytest.raises(Rejected, match="property_missing"):
            scene.push("companies", "update", "1000", {"properties": {"concord_arr": "1.00"}})
        made = scene.connector.prepare()
        assert {"companies.concord_id", "companies.renewal_date", "contacts.concord_key"} <= set(made)
        assert scene.connector.prepare() == []
        assert not scene.connector.check().missing
        scene.push("companies", "update", "1000", {"properties": {"concord_arr": "1.00"}})

    def test_a_lost_scope_names_itself(self, scene: Scene) -> None:
        scene.arm(Fault.SCOPE_LOST, times=9)
        with pytest.raises(AuthFailed) as failed:
            scene.records("deals")
        assert failed.value.data == {"scope": "crm.objects.deals.read", "page": refusals.SCOPES_PAGE}

    def test_the_limit_of_the_day_is_told_from_that_of_the_second(self) -> None:
        said = {"said": '{"policyName":"DAILY"}'}
        daily = refusals.limited(Retry("rate_limited", **said))
        assert (daily.quota, daily.after) == ("DAILY", 3600.0)
        assert refusals.limited(Retry("rate_limited", said='{"policyName":"SECONDLY"}')).after == 1.0

    @pytest.mark.parametrize(
        ("status", "headers", "body", "error", "code"),
        [
            (423, {}, b"", Retry, "locked"),
            (477, {"retry-after": "30"}, b"<html>", Retry, "migrating"),
            (414, {}, b"", Rejected, "url_too_long"),
            (400, {}, b"[]", Rejected, "invalid"),
            (409, {}, b'{"message": "Contact already exists. Existing ID: 77"}', Rejected, "exists"),
        ],
    )
    def test_refusals_say_what_the_hub_does_next(
        self, status: int, headers: dict[str, str], body: bytes, error: type, code: str
    ) -> None:
        said = refusals.refusal(status, headers, body)
        assert isinstance(said, error)
        assert said.code == code

    def test_every_path_stands_behind_the_version(self) -> None:
        assert path("v3", "objects", "companies", "batch", "read") == "/crm/v3/objects/companies/batch/read"
        assert path("2026-09", "objects", "companies", "a b/c") == "/crm/objects/2026-09/companies/a%20b%2Fc"
        assert path("v3", "communication-preferences", "statuses") == "/communication-preferences/v4/statuses"
        assert path("2026-09", "account-info", "details") == "/account-info/2026-09/details"

    def test_a_merge_rings_for_the_survivor_and_for_what_it_swallowed(self, scene: Scene) -> None:
        scene.twin.outbox.urls.append("http://127.0.0.1:9/hook")
        survivor = scene.twin.store.merge("companies", *(scene.twin.tables["companies"][id] for id in ("1001", "1002")))["id"]
        request = scene.twin.webhook("https://hub.example/hook", "companies", survivor, "merge")
        rung = scene.connector.webhook(Request("POST", "https://hub.example/hook", dict(request.headers), request.content))
        assert [event.refs for event in rung] == [tuple(Ref("companies", id) for id in (survivor, "1001", "1002"))]


Step = tuple[str, int]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), st.integers(0, 3)),
        st.tuples(st.just("wait"), st.sampled_from([0, 1, 400, 29_000, 31_000, 300_000])),
        st.tuples(st.just("pull"), st.just(0)),
    ),
    max_size=25,
)


class SkewedBench(Bench):
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


@given(steps=STEPS, lag=st.sampled_from([0.0, 0.5, 30.0]), ahead=st.integers(-4000, 4000))
def test_no_change_is_lost_whatever_the_lag_and_the_clocks(steps: list[Step], lag: float, ahead: int) -> None:
    """The hub's clock may be an hour off: what is searchable at last was read at last, in its last form."""
    twin = TWIN(clock=TwinClock(START, speed=0), data={"companies": companies(4)})
    twin.lag = lag
    served = serve(twin)
    bench = SkewedBench(twin.clock)
    bench.ahead = timedelta(seconds=ahead)
    lending = Lending(bench, Guard(frozenset({served.url.partition("://")[2]})), reads=CONNECTOR.facts.reads)
    try:
        connector = CONNECTOR(CONNECTOR.config_model(**twin.config()), lending)
        held: dict[str, str] = {}
        cursor: str | None = None
        for n, (step, value) in enumerate([("pull", 0), *steps, ("wait", 60_000), ("pull", 0)]):
            if step == "edit":
                twin.edit("companies", str(1000 + value), city=f"City {n}")
            elif step == "wait":
                twin.clock.advance(value / 1000)
            else:
                for page in connector.pull("companies", cursor):
                    held.update({record.id: json.loads(record.body)["properties"]["city"] for record in page.records})
                    cursor = page.cursor
        assert held == {id: row["properties"].get("city") for id, row in twin.tables["companies"].items()}
    finally:
        stop(served)
        lending.close()
