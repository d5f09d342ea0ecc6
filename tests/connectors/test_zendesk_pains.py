"""What people suffered from with Zendesk elsewhere, each by its name: reading, and being let in."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from zendesk_scenes import ROWS, ZendeskStage, aged, organization, rating, ticket

from connectors.kit.conformance import Scene
from connectors.kit.contract import Limit, Ref
from connectors.kit.errors import AuthFailed, Gone, Retry
from connectors.kit.faults import Fault
from connectors.kit.twin import Twin
from connectors.zendesk import CONNECTOR, TWIN
from connectors.zendesk.config import ZendeskConfig


def bodies(scene: Scene, object: str) -> dict[str, Any]:
    return {id: json.loads(record.body) for id, record in scene.living(object).items()}


class TestExports(ZendeskStage):
    def test_equal_timestamps_give_the_same_next_page_and_no_circle(self, scene: Scene) -> None:
        """zenpy #451 and #489, zendesk_api_client_rb #168, zendesk java-client #59: the export leads back to itself, for ever."""
        scene.arm(Fault.REPEAT_PAGE, times=1000)
        for object in ("organizations", "users", "tickets"):
            before = len(scene.asked())
            assert scene.pages(object)[-1].complete
            assert len(scene.asked()) - before <= 3

    def test_more_organizations_in_one_second_than_a_page_holds(self, scene: Scene) -> None:
        """The time-based export shows the first thousand of them again and again; an import does that."""
        at = aged(3)
        scene.twin.load({"organizations": [{**organization(n), **at} for n in range(10, 1260)]})
        pages = scene.pages("organizations")
        assert {record.id for page in pages for record in page.records} == set(scene.twin.tables["organizations"])
        assert pages[-1].complete
        assert pages[-1].full
        scene.settle()
        scene.twin.edit("organizations", "5011", name="Changed later")
        scene.settle()
        assert [record.id for record in scene.records("organizations", pages[-1].cursor) if record.id == "5011"] == ["5011"]

    @pytest.mark.parametrize("object", ["organizations", "users", "tickets"])
    def test_the_last_minute_is_withheld_and_comes_later(self, scene: Scene, object: str) -> None:
        id = min(scene.living(object))
        cursor = scene.last_cursor(object)
        scene.settle()
        word = "subject" if object == "tickets" else "name"
        scene.twin.edit(object, id, **{word: "Just now"})
        scene.twin.clock.advance(30)
        pages = scene.pages(object, cursor)
        assert not any(json.loads(record.body).get(word) == "Just now" for page in pages for record in page.records)
        scene.twin.clock.advance(scene.connector.lag(object) + 1)
        later = scene.records(object, pages[-1].cursor)
        assert [json.loads(record.body)[word] for record in later if record.id == id] == ["Just now"]

    def test_rows_newer_than_their_updated_at_are_not_filtered_out(self, scene: Scene) -> None:
        """The system changes records without moving updated_at: the export sorts them by generated_timestamp."""
        cursor = scene.last_cursor("tickets")
        scene.settle()
        scene.twin.actor = "system"
        scene.twin.edit("tickets", "7001", tags=["by_the_system"])
        scene.settle()
        (seen,) = [record for record in scene.records("tickets", cursor) if record.id == "7001"]
        assert json.loads(seen.body)["tags"] == ["by_the_system"]
        assert seen.updated is not None
        assert seen.updated < scene.twin.clock.now()

    def test_archived_tickets_keep_their_resolution_times(self, scene: Scene) -> None:
        """GET /ticket_metrics and the list of tickets leave out what was closed long ago."""
        scene.twin.load({"tickets": [ticket(9, status="closed", **aged(400))]})
        scene.twin.load({"ticket_metrics": [{**ROWS["ticket_metrics"][1], "id": 7599, "ticket_id": 7009}]})
        assert bodies(scene, "tickets")["7009"]["metric_set"]["full_resolution_time_in_minutes"]["calendar"] == 10

    def test_no_call_for_each_ticket(self, scene: Scene) -> None:
        """airbyte source-zendesk-support reads metrics one by one."""
        scene.twin.load({"tickets": [ticket(n) for n in range(10, 300)]})
        scene.records("tickets")
        assert len([asked for asked in scene.asked("GET") if "/api/v2/" in asked]) == 1

    def test_deleted_tickets_and_users_are_tombstones(self, scene: Scene) -> None:
        for object, id in (("tickets", "7001"), ("users", "6001")):
            cursor = scene.last_cursor(object)
            scene.settle()
            scene.twin.delete(object, id)
            scene.settle()
            assert [record.deleted for record in scene.records(object, cursor) if record.id == id] == [True]
            with pytest.raises(Gone):
                scene.connector.fetch(Ref(object, id))

    @pytest.mark.parametrize("touched", [False, True])
    def test_a_user_merged_away_leads_to_the_survivor(self, scene: Scene, touched: bool) -> None:
        """Nothing in a user's row says into whom: the survivor holds the address."""
        cursor = scene.last_cursor("users")
        scene.settle()
        scene.twin.edit("users", "6000", merge_into="6001")
        scene.twin.edit("users", "6001", merge_into="6002")
        if touched:
            scene.twin.edit("users", "6002", name="Renamed")
        scene.settle()
        (found,) = scene.records("users", cursor)
        assert (found.id, set(found.merged), found.deleted) == ("6002", {"6000", "6001"}, False)
        with pytest.raises(Gone) as gone:
            scene.connector.fetch(Ref("users", "6000"))
        assert gone.value.data["into"] == "6002"

    def test_a_user_who_was_only_deleted_is_a_tombstone_whoever_has_the_address_now(self, scene: Scene) -> None:
        cursor = scene.last_cursor("users")
        scene.settle()
        for id in ("6000", "6001"):
            scene.twin.delete("users", id)
        scene.twin.clock.advance(1)
        scene.twin.create("users", name="Pim II", email="pim1@c1.example")
        scene.settle()
        found = {record.id: record for record in scene.records("users", cursor)}
        assert len(found) == 3
        assert [found[id].deleted for id in ("6000", "6001")] == [True, True]
        assert not any(record.merged for record in found.values())

    def test_an_organization_merged_away_leads_to_its_survivor(self, scene: Scene) -> None:
        cursor = scene.last_cursor("organizations")
        scene.settle()
        scene.twin.edit("organizations", "5001", merge_into="5002")
        scene.settle()
        found = {record.id: record for record in scene.records("organizations", cursor)}
        assert found["5002"].merged == ("5001",)
        assert json.loads(found["5002"].body)["domain_names"] == ["c2.example", "c1.example"]
        assert "5001" not in found

    def test_an_organization_that_was_only_deleted_is_a_tombstone(self, scene: Scene) -> None:
        cursor = scene.last_cursor("organizations")
        scene.settle()
        scene.twin.delete("organizations", "5001")
        scene.twin.edit("organizations", "5002", name="Changed in the same minute")
        scene.settle()
        found = {record.id: record for record in scene.records("organizations", cursor)}
        assert found["5001"].deleted
        assert found["5002"].merged == ()

    def test_an_end_user_who_becomes_an_agent_is_no_contact_any_more(self, scene: Scene) -> None:
        cursor = scene.last_cursor("users")
        scene.settle()
        scene.twin.edit("users", "6001", role="agent")
        scene.settle()
        assert [record.deleted for record in scene.records("users", cursor) if record.id == "6001"] == [True]
        assert set(scene.living("users")) == {"6000", "6002"}
        assert "6001" in scene.living("agents")

    def test_a_stale_cache_is_never_read(self, scene: Scene) -> None:
        """zenpy keeps users, organizations, groups and brands without an age: the second read showed the first value."""
        for name in ("One", "Two"):
            scene.twin.edit("organizations", "5001", name=name)
            assert json.loads(scene.connector.fetch(Ref("organizations", "5001")).body)["name"] == name

    def test_the_environment_redirects_no_call(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """zenpy: ZENPY_FORCE_NETLOC sends every call, with its credentials, elsewhere."""
        monkeypatch.setenv("ZENPY_FORCE_NETLOC", "elsewhere.example")
        with self.play() as scene:
            assert scene.living("organizations")

    def test_counts_that_zendesk_is_still_making_are_none(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        """Above 100,000 the count is up to a day old, and says 100,000 until it is made."""
        said = {"count": {"value": 100_000, "refreshed_at": None}}
        monkeypatch.setattr(scene.connector._reader._api, "get", lambda *_: said)
        assert scene.connector.count("organizations") is None


class TestSatisfaction(ZendeskStage):
    @pytest.mark.parametrize("gated", [False, True])
    def test_a_403_switches_off_the_object_and_not_the_connection(self, scene: Scene, gated: bool) -> None:
        """tap-zendesk before 2.7.3: an account without satisfaction ratings could not be read at all."""
        scene.twin.gated = gated
        assert bool(scene.living("ratings")) is not gated
        for object in ("survey_responses", *(["ratings"] if gated else [])):
            pages = scene.pages(object)
            assert [(list(page.records), page.complete, page.full) for page in pages] == [([], True, False)]
            assert scene.connector.count(object) is None
        checked = scene.connector.check()
        assert ("no CSAT" if gated else "legacy CSAT") in checked.workspace
        assert not checked.missing

    def test_what_is_switched_on_later_is_read_from_its_beginning(self, scene: Scene) -> None:
        cursor = scene.last_cursor("survey_responses")
        scene.twin.csat = "survey_responses"
        assert {record.id for record in scene.records("survey_responses", cursor)} == set(scene.twin.tables["survey_responses"])
        assert "CSAT by survey" in scene.connector.check().workspace

    def test_an_answer_that_is_changed_days_later_is_seen(self, scene: Scene) -> None:
        """The lists filter by an answer's first day."""
        scene.twin.load({"satisfaction_ratings": [rating(9, score="offered", **aged(9))]})
        cursor = scene.last_cursor("ratings")
        scene.twin.edit("satisfaction_ratings", "8009", score="good")
        scene.twin.clock.advance(3700)
        found = {record.id: json.loads(record.body) for record in scene.records("ratings", cursor)}
        assert found["8009"]["score"] == "good"

    def test_answers_say_whose_account_it_is(self, scene: Scene) -> None:
        assert {body["organization_id"] for body in bodies(scene, "ratings").values()} == {5000, 5001, 5002}
        scene.twin.csat = "survey_responses"
        assert {body["organization_id"] for body in bodies(scene, "survey_responses").values()} == {5000, 5001, 5002}


class TestLettingIn(ZendeskStage):
    def test_an_api_token_is_not_the_only_way(self) -> None:
        """New accounts can make none since July 2026, nobody since October 2026, and on 2027-04-30 all end."""
        assert ZendeskConfig(subdomain="a", client_id="c", client_secret="s").oauth
        assert not ZendeskConfig(subdomain="a", email="a@b.example", api_token="t").oauth

    @pytest.mark.parametrize(
        ("given", "word"),
        [
            ({}, "client_id and client_secret"),
            ({"client_id": "c"}, "client_secret"),
            ({"email": "a@b.example"}, "api_token"),
            ({"client_id": "c", "client_secret": "s", "email": "a@b.example", "api_token": "t"}, "not both"),
            ({"email": "a@b.example", "api_token": "t", "refresh_token": "r"}, "refresh_token"),
            ({"client_id": "c", "client_secret": "s", "subdomain": "a.zendesk.com"}, "subdomain"),
        ],
    )
    def test_half_a_way_in_is_told_before_any_call(self, given: dict[str, str], word: str) -> None:
        with pytest.raises(ValueError, match=word):
            ZendeskConfig.model_validate({"subdomain": "a", **given})

    def test_an_access_token_that_expires_is_renewed_and_the_refresh_token_rotates(self, scene: Scene) -> None:
        """zenpy takes a token and never renews it; half an hour later every call fails."""
        for _ in range(4):
            assert scene.living("organizations")
            scene.twin.clock.advance(1801)
        assert scene.asked("POST").count("POST /oauth/tokens") == 4

    def test_a_token_refused_in_the_middle_is_renewed_once(self, scene: Scene) -> None:
        assert scene.living("organizations")
        scene.arm(Fault.TOKEN_EXPIRED)
        assert scene.living("organizations")
        assert scene.asked("POST").count("POST /oauth/tokens") == 2

    def test_without_a_refresh_token_the_client_asks_for_itself(self, scene: Scene) -> None:
        connector = self.connect(scene.twin, scene.lending, refresh_token=None)
        assert connector.check().workspace
        scene.twin.clock.advance(1801)
        assert connector.check().workspace

    def test_a_refresh_token_that_died_asks_for_a_person(self, scene: Scene) -> None:
        connector = self.connect(scene.twin, scene.lending, refresh_token="spent-long-ago")
        with pytest.raises(AuthFailed):
            connector.check()

    def test_no_credentials_are_an_anonymous_user_and_no_success(self, scene: Scene) -> None:
        """As behind a proxy that keeps them to itself: `users/me` answers all the same."""
        route = scene.twin.route

        def without(request: httpx.Request) -> httpx.Response:
            kept = [(name, value) for name, value in request.headers.multi_items() if name != "authorization"]
            return route(httpx.Request(request.method, request.url, headers=kept, content=request.content))

        scene.twin.route = without
        with pytest.raises(AuthFailed):
            scene.connector.check()

    @pytest.mark.parametrize(("id", "missing", "writes"), [("6901", False, True), ("6900", True, True), ("6001", True, False)])
    def test_who_is_no_admin_is_told_so(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch, id: str, missing: bool, writes: bool
    ) -> None:
        """Exports are for admins only."""
        monkeypatch.setattr(TWIN, "admin", property(lambda twin: twin.tables["users"][id]))  # whoever signed in
        checked = scene.connector.check()
        assert ("role:admin" in dict(checked.missing)) is missing
        assert bool(checked.writes) is writes

    def test_a_lost_scope_is_named(self, scene: Scene) -> None:
        scene.arm(Fault.SCOPE_LOST, times=50)
        with pytest.raises(AuthFailed) as lost:
            scene.records("organizations")
        assert (lost.value.code, lost.value.data["scope"]) == ("scope_missing", "read")


class TestQuota(ZendeskStage):
    def test_the_plan_and_the_add_on_say_how_often(self) -> None:
        config = ZendeskConfig(subdomain="a", client_id="c", client_secret="s", exports_per_minute=30, requests_per_minute=2500)
        assert CONNECTOR.limits(config) == (Limit(2500, 60.0), Limit(30, 60.0, scope="exports", match="/incremental/"))
        assert [limit.calls for limit in CONNECTOR.facts.limits] == [400, 10]

    def test_exports_wait_for_their_own_minute(self, scene: Scene) -> None:
        for _ in range(15):
            scene.records("organizations")
        assert not any("rate_limited" in str(outcome) for outcome in scene.bench.outcomes)
        assert scene.bench.slept > 0

    def test_a_long_wait_is_handed_on_and_not_slept(self, scene: Scene) -> None:
        """zenpy sleeps through every Retry-After, without bound, in the calling thread."""
        scene.living("organizations")
        before = scene.bench.slept
        scene.arm(Fault.RATE_LIMITED, times=1000, value="900")
        with pytest.raises(Retry) as limited:
            scene.connector.fetch(Ref("organizations", "5001"))
        assert limited.value.after == 900
        assert scene.bench.slept == before

    def test_a_hurried_account_tells_its_shorter_minute(self) -> None:
        twin: Twin = TWIN(data=ROWS)
        twin.hurry()
        config = ZendeskConfig.model_validate(twin.config())
        assert config.withheld_seconds < 10 < config.exports_per_minute
