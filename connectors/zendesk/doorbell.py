"""Webhooks: one event a request, unordered, now and then doubled. https://developer.zendesk.com/api-reference/webhooks/event-types/webhook-event-types/"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.kit.contract import Event, Ref
from connectors.kit.errors import VendorError
from connectors.kit.reading import parse_json

OBJECTS = {"organization": "organizations", "user": "users", "ticket": "tickets"}
TYPE = re.compile(r"zen:event-type[:/](\w+)\.\w+")  # Zendesk's own list writes some with a slash, as user.merged


def understand(body: bytes) -> Event:
    """Event subscriptions only: what a trigger sends is written by the account's own people."""
    try:
        told = parse_json(body)
    except VendorError:
        return Event("", "", body, bad="not_json")
    if not isinstance(told, dict) or not isinstance(told.get("id"), str) or not isinstance(told.get("type"), str):
        return Event("", "", body, bad="not_an_event")
    id, kind = told["id"], told["type"]
    word = TYPE.fullmatch(kind)
    if word is None or word[1] not in OBJECTS:
        return Event(id, kind, body, ignored="unknown_type")
    refs = _refs(word[1], told)
    return Event(id, kind, body, refs, bad="" if refs else "no_subject")


def _refs(word: str, told: Mapping[str, Any]) -> tuple[Ref, ...]:
    """Of a merged user both: the subject was merged into the one that the event names."""
    subject = re.fullmatch(rf"zen:{word}:(\d+)", str(told.get("subject")))
    detail, event = told.get("detail"), told.get("event")
    ids = [subject[1] if subject else None, detail.get("id") if isinstance(detail, dict) else None]
    other = event.get(word) if isinstance(event, dict) else None
    ids.append(other.get("id") if isinstance(other, dict) else None)
    found = dict.fromkeys(str(id) for id in ids if isinstance(id, str | int) and str(id).isdecimal())
    return tuple(Ref(_object(word, told), id) for id in found)


def _object(word: str, told: Mapping[str, Any]) -> str:
    """An event tells a user's role: agents are another object here."""
    detail = told.get("detail")
    role = detail.get("role") if isinstance(detail, dict) else None
    return "agents" if word == "user" and role in {"agent", "admin"} else OBJECTS[word]
