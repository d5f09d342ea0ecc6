"""Webhooks are doorbells: late, twice and out of order they change nothing but how soon an edit is seen."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import httpx
import pytest
from scenes import TEAPOT, company, customer, of
from sqlalchemy import text
from worlds import World, emptied

from connectors.kit.contract import Record, Ref, Request
from connectors.kit.errors import Rejected
from connectors.kit.faults import Fault
from connectors.stripe.connector import Stripe
from hub import again
from hub.bulk import cursor
from hub.hooks.ring import Rung, ring
from hub.intake import refetch
from hub.sync import reread, sync
from scheduler.due import to_read, to_reread

Make = Callable[..., World]
URL = "https://hub.example/hooks"


def signed(world: World, name: str, object: str, id: str, action: str = "update") -> Request:
    """What the vendor sends now of this record."""
    sent = world.twins[name].webhook(f"{URL}/{name}", object, id, action)
    assert isinstance(sent, httpx.Request)
    return Request(sent.method, str(sent.url), {key.lower(): value for key, value in sent.headers.items()}, sent.content)


def rings(world: World, name: str, request: Request) -> Rung:
    return ring(world.hub, world.connection(name), request)


def hear(world: World, name: str) -> int:
    """What the scheduler does a second later; how many values changed."""
    outcome = reread(world.hub, world.connection(name), by="test")
    assert outcome is not None
    assert outcome.status == "succeeded"
    return outcome.changed


def changes(world: World, field: str) -> list[str]:
    return [
        row[0] for row in world.rows("SELECT fields FROM change WHERE fields LIKE :said ORDER BY position", said=f'%"{field}"%')
    ]


def test_an_edit_told_by_webhook_reaches_the_other_system_without_a_pull(make_world: Make) -> None:
    world = make_world(TEAPOT)
    world.settle_down()
    world.twins["hubspot"].edit("companies", "1", name="Infinite Teapot")
    pulls = len(world.rows("SELECT 1 FROM run WHERE kind = 'sync'"))
    rings(world, "hubspot", signed(world, "hubspot", "companies", "1"))
    assert hear(world, "hubspot") == 1
    world.deliver()
    assert world.twins["stripe"].table("customers")["cus_1"]["name"] == "Infinite Teapot"
    assert len(world.rows("SELECT 1 FROM run WHERE kind = 'sync'")) == pulls


def test_an_edit_seen_by_webhook_and_by_poll_at_once_is_one_change(make_world: Make) -> None:
    world = make_world(TEAPOT)
    world.settle_down()
    before = len(changes(world, "name"))
    world.twins["hubspot"].edit("companies", "1", name="Infinite Teapot")
    rings(world, "hubspot", signed(world, "hubspot", "companies", "1"))
    world.read("hubspot")
    assert hear(world, "hubspot") == 0
    world.settle_down()
    assert len(changes(world, "name")) == before + 1
    assert len([call for call in world.writes("stripe") if "Infinite" in str(call)]) == 1


def test_told_twice_has_no_second_effect(make_world: Make) -> None:
    world = make_world(TEAPOT)
    world.settle_down()
    world.twins["stripe"].edit("customers", "cus_1", phone="+1 202-555-0171")
    told = signed(world, "stripe", "customers", "cus_1")
    first, again = rings(world, "stripe", told), rings(world, "stripe", told)
    assert (first.new, first.again, again.new, again.again) == (1, 0, 0, 1)
    assert hear(world, "stripe") == 1
    rings(world, "stripe", told)
    assert hear(world, "stripe") == 0


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_out_of_order_webhooks_never_put_old_state_over_new(make_world: Make, order: tuple[int, ...]) -> None:
    """Pain 13: stripe-cli #418, cashier-stripe #1201, Ghost Members #240, onetimesecret #3692."""
    world = make_world(TEAPOT)
    world.settle_down()
    told = []
    for name in ("First Teapot", "Second Teapot", "Third Teapot"):
        world.twins["hubspot"].edit("companies", "1", name=name)
        told.append(signed(world, "hubspot", "companies", "1"))
    for number in order:
        rings(world, "hubspot", told[number])
        hear(world, "hubspot")
        assert world.golden("hubspot:companies:1")["name"] == "Third Teapot"
    world.settle_down()
    assert world.twins["stripe"].table("customers")["cus_1"]["name"] == "Third Teapot"


