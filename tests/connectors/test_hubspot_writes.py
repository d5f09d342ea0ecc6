"""What people suffered from with HubSpot elsewhere, each by its name: writing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from connectors.hubspot import CONNECTOR, TWIN
from connectors.kit.conformance import Scene
from connectors.kit.conformance.stage import Stage
from connectors.kit.contract import Change, Record
from connectors.kit.errors import Gone, Rejected, Retry, Stale, Unclear, VendorError
from connectors.kit.faults import Fault

COMPANIES = [{"id": str(1000 + n), "properties": {"name": f"Company {n}", "domain": f"c{n}.example"}} for n in range(6)]
CONTACTS = [{"id": str(2000 + n), "properties": {"email": f"p{n}@c{n}.example"}} for n in range(3)]


def update(id: str, **properties: Any) -> Change:
    return Change("companies", "update", id, {"properties": properties}, key=f"update {id} {sorted(properties.items())}")


def create(email: str, **properties: Any) -> Change:
    return Change(
        "contacts", "create", None, {"properties": {"email": email, **properties}}, key=f"create {email.encode().hex()}"
    )


def codes(outcomes: Sequence[Record | VendorError]) -> list[str]:
    return [outcome.code if isinstance(outcome, VendorError) else "ok" for outcome in outcomes]


class TestWriting(Stage):
    connector, twin, data = CONNECTOR, TWIN, {"companies": COMPANIES, "contacts": CONTACTS}

    def test_one_known_contact_does_not_fail_its_whole_batch(self, scene: Scene) -> None:
        """airbyte PR #76340: HubSpot answers 409 for all hundred."""
        changes = [create(f"new{n}@x.example") for n in range(9)]
        changes.insert(4, create("P1@c1.example"))
        outcomes = scene.connector.push_many(changes)
        assert codes(outcomes) == ["ok"] * 4 + ["exists"] + ["ok"] * 5
        assert isinstance(outcomes[4], Rejected)
        assert outcomes[4].data["existing"] == "2001"
        assert len(scene.twin.tables["contacts"]) == 12

    def test_one_person_twice_in_a_batch_becomes_one_contact(self, scene: Scene) -> None:
        """mautic PR #13435."""
        outcomes = scene.connector.push_many([create("a@x.example"), create("b@x.example"), create("A@x.example")])
        assert codes(outcomes) == ["ok", "ok", "exists"]
        assert len(scene.twin.tables["contacts"]) == 5

    def test_the_refused_rows_of_a_207_are_not_taken_for_written(self, scene: Scene) -> None:
        """airbyte PR #74725."""
        outcomes = scene.connector.push_many(
            [update("1000", city="Oslo"), update("1001", industry="CACTUS"), update("1002", city="Rome")]
        )
        assert codes(outcomes) == ["ok", "invalid", "ok"]
        assert isinstance(outcomes[1], Rejected)
        assert outcomes[1].data["properties"] == {"industry": "INVALID_OPTION"}

    def test_a_property_that_does_not_exist_is_named(self, scene: Scene) -> None:
        outcomes = scene.connector.push_many([update("1000", no_such="x"), update("1001", city="Oslo")])
        assert codes(outcomes) == ["property_missing", "ok"]
        assert isinstance(outcomes[0], Rejected)
        assert outcomes[0].data == {"properties": ["no_such"]}

    def test_more_than_a_hundred_go_in_several_batches_and_answer_in_order(self, scene: Scene) -> None:
        outcomes = scene.connector.push_many([create(f"n{n}@x.example", firstname=str(n)) for n in range(230)])
        names = [json.loads(outcome.body)["properties"]["firstname"] for outcome in outcomes if isinstance(outcome, Record)]
        assert names == [str(n) for n in range(230)]
        assert len([asked for asked in scene.asked() if asked.endswith("/batch/upsert")]) == 3

    def test_one_record_twice_is_written_in_turn(self, scene: Scene) -> None:
        outcomes = scene.connector.push_many([update("1000", city="Oslo"), update("1000", city="Rome")])
        assert [json.loads(o.body)["properties"]["city"] for o in outcomes if isinstance(o, Record)] == ["Oslo", "Rome"]

    def test_a_write_by_a_merged_id_leads_to_the_survivor(self, scene: Scene) -> None:
        survivor = scene.twin.edit("companies", "1001", merge="1002")["id"]
        with pytest.raises(Gone) as gone:
            scene.connector.push(update("1001", city="Oslo"))
        assert gone.value.data["into"] == survivor
        assert scene.twin.tables["companies"][survivor]["properties"].get("city") is None

    def test_what_the_record_holds_already_is_not_sent(self, scene: Scene) -> None:
        scene.connector.push(update("1000", city="Oslo", phone=None))
        before = scene.twin.tables["companies"]["1000"]["updatedAt"]
        scene.settle()
        scene.connector.push(update("1000", city="Oslo", phone=""))
        assert scene.twin.tables["companies"]["1000"]["updatedAt"] == before
        assert len([asked for asked in scene.asked() if asked.endswith("/batch/update")]) == 1

    def test_a_person_who_was_quicker_is_not_overwritten(self, scene: Scene) -> None:
        version = scene.living("companies")["1000"].version
        scene.settle()
        scene.twin.edit("companies", "1000", city="Typed")
        change = update("1000", city="Oslo")
        with pytest.raises(Stale):
            scene.connector.push(Change("companies", "update", "1000", change.data, key="k", base=version))
        assert scene.twin.tables["companies"]["1000"]["properties"]["city"] == "Typed"

    def test_what_was_written_is_read_at_once_although_the_search_lags(self, scene: Scene) -> None:
        scene.twin.lag = 30.0
        change = Change("companies", "create", None, {"properties": {"name": "Made", "domain": "made.example"}}, key="once")
        made = scene.connector.push(change)
        assert json.loads(made.body)["properties"]["domain"] == "made.example"
        assert scene.connector.find("companies", change.data) is None
        scene.settle()
        found = scene.connector.find("companies", change.data)
        assert found is not None
        assert found.id == made.id

    def test_our_id_and_an_address_are_found_without_delay(self, scene: Scene) -> None:
        scene.twin.lag = 30.0
        scene.connector.push(update("1000", concord_id="acc_1"))
        found = scene.connector.find("companies", {"properties": {"concord_id": "acc_1", "domain": "elsewhere.example"}})
        person = scene.connector.find("contacts", {"properties": {"email": "P2@c2.example"}})
        assert found is not None
        assert person is not None
        assert (found.id, person.id) == ("1000", "2002")

    def test_a_stage_that_hubspot_will_not_take_back_is_shown_as_it_stands(self, scene: Scene) -> None:
        scene.connector.push(update("1000", lifecyclestage="customer"))
        after = scene.connector.push(update("1000", lifecyclestage="lead"))
        assert json.loads(after.body)["properties"]["lifecyclestage"] == "customer"

    def test_values_are_what_hubspot_made_of_them(self, scene: Scene) -> None:
        made = scene.connector.push(create("  Ann.BIG@Made.example ", firstname=" Ann "))
        assert (
            json.loads(made.body)["properties"] | {"email": "ann.big@made.example", "firstname": "Ann"}
            == json.loads(made.body)["properties"]
        )

    def test_associations_are_added_and_taken_away(self, scene: Scene) -> None:
        linked = {"properties": {"email": "a@x.example"}, "associations": {"companies": ["1001", "1000"]}}
        made = scene.connector.push(Change("contacts", "create", None, linked, key="k1"))
        assert json.loads(made.body)["associations"] == {"companies": ["1001", "1000"]}  # the first became the primary one
        changed = scene.connector.push(
            Change("contacts", "update", made.id, {"associations": {"companies": ["1002"]}}, key="k2")
        )
        assert json.loads(changed.body)["associations"] == {"companies": ["1002"]}
        assert json.loads(scene.living("contacts")[made.id].body) == json.loads(changed.body)

    def test_a_locked_record_waits_and_a_lost_answer_is_unclear(self, scene: Scene) -> None:
        scene.arm(Fault.LOCKED)
        locked = scene.connector.push_many([update("1000", city="Oslo")])[0]
        assert isinstance(locked, Retry)
        assert locked.after == 2.0
        scene.arm(Fault.DROP_AFTER_APPLY, match="batch/update")
        lost = scene.connector.push_many([update("1000", city="Oslo"), update("1001", city="Oslo")])
        assert all(isinstance(outcome, Unclear) for outcome in lost)
        again = scene.connector.push_many([update("1000", city="Oslo"), update("1001", city="Oslo")])
        assert codes(again) == ["ok", "ok"]
        assert len([asked for asked in scene.asked() if asked.endswith("/batch/update")]) == 2

    def test_a_write_that_hubspot_ignores_is_seen(self, scene: Scene) -> None:
        scene.arm(Fault.IGNORE_WRITE)
        after = scene.connector.push(update("1000", city="Oslo"))
        assert json.loads(after.body)["properties"]["city"] is None
