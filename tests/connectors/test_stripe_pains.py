"""What people suffered from with Stripe elsewhere, each by its name."""

from __future__ import annotations

import json

import pytest
import stripe_scenes
from stripe_scenes import DAY, NOW, PERIOD, Open, customers, item, only, price

from connectors.kit.contract import Ref
from connectors.kit.errors import Gone, Retry
from connectors.kit.faults import Fault
from connectors.stripe import doorbell
from connectors.stripe import twin_invoices as invoices
from connectors.stripe import twin_shapes as shapes
from connectors.stripe.refusals import refusal

world = stripe_scenes.world  # the fixture


def test_created_only_sync_misses_updates(world: Open) -> None:
    """airbyte #15509: an old customer's edit must be seen."""
    scene = world(customers=customers(3))
    cursor = scene.last_cursor("customers")
    scene.settle()
    scene.twin.edit("customers", "cus_00000", name="Edited long after it was made")
    assert only(scene, "customers", cursor)["name"] == "Edited long after it was made"


def test_event_payload_version_drift(world: Open) -> None:
    """airbyte PR #77625: an event's body is in an old version; the record is read again in ours."""
    scene = world(customers=customers(1), subscriptions=[shapes.subscription("sub_1", NOW, "cus_00000", [item(1)])])
    cursor = scene.last_cursor("subscriptions")
    scene.twin.edit("subscriptions", "sub_1", description="changed")
    told = next(iter(scene.twin.table("events").values()))["data"]["object"]
    assert "current_period_end" in told
    assert "current_period_end" not in told["items"]["data"][0]
    body = only(scene, "subscriptions", cursor)
    assert "current_period_end" not in body
    assert body["items"]["data"][0]["current_period_end"] == PERIOD[1]


def test_events_older_than_thirty_days(world: Open) -> None:
    """tap-stripe PR #220: after a longer gap everything is read again, and said to be so."""
    scene = world(customers=customers(3))
    cursor = scene.last_cursor("customers")
    scene.twin.edit("customers", "cus_00001", name="Edited and forgotten")
    scene.twin.clock.advance(29 * DAY)
    assert [page.full for page in scene.pages("customers", cursor)] == [False]
    scene.twin.clock.advance(2 * DAY)
    pages = scene.pages("customers", cursor)
    assert [page.full for page in pages] == [True]
    assert len(pages[0].records) == 3


def test_a_quiet_month_is_no_gap(world: Open) -> None:
    """Nothing happened, but it was looked at: no full read."""
    scene = world(customers=customers(2))
    cursor = scene.last_cursor("customers")
    for _ in range(4):
        scene.twin.clock.advance(20 * DAY)
        (page,) = scene.pages("customers", cursor)
        assert not page.full
        assert not page.records
        cursor = page.cursor


def test_nested_items_lost(world: Open) -> None:
    """airbyte #76095: a subscription's items beyond its first page."""
    first, rest = [item(n) for n in range(10)], [item(n) for n in range(10, 230)]
    subscription = shapes.subscription("sub_1", NOW, "cus_00000", first, more=True)
    scene = world(customers=customers(1), subscriptions=[subscription], subscription_items=rest)
    items = only(scene, "subscriptions")["items"]
    assert [each["id"] for each in items["data"]] == [f"si_{n}" for n in range(230)]
    assert items["has_more"] is False


def test_nested_lines_lost(world: Open) -> None:
    """airbyte #76095: an invoice's lines beyond its first page; links that anybody can use are not kept."""
    (customer,) = customers(1)
    subscription = shapes.subscription("sub_1", NOW, customer["id"], [item(1)])
    lines = [invoices.line(f"il_{n}", "in_1", item(1), amount=100, currency="usd", period=PERIOD) for n in range(130)]
    made = invoices.invoice("in_1", NOW, customer, subscription, lines[:10], status="open", total=13_000)
    made["lines"]["has_more"] = True
    made["hosted_invoice_url"] = "https://invoice.stripe.com/i/secret"
    scene = world(customers=[customer], invoices=[made], line_items=lines[10:])
    body = only(scene, "invoices")
    assert [each["id"] for each in body["lines"]["data"]] == [f"il_{n}" for n in range(130)]
    assert "hosted_invoice_url" not in body


