"""Companies whose bills are written down by hand: every kind of subscription that finance argues about."""

from __future__ import annotations

from typing import Any

from scenes import company, customer

from connectors.stripe import twin_shapes as shapes

BEGUN = 1_700_000_000  # 14 November 2023
LONG_AGO, FAR_AHEAD = BEGUN, 2_500_000_000
Row = dict[str, Any]


def priced(
    id: str, whose: str, quantity: int, unit: int | None, *, currency: str = "usd", every: str = "month", **given: Any
) -> Row:
    """A Stripe subscription with one item; `unit` in minor units. `price`: more of its price."""
    price = shapes.price(f"price_{id}", BEGUN, "prod_1", currency=currency, interval=every, unit=unit, **given.pop("price", {}))
    item = shapes.item(f"si_{id}", BEGUN, id, price, quantity=quantity, period=(BEGUN, FAR_AHEAD))
    return shapes.subscription(id, BEGUN, whose, [item], **given)


TIERED = {"billing_scheme": "tiered", "unit_amount_decimal": None}
TIERS = [_tier := {"up_to": 10, "unit_amount": 300, "unit_amount_decimal": "300", "flat_amount": 700, "flat_amount_decimal": "700"},
         _tier | {"up_to": None, "unit_amount": 200, "unit_amount_decimal": "200", "flat_amount": 100, "flat_amount_decimal": "100"}]  # fmt: skip


def billed(*names: str) -> list[Row]:
    return [customer(f"cus_{name}", name=name.title(), email=f"pay@{name.rstrip('12')}.example") for name in names]


def companies(*names: str) -> list[Row]:
    return [company(str(10 + n), name=name.title(), domain=f"{name}.example") for n, name in enumerate(names)]


def _discount(id: str, coupon: str, subscription: Row, **given: Any) -> Row:
    subscription["discounts"] = [id]
    return shapes.discount(id, coupon, LONG_AGO, subscription["customer"], subscription["id"]) | given


def everything() -> dict[str, Any]:
    two = [priced("sub_two1", "cus_two1", 3, 3333), priced("sub_two2", "cus_two2", 1, 660_000, every="year")]
    coupons = [priced(f"sub_c{n}", "cus_coupons", 10, 1000) for n in range(3)]
    discounts = [
        _discount("di_forever", "off15", two[0]),
        _discount("di_once", "once50", coupons[0]),
        _discount("di_running", "months10", coupons[1], end=FAR_AHEAD),
        _discount("di_over", "months20", coupons[2], end=BEGUN + 86_400),
    ]
    subscriptions = [
        *two,
        *coupons,
        priced("sub_grad", "cus_tiers", 15, None, price=TIERED | {"tiers_mode": "graduated"}),
        priced("sub_vol", "cus_tiers", 15, None, price=TIERED | {"tiers_mode": "volume"}),
        priced("sub_yen", "cus_yen", 10, 4800, currency="jpy"),
        priced("sub_dinar", "cus_dinar", 3, 1125, currency="kwd"),
        priced("sub_void", "cus_paused", 4, 2500, pause_collection={"behavior": "void", "resumes_at": None}),
        priced("sub_draft", "cus_draft", 4, 2500, pause_collection={"behavior": "keep_as_draft", "resumes_at": None}),
        priced("sub_trial", "cus_trial", 4, 2500, status="trialing", trial_start=BEGUN, trial_end=FAR_AHEAD),
        priced("sub_late", "cus_late", 4, 2500, status="past_due"),
        priced("sub_prorated", "cus_prorated", 4, 2500),
        priced("sub_museum", "cus_museum", 14, 2500),
    ]
    subscriptions[-2]["pending_update"] = {"expires_at": FAR_AHEAD, "subscription_items": []}
    customers = billed(
        "two1", "two2", "coupons", "tiers", "yen", "dinar", "paused", "draft", "trial", "late", "prorated", "museum"
    )
    customers[-2] |= {"balance": -1234}  # a credit from a proration
    return {
        "stripe": {
            "customers": customers,
            "subscriptions": subscriptions,
            "discounts": discounts,
            "coupons": [
                shapes.coupon("off15", BEGUN, 15.0),
                shapes.coupon("once50", BEGUN, 50.0, duration="once"),
                shapes.coupon("months10", BEGUN, 10.0, duration="repeating", duration_in_months=900),
                shapes.coupon("months20", BEGUN, 20.0, duration="repeating", duration_in_months=1),
            ],
            "prices": [each["items"]["data"][0]["price"] for each in subscriptions],
            "products": [shapes.product("prod_1", BEGUN, "Seats")],
            "includable": [{"id": f"price_{id}", "tiers": TIERS} for id in ("sub_grad", "sub_vol")],
        },
        "hubspot": {
            "companies": companies("two", "coupons", "tiers", "yen", "dinar", "paused", "draft", "trial", "late", "prorated")
        },
    }


EVERYTHING = {
    # 3 x 33.33 = 99.99, 15 % off = 15.00, 84.99 x 12 = 1019.88; and 6600.00 a year
    "two": ("USD", "7619.88"),
    # 100.00 each: once never counts; 90.00 while it runs; 100.00 since it is over: 290.00 x 12
    "coupons": ("USD", "3480.00"),
    # graduated 10 x 3 + 7, 5 x 2 + 1 = 48.00; volume 15 x 2 + 1 = 31.00; 79.00 x 12
    "tiers": ("USD", "948.00"),
    "yen": ("JPY", "576000"),  # 10 x 4800 x 12
    "dinar": ("KWD", "40.500"),  # 3 x 1.125 x 12
    "draft": ("USD", "1200.00"),  # the money is still owed
    "late": ("USD", "1200.00"),
    "prorated": ("USD", "1200.00"),  # neither a balance nor a pending update is ARR
    "museum": ("USD", "4200.00"),
}
"""By hand. Void and trial count nothing: at zero."""
