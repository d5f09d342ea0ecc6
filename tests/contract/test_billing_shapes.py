"""The billing mappings read what Recurly and Chargebee publish: any object of their specifications, in any of their words.

Chargebee's published file is that of API v1; what v2 added to a subscription is put beside it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.finance import Policy, Total, account
from mappings.chargebee import subscriptions as chargebee
from mappings.recurly import subscriptions as recurly

pytestmark = pytest.mark.contract
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
INSTANTS = st.sampled_from(["2026-01-01T00:00:00Z", "2026-11-30T12:00:00Z", "2027-01-01T00:00:00Z"])
SECONDS = st.sampled_from([0, 1_700_000_000, 1_900_000_000])
WRITTEN = {"date-time": INSTANTS}
MEANT = {  # what a specification says in words only
    "currency": st.just("USD"),
    "unit_amount_decimal": st.sampled_from([None, "0", "1.125"]),
    "percent": st.integers(1, 100),
    "state": st.sampled_from(["active", "inactive"]),
    "ending_quantity": st.integers(1, 10**6),
}
DEPTH = 5
NEWER = {"tier_type", "tiers"}  # of a plan and its subscription: later than the published file


def values(schema: Any, schemas: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of a published schema; only its words are never missing."""
    if "$ref" in schema:
        return values(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas, depth)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind, form = schema.get("type"), schema.get("format")
    match kind:
        case "object" | None:
            inside = {} if depth >= DEPTH else schema.get("properties", {})
            return st.fixed_dictionaries(
                {
                    name: MEANT[name] if name in MEANT and depth else values(each, schemas, depth + 1)
                    for name, each in inside.items()
                }
            )
        case "array":
            return st.lists(values(schema["items"], schemas, depth + 1), max_size=2)
        case "integer":
            return st.none() | (SECONDS if form == "unix-time" else st.integers(0, 10**6))
        case "number":
            return st.none() | st.decimals(0, 10**6, places=2)
        case "boolean":
            return st.booleans()
        case _:
            return st.none() | WRITTEN.get(form, st.sampled_from(["a", "b", "USD"]))


def only(schema: Any, *names: str) -> Any:
    """A schema without what no mapping reads: it keeps the examples small."""
    return schema | {"properties": {name: schema["properties"][name] for name in names}}


def answered(found: list[dict[str, Any]]) -> Total:
    """Every word of the specification is known."""
    told = account(found, Policy(), NOW)
    for one in told.outcomes:
        assert one.code is None or not one.code.startswith("unknown_")
        assert (one.arr is None) == (one.status == "error")
    return told


@pytest.fixture(scope="session")
def of_recurly(vendor_specs: Path) -> Any:
    return yaml.load((vendor_specs / "recurly" / "api.yaml").read_text(), yaml.CSafeLoader)["components"]["schemas"]


@pytest.fixture(scope="session")
def of_chargebee(vendor_specs: Path) -> Any:
    return json.loads((vendor_specs / "chargebee" / "chargebee_api_v1_spec.json").read_text())["components"]["schemas"]


class Asked(dict[str, Any]):
    """An object that notes which of its fields are read."""

    def __init__(self, fields: dict[str, Any], seen: set[str]) -> None:
        super().__init__({name: asked(value, seen) for name, value in fields.items()})
        self.seen = seen

    def get(self, key: str, default: Any = None) -> Any:
        self.seen.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self.seen.add(key)
        return super().__getitem__(key)


def asked(value: Any, seen: set[str]) -> Any:
    if isinstance(value, dict):
        return Asked(value, seen)
    return [asked(each, seen) for each in value] if isinstance(value, list) else value


READ = (
    "id", "account", "plan", "state", "coupon_redemptions", "currency", "unit_amount", "tax_inclusive", "tax_info", "quantity",
    "add_ons", "trial_started_at", "trial_ends_at", "created_at", "activated_at", "canceled_at", "expires_at",
    "current_period_started_at", "current_period_ends_at",
)  # fmt: skip


