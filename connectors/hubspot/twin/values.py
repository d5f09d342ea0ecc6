"""What HubSpot does to a value that it is sent: everything becomes text, some of it other text, some of it is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.hubspot.twin.answers import Row, iso, millis
from connectors.hubspot.twin.schema import STAGES

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def taken(
    schema: Mapping[str, Row], sent: Mapping[str, Any], *, held: Mapping[str, Any]
) -> tuple[dict[str, str | None], list[Row]]:
    """The properties as HubSpot will hold them, and what it refuses."""
    kept: dict[str, str | None] = {}
    refused: list[Row] = []
    for name, value in sent.items():
        error = _refusal(schema.get(name), name, value)
        if error is not None:
            code, message = error
            refused.append({"isValid": False, "message": message, "error": code, "name": name, "code": code})
            continue
        kept[name] = _stored(schema[name], value)
    if _goes_back(kept, held):
        del kept["lifecyclestage"]  # the wart: no error, and nothing happens
    return kept, refused


def _refusal(property: Row | None, name: str, value: Any) -> tuple[str, str] | None:
    if property is None:
        return "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist'
    if property["modificationMetadata"]["readOnlyValue"]:
        return "READ_ONLY_VALUE", f'"{name}" is a read only property; its value cannot be set.'
    text = _text(value)
    if text == "":
        return None
    if property["type"] == "enumeration" and text not in {option["value"] for option in property["options"]}:
        return "INVALID_OPTION", f"{text} was not one of the allowed options"
    if property["type"] == "number" and not _is_number(text):
        return "INVALID_DOUBLE", f"{text} was not a valid number."
    if property["type"] in {"date", "datetime"} and millis(text) is None:
        return "INVALID_DATE", f"{text} was not a valid date."
    if name == "email" and not EMAIL.fullmatch(text):
        return "INVALID_EMAIL", f"Email address {text} is invalid"
    if len(text) > 65_536:
        return "INVALID_LENGTH", f"{name} is too long: at most 65536 characters"
    return None


def _stored(property: Row, value: Any) -> str | None:
    text = _text(value)
    if text == "":
        return None
    if property["name"] == "email":
        return text.lower()
    if property["name"] == "domain":
        return re.sub(r"^(https?://)?(www\.)?", "", text.lower()).rstrip("/")
    if property["type"] == "datetime":
        return iso_of(text)
    if property["type"] == "date":
        return iso_of(text)[:10]
    return text


def iso_of(text: str) -> str:
    return iso(datetime.fromtimestamp((millis(text) or 0) / 1000, UTC))


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _goes_back(kept: Mapping[str, str | None], held: Mapping[str, Any]) -> bool:
    new, old = kept.get("lifecyclestage"), held.get("lifecyclestage")
    return new in STAGES and old in STAGES and STAGES.index(new) < STAGES.index(old)
