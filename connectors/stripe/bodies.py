"""A record's bytes: whole, compact, and equal whenever the record is equal, however it was read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from connectors.kit.errors import Gone
from connectors.stripe.client import Client, record_path
from connectors.stripe.kinds import Kind

# Links that show the invoice to whoever has them, new at each read.
SECRET_LINKS = ("hosted_invoice_url", "invoice_pdf")

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number", order="sorted").encode
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Bodies:
    """Assembles bodies for one pull or fetch; prices and coupons are asked for once.

    Stripe expands four levels at most and leaves out what nobody asked for, so a subscription's tiers, currency options and
    the products of its coupons are read by id and stitched in. What cannot be found stays as it was: the mapping says so.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, dict[str, Any] | None] = {}

    def body(self, kind: Kind, raw: bytes | msgspec.Raw) -> bytes:
        if kind.name == "subscriptions":
            return self._subscription(raw)
        if kind.name == "invoices":
            return self._invoice(raw)
        return compact(raw)  # a list indents its rows deeper than a single answer does

    def _subscription(self, raw: bytes | msgspec.Raw) -> bytes:
        row = _decode(raw)
        self._whole(row, "items", "/v1/subscription_items", expand=("discounts",), subscription=row.get("id"))
        for item in _dicts(row.get("items", {}), "data"):
            self._price(item, row.get("currency"))
            self._coupons(item)
        self._coupons(row)
        if isinstance(row.get("customer"), dict):
            row["customer"] = self._customer(row["customer"])
        return compact(_encode(row))

    def _invoice(self, raw: bytes | msgspec.Raw) -> bytes:
        row = _fields(raw)
        for link in SECRET_LINKS:
            row.pop(link, None)
        lines = {"lines": _decode(row["lines"])} if "lines" in row else {}
        id = msgspec.json.decode(row["id"]) if "id" in row else None
        if isinstance(id, str):
            self._whole(lines, "lines", f"{record_path('/v1/invoices', id)}/lines")
        kept = {key: msgspec.Raw(_encode(value)) for key, value in lines.items()}
        return compact(msgspec.json.encode({**row, **kept}))

    def _whole(self, row: dict[str, Any], key: str, path: str, *, expand: tuple[str, ...] = (), **params: Any) -> None:
        """A nested list holds its first page only: read on. https://docs.stripe.com/api/pagination"""
        nested = row.get(key)
        if not isinstance(nested, dict):
            return
        rows = _dicts(nested, "data")
        while nested.get("has_more") is True and rows:
            page = self._client.rows(path, expand=expand, starting_after=rows[-1].get("id"), **params)
            rows += [_decode(raw) for raw in page.data]
            nested["has_more"] = page.has_more and bool(page.data)
        nested["data"] = rows or nested.get("data")

    def _price(self, item: dict[str, Any], currency: Any) -> None:
        price = item.get("price")
        if not isinstance(price, dict):
            return
        wanted = {"tiers"} if price.get("billing_scheme") == "tiered" else set()
        if currency is not None and price.get("currency") != currency:
            wanted.add("currency_options")
        if all(price.get(key) is not None for key in wanted):
            return
        full = self._read("/v1/prices", price.get("id"), ("tiers", "currency_options"))
        price |= {key: full[key] for key in wanted if full is not None and key in full}

    def _coupons(self, holder: dict[str, Any]) -> None:
        for discount in _dicts(holder, "discounts"):
            self._coupon(discount)

    def _coupon(self, discount: dict[str, Any]) -> None:
        source = discount.get("source")
        if not isinstance(source, dict):
            return
        coupon = source.get("coupon")
        id = coupon.get("id") if isinstance(coupon, dict) else coupon
        if isinstance(coupon, dict) and "applies_to" in coupon:
            return
        full = self._read("/v1/coupons", id, ("applies_to",))
        if full is not None:
            source["coupon"] = full

    def _customer(self, customer: dict[str, Any]) -> dict[str, Any]:
        """Only what the subscription needs of it: the person's data stays in the customer's own record."""
        kept: dict[str, Any] = {key: customer[key] for key in ("id", "object", "discount", "deleted") if key in customer}
        if isinstance(kept.get("discount"), dict):
            self._coupon(kept["discount"])
        return kept

    def _read(self, path: str, id: Any, expand: tuple[str, ...]) -> dict[str, Any] | None:
        if not isinstance(id, str):
            return None
        where = record_path(path, id)
        if where not in self._known:
            try:
                self._known[where] = _decode(self._client.get(where, expand=list(expand)))
            except Gone:
                self._known[where] = None
        return self._known[where]


def compact(raw: bytes | msgspec.Raw) -> bytes:
    return msgspec.json.format(bytes(raw), indent=-1)


def _dicts(holder: Any, key: str) -> list[dict[str, Any]]:
    rows = holder.get(key) if isinstance(holder, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
