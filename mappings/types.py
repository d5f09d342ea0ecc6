"""The closed set of field types: each checks a value, gives its normal form, and turns it into JSON and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mappings.composite import Address, Consent, Map, MoneyByCurrency, MoneyType, Ref, Set, Structure
from mappings.scalars import Bool, Date, DateTime, DecimalType, Domain, Email, Enum, Int, Phone, Text, Type, Url
from mappings.values import ABSENT, Money, Refused, RefValue, is_blank

__all__ = [
    "ABSENT",
    "CUSTOM_TYPES",
    "Address",
    "Bool",
    "Consent",
    "Date",
    "DateTime",
    "DecimalType",
    "Domain",
    "Email",
    "Enum",
    "Int",
    "Map",
    "Money",
    "MoneyByCurrency",
    "MoneyType",
    "Phone",
    "Ref",
    "RefValue",
    "Refused",
    "Set",
    "Structure",
    "Text",
    "Type",
    "Url",
    "is_blank",
    "make",
]

_PLAIN: Mapping[str, Callable[[], Type]] = {
    "text": Text,
    "int": Int,
    "decimal": DecimalType,
    "bool": Bool,
    "date": Date,
    "datetime": DateTime,
    "email": Email,
    "domain": Domain,
    "phone": Phone,
    "url": Url,
    "money": MoneyType,
    "money_by_currency": MoneyByCurrency,
    "address": Address,
}

CUSTOM_TYPES = (*_PLAIN, "enum", "ref", "set", "map")
"""What a field of `fields.yaml` may be. `structure` and `consent` are for built-in fields only."""


def make(
    name: str,
    *,
    values: Mapping[str, str] | None = None,
    aliases: Mapping[str, str] | None = None,
    entity: str | None = None,
    of: Type | None = None,
) -> Type:
    """The type called `name`. `values` for enum; `entity` for ref; `of` for the members of a set or the values of a map."""
    if name == "enum":
        return Enum(values or {}, aliases)
    if name == "ref":
        return Ref(entity or "")
    if name == "set":
        return Set(of or Text())
    if name == "map":
        return Map(of or Text())
    return _PLAIN[name]()
