"""R12 by hand: tax."""

from __future__ import annotations

from typing import Any

from paper import Case, Json, error, file, ok
from stripe_hand import amount, item, percent, price, rate, sub

INCLUSIVE, AUTO = rate(19.0), {"enabled": True}
BOTH_KINDS = price(11900, tax_behavior="inclusive")


def taxed(*rates: Json, **more: Any) -> Json:
    return file(sub(item(price(11900)), default_tax_rates=list(rates), **more))


def net(name: str, content: Json, hand: str = "119.00 / 1.19 = 100.00; x 12", **more: Any) -> Case:
    return ok(name, hand, content, "100.00", "1200.00", **more)


def gross(name: str, content: Json, hand: str = "119.00 x 12", **more: Any) -> Case:
    return ok(name, hand, content, "119.00", "1428.00", **more)


TAX = [
    net("inclusive", taxed(INCLUSIVE)),
    gross("exclusive", taxed(rate(19.0, inclusive=False))),
    net("item's rate", file(sub(item(price(11900), tax_rates=[INCLUSIVE])))),
    gross(
        "item's rates replace",
        file(sub(item(price(11900), tax_rates=[rate(7, inclusive=False)]), default_tax_rates=[INCLUSIVE])),
        "the item has a rate of its own, exclusive: 119.00",
    ),
    net("an empty list replaces nothing", file(sub(item(price(11900), tax_rates=[]), default_tax_rates=[INCLUSIVE]))),
    ok(
        "two inclusive rates",
        "115.00 / (1 + 0.10 + 0.05)",
        file(sub(item(price(11500)), default_tax_rates=[rate(10), rate(5)])),
        "100.00",
        "1200.00",
    ),
    ok(
        "one of each kind",
        "110.00 / 1.10",
        file(sub(item(price(11000)), default_tax_rates=[rate(10), rate(5, inclusive=False)])),
        "100.00",
        "1200.00",
    ),
    ok(
        "a rate of three decimals",
        "100.00 / 1.08875 = 91.848... = 91.85; x 12",
        file(sub(item(price(10000)), default_tax_rates=[rate(8.875)])),
        "91.85",
        "1102.20",
    ),
    ok(
        "net after discount",
        "119.00 - 10 % = 107.10; / 1.19 = 90.00",
        taxed(INCLUSIVE, discounts=[percent(10)]),
        "90.00",
        "1080.00",
    ),
    ok(
        "net is rounded a line and a period",
        "10.00 / 1.19 = 8.403... = 8.40; x 12",
        file(sub(item(price(1000)), default_tax_rates=[INCLUSIVE])),
        "8.40",
        "100.80",
    ),
    ok(
        "shared by largest remainder",
        "1.00 over 10.00 and 5.00: 0.67 and 0.33; 9.33 / 1.19 = 7.84, 4.67 / 1.07 = 4.36; 12.20 x 12",
        file(
            sub(
                item(price(1000), tax_rates=[INCLUSIVE]),
                item(price(500), tax_rates=[rate(7)], id="si_2"),
                discounts=[amount(100)],
            )
        ),
        "12.20",
        "146.40",
    ),
    gross("tax included by policy", taxed(INCLUSIVE), policy="tax: include"),
    error("inclusive, automatic only", "tax_inclusive_unresolved", file(sub(item(BOTH_KINDS), automatic_tax=AUTO))),
    gross("inclusive, no automatic tax", file(sub(item(BOTH_KINDS))), "no tax is taken out"),
    net("inclusive, automatic, but a rate", file(sub(item(BOTH_KINDS), automatic_tax=AUTO, default_tax_rates=[INCLUSIVE]))),
    gross("automatic, price exclusive", file(sub(item(price(11900, tax_behavior="exclusive")), automatic_tax=AUTO))),
    gross("automatic, price unspecified", file(sub(item(price(11900)), automatic_tax=AUTO))),
    ok(
        "inclusive, automatic, amount 0",
        "nothing to take tax out of",
        file(sub(item(BOTH_KINDS, 0), automatic_tax=AUTO)),
        "0.00",
        "0.00",
    ),
    error(
        "the option is inclusive",
        "tax_inclusive_unresolved",
        file(
            sub(
                item(
                    price(
                        11900,
                        tax_behavior="exclusive",
                        currency_options={"eur": {"unit_amount": 11900, "tax_behavior": "inclusive"}},
                    )
                ),
                currency="eur",
                automatic_tax=AUTO,
            )
        ),
    ),
    gross("tax_percent is on top", taxed(tax_percent=19)),
]

CASES: list[Case] = TAX
