"""Vendors who sign what they send, by the published schemes, without any code of ours; and what the tests look at afterwards."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import httpx
from sqlalchemy import Engine, text

from hub import connections
from hub.opening import make_hub
from hub.settings import Settings

SECRET, OLD = "whsec_now", "whsec_before"
APP_SECRET = "yyyyyyyy-yyyy"
BILLING, CRM = "/hooks/billing", "/hooks/crm"
EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "customer.updated",
    "created": 1,
    "pending_webhooks": 2,
    "data": {"object": {"id": "cus_1", "object": "customer"}},
}


def connect(engine: Engine, settings: Settings, connector: str, name: str, **config: Any) -> None:
    with engine.begin() as database:
        connections.add(make_hub(settings, engine), database, connector, name, config)


def billing(engine: Engine, settings: Settings, name: str = "billing", **config: Any) -> None:
    connect(engine, settings, "stripe", name, **{"api_key": "rk_test_1", "webhook_secret": SECRET} | config)


def crm(engine: Engine, settings: Settings, **config: Any) -> None:
    connect(engine, settings, "hubspot", "crm", **{"access_token": "pat", "client_secret": APP_SECRET} | config)


def event(**changes: Any) -> bytes:
    return json.dumps(EVENT | changes).encode()


def stripe_signed(body: bytes, *secrets: str, late: float = 0.0, scheme: str = "v1") -> dict[str, str]:
    at = str(int(time.time() - late))
    made = [hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest() for secret in secrets or (SECRET,)]
    return {"stripe-signature": ",".join([f"t={at}", *(f"{scheme}={each}" for each in made)])}


def hubspot_signed(body: bytes, url: str) -> dict[str, str]:
    at = str(int(time.time() * 1000))
    message = b"POST" + url.encode() + body + at.encode()
    digest = base64.b64encode(hmac.new(APP_SECRET.encode(), message, hashlib.sha256).digest()).decode()
    return {"x-hubspot-signature-v3": digest, "x-hubspot-request-timestamp": at}


def ring(client: httpx.Client, body: bytes, path: str = BILLING, **more: Any) -> httpx.Response:
    return client.post(path, content=body, headers=stripe_signed(body, **more))


def ring_crm(client: httpx.Client, body: bytes) -> httpx.Response:
    return client.post(CRM, content=body, headers=hubspot_signed(body, f"{client.base_url}".rstrip("/") + CRM))


def changed(id: int, **more: Any) -> dict[str, Any]:
    """One event of HubSpot's."""
    told = {
        "eventId": 100,
        "subscriptionId": 12345,
        "portalId": 62515,
        "occurredAt": 1564113600000 + id,
        "subscriptionType": "company.propertyChange",
        "propertyName": "name",
        "attemptNumber": 0,
        "objectId": id,
    }
    return told | more


def rows(engine: Engine, query: str) -> list[Any]:
    with engine.connect() as database:
        return [tuple(row) for row in database.execute(text(query))]


def inbox(engine: Engine) -> list[Any]:
    return rows(engine, "SELECT event, state, why, told FROM inbox ORDER BY id")


def wanted(engine: Engine) -> list[Any]:
    return rows(engine, "SELECT connection, object, external_id FROM refetch ORDER BY 1, 2, 3")