def test_a_ring_during_the_read_is_heard_afterwards(make_world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The read was begun before the edit: the row that asks for it must survive."""
    world = make_world(TEAPOT)
    world.settle_down()
    rings(world, "hubspot", signed(world, "hubspot", "companies", "1"))
    fetched, edited = again.fetched, []

    def slow(*args: Any) -> Any:
        answer = fetched(*args)
        if not edited:
            edited.append(True)
            world.twins["hubspot"].edit("companies", "1", name="Late Teapot")
            rings(world, "hubspot", signed(world, "hubspot", "companies", "1"))
        return answer

    monkeypatch.setattr(again, "fetched", slow)
    assert hear(world, "hubspot") == 1
    assert edited
    assert world.golden("hubspot:companies:1")["name"] == "Late Teapot"
    assert set(world.rows("SELECT state FROM inbox")) == {("done",)}
    assert not world.rows("SELECT 1 FROM refetch")


def test_a_lost_webhook_is_made_good_by_the_next_poll(make_world: Make) -> None:
    world = make_world(TEAPOT)
    world.settle_down()
    world.twins["hubspot"].edit("companies", "1", name="Unheard Teapot")
    world.settle_down()
    assert world.twins["stripe"].table("customers")["cus_1"]["name"] == "Unheard Teapot"


def test_with_webhooks_or_polls_alone_the_result_is_one(make_world: Make) -> None:
    found = []
    for told in (True, False):
        world = make_world(TEAPOT)
        world.settle_down()
        world.twins["hubspot"].edit("companies", "1", name="Infinite Teapot")
        if told:
            rings(world, "hubspot", signed(world, "hubspot", "companies", "1"))
            hear(world, "hubspot")
            world.deliver()
        world.settle_down()
        found.append(of(world))
        emptied(world.hub.engine)
    assert found[0] == found[1]


def test_an_import_that_comes_in_drops_is_stopped_like_one_that_comes_at_once(make_world: Make) -> None:
    companies = [company(str(number), name=f"Teapot {number}", domain=f"teapot{number}.example") for number in range(1, 61)]
    billed = {"customers": [{**TEAPOT["stripe"]["customers"][0], "id": f"cus_{n}", "metadata": {"domain": f"teapot{n}.example"},
                             "email": f"pay@teapot{n}.example", "name": f"Teapot {n}"} for n in range(1, 61)]}  # fmt: skip
    world = make_world({"hubspot": {"companies": companies}, "stripe": billed})
    world.settle_down()
    before = len(world.writes("stripe"))
    for number in range(1, 61):
        world.twins["hubspot"].edit("companies", str(number), name=f"Renamed {number}")
        rings(world, "hubspot", signed(world, "hubspot", "companies", str(number)))
        if number % 15 == 0:
            outcome = reread(world.hub, world.connection("hubspot"), by="test")
            world.deliver(confirm=False)
    assert outcome is not None
    assert outcome.status == "waiting"
    assert outcome.error is not None
    assert {limit["what"] for limit in outcome.error["data"]["limits"]} == {"account.name"}
    assert len(world.writes("stripe")) - before < 20  # what came before the limit was seen


@pytest.mark.parametrize("name", ["stripe", "hubspot"])
def test_of_our_own_writes_nothing_is_read_again(make_world: Make, name: str) -> None:
    world = make_world(TEAPOT)
    twin = world.twins[name]
    twin.outbox.holding = True
    twin.outbox.urls.append(f"{URL}/{name}")
    world.settle_down()
    sent = [
        Request("POST", each.url, {key.lower(): value for key, value in each.headers.items()}, each.body.encode())
        for each in twin.outbox.sent
    ]
    assert sent
    for request in sent:
        rings(world, name, request)
    assert set(world.rows("SELECT state, why FROM inbox")) == {("ignored", "ours")}
    assert not world.rows("SELECT 1 FROM refetch")


TEAPOTS = {
    "stripe": {
        "customers": [
            customer(f"cus_{n}", name=f"Teapot {n}", email=f"pay@teapot{n}.example", metadata={"domain": f"teapot{n}.example"})
            for n in (1, 2, 3)
        ]
    },
    "hubspot": {"companies": [company(str(n), name=f"Teapot {n}", domain=f"teapot{n}.example") for n in (1, 2, 3)]},
}


def ring_all(world: World) -> None:
    for n in (1, 2, 3):
        world.twins["stripe"].edit("customers", f"cus_{n}", phone=f"+1 202-555-01{n}0")
        rings(world, "stripe", signed(world, "stripe", "customers", f"cus_{n}"))


def test_i7_a_record_that_the_vendor_does_not_show_blocks_nobody(make_world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world(TEAPOTS)
    world.settle_down()
    fetch = Stripe.fetch

    def refusing(self: Stripe, ref: Ref) -> Record:
        if ref.id == "cus_1":
            raise Rejected("invalid_request", param="expand")
        return fetch(self, ref)

    monkeypatch.setattr(Stripe, "fetch", refusing)
    ring_all(world)
    assert hear(world, "stripe") == 2
    assert world.rows("SELECT state, why FROM inbox ORDER BY id") == [("dead", "not_shown"), ("done", None), ("done", None)]
    assert not world.rows("SELECT 1 FROM refetch")


def due_again(world: World, tried: int = 1) -> None:
    """The back-off of every read is over: nobody sleeps for it."""
    with world.hub.engine.begin() as database:
        database.execute(text("UPDATE refetch SET not_before = 0, attempts = :tried"), {"tried": tried})


def test_i7_a_record_that_fails_each_time_is_soon_alone(make_world: Make) -> None:
    world = make_world(TEAPOTS)
    world.settle_down()
    ring_all(world)
    world.twins["stripe"].armed.arm(Fault.SERVER_ERROR, times=500, match="^GET /v1/customers/cus_1$")
    reread(world.hub, world.connection("stripe"), by="test")
    assert set(world.rows("SELECT state, attempts FROM inbox, refetch")) == {("waiting", 1)}
    due_again(world, tried=6)
    for _ in range(2):
        reread(world.hub, world.connection("stripe"), by="test")
    assert world.rows("SELECT waits FROM inbox WHERE state = 'waiting'") == [(["customers:cus_1"],)]


def test_i7_what_cannot_be_read_again_blocks_no_pull(make_world: Make) -> None:
    world = make_world(TEAPOTS)
    world.settle_down()
    with world.hub.engine.begin() as database, cursor(database) as cur:
        refetch.ask(cur, "hubspot", "owners", ["7"], 0)
    world.twins["hubspot"].armed.arm(Fault.SERVER_ERROR, times=500, match="^GET /crm/owners/.*/7$")
    world.twins["hubspot"].edit("companies", "1", name="Unheard Teapot")
    outcome = world.read("hubspot")["hubspot"]
    assert (outcome.status, outcome.error and outcome.error["code"]) == ("incomplete", "server_error")
    assert world.golden("hubspot:companies:1")["name"] == "Unheard Teapot"


@pytest.mark.parametrize("pulled", [True, False])
def test_i13_a_vendor_that_makes_us_wait_is_asked_nothing_before_its_time(make_world: Make, pulled: bool) -> None:
    world = make_world(TEAPOTS)
    world.settle_down()
    ring_all(world)
    world.twins["stripe"].armed.arm(Fault.RATE_LIMITED, times=1, value="600")
    outcome = (sync if pulled else reread)(world.hub, world.connection("stripe"), by="test")
    assert outcome is not None
    assert outcome.status == "incomplete"
    rings(world, "stripe", signed(world, "stripe", "customers", "cus_2"))

    def due(seconds: float) -> tuple[bool, bool]:
        now = world.hub.clock.micros() + int(seconds * 1_000_000)
        with world.hub.engine.connect() as database:
            return "stripe" in to_read(database, now), "stripe" in to_reread(database, now)

    assert (due(590), due(601)) == ((False, False), (True, False))
    due_again(world)
    world.settle_down()
    assert set(world.rows("SELECT state FROM inbox")) == {("done",)}
    world.twins["stripe"].edit("customers", "cus_3", name="Third Teapot")
    rings(world, "stripe", signed(world, "stripe", "customers", "cus_3"))
    assert due(1) == (False, True)
