"""What Zendesk does to a value that it is sent: unknown keys vanish without a word, some values are refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.zendesk.twin.answers import Details, Row

WRITABLE = {
    "organizations": {
        *("name", "external_id", "domain_names", "details", "notes", "tags", "group_id", "shared_tickets", "shared_comments"),
        "organization_fields",
    },
    "users": {
        *("name", "email", "phone", "external_id", "organization_id", "role", "tags", "alias", "details", "notes", "signature"),
        *("time_zone", "iana_time_zone", "locale", "locale_id", "suspended", "verified", "moderator", "ticket_restriction"),
        *("only_private_comments", "restricted_agent", "default_group_id", "custom_role_id", "shared_phone_number"),
        "user_fields",
    },
    "tickets": {
        *("subject", "external_id", "type", "priority", "status", "recipient", "requester_id", "submitter_id", "assignee_id"),
        *("organization_id", "group_id", "collaborator_ids", "follower_ids", "email_cc_ids", "problem_id", "due_at", "tags"),
        *("custom_fields", "brand_id", "is_public", "via"),
    },
}
WORDS = {
    ("users", "role"): frozenset({"end-user", "agent", "admin"}),
    ("tickets", "status"): frozenset({"new", "open", "pending", "hold", "solved", "closed"}),
    ("tickets", "priority"): frozenset({"low", "normal", "high", "urgent"}),
    ("tickets", "type"): frozenset({"problem", "incident", "question", "task"}),
}
LISTS = frozenset({"tags", "domain_names", "collaborator_ids", "follower_ids", "email_cc_ids"})
SHAPES: dict[str, Any] = dict.fromkeys(LISTS, list | str) | {"organization_fields": dict, "user_fields": dict}
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LENGTH = 255  # of a name


def taken(object: str, sent: Mapping[str, Any]) -> tuple[Row, Details]:
    """The values as Zendesk will hold them (custom fields apart), and what it refuses."""
    kept: Row = {}
    refused: Details = {}
    for key in sent.keys() & WRITABLE[object]:
        value = sent[key]
        if value is not None and key in SHAPES and not isinstance(value, SHAPES[key]):
            refused[key] = [{"description": f"{key}: is invalid", "error": "InvalidValue"}]
            continue
        if key == "tags":
            kept[key] = _tags(value)
        elif key in LISTS:
            kept[key] = value.split() if isinstance(value, str) else list(value or [])
        elif key == "email" and value is not None:
            kept[key] = str(value).strip().lower()
        elif key == "external_id" and value is not None:
            kept[key] = str(value) or None
        else:
            kept[key] = value
        reason = _refusal(object, key, kept[key])
        if reason is not None:
            refused[key] = [reason]
    return kept, refused


def _tags(value: Any) -> list[str]:
    """Lower case, no blanks inside, each once, in order of the alphabet."""
    words = value.split() if isinstance(value, str) else [str(each) for each in value or []]
    return sorted({word.strip().lower().replace(" ", "_") for word in words} - {""})


def _refusal(object: str, key: str, value: Any) -> dict[str, str] | None:
    label = key.replace("_", " ").capitalize()
    if key == "name" and not (isinstance(value, str) and value.strip()):
        return {"description": f"{label}: cannot be blank", "error": "BlankValue"}
    if key == "name" and len(value) > LENGTH:
        return {"description": f"{label}: is too long (maximum is {LENGTH} characters)", "error": "ValueTooLong"}
    if key == "email" and value is not None and not EMAIL.fullmatch(value):
        return {"description": f"{label}: {value} is not properly formatted", "error": "InvalidValue"}
    words = WORDS.get((object, key))
    if words is not None and value is not None and not (isinstance(value, str) and value in words):
        return {"description": f"{label}: is not valid", "error": "InvalidValue"}
    return None


def custom(fields: Mapping[str, Row], sent: Mapping[str, Any] | None, held: Mapping[str, Any]) -> tuple[Row, Details]:
    """Custom values after a write: those sent replace those held; a key that no field has is ignored, nobody is told.

    https://developer.zendesk.com/api-reference/ticketing/organizations/organization_fields/
    """
    kept = dict(held)
    refused: Details = {}
    for key, value in (sent or {}).items():
        field = fields.get(key)
        if field is None:
            continue
        try:
            kept[key] = _custom(field, value)
        except (ValueError, TypeError, InvalidOperation):
            refused[key] = [{"description": f"{field['title']}: {value!r} is invalid", "error": "InvalidValue"}]
    return kept, refused


def _custom(field: Row, value: Any) -> Any:
    kind = field["type"]
    if kind == "checkbox":
        return value in (True, "true", 1, "1")
    if value is None or value == "":
        return None
    if kind == "integer":
        return int(str(value))
    if kind == "decimal":
        return float(Decimal(str(value)))
    if kind == "date":
        return date.fromisoformat(str(value)[:10]).isoformat() + "T00:00:00+00:00"
    if kind == "dropdown":
        if value not in {option["value"] for option in field.get("custom_field_options", ())}:
            raise ValueError(value)
        return value
    return str(value)
