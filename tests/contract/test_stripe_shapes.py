"""The twin is held to Stripe's published fixtures, and to Stripe's own SDK, which reads every answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import stripe
from stripe_types import apart, mistyped

from connectors.kit.faults import Fault
from connectors.kit.serving import serve, stop
from connectors.kit.twin_clock import TwinClock
from connectors.stripe import TWIN, populate
from hub.practice.customers import invented

ROWS = populate(invented(130, 7, date(2026, 3, 2)))
# Where the twin's API version shows something else than the fixtures, and why.
OTHERWISE = {
    "-invoice.subscription": "gone since 2025-03-31: parent.subscription_details names it, and the fixtures keep both",
    "+invoice.lines.data[].pricing.price_details": "the fixtures leave out what hangs on `type`; the SDK declares it",
    "+line_item.pricing.price_details": "the same",
}
# Events are told in the version of the account's first day, 2024-06-20.
OLD_EVENT = {
    "+subscription.current_period_end": "it moved to the items with 2025-03-31",
    "+subscription.current_period_start": "the same",
    "-subscription.items.data[].current_period_end": "the same",
    "-subscription.items.data[].current_period_start": "the same",
    "+discount.coupon": "it became source.coupon with 2025-09-30",
    "-discount.source": "the same",
}


@pytest.fixture
def twin() -> Iterator[Any]:
    made = TWIN(clock=TwinClock(datetime(2026, 3, 2, 9, 30, tzinfo=UTC), speed=0), data=ROWS)
    served = serve(made)
    yield made
    stop(served)


@pytest.fixture
def sdk(twin: Any, monkeypatch: pytest.MonkeyPatch) -> stripe.StripeClient:
    monkeypatch.setattr(stripe, "enable_telemetry", False)  # it writes into the home folder
    return stripe.StripeClient(twin.token, base_addresses={"api": twin.url}, max_network_retries=0)


@pytest.fixture
def published(vendor_specs: Path) -> dict[str, Any]:
    return json.loads((vendor_specs / "stripe" / "fixtures3.json").read_text())["resources"]


Lister = Callable[[stripe.StripeClient], Any]
LISTED: dict[str, Lister] = {
    "customer": lambda sdk: sdk.v1.customers.list(),
    "product": lambda sdk: sdk.v1.products.list(),
    "price": lambda sdk: sdk.v1.prices.list(),
    "subscription": lambda sdk: sdk.v1.subscriptions.list({"status": "all"}),
    "subscription_item": lambda sdk: sdk.v1.subscription_items.list({"subscription": ROWS["subscriptions"][0]["id"]}),
    "invoice": lambda sdk: sdk.v1.invoices.list(),
    "line_item": lambda sdk: sdk.v1.invoices.line_items.list(ROWS["invoices"][0]["id"]),
    "coupon": lambda sdk: sdk.v1.coupons.list(),
    "event": lambda sdk: sdk.v1.events.list(),
}

CLASSES = {
    "customer": "Customer",
    "product": "Product",
    "price": "Price",
    "subscription": "Subscription",
    "subscription_item": "SubscriptionItem",
    "invoice": "Invoice",
    "line_item": "InvoiceLineItem",
    "coupon": "Coupon",
    "event": "Event",
}


def stirred(twin: Any) -> None:
    """So that there is an event."""
    twin.edit("customers", ROWS["customers"][0]["id"], name="Edited")


@pytest.mark.contract
@pytest.mark.parametrize("object", LISTED)
def test_resources_have_the_published_keys_and_types(object: str, twin: Any, sdk: Any, published: dict[str, Any]) -> None:
    stirred(twin)
    listed = LISTED[object](sdk)
    rows = json.loads(listed.last_response.body)["data"]  # as sent: the SDK makes Decimals of some texts
    kind = getattr(stripe, CLASSES[object])
    assert rows
    assert [type(row) for row in listed.data] == [kind] * len(rows)
    for row in rows:
        told = published[object] | ({"data": row["data"]} if object == "event" else {})
        assert set(apart(row, told, object)) <= OTHERWISE.keys()
        assert not list(mistyped(row, kind, object))


@pytest.mark.contract
def test_a_created_and_a_deleted_customer_have_the_published_keys(sdk: Any, published: dict[str, Any]) -> None:
    made = sdk.v1.customers.create({"name": "Made", "address": {"city": "Oslo"}, "metadata": {"a": "b"}})
    holds(made, published["customer"], stripe.Customer)
    gone = sdk.v1.customers.delete(made.id)
    holds(gone, published["deleted_customer"], stripe.StripeObject)
    assert sdk.v1.customers.retrieve(made.id).deleted is True


def holds(answer: Any, fixture: dict[str, Any], kind: type) -> None:
    row = json.loads(answer.last_response.body)
    assert not list(apart(row, fixture, row["object"]))
    assert not list(mistyped(row, kind, row["object"]))


@pytest.mark.contract
def test_the_account_has_the_published_keys_and_types(sdk: Any, published: dict[str, Any]) -> None:
    holds(sdk.v1.accounts.retrieve_current(), published["account"], stripe.Account)


@pytest.mark.contract
@pytest.mark.parametrize("object", ["customer", "product", "price", "subscription", "invoice"])
def test_a_search_gives_the_same_rows_as_a_list(object: str, sdk: Any, published: dict[str, Any]) -> None:
    found = json.loads(getattr(sdk.v1, f"{object}s").search({"query": SEARCHES[object]}).last_response.body)
    assert found.keys() == {"object", "data", "has_more", "next_page", "url"}
    assert found["data"]
    for row in found["data"]:
        assert set(apart(row, published[object], object)) <= OTHERWISE.keys()


SEARCHES = dict.fromkeys(CLASSES, "created>0") | {"product": "active:'true'", "price": "active:'true'"}


@pytest.mark.contract
@pytest.mark.parametrize("object", ["customer", "product", "price", "subscription", "invoice", "coupon", "discount"])
def test_an_event_tells_each_resource_as_its_own_version_shows_it(object: str, twin: Any, published: dict[str, Any]) -> None:
    id = next(iter(twin.table(f"{object}s")))
    sent = twin.webhook("https://hub.example/", f"{object}s", id, "update")
    told = json.loads(sent.content)["data"]["object"]
    differences = set(apart(told, published[object], object)) - OTHERWISE.keys()
    assert differences == {each for each in OLD_EVENT if each.lstrip("+-").startswith(f"{object}.")}


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"created": None}, "customer.created: None is no int"),
        ({"balance": True}, "customer.balance: True is no int"),
        ({"object": "costumer"}, "customer.object: 'costumer' is none of ('customer',)"),
        ({"metadata": {"a": 1}}, "customer.metadata.a: 1 is no str"),
        ({"address": {"city": 7}}, "customer.address.city: 7 is no str"),
        ({"preferred_locales": "de"}, "customer.preferred_locales: 'de' is no list"),
        ({"subscriptions": {"data": [{"created": "now"}]}}, "customer.subscriptions.data[].created: 'now' is no int"),
    ],
)
def test_the_sdk_is_asked_in_earnest(row: Any, wrong: str) -> None:
    assert list(mistyped(row, stripe.Customer, "customer")) == [wrong]
    assert not list(mistyped({"address": None, "email": None, "tax_exempt": "a word of tomorrow"}, stripe.Customer, "customer"))


def test_the_fixtures_are_asked_in_earnest() -> None:
    fixture = {"id": "a", "n": 1, "in": {"x": "y"}, "rows": [{"k": True}], "none": None, "metadata": {}}
    assert not list(apart({**fixture, "n": 1.5, "none": 3, "metadata": {"mine": "1"}, "in": None}, fixture, "r"))
    row = {"id": 1, "n": True, "in": {"z": "y"}, "rows": [{"k": 1}], "none": [], "metadata": {}, "more": 1}
    assert set(apart(row, fixture, "r")) == {"r.id", "r.n", "+r.in.z", "-r.in.x", "r.rows[].k", "+r.more"}


@pytest.mark.contract
def test_an_expanded_discount_has_the_published_keys(sdk: Any, published: dict[str, Any]) -> None:
    (row,) = [row for row in ROWS["subscriptions"] if row["discounts"]][:1]
    expanded = sdk.v1.subscriptions.retrieve(row["id"], {"expand": ["discounts.source.coupon"]})
    discount = expanded.discounts[0]
    assert isinstance(discount, stripe.Discount)
    row = json.loads(expanded.last_response.body)["discounts"][0]
    assert not list(apart(row, published["discount"], "discount"))
    assert not list(apart(row["source"]["coupon"], published["coupon"], "coupon"))
    assert not list(mistyped(row, stripe.Discount, "discount"))
    assert isinstance(discount.source.coupon, stripe.Coupon)


def test_lists_are_paged_newest_first_by_the_sdk(sdk: Any) -> None:
    customers = list(sdk.v1.customers.list({"limit": 50}).auto_paging_iter())
    assert {each.id for each in customers} == {row["id"] for row in ROWS["customers"]}
    assert [each.created for each in customers] == sorted((each.created for each in customers), reverse=True)
    middle = customers[60].id
    before = sdk.v1.customers.list({"ending_before": middle, "limit": 10})
    assert [each.id for each in before.data] == [each.id for each in customers[50:60]]
    assert before.has_more


def test_search_counts_and_pages(sdk: Any) -> None:
    found = sdk.v1.customers.search({"query": "created>0", "limit": 100, "expand": ["total_count"]})
    assert found.total_count == len(ROWS["customers"])
    assert len(list(found.auto_paging_iter())) == len(ROWS["customers"])
    domain = ROWS["customers"][0]["metadata"]["domain"]
    marked = sdk.v1.customers.search({"query": f"metadata['domain']:'{domain}'"}).data
    assert {each.metadata["domain"] for each in marked} == {domain}


def test_events_reach_back_thirty_days(twin: Any, sdk: Any) -> None:
    stirred(twin)
    (event,) = sdk.v1.events.list({"types": ["customer.updated"]}).data
    assert (event.type, event.data.object.name) == ("customer.updated", "Edited")
    assert event.data.previous_attributes["name"] == ROWS["customers"][0]["name"]
    twin.clock.advance(31 * 86_400)
    assert not sdk.v1.events.list().data


def test_webhooks_are_verified_by_the_sdk(twin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = twin.webhook("https://hub.example/", "customers", ROWS["customers"][0]["id"], "update")
    monkeypatch.setattr("time.time", lambda: twin.clock.now().timestamp())
    event = stripe.Webhook.construct_event(sent.content, sent.headers["stripe-signature"], twin.webhook_secret)
    assert event.data.object.id == ROWS["customers"][0]["id"]


def test_refusals_are_the_sdks_own_errors(twin: Any, sdk: Any) -> None:
    id = ROWS["customers"][0]["id"]
    refusals: list[tuple[type[Exception], Callable[[], Any], str | None]] = [
        (stripe.InvalidRequestError, lambda: sdk.v1.customers.retrieve("cus_none"), "resource_missing"),
        (stripe.InvalidRequestError, lambda: sdk.v1.customers.list({"limit": 101}), None),
        (stripe.InvalidRequestError, lambda: sdk.v1.customers.update(id, {"email": "no"}), "email_invalid"),
        (stripe.InvalidRequestError, lambda: sdk.v1.customers.update(id, {"nmae": "typo"}), "parameter_unknown"),
        (stripe.InvalidRequestError, lambda: sdk.v1.customers.update(id, {"metadata": {"k" * 41: "v"}}), None),
        (stripe.InvalidRequestError, lambda: sdk.v1.customers.search({"query": "shoe:'3'"}), None),
        (stripe.InvalidRequestError, lambda: deep(sdk), None),
    ]
    for error, call, code in refusals:
        with pytest.raises(error) as refused:
            call()
        assert code is None or refused.value.code == code
    played = {Fault.UNAUTHORISED: stripe.AuthenticationError, Fault.SCOPE_LOST: stripe.PermissionError}
    for fault, error in {**played, Fault.RATE_LIMITED: stripe.RateLimitError}.items():
        twin.armed.arm(fault)
        with pytest.raises(error):
            sdk.v1.customers.list()


def deep(sdk: Any) -> Any:
    """Five levels."""
    return sdk.v1.subscriptions.list({"expand": ["data.items.data.price.tiers"]})


def test_tiers_are_shown_only_when_asked_for(sdk: Any) -> None:
    tiered = next(row["id"] for row in ROWS["includable"] if "tiers" in row)
    assert "tiers" not in sdk.v1.prices.retrieve(tiered)
    assert len(sdk.v1.prices.retrieve(tiered, {"expand": ["tiers"]}).tiers) == 2


def test_a_key_is_answered_once_and_replayed(twin: Any, sdk: Any) -> None:
    first, again = (sdk.v1.customers.create({"name": "Once"}, {"idempotency_key": "k"}) for _ in range(2))
    assert first.id == again.id
    assert again.last_response.headers["idempotent-replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError):
        sdk.v1.customers.create({"name": "Other"}, {"idempotency_key": "k"})
    twin.armed.arm(Fault.ERROR_AFTER_APPLY)
    for _ in range(2):
        with pytest.raises(stripe.APIError) as broken:
            sdk.v1.customers.create({"name": "Twice"}, {"idempotency_key": "k2"})
        assert broken.value.http_status == 500
    assert len([row for row in twin.table("customers").values() if row["name"] == "Twice"]) == 1


def test_blank_clears_and_metadata_merges(sdk: Any) -> None:
    made = sdk.v1.customers.create({"phone": "+1", "metadata": {"a": "1", "b": "2"}})
    changed = sdk.v1.customers.update(made.id, {"phone": "", "metadata": {"a": "", "c": "3"}})
    assert changed.phone is None
    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}


def test_rows_are_served_as_they_stand() -> None:
    odd = {"id": "cus_1", "object": "customer", "name": None, "odd": {"nested": [1, None]}}
    twin = TWIN(data={"customers": [odd]})
    served = serve(twin)
    try:
        sdk = stripe.StripeClient(twin.token, base_addresses={"api": twin.url})
        assert sdk.v1.customers.retrieve("cus_1").to_dict() == odd
        assert sdk.v1.customers.list().data[0].to_dict() == odd
    finally:
        stop(served)
