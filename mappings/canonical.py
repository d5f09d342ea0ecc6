"""The canonical model: every entity by name, and a company's own fields added to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from mappings.custom import custom_fields
from mappings.entities.account import ACCOUNT
from mappings.entities.activity import INTERACTION, USAGE
from mappings.entities.contact import CONTACT, USER
from mappings.entities.money import INVOICE, OPPORTUNITY, SUBSCRIPTION
from mappings.entities.support import RESPONSE, TICKET
from mappings.fields import Check, Entity, Field

__all__ = ["ENTITIES", "FIELDS_FILE", "Check", "Entity", "Field", "entities", "with_custom"]

_ALL = (ACCOUNT, CONTACT, SUBSCRIPTION, INVOICE, OPPORTUNITY, TICKET, USAGE, INTERACTION, RESPONSE, USER)

ENTITIES: Mapping[str, Entity] = MappingProxyType({entity.name: entity for entity in _ALL})
"""The built-in entities."""

FIELDS_FILE = Path(__file__).with_name("fields.yaml")


def with_custom(source: Path | str) -> Mapping[str, Entity]:
    """The entities with the fields of a `fields.yaml` (a path, or its text). Raises BadDocument."""
    found = dict(ENTITIES)
    for name, fields in custom_fields(source, ENTITIES).items():
        found[name] = dataclasses.replace(found[name], fields={**found[name].fields, **fields})
    return MappingProxyType(found)


def entities(custom: Path | str | None = FIELDS_FILE) -> Mapping[str, Entity]:
    """The entities as configured; None for the built-in fields only."""
    return ENTITIES if custom is None else with_custom(custom)
