"""What people suffered from with Zendesk elsewhere, each by its name: writing, and webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest
from zendesk_scenes import ROWS, ZendeskStage, iso

from connectors.kit.conformance import Scene
from connectors.kit.contract import Actor, Change, Event, Record, Ref, Request
from connectors.kit.errors import Gone, Rejected, Retry, Stale, Unclear
from connectors.kit.faults import Fault
from connectors.zendesk.doorbell import understand


def change(id: str, verb: Any = "update", object: str = "organizations", base: str | None = None, **data: Any) -> Change:
    return Change(object, verb, id, data, key=f"key-{id}-{verb}", base=base)


def body(outcome: Any) -> Any:
    assert isinstance(outcome, Record), outcome
    return json.loads(outcome.body)


def held(scene: Scene, object: str, id: str) -> Any:
    return scene.twin.tables[object][id]


class TestOneByOne(ZendeskStage):
    def test_a_name_is_no_key_to_create_by(self, scene: Scene) -> None:
        """create_or_update looks for id and external id only: an organization of that name is refused, and then found."""
        made = {"name": "Company 1", "organization_fields": {"concord_id": "acc_1"}}
        with pytest.raises(Rejected) as refused:
            scene.push("organizations", "create", None, made)
        assert refused.value.code == "exists"
        assert "name" in refused.value.data["properties"]
        found = scene.connector.find("organizations", {"name": " company 1"})
        assert found is not None
        assert found.id == "5001"

    def test_a_create_bears_its_key_and_keeps_an_external_id_that_it_brings(self, scene: Scene) -> None:
        made = scene.push("organizations", "create", None, {"name": "Made"}, key="intent-1")
        assert body(made)["external_id"] == "intent-1"
        brought = scene.push("organizations", "create", None, {"name": "Brought", "external_id": "sf-1"}, key="intent-2")
        assert body(brought)["external_id"] == "sf-1"
        again = scene.connector.find("organizations", {"name": "other", "external_id": "SF-1"})
        assert again is not None
        assert again.id == brought.id

    def test_a_person_who_is_there_is_not_made_again(self, scene: Scene) -> None:
        made = scene.push("users", "create", None, {"email": "Pim1@C1.example"})
        assert made.id == "6001"
        found = scene.connector.find("users", {"email": "PIM1@c1.example"})
        assert found is not None
        assert found.id == "6001"

    def test_an_agent_is_not_written_as_a_customer(self, scene: Scene) -> None:
        """create_or_update takes whoever has the address."""
        assert scene.connector.find("users", {"email": "ada@lanternfish.example"}) is None
        with pytest.raises(Rejected) as refused:
            scene.push("users", "create", None, {"email": "Ada@lanternfish.example", "phone": "+1 202 555 0111"})
        assert refused.value.data["existing"] == "6900"
        assert held(scene, "users", "6900")["phone"] is None

    def test_nobody_gets_an_e_mail_because_of_us(self, scene: Scene) -> None:
        """Zendesk asks new users to verify their address, unless it is told not to."""
        sent: list[Any] = []
        route = scene.twin.route
        scene.twin.route = lambda request: (sent.append(request.content), route(request))[1]
        made = scene.push("users", "create", None, {"email": "new@c1.example"})
        posted = next(json.loads(content)["user"] for content in sent if b"new@c1" in content)
        assert posted["skip_verify_email"] is True
        assert body(made)["name"] == "new"

    def test_times_are_sent_as_times(self, scene: Scene) -> None:
        """zenpy cuts every time to its day."""
        scene.twin.define("organization_fields", {"key": "renewal", "title": "Renewal", "type": "text"})
        pushed = scene.push("organizations", "update", "5001", {"organization_fields": {"renewal": "2026-03-04T05:06:07Z"}})
        assert body(pushed)["organization_fields"]["renewal"] == "2026-03-04T05:06:07Z"

    def test_an_address_in_an_update_is_only_added(self, scene: Scene) -> None:
        """The first one stays: what is answered says so, and the mapping writes e-mails only when it creates."""
        pushed = scene.push("users", "update", "6001", {"email": "second@c1.example"})
        assert body(pushed)["email"] == "pim1@c1.example"

    def test_fields_that_no_account_has_vanish_without_a_word(self, scene: Scene) -> None:
        for table in ("organization_fields", "user_fields"):
            scene.twin.tables[table].clear()
        lost = scene.push("organizations", "update", "5001", {"organization_fields": {"concord_id": "acc_1"}})
        assert body(lost)["organization_fields"] == {}
        missing = {name for name, _ in scene.connector.check().missing}
        assert {"field:organizations.concord_id", "field:users.marketing_email"} <= missing
        made = scene.connector.prepare()
        assert {f"field:{name}" for name in made} == missing
        assert scene.connector.prepare() == []
        assert {"name": "phone", "label": "Phone", "type": "text"} in scene.connector.describe("organizations")
        kept = scene.push("organizations", "update", "5001", {"organization_fields": {"concord_id": "acc_1"}})
        assert body(kept)["organization_fields"]["concord_id"] == "acc_1"

    def test_what_is_held_already_is_not_sent(self, scene: Scene) -> None:
        pushed = scene.push("organizations", "update", "5001", {"name": "Company 1", "tags": ["vip"]})
        assert body(pushed)["name"] == "Company 1"
        assert not scene.asked("PUT")

    def test_an_edit_collision_is_planned_again(self, scene: Scene) -> None:
        scene.arm(Fault.CONFLICT_409)
        with pytest.raises(Stale):
            scene.push("organizations", "update", "5001", {"name": "Other"})

    def test_the_limit_for_one_user_names_no_time(self, scene: Scene) -> None:
        """Five updates a minute; the 429 is plain text without Retry-After."""
        for n in range(scene.twin.user_updates):
            scene.push("users", "update", "6001", {"phone": f"+1 202 555 01{n:02}"})
        with pytest.raises(Retry) as limited:
            scene.push("users", "update", "6001", {"phone": "+1 202 555 0199"})
        assert limited.value.after is None

    def test_what_one_agent_may_not_write_stops_one_write(self, scene: Scene) -> None:
        route = scene.twin.route
        scene.twin.route = lambda request: _forbidden() if request.method == "PUT" else route(request)
        with pytest.raises(Rejected) as refused:
            scene.push("organizations", "update", "5001", {"name": "Other"})
        assert refused.value.code == "forbidden"

    def test_an_answer_says_that_we_did_it(self, scene: Scene) -> None:
        assert scene.push("organizations", "update", "5001", {"name": "Other"}).actor == Actor("concord")

    def test_what_was_deleted_is_not_written(self, scene: Scene) -> None:
        scene.twin.delete("organizations", "5001")
        with pytest.raises(Gone) as gone:
            scene.push("organizations", "update", "5001", {"name": "Other"})
        assert "into" not in gone.value.data

    @pytest.mark.parametrize(("object", "loser", "winner"), [("organizations", "5001", "5002"), ("users", "6001", "6002")])
    def test_what_was_merged_away_is_not_written_but_followed(self, scene: Scene, object: str, loser: str, winner: str) -> None:
        scene.twin.edit(object, loser, merge_into=winner)
        changes = [change(loser, object=object, name="Other"), change(winner, object=object, name="Kept")]
        with pytest.raises(Gone) as gone:
            scene.push(object, "update", loser, {"name": "Other"})
        outcome, kept = scene.connector.push_many(changes)
        assert isinstance(outcome, Gone)
        assert outcome.data["into"] == gone.value.data["into"] == winner
        assert body(kept)["name"] == "Kept"


class TestInBulk(ZendeskStage):
    def test_one_bad_row_fails_alone(self, scene: Scene) -> None:
        changes = [change(f"500{n}", name=name) for n, name in enumerate(["Zero", "", "Company 3", "Three"])]
        outcomes = scene.connector.push_many(changes)
        assert body(outcomes[0])["name"] == "Zero"
        assert [type(each) for each in outcomes[1:3]] == [Rejected, Rejected]
        assert body(outcomes[3])["name"] == "Three"
        assert len([asked for asked in scene.asked("PUT") if "update_many" in asked]) == 1
        assert scene.bench.slept > 0  # on the lent clock

    def test_answers_come_in_the_order_of_the_changes(self, scene: Scene) -> None:
        stale = change("5003", base="2020-01-01T00:00:00Z", name="Old plan")
        changes = [change("5002", name="Two"), change("99", name="Nobody"), change("5002", name="Two again"), stale]
        changes += [change("6001", object="users", phone="+1 202 555 0111"), change("", "create", name="Made")]
        outcomes = scene.connector.push_many([*changes, change("7001", object="tickets", subject="No")])
        assert [type(each) for each in outcomes] == [Record, Gone, Record, Stale, Record, Record, Rejected]
        assert [body(outcomes[n])["name"] for n in (0, 2, 5)] == ["Two", "Two again", "Made"]
        assert held(scene, "organizations", "5003")["name"] == "Company 3"

    def test_a_hundred_and_more_go_in_hundreds(self, scene: Scene) -> None:
        scene.twin.load(
            {"organizations": [{**ROWS["organizations"][0], "id": 100 + n, "name": f"Bulk {n}"} for n in range(150)]}
        )
        outcomes = scene.connector.push_many([change(str(100 + n), tags=["pilot"]) for n in range(150)])
        assert all(body(outcome)["tags"] == ["pilot"] for outcome in outcomes)
        assert len([asked for asked in scene.asked("PUT") if "update_many" in asked]) == 2

    def test_a_failed_row_of_a_job_is_no_success(self, scene: Scene) -> None:
        scene.arm(Fault.JOB_FAILED)
        outcomes = scene.connector.push_many([change("5001", name="One"), change("5002", name="Two")])
        assert [type(each) for each in outcomes] == [Rejected, Record]

    def test_a_job_that_does_not_end_is_unclear(self, scene: Scene) -> None:
        scene.twin.job_seconds = 10_000.0
        outcomes = scene.connector.push_many([change("5001", name="One"), change("5002", name="Two")])
        assert {type(each) for each in outcomes} == {Unclear}
        assert len([asked for asked in scene.asked() if "job_statuses" in asked]) < 10

    def test_too_many_jobs_wait(self, scene: Scene) -> None:
        scene.twin.queued = 0
        outcomes = scene.connector.push_many([change("5001", name="One"), change("5002", name="Two")])
        assert {type(each) for each in outcomes} == {Retry}


SECRET = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="


def told(type: str = "zen:event-type:organization.name_changed", subject: str = "zen:organization:5001", **more: Any) -> bytes:
    envelope = {"type": type, "account_id": 1, "id": "e-1", "subject": subject, "time": "2026-03-02T09:30:00Z"}
    return json.dumps({**envelope, "zendesk_event_version": "2022-06-20", "detail": {}, "event": {}, **more}).encode()


class TestWebhooks(ZendeskStage):
    def test_the_secret_is_used_as_it_stands(self, scene: Scene) -> None:
        """It looks like base64, and is not to be decoded."""
        content, stamp = told(), iso(scene.twin.clock.now())
        signature = base64.b64encode(hmac.new(SECRET.encode(), stamp.encode() + content, hashlib.sha256).digest()).decode()
        headers = {"x-zendesk-webhook-signature": signature, "x-zendesk-webhook-signature-timestamp": stamp}
        connector = self.connect(scene.twin, scene.lending, webhook_secret=SECRET)
        (event,) = connector.webhook(Request("POST", "https://hub.example/hooks/zendesk", headers, content))
        assert event == Event("e-1", "zen:event-type:organization.name_changed", content, (Ref("organizations", "5001"),))

    def test_a_doubled_webhook_is_one_event(self, scene: Scene) -> None:
        assert understand(told(time="2026-03-02T09:30:00Z")).id == understand(told(time="2026-03-02T09:31:00Z")).id == "e-1"

    @pytest.mark.parametrize(
        ("content", "refs"),
        [
            (told("zen:event-type:user.created", "zen:user:6001"), [Ref("users", "6001")]),
            (told("zen:event-type:user.role_changed", "zen:user:6900", detail={"role": "agent"}), [Ref("agents", "6900")]),
            (told("zen:event-type/user.identity_changed", "zen:user:6001"), [Ref("users", "6001")]),
            (told("zen:event-type:ticket.status_changed", "zen:ticket:7001"), [Ref("tickets", "7001")]),
            (told("zen:event-type:organization.deleted", "", detail={"id": "5001"}), [Ref("organizations", "5001")]),
            (
                told("zen:event-type:user.merged", "zen:user:6002", event={"user": {"id": "6001"}}),
                [Ref("users", "6002"), Ref("users", "6001")],
            ),
        ],
    )
    def test_it_names_every_record_to_read(self, content: bytes, refs: list[Ref]) -> None:
        event = understand(content)
        assert list(event.refs) == refs
        assert not event.bad
        assert not event.ignored

    @pytest.mark.parametrize(
        "type", ["zen:event-type:article.published", "zen:event-type:agent.state_changed", "my own trigger"]
    )
    def test_an_event_of_another_kind_is_ignored(self, type: str) -> None:
        assert understand(told(type)).ignored == "unknown_type"

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "not_json"),
            (b"{", "not_json"),
            (b"[]", "not_an_event"),
            (b"{}", "not_an_event"),
            (told(subject="x"), "no_subject"),
        ],
    )
    def test_what_cannot_be_understood_is_kept_as_such(self, content: bytes, code: str) -> None:
        event = understand(content)
        assert (event.bad, event.refs, event.body) == (code, (), content)

    def test_merging_two_people_rings_for_both(self, scene: Scene) -> None:
        with_merge = told("zen:event-type:user.merged", "zen:user:6002", event={"user": {"id": "6001"}})
        scene.twin.edit("users", "6001", merge_into="6002")
        first, second = understand(with_merge).refs
        assert scene.connector.fetch(first).id == "6002"
        with pytest.raises(Gone):
            scene.connector.fetch(second)


def _forbidden() -> Any:
    said = "You do not have access to this page."
    return httpx.Response(403, json={"error": {"title": "Forbidden", "message": said}})
