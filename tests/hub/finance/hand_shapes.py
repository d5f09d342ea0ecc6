"""R6, R17 and R18 by hand: currencies, shapes old and new, and what is no number."""

from __future__ import annotations

from typing import Any

from paper import Case, Json, error, file, ok
from stripe_hand import coupon, discount, exact, item, of, percent, price, sub, tiered


def money(code: str, unit: int) -> Json:
    return of(price(unit, currency=code), currency=code)


CURRENCIES = [
    ok("JPY", "4,800 yen; x 12", money("jpy", 4800), "4800", "57600", "JPY"),
    ok("KRW", "1,000 won; x 12", money("krw", 1000), "1000", "12000", "KRW"),
    ok("KWD", "5.125; x 12", money("kwd", 5125), "5.125", "61.500", "KWD"),
    ok("BHD", "0.010; x 12", money("bhd", 10), "0.010", "0.120", "BHD"),
    ok("ISK", "two decimals at Stripe, none in ISO: 123.45; x 12 = 1481.4", money("isk", 12345), "123", "1481", "ISK"),
    ok("UGX", "two decimals at Stripe: 10,000.00; x 12", money("ugx", 1000000), "10000", "120000", "UGX"),
    ok("MGA", "none at Stripe, two in ISO: 5,000; x 12", money("mga", 5000), "5000.00", "60000.00", "MGA"),
    ok("HUF", "1,000.00; x 12", money("huf", 100000), "1000.00", "12000.00", "HUF"),
    ok("TWD", "1,000.00; x 12", money("twd", 100000), "1000.00", "12000.00", "TWD"),
    ok("yen of a half", "0.5 yen, half-up 1; x 12", of(exact("0.5", currency="jpy"), currency="jpy"), "1", "12", "JPY"),
    ok(
        "no currency of its own",
        "the first price's: 25.00 EUR",
        {"subscriptions": [{"id": "sub_1", "status": "active", "items": {"data": [item(price(currency="eur"))]}}]},
        "25.00",
        "300.00",
        "EUR",
    ),
    ok(
        "currency option",
        "22.00 EUR x 12",
        of(price(2500, currency_options={"eur": {"unit_amount": 2200, "unit_amount_decimal": "2200"}}), currency="eur"),
        "22.00",
        "264.00",
        "EUR",
    ),
    ok(
        "option's decimal wins",
        "100 x 0.25 cent = 0.25; x 12",
        of(price(2500, currency_options={"eur": {"unit_amount": None, "unit_amount_decimal": "0.25"}}), 100, currency="eur"),
        "0.25",
        "3.00",
        "EUR",
    ),
    ok("own currency needs no option", "25.00", of(price(currency_options={"eur": {"unit_amount": 2200}})), "25.00", "300.00"),
    ok(
        "option in yen",
        "3,000 yen x 12",
        of(price(2500, currency_options={"jpy": {"unit_amount": 3000}}), currency="jpy"),
        "3000",
        "36000",
        "JPY",
    ),
    ok(
        "option's tiers",
        "2 x 9.00 + 1 x 8.00 = 26.00 EUR; x 12",
        of(
            tiered(
                "graduated",
                (2, 1000, None),
                (None, 900, None),
                currency_options={"eur": {"tiers": [{"up_to": 2, "unit_amount": 900}, {"up_to": None, "unit_amount": 800}]}},
            ),
            3,
            currency="eur",
        ),
        "26.00",
        "312.00",
        "EUR",
    ),
    error("options not expanded", "currency_options_not_expanded", of(price(), currency="eur")),
    error(
        "options without this one",
        "currency_options_not_expanded",
        of(price(currency_options={"gbp": {"unit_amount": 1}}), currency="eur"),
    ),
    error(
        "option's tiers not expanded",
        "tiers_not_expanded",
        of(tiered("graduated", (None, 1000, None), currency_options={"eur": {"unit_amount": None}}), currency="eur"),
    ),
]

PLAN = {
    "id": "plan_1",
    "object": "plan",
    "active": True,
    "amount": 2500,
    "currency": "usd",
    "interval": "month",
    "interval_count": 1,
    "product": "prod_1",
    "usage_type": "licensed",
}


def planned(plan: Json, quantity: Any = 1) -> Json:
    return file(sub({"id": "si_1", "quantity": quantity, "plan": plan}))


