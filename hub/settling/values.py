"""Canonical values as the JSON they are stored and shown as, and back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from mappings.canonical import Entity
from mappings.types import Type


def dump_values(entity: Entity, values: Mapping[str, Any]) -> dict[str, Any]:
    """Canonical values as the JSON they are stored and shown as."""
    out = dict(values)
    for name, type in _foreign(entity).items():
        if name in out:
            out[name] = type.dump(out[name])
    return out


def load_values(entity: Entity, values: Mapping[str, Any]) -> dict[str, Any]:
    """Inverse of `dump_values`."""
    out = dict(values)
    for name, type in _foreign(entity).items():
        if name in out:
            out[name] = type.load(out[name])
    return out


@cache
def _foreign(entity: Entity) -> dict[str, Type]:
    """The fields whose values JSON does not know."""
    return {name: field.type for name, field in entity.fields.items() if not field.type.native}