def test_recurly_subscriptions(of_recurly: Any) -> None:
    names: set[str] = set()

    @settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(
        values(only(of_recurly["Subscription"], *READ), of_recurly),
        values(only(of_recurly["Plan"], "id", "code", "interval_unit"), of_recurly),
    )
    def every(subscription: dict[str, Any], plan: dict[str, Any]) -> None:
        plan |= {"interval_length": 1}
        subscription |= {"plan": {"id": plan["id"], "code": plan["code"]}, "currency": "USD"}
        document = {"plan": Asked(plan, names), "subscription": Asked(subscription, names)}
        answered(recurly.subscriptions(document, NOW))

    every()
    add_on = {"add_on": {"add_on_type": "fixed"}, "tier_type": "flat", "unit_amount": 1, "quantity": 1}  # chance may draw none
    known = {"id": "s", "plan": {"id": "p"}, "state": "active", "currency": "USD", "unit_amount": 1, "quantity": 1}
    plan = {"id": "p", "interval_unit": "months", "interval_length": 1}
    told = recurly.subscriptions({"plan": Asked(plan, names), "subscription": Asked(known | {"add_ons": [add_on]}, names)}, NOW)
    assert answered(told).status == "ok"
    parts = ("Subscription", "SubscriptionAddOn", "SubscriptionAddOnTier", "Tier", "AddOnMini", "AccountMini", "TaxInfo", "Plan",
             "CouponRedemption", "Coupon", "CouponDiscount", "CouponDiscountPricing")  # fmt: skip
    published = {name for part in parts for name in of_recurly[part]["properties"]}
    assert names - published <= NEWER
    assert {"state", "interval_unit", "ending_quantity", "unit_amount_decimal", "add_on_type", "percent"} <= names


def test_every_recurly_state_and_tier_type_is_known(of_recurly: Any) -> None:
    plan = {"id": "p", "interval_unit": "months", "interval_length": 1}
    base = {"id": "s", "plan": {"id": "p"}, "currency": "USD", "unit_amount": 1, "quantity": 1}
    for state in of_recurly["SubscriptionStateEnum"]["enum"]:
        assert answered(recurly.subscriptions({"plan": plan, "subscription": base | {"state": state}}, NOW)).status in (
            "ok",
            "excluded",
        )
    for kind in of_recurly["TierTypeEnum"]["enum"]:
        add_on = {"add_on": {"add_on_type": "fixed"}, "tier_type": kind, "tiers": [{"unit_amount": 1}], "unit_amount": 1}
        document = {"plan": plan, "subscription": base | {"state": "active", "add_ons": [add_on]}}
        # plan 1.00 and add-on 1.00, whatever its tiers are called; x 12
        assert str((answered(recurly.subscriptions(document, NOW)).by_currency or {})["USD"]) == "24.00"


V2 = {"currency_code": "USD", "customer_id": "c", "billing_period": 1, "billing_period_unit": "month", "plan_amount": 1000}


def test_chargebee_subscriptions_and_coupons(of_chargebee: Any) -> None:
    ends = st.integers(1_800_000_000, 1_900_000_000)

    @settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
    @given(values(of_chargebee["Subscription"], of_chargebee), values(of_chargebee["Coupon"], of_chargebee), ends)
    def every(subscription: dict[str, Any], coupon: dict[str, Any], till: int) -> None:
        subscription |= V2 | {"plan_id": "p", "coupons": [{"coupon_id": "c", "apply_till": till}]}
        subscription["addons"] = [each | {"id": f"a{n}", "amount": 500} for n, each in enumerate(subscription["addons"])]
        coupon |= {"id": "c", "currency_code": "USD", "discount_percentage": 10, "discount_amount": 100}
        kept = coupon["discount_type"] != "offer_quantity"  # units given away are told on invoices only
        document = {"subscription": subscription, "coupons": [coupon] if kept else []}
        told = account(chargebee.subscriptions(document, NOW), Policy(), NOW).outcomes[0]
        assert told.code is None or not told.code.startswith("unknown_")
        assert (told.arr is None) == (told.status == "error")

    every()


def test_every_chargebee_status_period_and_duration_is_known(of_chargebee: Any) -> None:
    statuses = of_chargebee["Subscription"]["properties"]["status"]["enum"]
    assert {"active", "non_renewing", "in_trial", "future", "cancelled", "transferred"} == set(statuses)
    for status in statuses:
        found = answered(chargebee.subscriptions({"subscription": V2 | {"id": "s", "plan_id": "p", "status": status}}, NOW))
        assert found.status in ("ok", "excluded")
    for unit in of_chargebee["Plan"]["properties"]["period_unit"]["enum"]:
        document = {"subscription": V2 | {"id": "s", "plan_id": "p", "status": "active", "billing_period_unit": unit}}
        assert answered(chargebee.subscriptions(document, NOW)).status == "ok"