def test_deletes_seen_as_updates(world: Open) -> None:
    """tap-stripe #35: a deleted customer is a tombstone; its canceled subscription is not."""
    subscription = shapes.subscription("sub_1", NOW, "cus_00000", [item(1)])
    scene = world(customers=customers(2), subscriptions=[subscription])
    before = {object: scene.last_cursor(object) for object in ("customers", "subscriptions")}
    scene.twin.delete("customers", "cus_00000")
    (gone,) = scene.records("customers", before["customers"])
    assert (gone.id, gone.deleted) == ("cus_00000", True)
    (canceled,) = scene.records("subscriptions", before["subscriptions"])
    assert not canceled.deleted
    assert json.loads(canceled.body)["status"] == "canceled"
    with pytest.raises(Gone):
        scene.connector.fetch(Ref("customers", "cus_00000"))


@pytest.mark.parametrize("param", ["id", "invoice", "price", ""])
def test_whatever_word_stripe_has_for_the_id_what_is_not_there_is_gone(param: str) -> None:
    """A deleted draft invoice: `No such invoice`, `param` invoice. Of a write the word tells whether the record itself is meant."""
    said = json.dumps({"error": {"type": "invalid_request_error", "code": "resource_missing", "param": param}}).encode()
    assert isinstance(refusal(404, {}, said, writing=False), Gone)
    assert isinstance(refusal(404, {}, said, writing=True), Gone) == (param in {"", "id"})


def test_an_event_need_not_say_more_than_what_it_is_about() -> None:
    said = {"id": "evt_1", "type": "customer.updated", "data": {"object": {"id": "cus_1", "object": "customer"}}}
    told = doorbell.understand(json.dumps(said).encode(), None)
    assert (told.refs, told.ignored, told.bad) == ((Ref("customers", "cus_1"),), "", "")


def test_canceled_subscriptions_are_read(world: Open) -> None:
    scene = world(subscriptions=[shapes.subscription("sub_1", NOW, "cus_1", [item(1)], status="canceled")])
    assert only(scene, "subscriptions")["status"] == "canceled"


def test_a_deleted_draft_invoice_is_a_tombstone(world: Open) -> None:
    (customer,) = customers(1)
    subscription = shapes.subscription("sub_1", NOW, customer["id"], [item(1)])
    draft = invoices.invoice("in_1", NOW, customer, subscription, [], status="draft", total=0)
    scene = world(invoices=[draft])
    cursor = scene.last_cursor("invoices")
    scene.twin.delete("invoices", "in_1")
    assert [(record.id, record.deleted) for record in scene.records("invoices", cursor)] == [("in_1", True)]


def test_zero_decimal_and_fractions_stay_exact(world: Open) -> None:
    """opencollective #4297: nobody divides by 100 here; what Stripe wrote stands in the body, digit by digit."""
    yen = price("price_yen", unit=4800, currency="jpy")
    fraction = price("price_fraction", unit=None, unit_amount_decimal="0.000125")
    subscription = shapes.subscription("sub_1", NOW, "cus_1", [item(1, yen), item(2, fraction)])
    coupon = shapes.coupon("co_1", NOW, 12.5)
    discount = shapes.discount("di_1", "co_1", NOW, "cus_1", "sub_1")
    scene = world(subscriptions=[{**subscription, "discounts": ["di_1"]}], coupons=[coupon], discounts=[discount])
    (record,) = scene.records("subscriptions")
    assert b'"unit_amount":4800,' in record.body
    assert b'"unit_amount_decimal":"0.000125"' in record.body
    assert b'"percent_off":12.5,' in record.body