SHAPES = [
    ok("plan on the item", "2 x 25.00", planned(PLAN, 2), "50.00", "600.00"),
    ok("plan's decimal wins", "100 x 0.25 cent = 0.25; x 12", planned(PLAN | {"amount_decimal": "0.25"}, 100), "0.25", "3.00"),
    ok(
        "plan by the week",
        "25.00 x 26; / 12 = 54.166...",
        planned(PLAN | {"interval": "week", "interval_count": 2}),
        "54.17",
        "650.00",
    ),
    ok(
        "plan's transform_usage",
        "25 / 10, up 3; 75.00",
        planned(PLAN | {"transform_usage": {"divide_by": 10, "round": "up"}}, 25),
        "75.00",
        "900.00",
    ),
    ok(
        "plan's tiers",
        "2 x 10.00 + 1 x 5.00 = 25.00",
        planned(
            PLAN
            | {
                "amount": None,
                "billing_scheme": "tiered",
                "tiers_mode": "graduated",
                "tiers": [{"up_to": 2, "unit_amount": 1000}, {"up_to": None, "unit_amount": 500}],
            },
            3,
        ),
        "25.00",
        "300.00",
    ),
    ok(
        "plan's tiers of 2018",
        "amount, before it was unit_amount: 2 x 10.00 + 1 x 5.00 = 25.00",
        planned(
            PLAN
            | {"amount": None, "billing_scheme": "tiered", "tiers_mode": "graduated"}
            | {"tiers": [{"amount": 1000, "up_to": 2}, {"amount": 500, "up_to": None}]},
            3,
        ),
        "25.00",
        "300.00",
    ),
    ok(
        "plan's decimal alone",
        "0.25 cent x 100 = 0.25; x 12",
        planned({"amount_decimal": "0.25", "currency": "usd", "interval": "month"}, 100),
        "0.25",
        "3.00",
    ),
    ok("plan metered", "does not count", planned(PLAN | {"usage_type": "metered"}), "0.00", "0.00"),
    ok("price before plan", "30.00, not 25.00", file(sub(item(price(3000), plan=PLAN))), "30.00", "360.00"),
    ok(
        "top-level plan",
        "3 x 25.00",
        {"subscriptions": [{"id": "sub_1", "status": "active", "livemode": True, "plan": PLAN, "quantity": 3}]},
        "75.00",
        "900.00",
    ),
    ok("top-level plan mirrors items", "3 x 25.00 once", file(sub(item(quantity=3), plan=PLAN, quantity=3)), "75.00", "900.00"),
    ok(
        "top-level plan without quantity",
        "1 x 25.00",
        {"subscriptions": [{"id": "sub_1", "status": "active", "livemode": True, "plan": PLAN}]},
        "25.00",
        "300.00",
    ),
    error(
        "top-level plan null, no items",
        "missing_price",
        {"subscriptions": [{"id": "sub_1", "status": "active", "livemode": True, "currency": "usd", "plan": None}]},
    ),
]

NEVER_A_NUMBER = [
    error("items without a list", "unsupported_shape", file(sub(items={"object": "list", "has_more": False}))),
    error("items a text", "unsupported_shape", file(sub(items="si_1"))),
    error("discounts no list", "unsupported_shape", file(sub(discounts="di_1"))),
    error("item's discounts no list", "unsupported_shape", file(sub(item(discounts={"id": "di_1"})))),
    error("tax rates no list", "unsupported_shape", file(sub(default_tax_rates="txr_1"))),
    error("tax rates not expanded", "unsupported_shape", file(sub(item(tax_rates=["txr_1"])))),
    error("recurring a text", "unsupported_shape", of(price(recurring="month"))),
    error("transform a text", "unsupported_shape", of(price(transform_quantity="up"))),
    error("transform by nothing", "unsupported_shape", of(price(transform_quantity={"round": "up"}))),
    error("transform without a direction", "unsupported_shape", of(price(transform_quantity={"divide_by": 10}))),
    error("a tier that is none", "unsupported_shape", of(tiered("graduated") | {"tiers": ["tier_1"]})),
    error("tiers in no known mode", "unsupported_shape", of(tiered("stairs", (None, 100, None)))),
    error("a scheme of next year", "unsupported_shape", of(price(billing_scheme="auction"))),
    error("an interval of next year", "unknown_interval", of(price(interval="fortnight"))),
    error("every 0 months", "unsupported_shape", of(price(count=0))),
    error("usage of next year", "unsupported_shape", of(price(recurring={"interval": "month", "usage_type": "prepaid"}))),
    error("a duration of next year", "unsupported_shape", file(sub(discounts=[percent(10, "twice")]))),
    error(
        "applies_to a text", "unsupported_shape", file(sub(discounts=[discount(coupon(percent_off=10, applies_to="prod_1"))]))
    ),
    error("an amount in words", "unsupported_shape", of(price("25.00 USD"))),
    error("an amount below 0", "unsupported_shape", of(price(-2500))),
    error("a quantity below 0", "unsupported_shape", of(price(), -1)),
    error("a coupon of nothing", "missing_amount", file(sub(discounts=[percent(None)]))),
    error("has_more in words", "items_truncated", file(sub(items={"data": [item()], "has_more": "true"}))),
    error(
        "behaviour of next year", "unknown_pause_behavior", file(sub(pause_collection={"behavior": "nap", "resumes_at": None}))
    ),
    error("a currency that is none", "unsupported_shape", file(sub(currency="dollars"))),
]

CASES: list[Case] = [*CURRENCIES, *SHAPES, *NEVER_A_NUMBER]
