"""R10 and R11 by hand: discounts."""

from __future__ import annotations

from typing import Any

from paper import Case, Json, error, file, ok, unix
from stripe_hand import amount, coupon, discount, item, old_discount, percent, price, sub

HUNDRED = item(price(10000))


def hundred(*discounts: Any, **more: Any) -> Json:
    """100.00 a month, less these."""
    return file(sub(HUNDRED, discounts=list(discounts), **more))


def full(name: str, content: Json, hand: str = "the discount is not in force: 100.00 x 12", **more: Any) -> Case:
    return ok(name, hand, content, "100.00", "1200.00", **more)


def ninety(name: str, content: Json, hand: str = "100.00 - 10 % = 90.00; x 12", **more: Any) -> Case:
    return ok(name, hand, content, "90.00", "1080.00", **more)


LONG = {"start": "2026-09-01T00:00:00Z", "end": "2026-12-01T00:00:00Z"}
FOREVER, REPEATING, ONCE = percent(10), percent(10, "repeating", **LONG), percent(10, "once")

IN_FORCE = [
    ninety("forever", hundred(FOREVER)),
    ninety("repeating in force", hundred(REPEATING)),
    full("repeating over", hundred(percent(10, "repeating", end="2026-11-30T11:59:59Z"))),
    full("repeating over at this instant", hundred(percent(10, "repeating", end="2026-11-30T12:00:00Z"))),
    ninety("repeating to the next second", hundred(percent(10, "repeating", end="2026-11-30T12:00:01Z"))),
    ninety(
        "repeating from this instant",
        hundred(percent(10, "repeating", start="2026-11-30T12:00:00Z", end="2027-01-01T00:00:00Z")),
    ),
    full("repeating not yet", hundred(percent(10, "repeating", start="2026-11-30T12:00:01Z", end="2027-01-01T00:00:00Z"))),
    ninety("repeating with an open end", hundred(percent(10, "repeating"))),
    ninety("as-of in a zone", hundred(percent(10, "repeating", end="2026-12-01T00:00:00Z")), as_of="2026-12-01T00:59:59+01:00"),
    full(
        "as-of in a zone, over",
        hundred(percent(10, "repeating", end="2026-12-01T00:00:00Z")),
        as_of="2026-12-01T01:00:00+01:00",
    ),
    full("once", hundred(ONCE)),
    ninety("all including once", hundred(ONCE), policy="discounts: all_including_once"),
    ninety("forever only keeps forever", hundred(FOREVER), policy="discounts: forever_only"),
    full("forever only drops repeating", hundred(REPEATING), policy="discounts: forever_only"),
    full("none", hundred(FOREVER), policy="discounts: none"),
    ninety(
        "a coupon withdrawn",
        hundred(
            discount(
                coupon(percent_off=10, valid=False, redeem_by=unix("2026-02-01T00:00:00Z"), max_redemptions=1, times_redeemed=1)
            )
        ),
    ),
    error("ids only", "discounts_not_expanded", hundred("di_1")),
    error("ids only on the item", "discounts_not_expanded", file(sub(item(price(10000), discounts=["di_1"])))),
    error("coupon an id under source", "coupon_not_expanded", hundred(discount("co_1"))),
    error("coupon an id, old shape", "coupon_not_expanded", hundred(old_discount("co_1"))),
]

TWO = [item(price(3000, product="prod_1")), item(price(1000, product="prod_2", id="price_2"), id="si_2")]
FIVE = amount(500, id="di_2")
MONTH_AND_YEAR = [item(price(3000)), item(price(12000, "year"), id="si_2")]
THREE_LINES = [item(price(33), id=f"si_{n}") for n in "123"]

