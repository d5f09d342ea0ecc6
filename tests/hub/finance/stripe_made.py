"""Stripe subscriptions in all their shapes, made from a seeded generator."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

NOW = 1_796_040_000  # 2026-11-30T12:00:00Z
CURRENCIES = ("usd", "usd", "eur", "jpy", "kwd", "isk", "ugx", "mga")
STATUSES = ("active",) * 8 + ("past_due", "past_due", "trialing", "unpaid", "canceled", "incomplete", "paused", "dormant")
DAY = 86_400

Raw = dict[str, Any]


class Maker:
    """Everything comes from `dice`, so a seed is a whole company."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.ids = 0

    def company(self, size: int) -> Raw:
        return {"subscriptions": [self.subscription() for _ in range(size)], "customers": [self.customer("cus_listed")]}

    def rarely(self, often: float = 0.02) -> bool:
        return self.dice.random() < often

    def one(self, *of: Any) -> Any:
        return self.dice.choice(of)

    def id(self, prefix: str) -> str:
        self.ids += 1
        return f"{prefix}_{self.ids}"

    def subscription(self) -> Raw:
        currency, old = self.one(*CURRENCIES), self.rarely(0.15)
        made: Raw = {
            "id": self.id("sub"), "object": "subscription", "status": self.one(*STATUSES), "livemode": not self.rarely(),
            "currency": None if old else currency, "pause_collection": self.pause(),
            "automatic_tax": {"enabled": self.rarely(0.2)}, "default_tax_rates": self.rates(0.2),
            "cancel_at": self.one(None, None, None, None, self.moment()), "trial_end": self.one(None, self.moment()),
            "customer": self.one("cus_listed", "cus_unknown", self.customer("cus_whole")),
            "tax_percent": self.one(None, Decimal("19.0")),
        }  # fmt: skip
        made |= self.discounts(currency, 2)
        if old and self.rarely(0.5):
            return made | {"items": None, "plan": self.plan(currency), "quantity": self.quantity()}
        several = [self.item(currency, self.plan(currency) if old else None) for _ in range(self.one(1, 1, 1, 2, 2, 3))]
        return made | {"items": {"object": "list", "data": several, "has_more": self.rarely(0.01)}}

    def customer(self, id: str) -> Raw:
        return {"id": id, "discount": self.discount("usd") if self.rarely(0.5) else None}

    def moment(self) -> int:
        return NOW + self.one(-40 * DAY, -1, 0, 1, 40 * DAY)

    def pause(self) -> Raw | None:
        if not self.rarely(0.1):
            return None
        behavior = self.one("void", "mark_uncollectible", "keep_as_draft", "keep_as_draft", "hibernate")
        return {"behavior": behavior, "resumes_at": self.one(None, self.moment())}

    def quantity(self) -> int | None:
        return self.one(None, 0, 1, 2, 3, 7, 10, 11, 40, 999)

    def item(self, currency: str, plan: Raw | None) -> Raw:
        made: Raw = {"id": self.id("si"), "quantity": self.quantity(), "tax_rates": self.rates(0.1)}
        made |= {"price": self.price(currency)} if plan is None else {"plan": plan}
        if self.rarely(0.01):
            made |= {"price": "price_1", "plan": None}
        return made | self.discounts(currency, 1) | ({"deleted": True} if self.rarely() else {})

    def price(self, currency: str) -> Raw:
        made: Raw = {
            "id": self.id("price"), "object": "price", "currency": currency, "type": "recurring",
            "product": self.one("a", "b", {"id": "c", "deleted": True}), "active": self.one(True, False),
            "tax_behavior": self.one("exclusive", "exclusive", "unspecified", "inclusive"),
            "recurring": {"interval": self.interval(), "interval_count": self.one(1, 1, 1, 2, 3, 6)},
        }  # fmt: skip
        made["recurring"]["usage_type"] = "metered" if self.rarely(0.05) else "licensed"
        if self.rarely(0.03):
            made |= {"recurring": None, "type": "one_time"}
        if self.rarely(0.3):
            made["transform_quantity"] = {"divide_by": self.one(2, 3, 10), "round": self.one("up", "down")}
        amounts = self.amounts(made)
        if self.rarely(0.1):  # sold in a currency that is not its own
            wrong = {"unit_amount": 1, "unit_amount_decimal": "1", "tiers": [{"up_to": None, "unit_amount": 1}]}
            option = {} if self.rarely(0.1) else {currency: amounts}
            return made | wrong | {"currency": "chf", "currency_options": option}
        return made | amounts

    def interval(self) -> Any:
        return self.one("month", "month", "month", "year", "week", "day")

    def amounts(self, made: Raw) -> Raw:
        if not self.rarely(0.4):
            made |= {"billing_scheme": "per_unit"}
            return self.amount("unit_amount")
        made |= {"billing_scheme": "tiered", "tiers_mode": self.one("graduated", "volume")}
        return {"unit_amount": None, "unit_amount_decimal": None} | ({} if self.rarely() else {"tiers": self.tiers()})

    def amount(self, name: str) -> Raw:
        if self.rarely(0.3):
            return {name: None, f"{name}_decimal": f"{self.dice.randrange(10_000)}.{self.dice.randrange(1, 10**6):06}"}
        cents = self.one(0, 1, 5, 999, 1000, 3333, self.dice.randrange(200_000))
        return self.one({name: cents}, {name: cents, f"{name}_decimal": str(cents)})

    def tiers(self) -> list[Raw]:
        ends = [*sorted(self.dice.sample([1, 3, 10, 20, 100], self.one(0, 1, 2))), self.one(None, None, "inf")]
        if self.rarely(0.05):
            ends[-1] = 200
        return [{"up_to": end} | self.amount("unit_amount") | self.one({}, self.amount("flat_amount")) for end in ends]

    def plan(self, currency: str) -> Raw:
        made: Raw = {
            "id": self.id("plan"), "object": "plan", "currency": currency, "interval": self.interval(),
            "interval_count": self.one(1, 1, 3), "product": self.one("a", "b"), "usage_type": "licensed",
            "billing_scheme": "per_unit",
        }  # fmt: skip
        if self.rarely(0.2):
            made["transform_usage"] = {"divide_by": 3, "round": self.one("up", "down")}
        if self.rarely(0.3):
            tiered = {"billing_scheme": "tiered", "tiers_mode": self.one("graduated", "volume"), "amount": None}
            return made | tiered | {"tiers": self.tiers()}
        return made | self.amount("amount")

    def rates(self, often: float) -> list[Raw]:
        if not self.rarely(often):
            return []
        percentages = self.dice.sample(["19.0", "7.7", "20", "5.25", "0"], self.one(1, 2))
        return [{"percentage": Decimal(each), "inclusive": self.one(True, True, False)} for each in percentages]

    def discounts(self, currency: str, most: int) -> Raw:
        if self.rarely(0.6):
            return self.one({"discounts": []}, {"discount": None}, {})
        several: list[Any] = [self.discount(currency) for _ in range(self.dice.randint(1, most))]
        match self.one("new", "new", "old", "both", "bare"):
            case "old":
                return {"discount": several[0]}
            case "both":
                return {"discount": several[0], "discounts": several}
            case "bare":
                return {"discount": several[0], "discounts": [several[0]["id"], *several[1:]]}
            case _:
                return {"discounts": ["di_bare"] if self.rarely() else several}

    def discount(self, currency: str) -> Raw:
        coupon: Any = {"id": self.id("coupon"), "duration": self.one("forever", "forever", "repeating", "repeating", "once")}
        if self.rarely(0.6):
            coupon["percent_off"] = Decimal(self.one("10", "15", "33.33", "50", "12.5", "100"))
        else:
            off = {"amount_off": self.one(1, 500, 999, 100_000)}
            elsewhere = {"amount_off": 7, "currency": "chf", "currency_options": {currency: off}}
            coupon |= elsewhere if self.rarely(0.3) else {**off, "currency": currency}
        if self.rarely(0.3):
            coupon["applies_to"] = {"products": self.one(["a"], ["b", "c"], ["nothing"])}
        if self.rarely(0.01):
            coupon = coupon["id"]
        made: Raw = {"id": self.id("di"), "start": NOW - 30 * DAY, "end": self.one(None, self.moment())}
        return made | self.one({"coupon": coupon}, {"source": {"type": "coupon", "coupon": coupon}})
