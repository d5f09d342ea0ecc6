"""Whatever is missing or wrong in Chargebee's, Recurly's or Zuora's objects: an answer, and never another number without a code."""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import hand_chargebee as chargebee
import hand_recurly as recurly
import hand_zuora as zuora
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from paper import AS_OF, Json
from typer.main import get_command

from hub.cli import make_app
from hub.finance import Policy, Total, account
from hub.words import Problem
from mappings.strict_json import load_json
from tests.mappings.billing_checks import GARBAGE, NOW

APP = get_command(make_app())

CHARGEBEE = [
    chargebee.of(
        chargebee.line(quantity=3),
        chargebee.QUARTERLY,
        chargebee.SETUP,
        chargebee.line("use-USD", "addon", 900, metered_quantity="12"),
        discounts=[
            chargebee.percent(),
            chargebee.percent(20, "d3", **chargebee.on("seats-USD")),
            chargebee.limited(chargebee.NOW + 1) | {"id": "d4"},
            chargebee.limited(chargebee.NOW) | {"id": "d5"},
        ],
    ),
    chargebee.of(
        chargebee.line(amount=14_000, unit_price=1000, quantity=15),
        item_tiers=chargebee.TIERS,
        coupons=[{"coupon_id": "auto-d2", "applied_count": 1}],
        discounts=[chargebee.fixed()],
    ),
    chargebee.of(status="non_renewing", cancelled_at=chargebee.NOW),
    chargebee.of(**chargebee.OLD, plan_amount=5000),
]
RECURLY = [
    recurly.of(
        quantity=2,
        add_ons_total=100.0,
        add_ons=[
            recurly.add_on(quantity=2),
            recurly.add_on("use", by="usage"),
            *recurly.by_tiers("tiered", 15, id="sa-tiered")["subscription"]["add_ons"],
            *recurly.by_tiers("stairstep", 15, id="sa-stairs")["subscription"]["add_ons"],
        ],
        coupon_redemptions=[recurly.percent(), recurly.fixed(), recurly.percent(50, "r3", state="inactive")],
    ),
    recurly.every(3, tax_inclusive=True, tax_info=recurly.VAT),
    recurly.ramp(recurly.LOW, recurly.MIDDLE, recurly.HIGH),
    recurly.of(**recurly.ENDING | {"expires_at": AS_OF}),
]
ZUORA = [
    {
        "subscription": zuora.sub(
            zuora.plan(
                zuora.charge(model="PerUnit", quantity=3),
                zuora.charge("C-2", type="OneTime"),
                zuora.charge("C-3", type="Usage", model="Overage"),
                zuora.percent(discountLevel="rateplan"),
            ),
            zuora.plan(
                *zuora.by_tiers("Tiered", 15, *zuora.MIXED, number="C-4")["subscription"]["ratePlans"][0]["ratePlanCharges"],
                zuora.charge("C-5", price=50.0, effectiveEndDate="2026-07-01"),
                zuora.charge("C-5", **zuora.STEP),
                zuora.charge("C-6", billingPeriod="Specific_Months", specificBillingPeriod=4, listPriceBase="Per_Month"),
                zuora.charge("C-7", endDateCondition="Specific_End_Date", effectiveEndDate="2026-11-30"),
                zuora.fixed(),
            ),
        )
    },
    zuora.of(zuora.charge(listPriceBase="Per_Specific_Months", specificListPriceBase=6), status="Suspended"),
]
DOCUMENTS = [
    *(("chargebee", each) for each in CHARGEBEE),
    *(("recurly", each) for each in RECURLY),
    *(("zuora", each) for each in ZUORA),
]

ABSENT = {
    "quantity": "missing is one (R7)",
    "amount": "unit price x quantity where Chargebee's own amount is absent",
    "metered_quantity": "all by which Chargebee marks an item by use",
    "discounts": "Chargebee leaves out what it has none of",
    "deleted": "not deleted",
    "coupon_redemptions": "none",
    "cancelled_at": "no end is told",
    "expires_at": "no end is told",
    "tax_inclusive": "not inclusive",
    "listPriceBase": "the billing period, as in answers from before there was a base",
}
"""What may be absent or null, and what that means."""


def read(vendor: str, document: Json) -> Total:
    found = import_module(f"mappings.{vendor}.subscriptions").subscriptions(load_json(json.dumps(document).encode()), NOW)
    return account(found, Policy(), NOW)


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inside in pairs:
        yield (*above, key)
        yield from places(inside, (*above, key))


def without(document: Json, place: tuple[Any, ...], *null: None) -> Json:
    made = copy.deepcopy(document)
    holder: Any = made
    for key in place[:-1]:
        holder = holder[key]
    del holder[place[-1]]
    if null:
        holder[place[-1]] = None
    return made


@pytest.mark.parametrize(("vendor", "document"), DOCUMENTS)
@pytest.mark.parametrize("null", [(), (None,)], ids=["absent", "null"])
def test_what_is_missing_is_told_or_makes_no_difference(vendor: str, document: Json, null: tuple[None, ...]) -> None:
    whole = read(vendor, document)
    keys = [each for each in places(document) if isinstance(each[-1], str) and len(each) > 1 and each[-1] not in ABSENT]
    silent = []
    for place in keys:
        less = read(vendor, without(document, place, *null))
        if less.code is None and less.figures != whole.figures:
            silent.append(place)
    assert silent == []


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, Any]:
    vendor, document = draw(st.sampled_from(DOCUMENTS))
    holder = made = copy.deepcopy(document)
    place = draw(st.sampled_from(sorted(places(document), key=str)))
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = draw(GARBAGE)
    return vendor, made


@given(damaged())
def test_whatever_is_wrong_there_is_one_answer(case: tuple[str, Any]) -> None:
    vendor, document = case
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "billing.json"
        file.write_text(json.dumps(document, default=str))
        asked = ["arr", str(file), "--vendor", vendor, "--as-of", AS_OF]
        said, shown = (CliRunner().invoke(APP, [*asked, *more]) for more in (["--json"], []))
    for one in (said, shown):
        assert one.exception is None or isinstance(one.exception, SystemExit | Problem), one.exception
    assert shown.exit_code == said.exit_code
    (line,) = said.stdout.splitlines()
    told = json.loads(line)
    if said.exception is None or isinstance(
        said.exception, SystemExit
    ):  # else it holds nothing of this vendor: exit 2 at the rim
        assert said.exit_code == (0 if told["outcome"] in {"ok", "excluded"} else 1)
    assert (told["code"] is None) == (told["outcome"] == "ok")
    assert (told["by_currency"] is None) == (told["outcome"] == "error")
