"""How people see the practice Stripe account: customers with what they pay, as Stripe's own dashboard words it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from connectors.kit.screens import EPOCH, RAW, Field, Kind, Related, Screen, minor, shown_money
from connectors.stripe import twin_shapes

Row = dict[str, Any]

TIMES = "\N{MULTIPLICATION SIGN}"
WHOLE = frozenset({"jpy", "krw", "vnd", "clp", "isk"})


def _customer(twin: Any, row: Row) -> str:
    id = row["customer"]["id"] if isinstance(row["customer"], dict) else row["customer"]
    return str(twin.table("customers").get(id, {}).get("name") or id)


def _pricing(twin: Any, row: Row) -> str:
    """Seats, price of one, how often."""
    return " + ".join(_line(twin, item) for item in (row.get("items") or {}).get("data", ()))


def _line(twin: Any, item: Row) -> str:
    price = item["price"]
    decimal = price.get("unit_amount_decimal")
    unit = (
        "tiered"
        if decimal is None
        else shown_money(Decimal(decimal) / (1 if price["currency"] in WHOLE else 100), price["currency"])
    )
    every = price["recurring"]
    often = every["interval"] if every["interval_count"] == 1 else f"{every['interval_count']} {every['interval']}s"
    product = twin.table("products").get(price["product"], {}).get("name")
    return f"{item.get('quantity') or 1} {TIMES} {unit} / {often}" + (f" ({product})" if product else "")


def _discount(twin: Any, row: Row) -> str:
    """What the coupons of its discounts are called."""
    found = (twin.table("discounts").get(each, {}) if isinstance(each, str) else each for each in row.get("discounts") or ())
    coupons = (each.get("source", {}).get("coupon") or each.get("coupon") for each in found)
    return ", ".join(
        str(twin.table("coupons").get(one, {}).get("name", one) if isinstance(one, str) else one["name"])
        for one in coupons
        if one
    )


def _fresh(twin: Any) -> Row:
    now = int(twin.clock.now().timestamp())
    return twin_shapes.customer(twin.mint("cus", "screen", len(twin.table("customers")), now), now, live=True)


CUSTOMERS = Kind(
    "customers",
    "Customers",
    "Customer",
    "name",
    (
        Field("Name", "name", counts=True),
        Field("Email", "email", listed=True, counts=True),
        Field("Phone", "phone", listed=True, counts=True),
        Field("Description", "description"),
        Field("Address line 1", "address.line1"),
        Field("City", "address.city"),
        Field("State", "address.state"),
        Field("Postal code", "address.postal_code"),
        Field("Country", "address.country", hint="Two letters, as US"),
        Field("Metadata: domain", "metadata.domain", listed=True),
        Field("Customer ID", "id", RAW),
        Field("Created", "created", EPOCH, listed=True),
    ),
    (Related("Subscriptions", "subscriptions", "customer", counts=True), Related("Invoices", "invoices", "customer")),
    fresh=_fresh,
)
SUBSCRIPTIONS = Kind(
    "subscriptions",
    "Subscriptions",
    "Subscription",
    "id",
    (
        Field("Customer", of=_customer),
        Field("Pricing", of=_pricing, listed=True, counts=True),
        Field("Discount", of=_discount, listed=True, counts=True),
        Field("Status", "status", listed=True, counts=True),
        Field("Collection", "collection_method"),
        Field("Started", "start_date", EPOCH),
    ),
    edits=False,
)
INVOICES = Kind(
    "invoices",
    "Invoices",
    "Invoice",
    "number",
    (
        Field("Customer", of=_customer),
        Field("Total", "total", minor("currency"), listed=True, counts=True),
        Field("Status", "status", listed=True, counts=True),
        Field("Created", "created", EPOCH, listed=True),
    ),
    edits=False,
)
PRODUCTS = Kind(
    "products", "Products", "Product", "name", (Field("Name", "name"), Field("Product ID", "id", RAW, listed=True)), edits=False
)
SCREEN = Screen("Stripe", "#6a63e0", (CUSTOMERS, SUBSCRIPTIONS, INVOICES, PRODUCTS), drops=frozenset({"metadata"}))
