"""How an answer differs from Stripe's published fixtures (keys, JSON types), and from its SDK (types, words, where null may stand)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

import stripe
from stripe._stripe_object import UntypedStripeObject

SCALARS: dict[Any, tuple[type, ...]] = {
    str: (str,),
    int: (int,),
    float: (int, float),
    bool: (bool,),
    Decimal: (str,),
    NoneType: (NoneType,),
}


def apart(row: Any, fixture: Any, where: str) -> Iterator[str]:
    """`+path`, `-path`: a key that only the row, only the fixture has; `path`: both say something, of different JSON types.

    A fixture that shows null or nothing inside says nothing of the type; what people name (metadata) is not compared.
    """
    if row is None or fixture is None or where.endswith(".metadata"):
        return
    if _json_type(row) is not _json_type(fixture):
        yield where
    elif isinstance(row, dict) and fixture:
        yield from (f"+{where}.{key}" for key in row.keys() - fixture.keys())
        yield from (f"-{where}.{key}" for key in fixture.keys() - row.keys())
        for key in row.keys() & fixture.keys():
            yield from apart(row[key], fixture[key], f"{where}.{key}")
    elif isinstance(row, list) and fixture:
        for each in row:
            yield from apart(each, fixture[0], f"{where}[]")


def _json_type(value: Any) -> type:
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)


def mistyped(row: Any, declared: Any, where: str) -> Iterator[str]:
    """Where `row`, as JSON gives it, is not what the SDK declares."""
    if isinstance(declared, ForwardRef):  # another resource, which the SDK imports only when it is asked for
        declared = getattr(stripe, declared.__forward_arg__, stripe.StripeObject)
    origin, inside = get_origin(declared) or declared, get_args(declared)
    if origin in (Union, UnionType):
        yield from _none_of(row, inside, where)
    elif origin is list:
        yield from _each(row, inside[0], where)
    elif origin is Literal:
        yield from () if row in inside else (f"{where}: {row!r} is none of {inside}",)
    elif origin in SCALARS:
        fits = isinstance(row, SCALARS[origin]) and (origin is bool or not isinstance(row, bool))
        yield from () if fits else (f"{where}: {row!r} is no {origin.__name__}",)
    elif isinstance(origin, type) and issubclass(origin, stripe.StripeObject):
        yield from _object(row, origin, inside, where)


def _object(row: Any, kind: type, inside: tuple[Any, ...], where: str) -> Iterator[str]:
    """A list of them, a dictionary of what people named, or one with keys that are declared."""
    if not isinstance(row, dict):
        yield f"{where}: {row!r} is no object"
    elif kind is stripe.ListObject:
        yield from _each(row.get("data"), inside[0], f"{where}.data")
    else:
        known = dict.fromkeys(row, inside[0]) if kind is UntypedStripeObject else hints(kind)
        for key in row.keys() & known.keys():
            yield from mistyped(row[key], known[key], f"{where}.{key}")


def _none_of(row: Any, choices: tuple[Any, ...], where: str) -> Iterator[str]:
    """Nothing if one of them fits, else what is wrong with the likeliest."""
    found = [list(mistyped(row, each, where)) for each in choices]
    if all(found):
        yield from max((wrong for each, wrong in zip(choices, found, strict=True) if each is not NoneType), key=_depth)


def _depth(wrong: list[str]) -> int:
    return max(each.partition(":")[0].count(".") for each in wrong)


def _each(rows: Any, declared: Any, where: str) -> Iterator[str]:
    if not isinstance(rows, list):
        yield f"{where}: {rows!r} is no list"
        return
    for row in rows:
        yield from mistyped(row, declared, f"{where}[]")


@cache
def hints(kind: type) -> Mapping[str, Any]:
    """Key to type."""
    found: dict[str, Any] = {}
    for each in reversed(kind.__mro__):
        found |= vars(each).get("__annotations__", {}) if issubclass(each, stripe.StripeObject) else {}
    return found
