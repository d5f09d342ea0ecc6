"""What the practice customers pay: products, prices, coupons, subscriptions, invoices. Their amounts are never wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from connectors.kit.practice import Customer, Plan, World
from connectors.stripe import twin_invoices as invoices
from connectors.stripe import twin_shapes as shapes
from connectors.stripe.seed_chance import Chance

Row = dict[str, Any]

WHOLE = frozenset({"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"})
THREE = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
DAY = 86_400
TIERED, OPTIONS, METERED, ON_CUSTOMER = 0.08, 0.15, 0.10, 0.25  # shares of the customers


@dataclass(frozen=True, slots=True)
class Priced:
    """A price, and what Stripe shows of it only when asked."""

    price: Row
    included: Row = field(default_factory=dict)


class Billing:
    """Collects rows while customers are billed one after the other."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._today = _seconds(world.today)
        self._products: dict[str, Row] = {}
        self._prices: dict[str, Priced] = {}
        self._coupons: dict[str, Row] = {}
        self._discounts: list[Row] = []
        self._subscriptions: list[Row] = []
        self._invoices: list[Row] = []

    def rows(self) -> dict[str, list[Row]]:
        included = [{"id": id, **priced.included} for id, priced in self._prices.items() if priced.included]
        return {
            "products": list(self._products.values()),
            "prices": [priced.price for priced in self._prices.values()],
            "coupons": list(self._coupons.values()),
            "discounts": self._discounts,
            "includable": included,
            "subscriptions": self._subscriptions,
            "invoices": self._invoices,
        }

    def bill(self, row: Row, customer: Customer, plan: Plan, chance: Chance) -> None:
        """Give the Stripe customer `row` its subscription and its last two invoices. May put a discount on `row`."""
        id = chance.id("sub")
        period = self._period(customer, plan, chance)
        prices = [self._price(plan, chance), *([self._metered(plan)] if chance.below("metered", METERED) else [])]
        items = [
            shapes.item(chance.id("si", str(n)), row["created"], id, priced.price, quantity=plan.seats, period=period)
            for n, priced in enumerate(prices)
        ]
        for item in items[1:]:
            del item["quantity"]  # a metered item has none
        subscription = shapes.subscription(id, row["created"], row["id"], items, **self._state(plan, period))
        subscription["currency"] = plan.currency.lower()
        if plan.percent_off > 0:
            self._discount(row, subscription, plan, chance)
        self._subscriptions.append(subscription)
        self._invoice(row, subscription, plan, chance)

    def _period(self, customer: Customer, plan: Plan, chance: Chance) -> tuple[int, int]:
        if plan.interval == "year":
            return _seconds(customer.renewal) - 365 * DAY, _seconds(customer.renewal)
        start = self._today - (chance.number("day", 28) + self._world.exact) * DAY  # yesterday, so that what is late is late
        return start, start + 30 * DAY

    def _state(self, plan: Plan, period: tuple[int, int]) -> Row:
        """The billing word in Stripe's terms: a paused collection stays `active`."""
        if plan.status == "paused_collection":
            return {"pause_collection": {"behavior": "void", "resumes_at": None}}
        if plan.status == "trialing":
            return {"status": "trialing", "trial_start": self._today - 7 * DAY, "trial_end": self._today + 7 * DAY}
        return {"status": plan.status, "billing_cycle_anchor": period[0]}

    def _price(self, plan: Plan, chance: Chance) -> Priced:
        product = self._product(plan.product)
        unit = plan.unit.scaleb(exponent(plan.currency))
        if plan.seats >= 2 and plan.seats % 2 == 0 and unit == int(unit) and chance.below("tiered", TIERED):
            return self._tiered(plan, product, int(unit), chance)
        if plan.currency == "EUR" and unit == int(unit) and chance.below("options", OPTIONS):
            return self._in_dollars(plan, product, int(unit))
        return self._known(plan, product, f"{unit:f}", **_unit(unit))

    def _tiered(self, plan: Plan, product: str, unit: int, chance: Chance) -> Priced:
        """Graduated: the first half of the seats costs a fifth more, the second half a fifth less; the sum stays."""
        step = unit // 5
        tiers = [_tier(plan.seats // 2, unit + step), _tier(None, unit - step)]
        given = {"billing_scheme": "tiered", "tiers_mode": "graduated", "unit_amount": None, "unit_amount_decimal": None}
        return self._known(plan, product, chance.id("tiers"), included={"tiers": tiers}, **given)

    def _in_dollars(self, plan: Plan, product: str, unit: int) -> Priced:
        """A dollar price that also has a price in euro."""
        option = {"custom_unit_amount": None, "tax_behavior": "unspecified", **_unit(Decimal(unit))}
        dollars = unit * 11 // 10
        included = {"currency_options": {"eur": option, "usd": {**option, **_unit(Decimal(dollars))}}}
        return self._known(plan, product, f"options {unit}", included=included, currency="usd", **_unit(Decimal(dollars)))

    def _metered(self, plan: Plan) -> Priced:
        recurring = {
            "interval": plan.interval,
            "interval_count": 1,
            "meter": None,
            "trial_period_days": None,
            "usage_type": "metered",
        }
        return self._known(plan, self._product("API calls"), "metered", recurring=recurring, **_unit(Decimal("0.5")))

    def _known(self, plan: Plan, product: str, what: str, *, included: Row | None = None, **given: Any) -> Priced:
        id = Chance(self._world.seed, product, plan.currency, plan.interval).id("price", what)
        if id not in self._prices:
            currency = given.pop("currency", plan.currency.lower())
            price = shapes.price(id, self._first_day(), product, currency=currency, interval=plan.interval, **given)
            self._prices[id] = Priced(price, included or {})
        return self._prices[id]

    def _product(self, name: str) -> str:
        id = Chance(self._world.seed).id("prod", name)
        self._products.setdefault(id, shapes.product(id, self._first_day(), name))
        return id

    def _discount(self, row: Row, subscription: Row, plan: Plan, chance: Chance) -> None:
        """On the customer for some, on the subscription for most."""
        coupon = Chance(self._world.seed).id("off", f"{plan.percent_off.normalize():f}")
        self._coupons.setdefault(coupon, shapes.coupon(coupon, self._first_day(), float(plan.percent_off)))
        on_customer = chance.below("on customer", ON_CUSTOMER)
        discount = shapes.discount(
            chance.id("di"), coupon, row["created"], row["id"], None if on_customer else subscription["id"]
        )
        if on_customer:
            row["discount"] = discount
        else:
            self._discounts.append(discount)
            subscription["discounts"] = [discount["id"]]

    def _invoice(self, row: Row, subscription: Row, plan: Plan, chance: Chance) -> None:
        item = subscription["items"]["data"][0]
        start, end = item["current_period_start"], item["current_period_end"]
        full = (plan.unit * plan.seats).scaleb(exponent(plan.currency)).quantize(Decimal(1), ROUND_HALF_UP)
        total = (full * (100 - plan.percent_off) / 100).quantize(Decimal(1), ROUND_HALF_UP)
        free = plan.status == "trialing"
        currency = subscription["currency"]
        for n, created in enumerate((start - (end - start), start)):
            id = chance.id("in", str(n))
            amount = 0 if free else int(full)
            lasting = (created, created + end - start)
            line = invoices.line(chance.id("il", str(n)), id, item, amount=amount, currency=currency, period=lasting)
            status = _paid(plan, chance) if n else "paid"
            number = f"{row['invoice_prefix']}-{n + 1:04}"
            late = {"due_date": created} if self._world.exact and status == "open" else {}
            due = 0 if free else int(total)
            made = invoices.invoice(id, created, row, subscription, [line], status=status, total=due, number=number, **late)
            self._invoices.append(made)
        subscription["latest_invoice"] = self._invoices[-1]["id"]

    def _first_day(self) -> int:
        return _seconds(self._world.today - timedelta(days=3 * 365))


def exponent(currency: str) -> int:
    """Digits of the minor unit in Stripe's own table, which is not ISO's."""
    return 0 if currency in WHOLE else 3 if currency in THREE else 2


def _paid(plan: Plan, chance: Chance) -> str:
    if plan.status in {"past_due", "unpaid"}:
        return "open"
    if plan.status == "paused_collection":
        return "void"
    return "open" if chance.below("open", 0.1) else "paid"


def _unit(minor: Decimal) -> Row:
    """`unit_amount` is null where the minor unit is not whole."""
    whole = minor == int(minor)
    return {"unit_amount": int(minor) if whole else None, "unit_amount_decimal": f"{minor.normalize():f}"}


def _tier(up_to: int | None, unit: int) -> Row:
    return {
        "flat_amount": None,
        "flat_amount_decimal": None,
        "unit_amount": unit,
        "unit_amount_decimal": str(unit),
        "up_to": up_to,
    }


def _seconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
