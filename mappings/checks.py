"""Checks on values, as declared on their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from mappings.fields import Check, Entity, Field
from mappings.values import Money, Refused


def checker(field: Field) -> Callable[[Any], Any]:
    """The type's check together with the field's own bounds."""
    bounds = [check for check in field.checks if check.kind in ("min", "max")]
    check_type = field.type.check
    if not bounds:
        return check_type

    def check(value: Any) -> Any:
        found = check_type(value)
        for bound in bounds:
            _within(bound, found)
        return found

    return check


def _within(bound: Check, value: Any) -> None:
    amounts = value.values() if isinstance(value, dict) else (value.amount if isinstance(value, Money) else value,)
    for each in amounts:
        if each is not None and (each < bound.than if bound.kind == "min" else each > bound.than):
            code = "below_minimum" if bound.kind == "min" else "above_maximum"
            raise Refused(code, value=str(each) if isinstance(each, Decimal) else each, limit=bound.than)


def orders(entity: Entity) -> list[tuple[str, str]]:
    """Pairs (field, other): the field may not be before the other one."""
    return [
        (field.name, check.than) for field in entity.fields.values() for check in field.checks if check.kind == "not_before"
    ]


def check_order(field: str, other: str, values: Mapping[str, Any]) -> Refused | None:
    """Why `field` is refused in a record that holds both, if it is."""
    value, earlier = values.get(field), values.get(other)
    if value is None or earlier is None or value >= earlier:
        return None
    return Refused("before_other", value=value.isoformat(), other=other, limit=earlier.isoformat())
