"""Webhooks of an app: an event per changed property, up to a hundred in one request, signed over method, address, body and time (v3)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import httpx

from connectors.hubspot.twin.answers import Row, iso, millis
from connectors.hubspot.twin.settings import PORTAL

if TYPE_CHECKING:
    from connectors.hubspot.twin import HubSpotTwin

BATCH = 100
SINGULAR = {"companies": "company", "contacts": "contact", "deals": "deal"}
KINDS = {"create": "creation", "update": "propertyChange", "delete": "deletion", "merge": "merge"}


def events(twin: HubSpotTwin, object: str, id: str, action: str) -> list[Row]:
    kind = f"{SINGULAR[object]}.{KINDS[action]}"
    event: Row = {
        "eventId": 100,  # HubSpot's are not unique either
        "subscriptionId": _subscription(kind),
        "portalId": PORTAL,
        "appId": int(twin.app_id),
        "occurredAt": millis(iso(twin.clock.now())),
        "subscriptionType": kind,
        "attemptNumber": 0,
        "objectId": int(id),
        **({"changeSource": "INTEGRATION", "sourceId": twin.app} if twin.app else {"changeSource": "CRM_UI"}),
    }
    if action == "merge":
        event["mergedObjectIds"] = [int(old) for (of, old), new in twin.store.merged.items() if of == object and new == id]
    changed = _changed(twin, object, id) if action == "update" else {}
    about = [
        {"subscriptionId": _subscription(kind, name), "propertyName": name, "propertyValue": value}
        for name, value in sorted(changed.items())
    ]
    return [event | each for each in about] or [event]


def signed(twin: HubSpotTwin, url: str, told: Sequence[Row]) -> httpx.Request:
    body, moment = json.dumps(told).encode(), str(millis(iso(twin.clock.now())))
    message = b"POST" + url.encode() + body + moment.encode()
    signature = base64.b64encode(hmac.new(twin.webhook_secret.encode(), message, hashlib.sha256).digest()).decode()
    headers = {
        "x-hubspot-signature-v3": signature,
        "x-hubspot-request-timestamp": moment,
        "content-type": "application/json",
    }
    return httpx.Request("POST", url, headers=headers, content=body)


def _changed(twin: HubSpotTwin, object: str, id: str) -> dict[str, Any]:
    """Properties whose last change is the record's last change. Communication preferences show in none of them."""
    row = twin.table(object).get(id)
    if row is None:
        return {}
    return {
        name: versions[0]["value"]
        for name, versions in row["history"].items()
        if versions and versions[0]["timestamp"] == row["updatedAt"]
    }


def _subscription(*about: str) -> int:
    """Each kind, and each property of a kind, is subscribed to by itself."""
    return zlib.crc32(".".join(about).encode())
