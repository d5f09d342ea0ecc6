"""What a field and an entity are: declarations that every other room reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from mappings.scalars import Type

Sensitivity = Literal["none", "personal", "commercial", "strategic", "internal"]
Steward = Literal["cs_ops", "csm", "product", "finance", "sales_ops", "support", "marketing"]
RequiredWhen = Literal["always", "customer"]

SENSITIVITIES: Final = ("none", "personal", "commercial", "strategic", "internal")
STEWARDS: Final = ("cs_ops", "csm", "product", "finance", "sales_ops", "support", "marketing")
REQUIRED_WHEN: Final = ("always", "customer")


def N_(message: str) -> str:  # noqa: N802  # the name by which babel finds messages
    """Marks a text for translation where it is declared; it is translated where it is shown."""
    return message


class Check(NamedTuple):
    """A condition on one value. `min`, `max`: a number. `not_before`: another field of the same record."""

    kind: Literal["min", "max", "not_before"]
    than: Any


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One canonical field. `rollup`: made from golden children. `reserved`: may be neither mapped nor ruled yet.
    `reading`: computed from this other field when asked, never stored. `required_when`: missing is a finding.
    """

    name: str
    type: Type
    label: str
    help: str
    sensitivity: Sensitivity = "none"
    steward: Steward = "cs_ops"
    checks: tuple[Check, ...] = ()
    required_when: RequiredWhen | None = None
    rollup: str | None = None
    reserved: bool = False
    reading: str | None = None
    custom: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Entity:
    """A canonical kind of record."""

    name: str
    label: str
    fields: Mapping[str, Field]


def declared(sensitivity: Sensitivity, steward: Steward) -> Callable[..., Field]:
    """Declares fields that share sensitivity and steward, so that a list of them reads as a list."""

    def declare(name: str, type: Type, label: str, help: str, **more: Any) -> Field:
        return Field(name, type, label, help, **({"sensitivity": sensitivity, "steward": steward} | more))

    return declare


def entity(name: str, label: str, *fields: Field) -> Entity:
    """An entity from its fields, in the order people see them."""
    return Entity(name, label, {field.name: field for field in fields})
