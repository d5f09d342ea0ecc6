"""A lens reads and writes one thing in one object: `get(external)` and `put(value, external)`, under two laws.

`put(get(s), s) == s`, and `get(put(v, s))` means `v`. Each lens holds the first by construction: `put` returns what is
there if it already means the value. A value that is not known is refused, never read as nothing.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mappings.scalars import Type
from mappings.values import ABSENT, Refused, is_blank

Get = Callable[[Any], Any]
Put = Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Lens:
    """`change` writes a value that differs from what is there; None if this lens only reads. `many`: gives a list.
    `keys`: the lens reads a whole object, and these of its keys; it may give ABSENT. `by_key`: it refers by this kind of exact key.
    """

    get: Get
    change: Put | None
    same: Callable[[Any, Any], bool] = operator.eq
    many: bool = False
    keys: tuple[str, ...] = ()
    by_key: str | None = None

    def put(self, value: Any, external: Any) -> Any:
        """`external` with `value` in it. Raises Refused if the vendor's form cannot hold it."""
        if external is not ABSENT and self._means(external, value):
            return external
        if self.change is None:
            raise Refused("read_only")
        return self.change(value, None if external is ABSENT else external)

    def _means(self, external: Any, value: Any) -> bool:
        try:
            held = self.get(external)
        except Refused:
            return False
        return held is not ABSENT and self.same(held, value)


def scalar(get: Get, change: Put | None, same: Callable[[Any, Any], bool] = operator.eq) -> Lens:
    """A lens on one value, told about values only: a blank is read as None, and None is written as None."""

    def get_or_blank(external: Any) -> Any:
        return None if is_blank(external) else get(external)

    def change_or_blank(value: Any, external: Any) -> Any:
        return None if value is None or change is None else change(value, external)

    def same_or_blank(left: Any, right: Any) -> bool:
        return left is right if left is None or right is None else same(left, right)

    return Lens(get_or_blank, None if change is None else change_or_blank, same_or_blank)


def typed(type: Type, check: Callable[[Any], Any]) -> Lens:
    """The end of every chain: what was read is checked by the field's type, and compared by its normal form."""

    def same(left: Any, right: Any) -> bool:
        return type.normal(left) == type.normal(right)

    return Lens(lambda external: None if is_blank(external) else check(external), lambda value, _: value, same)


def compose(stages: Sequence[Lens]) -> Lens:
    """One lens from several, the outermost first."""
    outer, *rest = stages
    return _pair(outer, compose(rest)) if rest else outer


def _pair(outer: Lens, inner: Lens) -> Lens:
    def get(external: Any) -> Any:
        middle = outer.get(external)
        return middle if middle is ABSENT else inner.get(middle)

    def change(value: Any, external: Any) -> Any:
        try:
            middle = ABSENT if external is None else outer.get(external)
        except Refused:
            middle = ABSENT  # what stands there is not understood: it is replaced
        return outer.put(inner.put(value, middle), external)

    return Lens(get, change if outer.change and inner.change else None, inner.same, keys=outer.keys)


def read_path(path: tuple[str, ...], record: Any) -> Any:
    """What stands at a path: ABSENT if a key is missing, None below a null."""
    for key in path:
        if record is None:
            return None
        if not isinstance(record, dict):
            raise Refused("not_an_object", key=key)
        record = record.get(key, ABSENT)
        if record is ABSENT:
            return ABSENT
    return record


def write_path(path: tuple[str, ...], value: Any, record: Any) -> Any:
    """A copy of the record with `value` at the path; everything else is shared with the old one."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    record = record if isinstance(record, dict) else {}
    old = record.get(key, ABSENT)
    new = write_path(rest, value, old)
    return record if new is old else {**record, key: new}
