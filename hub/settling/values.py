"""Canonical values as the JSON they are stored and shown as, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mappings.canonical import Entity


def dump_values(entity: Entity, values: Mapping[str, Any]) -> dict[str, Any]:
    """Canonical values as the JSON they are stored and shown as."""
    fields = entity.fields
    return {name: value if fields[name].type.native else fields[name].type.dump(value) for name, value in values.items()}


def load_values(entity: Entity, values: Mapping[str, Any]) -> dict[str, Any]:
    """Inverse of `dump_values`."""
    fields = entity.fields
    return {name: value if fields[name].type.native else fields[name].type.load(value) for name, value in values.items()}