def test_everything_that_arr_needs_is_stitched_in(world: Open) -> None:
    tiers = [{"up_to": 10, "unit_amount": 500}, {"up_to": None, "unit_amount": 300}]
    tiered = price("price_tiers", unit=None, billing_scheme="tiered", tiers_mode="graduated")
    dollars = price("price_dollars")
    options = {"eur": {"unit_amount": 2300, "unit_amount_decimal": "2300"}}
    items = [item(1, tiered, discounts=["di_item"]), item(2, dollars)]
    customer = {**customers(1)[0], "discount": shapes.discount("di_customer", "co_1", NOW, "cus_00000", None)}
    scene = world(
        customers=[customer],
        prices=[tiered, dollars],
        coupons=[shapes.coupon("co_1", NOW, 10.0)],
        discounts=[shapes.discount("di_item", "co_1", NOW, "cus_00000", None)],
        includable=[
            {"id": "price_tiers", "tiers": tiers},
            {"id": "price_dollars", "currency_options": options},
            {"id": "co_1", "applies_to": {"products": ["prod_1"]}},
        ],
        subscriptions=[{**shapes.subscription("sub_1", NOW, "cus_00000", items), "currency": "eur"}],
    )
    body = only(scene, "subscriptions")
    first, second = body["items"]["data"]
    assert first["price"]["tiers"] == tiers
    assert second["price"]["currency_options"] == options
    assert first["discounts"][0]["source"]["coupon"]["applies_to"] == {"products": ["prod_1"]}
    assert body["customer"]["discount"]["source"]["coupon"]["percent_off"] == 10
    assert set(body["customer"]) == {"id", "object", "discount"}
    assert sum("/v1/coupons/" in asked for asked in scene.asked()) == 1
    assert scene.connector.fetch(Ref("subscriptions", "sub_1")).body == scene.records("subscriptions")[0].body


def test_a_discount_of_the_customer_reaches_its_subscriptions(world: Open) -> None:
    subscription = shapes.subscription("sub_1", NOW, "cus_00000", [item(1)])
    scene = world(customers=customers(1), subscriptions=[subscription], coupons=[shapes.coupon("co_1", NOW, 10.0)])
    cursor = scene.last_cursor("subscriptions")
    given_now = shapes.discount("di_1", "co_1", NOW, "cus_00000", None)
    scene.twin.table("customers")["cus_00000"]["discount"] = given_now
    scene.twin.create("discounts", **given_now)
    assert only(scene, "subscriptions", cursor)["customer"]["discount"]["id"] == "di_1"


def test_events_of_one_second_are_each_seen_once(world: Open) -> None:
    scene = world(customers=customers(40))
    cursor = scene.last_cursor("customers")
    for n in range(20):
        scene.twin.edit("customers", f"cus_{n:05}", name="first")
    pages = scene.pages("customers", cursor)
    for n in range(15, 40):
        scene.twin.edit("customers", f"cus_{n:05}", name="second")  # the clock stands still
    later = scene.records("customers", pages[-1].cursor)
    assert sorted(record.id for record in later) == [f"cus_{n:05}" for n in range(15, 40)]
    assert all(b'"second"' in record.body for record in later)


def test_a_page_that_repeats_for_ever_stops(world: Open) -> None:
    scene = world(customers=customers(250))
    pull = scene.connector.pull("customers", None)
    next(pull)
    scene.arm(Fault.REPEAT_PAGE, match="customers", times=100)
    with pytest.raises(Retry, match="page_repeated"):
        list(pull)


def test_a_scan_goes_on_after_its_last_record_was_deleted(world: Open) -> None:
    scene = world(customers=customers(250))
    first = next(scene.connector.pull("customers", None))
    scene.twin.delete("customers", first.records[-1].id)
    rest = scene.pages("customers", first.cursor)
    read = [record for page in rest for record in page.records]
    assert {record.id for record in read if not record.deleted} == set(scene.twin.table("customers"))
    assert [record.id for record in read if record.deleted] == [first.records[-1].id]
    assert not any(page.full for page in rest)


def test_a_row_that_is_no_record_is_kept_apart(world: Open) -> None:
    scene = world(customers=[*customers(2), {"id": 7, "name": "no id"}])
    (page,) = scene.pages("customers")
    assert len(page.records) == 2
    ((code, raw),) = page.unreadable
    assert code == "not_a_record"
    assert b"no id" in raw


def test_more_than_ten_thousand_are_counted_in_parts(world: Open) -> None:
    many = [{"id": f"cus_{n}", "object": "customer", "created": NOW - n * 60} for n in range(25_000)]
    assert world(customers=many).connector.count("customers") == 25_000


def test_rows_without_their_usual_keys(world: Open) -> None:
    """A customer that tells neither its kind nor when it was made is counted, and its edit is seen."""
    scene = world(customers=[{"id": "cus_1", "name": "Bare"}])
    cursor = scene.last_cursor("customers")
    assert scene.connector.count("customers") == 1
    scene.settle()
    scene.twin.edit("customers", "cus_1", name="Edited")
    assert only(scene, "customers", cursor)["name"] == "Edited"
    assert [row for page in scene.pages("customers", cursor) for row in page.unreadable] == []
