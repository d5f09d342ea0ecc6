"""Stripe's writes, refusals and doorbell."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import stripe_scenes
from stripe_scenes import Open, customers

from connectors.kit.contract import Actor, Ref, Request
from connectors.kit.errors import AuthFailed, Gone, Rejected, Retry, Unclear
from connectors.kit.faults import Fault
from connectors.stripe import CONNECTOR
from connectors.stripe import twin_shapes as shapes

world = stripe_scenes.world  # the fixture


def test_who_changed_it_as_far_as_stripe_tells(world: Open) -> None:
    scene = world(customers=customers(3))
    cursor = scene.last_cursor("customers")
    scene.push("customers", "update", "cus_00000", {"name": "Ours"}, key="concord-7")
    scene.twin.edit("customers", "cus_00001", name="Somebody's")
    scene.twin.actor = "vendor"
    scene.twin.edit("customers", "cus_00002", delinquent=True)
    actors = {record.id: record.actor for record in scene.records("customers", cursor)}
    assert actors == {"cus_00000": Actor("concord", "concord-7"), "cus_00001": Actor("unknown"), "cus_00002": Actor("vendor")}


def test_a_saved_500_is_replayed_and_looked_up(world: Open) -> None:
    scene = world(customers=customers(1))
    scene.arm(Fault.ERROR_AFTER_APPLY, match="^POST")
    made = {"name": "Made", "email": "made@made.example", "metadata": {"concord_id": "acc_1"}}
    for _ in range(2):
        with pytest.raises(Unclear):
            scene.push("customers", "create", None, made, key="concord-1")
    found = scene.connector.find("customers", made)
    assert found is not None
    assert len(scene.living("customers")) == 2


def test_a_fresh_create_is_found_although_the_search_is_behind(world: Open) -> None:
    scene = world(customers=customers(1))
    scene.twin.search_lag = 60.0
    made = scene.push("customers", "create", None, {"name": "Made", "metadata": {"concord_id": "it's \\ odd"}}, key="concord-1")
    for seconds in (0, 3600):
        scene.twin.clock.advance(seconds)
        found = scene.connector.find("customers", {"metadata": {"concord_id": "it's \\ odd"}})
        assert found is not None
        assert found.id == made.id
    assert scene.connector.find("customers", {"metadata": {"concord_id": "another"}}) is None


def test_another_accounts_customer_with_the_same_mail_is_no_double(world: Open) -> None:
    taken = {**customers(1)[0], "email": "a@b.example", "metadata": {"concord_id": "acc_1"}}
    scene = world(customers=[taken])
    assert scene.connector.find("customers", {"email": "a@b.example", "metadata": {"concord_id": "acc_2"}}) is None


def test_a_key_with_other_parameters_is_refused(world: Open) -> None:
    scene = world(customers=customers(1))
    scene.push("customers", "update", "cus_00000", {"name": "One"}, key="concord-1")
    with pytest.raises(Rejected, match="key_reused"):
        scene.push("customers", "update", "cus_00000", {"name": "Two"}, key="concord-1")


def test_an_address_goes_whole_and_metadata_key_by_key(world: Open) -> None:
    old = {**customers(1)[0], "address": shapes.address(city="Oslo", line2="Floor 2"), "metadata": {"a": "1", "b": "2"}}
    scene = world(customers=[old])
    data = {"address": {"city": "Bergen"}, "metadata": {"b": None, "c": "3"}}
    body = json.loads(scene.push("customers", "update", "cus_00000", data).body)
    assert body["address"] == shapes.address(city="Bergen")
    assert body["metadata"] == {"a": "1", "c": "3"}


def test_a_bad_value_is_rejected_by_name(world: Open) -> None:
    scene = world(customers=customers(1))
    with pytest.raises(Rejected, match="email_invalid") as refused:
        scene.push("customers", "update", "cus_00000", {"email": "nobody"})
    assert refused.value.data["param"] == "email"


def test_a_lost_scope_is_named_with_its_page(world: Open) -> None:
    scene = world(customers=customers(1))
    scene.arm(Fault.SCOPE_LOST, match="customers", times=9)
    checked = scene.connector.check()
    assert checked.missing == (("rak_customer_read", "https://docs.stripe.com/keys/restricted-api-keys"),)
    assert "customers" not in checked.reads
    with pytest.raises(AuthFailed):
        scene.records("customers")


@pytest.mark.parametrize("fault", [Fault.LOCKED, Fault.RATE_LIMITED, Fault.CONFLICT_409])
def test_slow_down_and_locks_are_waits(world: Open, fault: Fault) -> None:
    scene = world(customers=customers(1))
    scene.arm(fault, times=100, match="^POST")
    with pytest.raises(Retry):
        scene.push("customers", "update", "cus_00000", {"name": "New"})
    scene.twin.armed.clear()
    assert scene.twin.table("customers")["cus_00000"]["name"] == "Customer 0"


def test_ids_from_outside_stay_in_their_path(world: Open) -> None:
    scene = world(customers=customers(1))
    with pytest.raises(Gone):
        scene.connector.fetch(Ref("customers", "../account"))
    assert "GET /v1/account" not in scene.asked()


def test_the_signature_vector(world: Open) -> None:
    """Computed with the vendor's own SDK."""
    body = b'{"id":"evt_test_webhook","object":"event"}'
    signed = "d95c6b7477fbd7e9f90b1b0ef5f9c7ac25abca5382460e0d988c2b2a5b71b990"
    scene = world()
    config = CONNECTOR.config_model(**{**scene.twin.config(), "webhook_secret": "whsec_test_secret"})
    connector = CONNECTOR(config, scene.lending)
    request = Request("POST", "https://hub.example/", {"stripe-signature": f"t=1700000000,v1={signed}"}, body)
    for seconds, accepted in ((0, True), (299, True), (-299, True), (301, False), (-301, False)):
        scene.twin.clock.set(datetime.fromtimestamp(1_700_000_000 + seconds, UTC))
        if accepted:
            [event] = connector.webhook(request)
            assert (event.id, event.ignored) == ("evt_test_webhook", "not_read")
        else:
            with pytest.raises(Rejected, match="signature"):
                connector.webhook(request)
