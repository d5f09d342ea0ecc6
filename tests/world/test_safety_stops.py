"""Before anything is written: limits stop a run for a person, creation happens only where a rule names it, and once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from scenes import company, customer
from worlds import World

from connectors.kit.faults import Fault

Make = Callable[..., World]
MANY = 30


def crowd() -> dict[str, Any]:
    domains = [f"firm{number}.example" for number in range(MANY)]
    return {
        "stripe": {
            "customers": [customer(f"cus_{n}", name=f"Firm {n}", email=f"pay@{domain}") for n, domain in enumerate(domains)]
        },
        "hubspot": {"companies": [company(str(n + 1), name=f"Firm {n}", domain=domain) for n, domain in enumerate(domains)]},
    }


def rename(world: World, count: int) -> None:
    for number in range(1, count + 1):
        world.twins["hubspot"].edit("companies", str(number), name=f"Renamed {number}")


def test_a_run_above_the_limit_waits_for_a_person(make_world: Make) -> None:
    world = make_world(crowd())
    world.settle_down()
    before = len(world.writes("stripe"))
    rename(world, 25)
    outcome = world.read()["hubspot"]
    assert outcome.status == "waiting"
    assert outcome.error is not None
    assert outcome.error["data"]["limits"][0]["what"] == "account.name"
    world.deliver(confirm=False)
    assert len(world.writes("stripe")) == before
    world.deliver(confirm=True)
    assert len(world.writes("stripe")) == before + 25


def test_what_the_stopped_run_did_not_touch_goes_on(make_world: Make) -> None:
    world = make_world(crowd())
    world.settle_down()
    rename(world, 25)
    world.read()
    world.twins["hubspot"].edit("companies", "30", name="Quite another name")
    world.read()
    world.deliver(confirm=False)
    assert world.twins["stripe"].table("customers")["cus_29"]["name"] == "Quite another name"
    assert world.twins["stripe"].table("customers")["cus_0"]["name"] == "Firm 0"


def test_a_handful_of_edits_is_no_flood(make_world: Make) -> None:
    world = make_world(crowd())
    world.settle_down()
    rename(world, 5)
    assert world.read()["hubspot"].status == "succeeded"


CREATE = """
account:
  "*": {order: [crm, billing]}
  exists: {order: [crm], create: {billing: {status: [customer]}}}
"""


@pytest.mark.parametrize("fault", [None, Fault.DROP_AFTER_APPLY, Fault.ERROR_AFTER_APPLY, Fault.DROP_BEFORE])
def test_a_record_is_created_where_the_rule_names_it_and_once(make_world: Make, fault: Fault | None) -> None:
    data = {
        "stripe": {"customers": []},
        "hubspot": {
            "companies": [
                company("1", name="Wanted", domain="wanted.example", lifecyclestage="customer"),
                company("2", name="Not yet", domain="notyet.example", lifecyclestage="lead"),
            ]
        },
    }
    world = make_world(data, rules=CREATE)
    world.read()
    if fault is not None:
        world.twins["stripe"].armed.arm(fault, times=1, match="POST /v1/customers")
    for _ in range(8):
        world.deliver()
        world.waiting_is_over()
    world.settle_down()
    assert [row["name"] for row in world.twins["stripe"].table("customers").values()] == ["Wanted"]
    assert world.rows("SELECT count(DISTINCT golden_id) FROM record WHERE entity = 'account'")[0][0] == 2


def test_nothing_is_created_by_default(make_world: Make) -> None:
    world = make_world(
        {"stripe": {"customers": []}, "hubspot": {"companies": [company("1", name="Alone", domain="alone.example")]}}
    )
    world.settle_down()
    assert not world.twins["stripe"].table("customers")


def test_a_deleted_record_is_not_made_again(make_world: Make) -> None:
    world = make_world(crowd(), rules=CREATE)
    world.settle_down()
    world.twins["stripe"].delete("customers", "cus_3")
    world.settle_down()
    assert "cus_3" not in world.twins["stripe"].table("customers")
    assert len(world.twins["stripe"].table("customers")) == MANY - 1
