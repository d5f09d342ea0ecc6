"""Consent written to HubSpot: each no before any yes, nothing twice, the opt-out of everything never overruled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from connectors.hubspot import CONNECTOR, TWIN
from connectors.kit.conformance import Scene
from connectors.kit.conformance.stage import Stage
from connectors.kit.contract import Change, Record, Ref
from connectors.kit.errors import Gone, Rejected, Retry, Stale, Unclear, VendorError
from connectors.kit.faults import Fault

MARKETING, REMINDERS = "1004", "1005"
NAMES = {MARKETING: "Marketing", REMINDERS: "Transactional renewal reminders"}
YES, NO, SILENT = "SUBSCRIBED", "UNSUBSCRIBED", "NOT_SPECIFIED"
WRITES = "/communication-preferences/2026-09/statuses/"
BATCH = "communication_preferences.statuses.batch."


def change(id: str | None = "2000", properties: Mapping[str, Any] | None = None, **states: str) -> Change:
    """States by `m` (marketing) and `r` (reminders)."""
    wanted = {{"m": MARKETING, "r": REMINDERS}[letter]: state for letter, state in states.items()}
    data: dict[str, Any] = {} if properties is None else {"properties": dict(properties)}
    data["subscriptions"] = {id: {"name": NAMES[id], "status": state, "legalBasis": ""} for id, state in wanted.items()}
    return Change("contacts", "create" if id is None else "update", id, data, key=f"k {id} {properties} {states}")


def held(record: Record) -> dict[str, str]:
    return {id: each["status"] for id, each in json.loads(record.body)["subscriptions"].items()}


def failed(scene: Scene, what: Change) -> VendorError:
    with pytest.raises(VendorError) as error:
        scene.connector.push(what)
    return error.value


def leave(scene: Scene, email: str = "p0@sheep.example") -> None:
    """The person opts out of everything."""
    scene.connector._api.post("communication-preferences", "statuses", email, "unsubscribe-all", body={"channel": "EMAIL"})
    scene.twin.log.clear()


class ConsentStage(Stage):
    connector, twin = CONNECTOR, TWIN
    data = {
        "contacts": [{"id": f"200{n}", "properties": {"email": f"p{n}@sheep.example"}} for n in range(3)],
        "subscription_types": [{"id": id, "name": name} for id, name in NAMES.items()],
        "consents": [{"id": "p0@sheep.example", "statuses": {id: {"status": YES} for id in NAMES}}],
    }

    def calls(self, scene: Scene) -> list[Any]:
        """Bodies of the writes of statuses, one by one or many at once, in order."""
        entries = [each for each in scene.twin.log.entries if each.method == "POST" and each.path.startswith(WRITES)]
        return [json.loads(each.body) for each in entries if not each.path.endswith("/read")]

    def wrote(self, scene: Scene) -> list[tuple[str, str]]:
        """(type, state) of every status that was sent, in order."""
        inputs = [each for body in self.calls(scene) for each in body.get("inputs", [body])]
        return [(str(each["subscriptionId"]), each["statusState"]) for each in inputs]


class TestWriting(ConsentStage):
    def test_a_no_is_written_and_the_answer_is_the_contact_as_it_is_held(self, scene: Scene) -> None:
        assert held(scene.connector.push(change(m=NO))) == {MARKETING: NO, REMINDERS: YES}
        assert self.wrote(scene) == [(MARKETING, NO)]
        assert held(scene.connector.fetch(Ref("contacts", "2000"))) == {MARKETING: NO, REMINDERS: YES}

    def test_what_holds_already_is_not_said_again(self, scene: Scene) -> None:
        for _ in range(2):
            scene.connector.push(change(m=NO, r=YES))
        assert self.wrote(scene) == [(MARKETING, NO)]

    def test_a_yes_bears_its_legal_basis_and_one_without_bears_the_connections(self, scene: Scene) -> None:
        """HubSpot: "Legal Basis is required for subscribing a contact on GDPR enabled portals"."""
        wanted = change("2001", m=YES, r=YES)
        wanted.data["subscriptions"][MARKETING]["legalBasis"] = "LEGITIMATE_INTEREST_CLIENT"
        record = scene.connector.push(wanted)
        bases = {id: each["legalBasis"] for id, each in json.loads(record.body)["subscriptions"].items()}
        assert bases == {MARKETING: "LEGITIMATE_INTEREST_CLIENT", REMINDERS: "CONSENT_WITH_NOTICE"}

    def test_a_yes_without_any_legal_basis_is_refused_with_what_is_missing(self, scene: Scene) -> None:
        connector = self.connect(scene.twin, scene.lending, legal_basis=None)
        with pytest.raises(Rejected, match="legal_basis_missing"):
            connector.push(change("2001", m=YES))
        scene.twin.privacy = False
        assert held(connector.push(change("2001", m=YES)))[MARKETING] == YES

    def test_an_answer_is_taken_back_and_given_again(self, scene: Scene) -> None:
        for state in (SILENT, NO, YES):
            assert held(scene.connector.push(change(m=state)))[MARKETING] == state
        assert self.wrote(scene) == [(MARKETING, SILENT), (MARKETING, NO), (MARKETING, YES)]

    def test_a_topic_that_the_portal_does_not_have_is_refused_before_anything_is_sent(self, scene: Scene) -> None:
        wanted = change(properties={"firstname": "Pim"}, m=NO)
        wanted.data["subscriptions"]["999"] = {"name": "SMS", "status": NO}
        error = failed(scene, wanted)
        assert (error.code, error.data) == ("subscription_missing", {"subscriptions": ["999"]})
        assert self.wrote(scene) == []
        assert "firstname" not in scene.twin.tables["contacts"]["2000"]["properties"]

    def test_a_contact_without_an_address_has_nobody_to_say_it_for(self, scene: Scene) -> None:
        scene.twin.edit("contacts", "2000", email="")
        assert failed(scene, change(m=NO)).code == "no_address"

    def test_a_person_who_was_quicker_is_not_overruled(self, scene: Scene) -> None:
        version = scene.connector.fetch(Ref("contacts", "2000")).version
        scene.settle()
        scene.twin.edit("contacts", "2000", subscriptions={REMINDERS: NO})
        what = change(m=NO)
        with pytest.raises(Stale):
            scene.connector.push(Change("contacts", "update", "2000", what.data, key="k", base=version))
        assert self.wrote(scene) == []

    def test_without_the_scope_to_write_only_this_change_is_refused(self, scene: Scene) -> None:
        scene.twin.scopes.discard("communication_preferences.write")
        outcomes = scene.connector.push_many([change(m=NO), change("2001", properties={"firstname": "Ada"})])
        assert isinstance(outcomes[0], Rejected)
        assert (outcomes[0].code, outcomes[0].data["scope"]) == ("scope_missing", "communication_preferences.write")
        assert isinstance(outcomes[1], Record)
        assert "communication_preferences.write" in [name for name, _ in scene.connector.check().missing]

    def test_it_is_written_without_marketing_enterprise_too(self, scene: Scene) -> None:
        scene.twin.scopes -= {BATCH + "read", BATCH + "write"}
        assert held(scene.connector.push(change(m=NO)))[MARKETING] == NO

    @pytest.mark.parametrize("enterprise", [True, False])
    def test_a_hundred_are_said_at_once_where_hubspot_sells_it(self, scene: Scene, enterprise: bool) -> None:
        if not enterprise:
            scene.twin.scopes.discard(BATCH + "write")
        scene.bench.limits = ()
        ids = [scene.twin.create("contacts", email=f"q{n}@sheep.example")["id"] for n in range(125)]
        scene.twin.log.clear()
        outcomes = scene.connector.push_many([change(id, m=NO, r=NO) for id in ids[:100]])
        outcomes += scene.connector.push_many([change(id, m=NO, r=NO) for id in ids[100:]])
        assert [held(each) for each in outcomes if isinstance(each, Record)] == [{MARKETING: NO, REMINDERS: NO}] * 125
        tried = [body for body in self.calls(scene) if "inputs" in body]
        assert [len(body["inputs"]) for body in tried] == ([100, 100, 50] if enterprise else [100])
        assert len(self.calls(scene)) - len(tried) == (0 if enterprise else 250)

    def test_what_a_batch_refuses_is_said_by_itself_and_tells_why(self, scene: Scene) -> None:
        connector = self.connect(scene.twin, scene.lending, legal_basis=None)
        wanted = [change("2001", m=YES), change("2002", m=YES)]
        wanted[1].data["subscriptions"][MARKETING]["legalBasis"] = "CONSENT_WITH_NOTICE"
        refused, record = connector.push_many(wanted)
        assert isinstance(refused, Rejected)
        assert refused.code == "legal_basis_missing"
        assert isinstance(record, Record)
        assert held(record)[MARKETING] == YES
        assert ["inputs" in body for body in self.calls(scene)] == [True, False]

    def test_each_no_of_a_batch_goes_before_any_yes(self, scene: Scene) -> None:
        """At the old address, then at the new one, where both are said last."""
        for id in ("2000", "2001"):
            scene.connector.push(change(id, r=NO))
        scene.twin.log.clear()
        moved = [change(id, properties={"email": f"new{id}@sheep.example"}, m=NO, r=YES) for id in ("2000", "2001")]
        scene.connector.push_many(moved)
        states = [[each["statusState"] for each in body["inputs"]] for body in self.calls(scene)]
        assert states == [[NO, NO], [NO, NO], [YES, YES]]

    def test_one_bad_consent_fails_nobody_else_in_its_batch(self, scene: Scene) -> None:
        leave(scene, "p1@sheep.example")
        outcomes = scene.connector.push_many([change("2000", m=NO), change("2001", m=YES), change("2002", m=NO)])
        assert [each.code if isinstance(each, VendorError) else held(each)[MARKETING] for each in outcomes] == [
            NO,
            "opted_out",
            NO,
        ]

    def test_the_twin_rings_for_a_consent(self, scene: Scene) -> None:
        scene.twin.outbox.holding = True
        scene.twin.outbox.urls.append("https://hub.example/hook")
        scene.connector.push(change(m=NO))
        assert [json.loads(sent.body)[0]["objectId"] for sent in scene.twin.outbox.sent] == [2000]


class TestTheOptOutOfEverything(ConsentStage):
    @pytest.mark.parametrize("states", [{"m": YES}, {"r": SILENT}, {"m": NO, "r": YES}], ids=["a yes", "silence", "both"])
    def test_a_yes_under_it_is_refused_by_us_with_a_code(self, scene: Scene, states: dict[str, str]) -> None:
        leave(scene)
        error = failed(scene, change(properties={"firstname": "Pim"}, **states))
        granted = [NAMES[MARKETING] if letter == "m" else NAMES[REMINDERS] for letter, state in states.items() if state != NO]
        assert (type(error), error.code, error.data) == (Rejected, "opted_out", {"topics": granted})
        assert self.wrote(scene) == []
        assert "firstname" not in scene.twin.tables["contacts"]["2000"]["properties"]

    def test_a_no_under_it_is_written(self, scene: Scene) -> None:
        leave(scene)
        assert held(scene.connector.push(change(r=NO)))[REMINDERS] == NO

    def test_hubspot_itself_refuses_to_lift_it(self, scene: Scene) -> None:
        leave(scene)
        body = {"channel": "EMAIL", "subscriptionId": int(MARKETING), "statusState": YES, "legalBasis": "CONSENT_WITH_NOTICE"}
        with pytest.raises(Rejected, match="invalid"):
            scene.connector._api.post("communication-preferences", "statuses", "p0@sheep.example", body=body)
        wide = scene.connector._api.get("communication-preferences", "statuses", "p0@sheep.example", "unsubscribe-all")
        assert [(row["status"], row["wideStatusType"]) for row in wide["results"]] == [(NO, "PORTAL_WIDE")]


class TestOrder(ConsentStage):
    def order(self, scene: Scene) -> list[str]:
        """The writes as they came: a state, or `properties`."""
        found = []
        for each in scene.twin.log.entries:
            if each.path.endswith("/batch/update"):
                found.append("properties")
            elif each.method == "POST" and each.path.startswith(WRITES) and not each.path.endswith("/read"):
                found.append(json.loads(each.body)["statusState"])
        return found

    def test_each_no_goes_before_the_properties_and_each_yes_after_them(self, scene: Scene) -> None:
        scene.twin.edit("contacts", "2000", subscriptions={REMINDERS: NO})
        scene.connector.push(change(properties={"firstname": "Pim"}, r=YES, m=NO))
        assert self.order(scene) == [NO, "properties", YES]

    def test_a_no_holds_although_the_properties_are_refused_and_a_yes_is_not_said(self, scene: Scene) -> None:
        scene.twin.edit("contacts", "2000", subscriptions={REMINDERS: NO})
        error = failed(scene, change(properties={"no_such": "x"}, m=NO, r=YES))
        assert error.code == "property_missing"
        assert held(scene.connector.fetch(Ref("contacts", "2000"))) == {MARKETING: NO, REMINDERS: NO}

    def test_a_no_follows_the_person_to_a_new_address(self, scene: Scene) -> None:
        record = scene.connector.push(change(properties={"email": "pim@sheep.example"}, m=NO, r=YES))
        assert held(record) == {MARKETING: NO, REMINDERS: YES}
        said = {email: row["statuses"] for email, row in scene.twin.tables["consents"].items()}
        assert said["p0@sheep.example"][MARKETING]["status"] == NO
        assert said["pim@sheep.example"][MARKETING]["status"] == NO

    def test_a_contact_is_made_with_its_consents(self, scene: Scene) -> None:
        record = scene.connector.push(change(None, properties={"email": "new@sheep.example"}, m=NO, r=YES))
        assert held(record) == {MARKETING: NO, REMINDERS: YES}


class TestDoubt(ConsentStage):
    @pytest.mark.parametrize("fault", [Fault.DROP_AFTER_APPLY, Fault.DROP_BEFORE])
    def test_a_lost_answer_is_unclear_then_looked_up_then_tried_once_more(self, scene: Scene, fault: Fault) -> None:
        scene.arm(fault, match="statuses/p0")
        assert isinstance(failed(scene, change(m=NO)), Unclear)
        scene.calm()
        happened = fault is Fault.DROP_AFTER_APPLY
        assert held(scene.connector.fetch(Ref("contacts", "2000")))[MARKETING] == (NO if happened else YES)
        assert held(scene.connector.push(change(m=NO)))[MARKETING] == NO
        assert len(self.wrote(scene)) == (1 if happened else 2)

    def test_a_write_that_hubspot_ignores_is_seen(self, scene: Scene) -> None:
        scene.arm(Fault.IGNORE_WRITE)
        assert held(scene.connector.push(change(m=NO)))[MARKETING] == YES

    def test_a_limit_waits_and_a_merged_contact_leads_to_the_survivor(self, scene: Scene) -> None:
        scene.arm(Fault.RATE_LIMITED, match="statuses/p0", times=5)
        assert isinstance(failed(scene, change(m=NO)), Retry)
        scene.calm()
        survivor = scene.twin.edit("contacts", "2000", merge="2001")["id"]
        gone = failed(scene, change(m=NO))
        assert (type(gone), gone.data) == (Gone, {"into": survivor})
