"""One field of a mapping: where the vendor keeps it, how it is read, how it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from mappings.checks import checker
from mappings.composite import Map, Set, sorted_members
from mappings.fields import Field
from mappings.lens import Lens, compose, read_path, typed, write_path
from mappings.values import ABSENT, Refused, is_blank

Way = Literal["both", "read", "write", "create"]
WAYS = ("both", "read", "write", "create")


@dataclass(frozen=True, slots=True)
class Place:
    """A path in the vendor's record and the lenses on what stands there. `part`: of a structured field, else None."""

    path: tuple[str, ...]
    stages: tuple[Lens, ...]
    part: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """If a lens reads the whole object here: the keys it knows."""
        return self.stages[0].keys if self.stages else ()

    @property
    def reads_object(self) -> bool:
        return bool(self.keys)


@dataclass(frozen=True, slots=True)
class FieldMap:
    """`way`: `both`; `read`; `write`: read as held, never claims; `create`: written only when we create the record.

    `get(external)` takes what stands at the place (for several places: a dict of part to it).
    """

    field: Field
    way: Way
    places: tuple[Place, ...]
    get: Callable[[Any], Any]
    sift: Callable[[Any], tuple[Any, list[tuple[Any, Refused]]]] | None
    lens: Lens | None

    @property
    def by_key(self) -> str | None:
        """The kind of exact key that the vendor knows the referred record by; None: by its own id."""
        return next((stage.by_key for place in self.places for stage in place.stages if stage.by_key is not None), None)

    def writes(self, creating: bool) -> bool:
        return self.way in ("both", "write") or (creating and self.way == "create")

    def read(self, raw: dict[str, Any]) -> Any:
        """The canonical value in this record; ABSENT if the vendor does not mention it. A family's bad members are left out."""
        external = self.external(raw)
        if external is ABSENT:
            return ABSENT
        return self.sift(external)[0] if self.sift else self.get(external)

    def external(self, raw: dict[str, Any]) -> Any:
        if self.places[0].part is None:
            return read_path(self.places[0].path, raw)
        found = {place.part: read_path(place.path, raw) for place in self.places}
        return {part: value for part, value in found.items() if value is not ABSENT} or ABSENT

    def put(self, value: Any, raw: dict[str, Any]) -> dict[str, Any]:
        """The record with this value; the same record if it already means it. Raises Refused."""
        type = self.field.type
        try:
            old = self.read(raw)
        except Refused:
            old = ABSENT
        if old is not ABSENT and type.normal(old) == type.normal(value):
            return raw
        if self.lens is not None:
            place = self.places[0]
            new: dict[str, Any] = write_path(place.path, self.lens.put(value, _here(place, raw)), raw)
            return new
        return self._put_parts(value, raw)

    def _put_parts(self, value: Any, raw: dict[str, Any]) -> dict[str, Any]:
        parts = value._asdict() if hasattr(value, "_asdict") else dict(value or {})
        unmapped = sorted(set(parts) - {place.part for place in self.places})
        if unmapped:
            raise Refused("no_place_for", parts=unmapped)
        for place in self.places:
            here = _here(place, raw)
            if here is ABSENT and place.part not in parts:
                continue
            part = compose((*place.stages, _part_end(self.field, place)))
            raw = write_path(place.path, part.put(parts.get(place.part), here), raw)
        return raw


def _here(place: Place, raw: dict[str, Any]) -> Any:
    try:
        return read_path(place.path, raw)
    except Refused:
        return ABSENT


def _part_end(field: Field, place: Place) -> Lens:
    type = field.type.parts[place.part or ""]
    return typed(type, type.check)


def make_fieldmap(field: Field, way: Way, places: Iterable[Place]) -> FieldMap:
    """Builds reader and writer from the lenses of the places."""
    found = tuple(places)
    type = field.type
    if found[0].part is not None:
        return FieldMap(field, way, found, _parts_getter(field, found), None, None)
    stages = found[0].stages
    if isinstance(type, Set):
        lens, sift = _set_lens(type, stages)
        return FieldMap(field, way, found, lens.get, sift, lens)
    if isinstance(type, Map):
        lens, sift = _map_lens(type, compose(stages))
        return FieldMap(field, way, found, lens.get, sift, lens)
    end = typed(type, checker(field))
    lens = compose((*stages, end))
    return FieldMap(field, way, found, lens.get, None, lens)


def _parts_getter(field: Field, places: tuple[Place, ...]) -> Callable[[Any], Any]:
    readers = {place.part: compose((*place.stages, _part_end(field, place))).get for place in places}
    check = checker(field)

    def get(external: dict[str, Any]) -> Any:
        found = {}
        for part, value in external.items():
            try:
                if not is_blank(value) and (read := readers[part](value)) is not None:
                    found[part] = read
            except Refused as refused:
                raise Refused(refused.code, part=part, **refused.data) from None
        return check(found) if found else None

    return get


def _set_lens(type: Set, stages: tuple[Lens, ...]) -> tuple[Lens, Callable[[Any], tuple[Any, list[tuple[Any, Refused]]]]]:
    """Lenses up to the last that gives a list find the members; the rest, and the type, read each of them."""
    cut = next((i + 1 for i in reversed(range(len(stages))) if stages[i].many), 0)
    whole = compose(stages[:cut]) if cut else Lens(_as_list, lambda value, _: value)
    member = compose((*stages[cut:], typed(type.of, type.of.check)))

    def sift(external: Any) -> tuple[frozenset[Any], list[tuple[Any, Refused]]]:
        good, bad = [], []
        for each in whole.get(external):
            try:
                if not is_blank(each) and (found := member.get(each)) is not None:
                    good.append(found)
            except Refused as refused:
                bad.append((each, refused))
        return frozenset(good), bad

    def change(value: Any, external: Any) -> Any:
        """Members that stay keep their place and spelling; what we cannot read is not ours to remove."""
        wanted = {type.of.normal(each): each for each in value or ()}
        kept = []
        for each in whole.get(external):
            try:
                if wanted.pop(type.of.normal(member.get(each)), None) is not None:
                    kept.append(each)
            except Refused:
                kept.append(each)
        added = [member.put(each, ABSENT) for each in sorted_members(type, wanted.values())]
        return whole.put(kept + added, external)

    can_write = whole.change is not None and member.change is not None
    return Lens(lambda external: sift(external)[0], change if can_write else None, _same_sets(type)), sift


def _map_lens(type: Map, whole: Lens) -> tuple[Lens, Callable[[Any], tuple[Any, list[tuple[Any, Refused]]]]]:
    """One lens reads and writes all members: which ones there are is the vendor's to say."""

    def sift(external: Any) -> tuple[Any, list[tuple[Any, Refused]]]:
        found = whole.get(external)
        return (ABSENT, []) if found is ABSENT else type.sift(found)

    def same(left: Any, right: Any) -> bool:
        return type.normal(left) == type.normal(right)

    return Lens(lambda external: sift(external)[0], None if whole.change is None else whole.put, same), sift


def _same_sets(type: Set) -> Callable[[Any, Any], bool]:
    return lambda left, right: type.normal(left) == type.normal(right)


def _as_list(external: Any) -> list[Any]:
    if external is None or external == "":
        return []
    if not isinstance(external, list):
        raise Refused("wrong_type", expected="list", found=type(external).__name__)
    return external
