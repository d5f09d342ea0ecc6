"""Event subscriptions: what a change is called, and the signed envelope that tells it.

https://developer.zendesk.com/api-reference/webhooks/event-types/webhook-event-types/
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import httpx

from connectors.zendesk.twin.answers import Row, iso
from connectors.zendesk.twin.shapes import CUSTOM, SINGULAR

if TYPE_CHECKING:
    from connectors.zendesk.twin import ZendeskTwin

VERSION = "2022-06-20"
# Nobody is told of an organization's domains, details or notes, nor of a user's phone: Zendesk has no such events.
NAMED = {
    "organizations": {key: f"{key}_changed" for key in ("name", "external_id")},
    "users": {
        key: f"{key}_changed"
        for key in ("name", "external_id", "role", "alias", "details", "notes", "suspended", "active", "time_zone")
    },
    "tickets": {key: f"{key}_changed" for key in ("status", "priority", "subject", "type", "external_id")}
    | {
        "organization_id": "organization_changed",
        "requester_id": "requester_changed",
        "assignee_id": "agent_assignment_changed",
        "group_id": "group_assignment_changed",
    },
}
DETAIL = {
    "organizations": ("created_at", "external_id", "group_id", "id", "name", "shared_comments", "shared_tickets", "updated_at"),
    "users": ("created_at", "email", "external_id", "default_group_id", "id", "organization_id", "role", "updated_at"),
    "tickets": (
        "assignee_id",
        "brand_id",
        "created_at",
        "description",
        "external_id",
        "group_id",
        "id",
        "is_public",
        "organization_id",
        "priority",
        "requester_id",
        "status",
        "subject",
        "submitter_id",
        "tags",
        "type",
        "updated_at",
    ),
}
LOUD = frozenset({"status", "priority", "type"})  # of a ticket: capitals in events, small letters in the API


def kinds(object: str, old: Row, new: Row, fields: Mapping[str, Row]) -> Iterator[tuple[str, Row]]:
    """(kind, `event` object) of every change between two states of a record."""
    for key, kind in NAMED[object].items():
        if old.get(key) != new.get(key):
            yield kind, {"current": _loud(key, new.get(key)), "previous": _loud(key, old.get(key))}
    before, after = set(old.get("tags") or []), set(new.get("tags") or [])
    if before != after:
        yield "tags_changed", {"added": {"tags": sorted(after - before)}, "removed": {"tags": sorted(before - after)}}
    if object == "users" and old.get("organization_id") != new.get("organization_id"):
        for row, kind in ((old, "deleted"), (new, "created")):
            if row.get("organization_id") is not None:
                yield f"organization_membership_{kind}", {"organization": {"id": str(row["organization_id"])}}
    held, holds = ({} if object not in CUSTOM else row.get(CUSTOM[object]) or {} for row in (old, new))
    for name in sorted(held.keys() | holds.keys()):
        if held.get(name) != holds.get(name) and name in fields:
            field = {"id": str(fields[name]["id"]), "title": fields[name]["title"], "type": fields[name]["type"]}
            yield "custom_field_changed", {"current": holds.get(name), "field": field, "previous": held.get(name)}


def request(twin: ZendeskTwin, url: str, object: str, row: Row, kind: str, event: Row) -> httpx.Request:
    """Signed as of now."""
    singular = SINGULAR[object]
    envelope: Row = {"type": f"zen:event-type:{singular}.{kind}", "account_id": twin.account_id}
    envelope |= {"subject": f"zen:{singular}:{row['id']}", "time": iso(twin.store.now()), "zendesk_event_version": VERSION}
    shown = _loud if object == "tickets" else _text
    envelope |= {"detail": {key: shown(key, row.get(key)) for key in DETAIL[object]}, "event": event}
    envelope["id"] = _id(twin.mint("event", twin.store.revision(object, row["id"]), json.dumps(envelope, sort_keys=True)))
    headers = {
        "content-type": "application/json; charset=utf-8",
        "x-zendesk-account-id": str(twin.account_id),
        "x-zendesk-webhook-id": "01HTWIN0WEBHOOK0000000000",
        "x-zendesk-webhook-invocation-id": envelope["id"],
    }
    return signed(twin, httpx.Request("POST", url, headers=headers, content=json.dumps(envelope).encode()))


def signed(twin: ZendeskTwin, request: httpx.Request) -> httpx.Request:
    """Over the time and the body; the secret is used as it stands. https://developer.zendesk.com/documentation/webhooks/verifying/"""
    stamp = iso(twin.clock.now())
    digest = hmac.new(twin.webhook_secret.encode(), stamp.encode() + request.content, hashlib.sha256).digest()
    headers = {
        **request.headers,
        "x-zendesk-webhook-signature": base64.b64encode(digest).decode(),
        "x-zendesk-webhook-signature-timestamp": stamp,
    }
    return httpx.Request(request.method, request.url, headers=headers, content=request.content)


def _text(key: str, value: Any) -> Any:
    """Ids are texts in events."""
    return (
        str(value) if isinstance(value, int) and not isinstance(value, bool) and (key == "id" or key.endswith("_id")) else value
    )


def _loud(key: str, value: Any) -> Any:
    return value.upper() if key in LOUD and isinstance(value, str) else _text(key, value)


def _id(minted: str) -> str:
    """In the form of a UUID."""
    digest = hashlib.sha256(minted.encode()).hexdigest()
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))
