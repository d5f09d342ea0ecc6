"""Writes of customers, and the look-up that comes before a create."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from connectors.kit.contract import Change
from connectors.stripe.client import Client, Rows, record_path

FRESH = 15 * 60  # seconds; the search index is a minute behind, in bad hours more
ADDRESS = ("line1", "line2", "city", "state", "postal_code", "country")


class Known(msgspec.Struct):
    """What tells one customer from another."""

    id: str
    created: int = 0
    metadata: dict[str, str] | None = None

    @property
    def concord_id(self) -> str | None:
        return (self.metadata or {}).get("concord_id") or None


def write(client: Client, change: Change) -> bytes:
    """Stripe merges `metadata` by key: a key goes only if it is sent as None. An address goes whole."""
    path = "/v1/customers" if change.id is None else record_path("/v1/customers", change.id)
    return client.post(path, form(change.data), change.key)


def form(data: Mapping[str, Any]) -> dict[str, Any]:
    """An empty string clears a field at Stripe; None would be left out of the form."""
    return {key: _address(value) if key == "address" else _cleared(value) for key, value in data.items()}


def find(client: Client, data: Mapping[str, Any], now: datetime) -> str | None:
    """The id of the customer that a create would double: one with our id, else the oldest of the e-mail without one."""
    ours = (data.get("metadata") or {}).get("concord_id")
    by_mail = _known(client.rows("/v1/customers", email=data["email"]).data) if data.get("email") else []
    if ours:
        fresh = _since(client, int(now.timestamp()) - FRESH)
        settled = _known(client.search("/v1/customers", f"metadata['concord_id']:'{_quoted(ours)}'"))
        marked = [each for each in (*by_mail, *fresh, *settled) if each.concord_id == ours]
        if marked:
            return _oldest(marked)
    return _oldest([each for each in by_mail if each.concord_id is None])


def _since(client: Client, created: int) -> list[Known]:
    found: list[Known] = []
    page = Rows(data=[], has_more=True)
    while page.has_more:
        page = client.rows("/v1/customers", created={"gte": created}, starting_after=found[-1].id if found else None)
        found += _known(page.data)
        if not page.data:
            break
    return found


def _known(rows: list[msgspec.Raw]) -> list[Known]:
    return [msgspec.json.decode(row, type=Known) for row in rows]


def _oldest(found: list[Known]) -> str | None:
    return min(found, key=lambda each: (each.created, each.id)).id if found else None


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _address(value: Any) -> Any:
    """All six parts, so that none of the old address stays; nothing at all clears it."""
    parts = {part: (value or {}).get(part) or "" for part in ADDRESS}
    return parts if any(parts.values()) else ""


def _cleared(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _cleared(each) for key, each in value.items()}
    return "" if value is None else value
