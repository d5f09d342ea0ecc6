"""What people suffered from with Mixpanel elsewhere, each by its name: writing, and the cohort webhook."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from connectors.kit.conformance import Scene
from connectors.kit.conformance.stage import Stage
from connectors.kit.contract import Change, Event, Record, Request
from connectors.kit.errors import AuthFailed, Gone, Rejected, Retry, Unclear
from connectors.kit.faults import Fault
from connectors.mixpanel import CONNECTOR, TWIN

SEEN = "2026-03-01T08:00:00"
ROWS: dict[str, list[dict[str, Any]]] = {
    "groups": [
        {"id": f"c{n:03}.example", "$properties": {"$name": f"C {n}", "tier": "smb", "$last_seen": SEEN}} for n in range(250)
    ],
    "usage": [],
}


class MixpanelStage(Stage):
    connector, twin, data = CONNECTOR, TWIN, ROWS
    object = "groups"


def change(id: str, **properties: Any) -> Change:
    return Change("groups", "update", id, {"$properties": properties}, key=f"concord-{id}")


def held(scene: Scene, id: str) -> dict[str, Any]:
    found: dict[str, Any] = scene.twin.tables["groups"][id]["$properties"]
    return found


class TestWriting(MixpanelStage):
    def test_a_batch_costs_two_queries_and_one_write(self, scene: Scene) -> None:
        changes = [change(f"c{n:03}.example", tier="enterprise") for n in range(250)]
        outcomes = scene.connector.push_many(changes)
        assert [outcome.id for outcome in outcomes if isinstance(outcome, Record)] == [each.id for each in changes]
        assert scene.asked() == ["POST /api/query/engage", "POST /groups", "POST /api/query/engage"] * 2
        assert {row["$properties"]["tier"] for row in scene.twin.tables["groups"].values()} == {"enterprise"}

    def test_our_own_write_is_no_visit(self, scene: Scene) -> None:
        """Without $ignore_time Mixpanel moves $last_seen, and the account would look alive."""
        scene.push("groups", "update", "c000.example", {"$properties": {"tier": "enterprise", "lifecycle": None}})
        assert held(scene, "c000.example") == {"$name": "C 0", "tier": "enterprise", "$last_seen": SEEN}

    def test_a_write_to_what_is_not_there_makes_no_profile(self, scene: Scene) -> None:
        """$set creates what it does not find."""
        outcomes = scene.connector.push_many([change("c000.example", tier="x"), change("nobody.example", tier="x")])
        assert isinstance(outcomes[0], Record)
        assert isinstance(outcomes[1], Gone)
        assert "nobody.example" not in scene.twin.tables["groups"]

    def test_what_is_held_already_is_not_sent(self, scene: Scene) -> None:
        scene.push("groups", "update", "c000.example", {"$properties": {"tier": "smb"}})
        assert scene.asked() == ["POST /api/query/engage"]

    def test_names_with_a_dollar_are_mixpanels(self, scene: Scene) -> None:
        bad = Change("groups", "update", "c002.example", {"arr": 1}, key="k")
        outcomes = scene.connector.push_many([change("c000.example", **{"$name": "N"}), change("c001.example", tier="x"), bad])
        assert [type(outcome) for outcome in outcomes] == [Rejected, Record, Rejected]
        assert held(scene, "c000.example")["$name"] == "C 0"

    def test_one_record_twice_in_a_batch_is_written_in_order(self, scene: Scene) -> None:
        scene.connector.push_many([change("c000.example", tier="a"), change("c000.example", tier="b")])
        assert held(scene, "c000.example")["tier"] == "b"

    def test_the_sdk_ends_a_429_in_a_key_error(self, scene: Scene) -> None:
        """mixpanel-python reads `status` of any JSON; a limit has none that it knows."""
        scene.arm(Fault.RATE_LIMITED, times=100, match="/groups")
        with pytest.raises(Retry, match="rate_limited") as limited:
            scene.push("groups", "update", "c000.example", {"$properties": {"tier": "x"}})
        assert limited.value.after == 900 - scene.twin.clock.now().timestamp() % 900

    @pytest.mark.parametrize("said", ["gateway", "{}", "[]", '{"error": "no"}'])
    def test_the_sdk_believes_any_json(self, scene: Scene, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
        import httpx

        monkeypatch.setattr(scene.twin, "_groups", lambda _: httpx.Response(200, text=said))
        with pytest.raises(Unclear):
            scene.push("groups", "update", "c000.example", {"$properties": {"tier": "x"}})

    def test_200_with_an_error_in_it_is_a_refusal(self, scene: Scene) -> None:
        scene.arm(Fault.ERRORS_IN_200, match="/groups")
        with pytest.raises(Rejected, match="not valid"):
            scene.push("groups", "update", "c000.example", {"$properties": {"tier": "x"}})

    def test_a_write_that_was_dropped_in_silence_shows(self, scene: Scene) -> None:
        scene.arm(Fault.IGNORE_WRITE)
        record = scene.push("groups", "update", "c000.example", {"$properties": {"tier": "x"}})
        assert json.loads(record.body)["$properties"]["tier"] == "smb"

    def test_a_wrong_token_is_answered_like_a_right_one(self, scene: Scene) -> None:
        stranger = self.connect(scene.twin, scene.lending, project_token="another")
        record = stranger.push(change("c000.example", tier="x"))
        assert json.loads(record.body)["$properties"]["tier"] == "smb"

    def test_long_texts_are_cut(self, scene: Scene) -> None:
        record = scene.push("groups", "update", "c000.example", {"$properties": {"note": "x" * 300}})
        assert json.loads(record.body)["$properties"]["note"] == "x" * 255

    def test_a_write_that_cannot_be_read_back_is_unclear(self, scene: Scene) -> None:
        scene.connector.check()
        scene.bench.outcomes.clear()
        asked = iter(range(100))
        twin, engage = scene.twin, scene.twin._engage

        def after_the_first(request: Any) -> Any:
            return engage(request) if next(asked) == 0 else twin.rate_limited(request, None)

        twin._engage = after_the_first
        with pytest.raises(Unclear, match="not_read_back"):
            scene.push("groups", "update", "c000.example", {"$properties": {"tier": "x"}})

    def test_without_a_token_nothing_is_written_and_check_says_so(self, scene: Scene) -> None:
        reader = self.connect(scene.twin, scene.lending, project_token=None)
        assert reader.check().writes == frozenset()
        with pytest.raises(AuthFailed):
            reader.push(change("c000.example", tier="x"))


class TestWebhook(MixpanelStage):
    def rung(self, scene: Scene, **said: Any) -> list[Event]:
        return scene.connector.webhook(self.request(scene, **said))

    def request(self, scene: Scene, **said: Any) -> Request:
        sent = scene.twin.webhook("https://hub.example/hooks/product", "groups", "c000.example", "update")
        body = json.dumps({**json.loads(sent.content), **said}).encode()
        return Request("POST", str(sent.url), {name.lower(): value for name, value in sent.headers.items()}, body)

    def test_a_batch_rings_once_however_many_members(self, scene: Scene) -> None:
        (event,) = self.rung(scene)
        assert (event.kind, event.refs, event.pulls) == ("add_members", (), ("groups",))
        session = json.loads(event.body)["parameters"]["mixpanel_session_id"]
        assert event.id == f"{session}/add_members/1"

    def test_the_answer_is_in_mixpanels_words(self, scene: Scene) -> None:
        """A sync that is not answered so is paused."""
        assert scene.connector.thanks(self.request(scene)) == {"action": "add_members", "status": "success"}

    @pytest.mark.parametrize(
        ("said", "code"),
        [({"action": "dance"}, "not_read"), ({"parameters": {"mixpanel_project_id": "7"}}, "other_account")],
    )
    def test_what_is_not_ours_is_left(self, scene: Scene, said: dict[str, Any], code: str) -> None:
        (event,) = self.rung(scene, **said)
        assert (event.ignored, event.pulls) == (code, ())

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"action": "members"}', b'{"parameters": {}}', b"\xff"])
    def test_what_nobody_understands_is_told(self, scene: Scene, body: bytes) -> None:
        assert scene.connector.understand(body).bad

    def test_without_a_password_nobody_gets_in(self, scene: Scene) -> None:
        open_door = self.connect(scene.twin, scene.lending, webhook_user="", webhook_password=None)
        anybody = base64.b64encode(b":").decode()
        request = self.request(scene)
        with pytest.raises(Rejected, match="signature"):
            open_door.webhook(Request("POST", request.url, {"authorization": f"Basic {anybody}"}, request.body))

    def test_an_edit_rings_who_listens(self, scene: Scene) -> None:
        scene.twin.outbox.urls.append(f"{scene.served.url}/nowhere")
        scene.twin.edit("groups", "c000.example", tier="strategic")
        scene.twin.delete("groups", "c001.example")
        assert [json.loads(sent.body)["action"] for sent in scene.twin.outbox.sent] == ["add_members", "remove_members"]