ORDER = [
    ok(
        "two in a row",
        "100.00 - 20 % = 80.00; - 10 % = 72.00; x 12",
        hundred(percent(20), percent(10, id="di_2")),
        "72.00",
        "864.00",
    ),
    ok("as listed: amount first", "100.00 - 5.00 = 95.00; - 10 % = 85.50", hundred(FIVE, FOREVER), "85.50", "1026.00"),
    ok("as listed: percent first", "100.00 - 10 % = 90.00; - 5.00", hundred(FOREVER, FIVE), "85.00", "1020.00"),
    ok("percent_first", "90.00 - 5.00", hundred(FIVE, FOREVER), "85.00", "1020.00", policy="discount_order: percent_first"),
    ok(
        "item before subscription",
        "100.00 - 10 % = 90.00; - 5.00",
        file(sub(item(price(10000), discounts=[FOREVER]), discounts=[FIVE])),
        "85.00",
        "1020.00",
    ),
    ok(
        "item's amount before subscription's percent",
        "100.00 - 5.00 = 95.00; - 10 % = 85.50",
        file(sub(item(price(10000), discounts=[FIVE]), discounts=[FOREVER])),
        "85.50",
        "1026.00",
    ),
    ok(
        "item's discount on its item alone",
        "30.00 - 10 % = 27.00; + 10.00",
        file(sub(TWO[0] | {"discounts": [FOREVER]}, TWO[1])),
        "37.00",
        "444.00",
    ),
    ok("amount once over two lines", "30.00 + 10.00 - 5.00", file(sub(*TWO, discounts=[FIVE])), "35.00", "420.00"),
    ok("amount above the price", "floor 0", hundred(amount(20000)), "0.00", "0.00"),
    ok("all off", "100.00 - 100 %", hundred(percent(100)), "0.00", "0.00"),
    ok(
        "percent as a JSON float",
        "100.20 x 12.5 % = 12.525, half-up 12.53; 87.67",
        file(sub(item(price(10020)), discounts=[percent(12.5)])),
        "87.67",
        "1052.04",
    ),
    ok("rounded once", "0.99 x 10 % = 0.099 = 0.10; 0.89 x 12", file(sub(*THREE_LINES, discounts=[FOREVER])), "0.89", "10.68"),
    ok(
        "rounded per line",
        "0.33 x 10 % = 0.033 = 0.03; 3 x 0.30 x 12",
        file(sub(*THREE_LINES, discounts=[FOREVER])),
        "0.90",
        "10.80",
        policy="discount_rounding: per_line",
    ),
    ok(
        "by the week",
        "10.00 - 1.00 = 9.00; x 52 = 468.00",
        file(sub(item(price(1000, "week")), discounts=[amount(100)])),
        "39.00",
        "468.00",
    ),
    ok(
        "percent over month and year",
        "27.00 x 12 + 108.00 = 432.00",
        file(sub(*MONTH_AND_YEAR, discounts=[FOREVER])),
        "36.00",
        "432.00",
    ),
    error("amount over month and year", "ambiguous_discount_mixed_interval", file(sub(*MONTH_AND_YEAR, discounts=[FIVE]))),
    ok(
        "amount, the year is free",
        "25.00 x 12",
        file(sub(item(price(3000)), item(price(0, "year"), id="si_2"), discounts=[FIVE])),
        "25.00",
        "300.00",
    ),
    ok(
        "amount over month and year, not in force",
        "30.00 x 12 + 120.00",
        file(sub(*MONTH_AND_YEAR, discounts=[amount(500, duration="once")])),
        "40.00",
        "480.00",
    ),
    ok("amount of nothing", "0 x 25.00 - 5.00: floor 0", file(sub(item(quantity=0), discounts=[FIVE])), "0.00", "0.00"),
    ok(
        "yen off",
        "4,800 - 10 % = 4,320; x 12",
        file(sub(item(price(4800, currency="jpy")), currency="jpy", discounts=[FOREVER])),
        "4320",
        "51840",
        "JPY",
    ),
]


def only(*products: str) -> Json:
    return {"applies_to": {"products": list(products)}}


APPLIES = [
    ok(
        "one product",
        "30.00 - 10 % = 27.00; + 10.00",
        file(sub(*TWO, discounts=[discount(coupon(percent_off=10, **only("prod_1")))])),
        "37.00",
        "444.00",
    ),
    ok(
        "another product",
        "30.00 + 10.00 - 1.00",
        file(sub(*TWO, discounts=[discount(coupon(percent_off=10, **only("prod_2")))])),
        "39.00",
        "468.00",
    ),
    ok(
        "amount on one product",
        "30.00 + floor 0",
        file(sub(*TWO, discounts=[discount(coupon(amount_off=2000, currency="usd", **only("prod_2")))])),
        "30.00",
        "360.00",
    ),
    full(
        "a product not held",
        file(sub(HUNDRED, discounts=[discount(coupon(percent_off=10, **only("prod_9")))])),
        "no line is eligible: 100.00",
    ),
    ninety(
        "an expanded product",
        file(sub(item(price(10000, product={"id": "prod_1"})), discounts=[discount(coupon(percent_off=10, **only("prod_1")))])),
    ),
    ok(
        "amount on the monthly product",
        "30.00 - 5.00 = 25.00 x 12, + 120.00",
        file(
            sub(
                MONTH_AND_YEAR[0],
                item(price(12000, "year", product="prod_2"), id="si_2"),
                discounts=[discount(coupon(amount_off=500, currency="usd", **only("prod_1")))],
            )
        ),
        "35.00",
        "420.00",
    ),
]

