"""Since when a past due subscription is owed: its oldest open invoice, where the policy counts days from it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection as Database

from hub.readings.rows import stream
from hub.view import View
from mappings.strict_json import BadJson, load_json
from mappings.values import RefValue

_INVOICES = (
    "SELECT r.connection, r.object, p.body FROM record r JOIN payload p ON p.position = r.position"
    " WHERE r.entity = 'invoice' AND r.connection = ANY(%s) AND r.deleted IS NULL AND p.body IS NOT NULL"
)


def owed_since(database: Database, view: View, connections: Collection[str]) -> dict[tuple[str, str], datetime]:
    """By connection and subscription. Nothing, unless the policy asks."""
    found: dict[tuple[str, str], datetime] = {}
    if view.policy.past_due_days is None:
        return found
    for connection, object, body in stream(database, _INVOICES, [list(connections)]):
        mapping = view.mapping(connection, object)
        try:
            values = {} if mapping is None else mapping.decode(load_json(bytes(body))).values
        except BadJson:
            continue
        subscription, since = values.get("subscription"), values.get("owed_since")
        if values.get("status") == "open" and isinstance(subscription, RefValue) and since is not None:
            key = connection, subscription.id
            found[key] = min(found.get(key, since), since)
    return found
