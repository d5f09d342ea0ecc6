"""What Stripe does with a customer's form. https://docs.stripe.com/api/customers/update"""

from __future__ import annotations

import re
from typing import Any

from connectors.stripe import twin_shapes
from connectors.stripe.twin_errors import invalid, unknown_parameter

Row = dict[str, Any]

TEXTS = {"name": 256, "email": 512, "phone": 20, "description": 350}
TAKEN = {*TEXTS, "address", "metadata", "expand"}
_email = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def changes(form: Row, row: Row) -> Row:
    """What `form` changes of `row`: an empty text clears, metadata is merged key by key. Raises `Refused`."""
    changed: Row = {}
    for name, value in form.items():
        if name not in TAKEN:
            raise unknown_parameter(name)
        if name in TEXTS:
            changed[name] = _text(name, value)
        elif name == "address":
            changed[name] = _address(value)
        elif name == "metadata":
            changed[name] = _metadata(value, row.get("metadata") or {})
    return changed


def _text(name: str, value: Any) -> str | None:
    if not isinstance(value, str):
        raise invalid(name, f"Invalid string: {value}")
    if len(value) > TEXTS[name]:
        raise invalid(
            name, f"Invalid string: {value[:10]}...; must be at most {TEXTS[name]} characters", "parameter_invalid_string"
        )
    if name == "email" and value and not _email.fullmatch(value):
        raise invalid("email", f"Invalid email address: {value}", "email_invalid")
    return value or None


def _address(value: Any) -> Row | None:
    if value == "":
        return None
    if not isinstance(value, dict):
        raise invalid("address", "Invalid object")
    for part in value:
        if part not in twin_shapes.ADDRESS:
            raise unknown_parameter(f"address[{part}]")
    return twin_shapes.address(**value)


def _metadata(value: Any, before: Row) -> Row:
    if value == "":
        return {}
    if not isinstance(value, dict):
        raise invalid("metadata", "Invalid object")
    for key, text in value.items():
        if len(key) > 40 or len(text) > 500:
            raise invalid(f"metadata[{key}]", "Metadata keys can have up to 40 characters, values up to 500.")
    merged = {key: text for key, text in {**before, **value}.items() if text != ""}
    if len(merged) > 50:
        raise invalid("metadata", "Metadata can have at most 50 keys.")
    return merged
