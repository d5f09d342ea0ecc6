"""Webhooks of a project app: up to 100 events in one, unordered, often doubled; they only say which records to read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from connectors.hubspot.kinds import KINDS
from connectors.kit.contract import Event, Ref
from connectors.kit.errors import VendorError
from connectors.kit.reading import parse_json, steady

SINGULAR = {"company": "companies", "contact": "contacts", "deal": "deals"}
TYPES = {kind.type_id: kind.object for kind in KINDS.values()}
NAMES = ("portalId", "subscriptionId", "objectId", "occurredAt", "propertyName", "fromObjectId", "toObjectId")
"""What makes an event itself: `eventId` is not unique. https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide"""


def split(body: bytes) -> list[bytes]:
    """The events of a batch, each its own bytes; what is no batch stays whole."""
    try:
        return [bytes(part) for part in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except (msgspec.MsgspecError, RecursionError):
        return [body]


def understand(body: bytes, portal: str | None, app: str | None = None) -> Event:
    """One event of a batch. `app`: ours; what it wrote itself it need not read again. `attemptNumber` counts HubSpot's tries: it is no part of what was told.

    `portal`: ours, where it is known. An app's address is told of every portal that installed it.
    """
    kept = steady(body, "attemptNumber")
    try:
        event = parse_json(body)
    except VendorError as error:
        return Event("", "", kept, bad=error.code)
    if not isinstance(event, dict) or not isinstance(event.get("subscriptionType"), str):
        return Event("", "", kept, bad="not_an_event")
    kind, id = event["subscriptionType"], _id(event)
    if portal is not None and str(event.get("portalId")) != portal:
        return Event(id, kind, kept, ignored="other_account")
    if app is not None and event.get("changeSource") == "INTEGRATION" and str(event.get("sourceId")) == app:
        return Event(id, kind, kept, ignored="ours")
    refs = tuple(dict.fromkeys(_refs(event)))
    if refs:
        return Event(id, kind, kept, refs)
    return Event(id, kind, kept, bad="not_an_event") if _object(event) else Event(id, kind, kept, ignored="not_read")


def _id(event: Mapping[str, Any]) -> str:
    return "/".join(str(event.get(name, "")) for name in NAMES).rstrip("/")


def _refs(event: Mapping[str, Any]) -> Iterator[Ref]:
    """Also of a merge, which may make a record of a new id, and of both ends of an association."""
    merged = event.get("mergedObjectIds")
    ids = [event.get(name) for name in ("newObjectId", "primaryObjectId", "objectId")]
    yield from _named(_object(event), ids + (merged if isinstance(merged, list) else []))
    for end in ("from", "to"):
        yield from _named(_end(event, end), [event.get(f"{end}ObjectId")])


def _named(object: str | None, ids: list[Any]) -> Iterator[Ref]:
    for id in ids:
        if object is not None and re.fullmatch(r"[0-9]{1,20}", str(id)):
            yield Ref(object, str(id))


def _object(event: Mapping[str, Any]) -> str | None:
    """`company.propertyChange`, or `object.propertyChange` with a type id."""
    word = event["subscriptionType"].partition(".")[0]
    return TYPES.get(str(event.get("objectTypeId"))) or SINGULAR.get(word)


def _end(event: Mapping[str, Any], end: str) -> str | None:
    """`CONTACT_TO_COMPANY`, or type ids."""
    words = str(event.get("associationType", "")).lower().partition("_to_")
    return TYPES.get(str(event.get(f"{end}ObjectTypeId"))) or SINGULAR.get(words[0 if end == "from" else 2])
