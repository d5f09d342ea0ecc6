"""Webhooks of a project app: signed, unordered, often doubled; they only say which records to read."""

from __future__ import annotations

import re
from typing import Any

from connectors.hubspot.kinds import KINDS
from connectors.kit.contract import Ref, Request
from connectors.kit.errors import Rejected
from connectors.kit.reading import parse_json
from connectors.kit.signatures import hubspot_v3

SINGULAR = {"company": "companies", "contact": "contacts", "deal": "deals"}


def refs(request: Request, secret: str | None, now: Any, url: str | None) -> list[Ref]:
    hubspot_v3(request, [secret] if secret else [], now, url=url)
    events = parse_json(request.body)
    if not isinstance(events, list):
        raise Rejected("webhook", why="not a list")
    found: dict[Ref, None] = {}
    for event in events:
        object = _object(event)
        if object is not None:
            ids = [
                event.get("newObjectId"),
                event.get("primaryObjectId"),
                event.get("objectId"),
                *(event.get("mergedObjectIds") or []),
            ]
            found.update(dict.fromkeys(Ref(object, str(id)) for id in ids if id is not None))
    return list(found)


def _object(event: Any) -> str | None:
    """`company.propertyChange`, or `object.propertyChange` with a type id."""
    if not isinstance(event, dict):
        return None
    word = re.match(r"\w+", str(event.get("subscriptionType", "")))
    types = {kind.type_id: kind.object for kind in KINDS.values()}
    return types.get(str(event.get("objectTypeId"))) or (SINGULAR.get(word[0]) if word else None)
