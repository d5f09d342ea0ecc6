"""The loop over two systems: it ends, it keeps what people said, and what was agreed does not depend on who was read first."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from scenes import MARMALADE, TEAPOT, company, customer, of
from worlds import World, emptied

from connectors.kit.faults import Fault
from hub.readings.conflicts import conflicts

Make = Callable[..., World]


def test_no_write_in_the_second_round(make_world: Make) -> None:
    world = make_world()
    world.settle_down()
    seen = {name: len(world.writes(name)) for name in world.twins}
    assert sum(seen.values()) > 0
    world.read()
    world.deliver()
    assert {name: len(world.writes(name)) for name in world.twins} == seen


def test_either_reading_order_gives_one_digest(make_world: Make, engine: Any) -> None:
    found = []
    for order in (("stripe", "hubspot"), ("hubspot", "stripe")):
        world = make_world()
        world.read(*order)
        before = of(world)
        world.settle_down()
        found.append((before, of(world)))
        emptied(engine)
    assert found[0] == found[1]


def test_a_name_edited_in_the_crm_reaches_billing(make_world: Make) -> None:
    world = make_world(TEAPOT)
    world.settle_down()
    world.twins["hubspot"].edit("companies", "1", name="Wobbly Teapot Works GmbH")
    world.settle_down()
    assert world.twins["stripe"].table("customers")["cus_1"]["name"] == "Wobbly Teapot Works GmbH"


def test_no_echo_goes_back_to_where_the_edit_came_from(make_world: Make) -> None:
    world = make_world(TEAPOT)
    world.settle_down()
    before = len(world.writes("hubspot"))
    world.twins["hubspot"].edit("companies", "1", name="Infinite Teapot")
    world.settle_down()
    assert len(world.writes("hubspot")) == before


def test_a_cleared_value_stays_cleared(make_world: Make) -> None:
    world = make_world(TEAPOT)
    world.settle_down()
    assert world.twins["stripe"].table("customers")["cus_1"]["phone"] is not None
    world.twins["hubspot"].edit("companies", "1", phone="")
    world.settle_down()
    assert not world.twins["stripe"].table("customers")["cus_1"]["phone"]
    assert not world.twins["hubspot"].table("companies")["1"]["properties"].get("phone")


def test_a_phone_edited_in_both_between_two_reads_is_one_conflict(make_world: Make) -> None:
    world = make_world(TEAPOT)
    world.settle_down()
    seen = {name: len(world.writes(name)) for name in world.twins}
    world.twins["hubspot"].edit("companies", "1", phone="+1 202-555-0114")
    world.twins["stripe"].edit("customers", "cus_1", phone="+1 202-555-0171")
    world.settle_down()
    assert [row[0] for row in world.rows("SELECT field FROM conflict")] == ["phone"]
    with world.hub.engine.connect() as database:
        [told] = conflicts(world.hub, database)
    assert told["was"] == "+1 202-555-0100"
    assert {claim["value"] for claim in told["claims"]} == {"+1 202-555-0114", "+1 202-555-0171"}
    assert {name: len(world.writes(name)) for name in world.twins} == seen
    assert "phone" not in world.golden("hubspot:companies:1")


def test_two_billing_customers_of_one_company_add_up_and_neither_overwrites_the_other(make_world: Make) -> None:
    world = make_world(MARMALADE)
    world.settle_down()
    assert world.golden("hubspot:companies:7")["arr"] == {"USD": "12600.00"}
    assert world.twins["hubspot"].table("companies")["7"]["properties"]["concord_arr"] == "12600.00"
    table = world.twins["stripe"].table("customers")
    assert (table["cus_a"]["email"], table["cus_b"]["email"]) == ("a@marmalade.example", "b@marmalade.example")
    assert table["cus_b"]["name"] == "Marmalade Submarines (yearly)"


def test_an_arr_edited_in_the_crm_is_put_back(make_world: Make) -> None:
    world = make_world(MARMALADE)
    world.settle_down()
    world.twins["hubspot"].edit("companies", "7", concord_arr="1.00")
    world.settle_down()
    assert world.twins["hubspot"].table("companies")["7"]["properties"]["concord_arr"] == "12600.00"
    assert world.golden("hubspot:companies:7")["arr"] == {"USD": "12600.00"}


def test_nothing_is_written_while_listening(make_world: Make) -> None:
    world = make_world(MARMALADE, writes="off")
    world.read()
    assert {delivery.status for delivery in world.deliver().values()} == {"off"}
    assert not world.writes("hubspot")
    assert not world.writes("stripe")
    assert world.rows("SELECT count(*) FROM intent WHERE status = 'planned'")[0][0] > 0


def test_the_first_delivery_waits_for_a_person(make_world: Make) -> None:
    world = make_world(MARMALADE)
    world.read()
    waiting = world.deliver("hubspot", confirm=False)["hubspot"]
    assert (waiting.status, waiting.waits[0]["code"]) == ("waiting", "first_delivery")
    assert not world.writes("hubspot")


def test_nothing_is_written_before_every_connection_was_read_once(make_world: Make) -> None:
    data = json.loads(json.dumps(MARMALADE))
    data["hubspot"]["companies"].append(company("8", name="Marmalade Pots", domain="marmalade.example"))
    world = make_world(data)
    world.read("stripe")
    world.deliver()
    assert not world.writes("stripe")
    world.twins["hubspot"].armed.arm(Fault.SERVER_ERROR, times=500, match="contacts|deals|owners|companies")
    world.read("hubspot")
    world.deliver()
    assert not world.writes("stripe")


def test_a_bad_value_is_kept_with_its_reason_and_the_rest_goes_on(make_world: Make) -> None:
    data = json.loads(json.dumps(TEAPOT))
    data["hubspot"]["companies"][0]["properties"] |= {"contract_start": "2026-05-02", "renewal_date": "2026-05-01"}
    world = make_world(data)
    world.settle_down()
    assert [tuple(row) for row in world.rows("SELECT field, code FROM quarantine WHERE gone_at IS NULL")] == [
        ("renewal_date", "before_other")
    ]
    assert world.golden("hubspot:companies:1")["name"] == "Wobbly Teapot Works"
    world.twins["hubspot"].edit("companies", "1", renewal_date="2027-05-01")
    world.settle_down()
    assert world.rows("SELECT count(*) FROM quarantine WHERE gone_at IS NULL")[0][0] == 0


def test_a_delivered_write_ties_records_whatever_becomes_of_their_keys(make_world: Make) -> None:
    """Pain 7 of the field: the match key changes, and the link must not."""
    world = make_world(TEAPOT)
    world.settle_down()
    world.twins["hubspot"].edit("companies", "1", domain="renamed-teapot.example")
    world.settle_down()
    rows = world.rows("SELECT DISTINCT golden_id FROM record WHERE entity = 'account'")
    assert len(rows) == 1


def test_a_vendor_merge_keeps_claims_and_links(make_world: Make) -> None:
    """Pain 6 of the field: a merged-away id vanishes; the survivor stays where both were linked."""
    data = json.loads(json.dumps(TEAPOT))
    data["hubspot"]["companies"].append(company("2", name="Wobbly Teapots", domain="teapots.example"))
    world = make_world(data)
    world.settle_down()
    before = world.golden("stripe:customers:cus_1")
    world.twins["hubspot"].edit("companies", "1", merge="2")
    world.settle_down()
    assert world.golden("stripe:customers:cus_1")["name"] == before["name"]
    living = world.rows(
        "SELECT external_id, golden_id FROM record WHERE connection = 'hubspot' AND object = 'companies' AND deleted IS NULL"
    )
    assert len(living) == 1
    assert living[0][1] == world.rows("SELECT golden_id FROM record WHERE external_id = 'cus_1'")[0][0]


def test_a_split_returns_the_id_that_a_join_took(make_world: Make) -> None:
    data = {
        "stripe": {"customers": [customer("cus_1", name="Left", email="a@left.example")]},
        "hubspot": {"companies": [company("1", name="Right", domain="right.example")]},
    }
    world = make_world(data, writes="off")
    world.settle_down()
    apart = dict(world.rows("SELECT external_id, golden_id FROM record"))
    assert len(set(apart.values())) == 2
    world.twins["hubspot"].edit("companies", "1", domain="left.example")
    world.settle_down()
    assert len(set(dict(world.rows("SELECT external_id, golden_id FROM record")).values())) == 1
    world.twins["hubspot"].edit("companies", "1", domain="right.example")
    world.settle_down()
    assert dict(world.rows("SELECT external_id, golden_id FROM record")) == apart


def test_the_vendors_own_time_narrows_when_an_edit_was_made(make_world: Make) -> None:
    """The company was edited before the customer was last read unchanged: the customer's edit is newer, and nobody is asked."""
    world = make_world(TEAPOT)
    world.settle_down()
    hubspot, stripe = world.twins["hubspot"], world.twins["stripe"]
    hubspot.edit("companies", "1", phone="+1 202-555-0114")
    world.hub.clock.sleep(3)  # real seconds: both clocks of this machine go on
    world.read("stripe")
    stripe.edit("customers", "cus_1", phone="+1 202-555-0171")
    world.settle_down()
    assert not world.rows("SELECT field FROM conflict")
    assert world.golden("hubspot:companies:1")["phone"] == "+1 202-555-0171"