IN_EUR = {"currency_options": {"usd": {"amount_off": 1000}}}
CURRENCY = [
    error("amount in another currency", "coupon_currency_mismatch", hundred(amount(1000, "eur"))),
    ninety(
        "amount in several currencies",
        hundred(discount(coupon(amount_off=900, currency="eur", **IN_EUR))),
        "100.00 - 10.00 USD, not 9.00 EUR",
    ),
    error(
        "several, not this one",
        "coupon_currency_mismatch",
        hundred(discount(coupon(amount_off=900, currency="eur", currency_options={"gbp": {"amount_off": 1}}))),
    ),
    full("another currency, not in force", hundred(amount(1000, "eur", "once"))),
    ninety("percent knows no currency", hundred(discount(coupon(percent_off=10, currency="eur")))),
]

OWN = {"id": "cus_1", "discount": old_discount(coupon(percent_off=10), id="di_9")}
CUSTOMER = [
    ninety("customer expanded", hundred(customer=OWN)),
    ninety("customer in customers", file(sub(HUNDRED), customers=[OWN])),
    full(
        "customer unknown",
        file(sub(HUNDRED), customers=[OWN | {"id": "cus_2"}]),
        "a bare id that is nowhere: no discount, a note",
    ),
    full("no customers at all", file(sub(HUNDRED)), "a bare id that is nowhere: no discount, a note"),
    full("customer deleted", hundred(customer={"id": "cus_1", "deleted": True}), "no discount on a deleted customer"),
    ninety("customer without a discount", hundred(FOREVER, customer={"id": "cus_1", "discount": None})),
    ok(
        "subscription's replaces customer's",
        "100.00 - 20 %; not - 10 % as well",
        hundred(percent(20), customer=OWN),
        "80.00",
        "960.00",
    ),
    full("even one that is over", hundred(ONCE, customer=OWN), "the subscription lists one, so the customer's does not apply"),
    ok("customer's amount", "100.00 - 7.00", hundred(customer={"id": "cus_1", "discount": amount(700)}), "93.00", "1116.00"),
    error("customer's discount an id", "discounts_not_expanded", hundred(customer={"id": "cus_1", "discount": "di_9"})),
]


def bare(off: int) -> Json:
    """As a person types it: no id, no start."""
    return {"coupon": {"percent_off": off, "duration": "forever"}}


SHAPES = [
    ninety("old discount alone", file(sub(HUNDRED, discount=old_discount(coupon(percent_off=10))))),
    ninety("new discount under the old key", file(sub(HUNDRED, discount=FOREVER))),
    ninety("old coupon in discounts", hundred(old_discount(coupon(percent_off=10)))),
    ninety("the same in two places", hundred(FOREVER, discount=FOREVER), "once: 100.00 - 10 %"),
    ninety("the same in two shapes", hundred(FOREVER, discount=old_discount(coupon(percent_off=10))), "once: 100.00 - 10 %"),
    ninety("the id in one place, the whole in the other", hundred("di_1", discount=FOREVER), "once: 100.00 - 10 %"),
    ok("two without ids", "100.00 - 20 % - 10 % = 72.00", hundred(bare(20), bare(10)), "72.00", "864.00"),
    ok("one id, two discounts", "100.00 - 20 % - 10 % = 72.00", hundred(percent(20), percent(10)), "72.00", "864.00"),
    ninety(
        "on the item and on the subscription",
        file(sub(item(price(10000), discounts=[FOREVER]), discounts=[FOREVER])),
        "the same: once",
    ),
    ninety(
        "no list of discounts",
        file({key: value for key, value in sub(item(price(9000))).items() if key != "discounts"}),
        "90.00 x 12",
    ),
]

CASES: list[Case] = [*IN_FORCE, *ORDER, *APPLIES, *CURRENCY, *CUSTOMER, *SHAPES]
