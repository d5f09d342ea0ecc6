"""A mapping: one vendor object read as one entity, and written back."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mappings.compiled import Decode, Refusal, compile_decode
from mappings.fieldmap import FieldMap
from mappings.keys import KEY_OF, email_domain_key, id_key
from mappings.lens import read_path, write_path
from mappings.values import ABSENT, Refused, is_blank


class Decoded(NamedTuple):
    """What a record says: values by field (a field that is not mentioned is not in it), the values refused, its exact link
    keys, and the golden id that we once wrote into it.
    """

    values: dict[str, Any]
    refused: list[Refusal]
    keys: tuple[str, ...]
    anchor: str | None


@dataclass(frozen=True, slots=True)
class Match:
    """One way to a link key: `domain`, `email`, `email_domain` of a field, or the record's own `id`."""

    kind: str
    field: str = ""


_KEY_OF: Dict[str, Callable[[Any], str | None]] = {**KEY_OF, "email_domain": email_domain_key}
MATCH_KINDS = (*_KEY_OF, "id")


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """See docs/architecture.md. `merges`: containers of which the vendor changes only the keys it is sent. `blank`: how the
    vendor is told to clear a value.
    """

    connector: str
    object: str
    entity: str
    version: str
    fields: Dict[str, FieldMap]
    match: tuple[Match, ...]
    orders: tuple[tuple[str, str], ...]
    many: bool = False
    anchor: tuple[str, ...] | None = None
    merges: frozenset[str] = frozenset()
    blank: Any = None
    writes_only: frozenset[str] = field(init=False, repr=False)
    """Fields that are read as held and never claim."""
    _decode: Decode = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "writes_only", frozenset(name for name, each in self.fields.items() if each.way == "write"))
        object.__setattr__(self, "_decode", compile_decode(self.fields.values(), self.orders))

    @property
    def paths(self) -> frozenset[str]:
        """Every place in the vendor's record that this mapping reads or writes, dotted."""
        places = [place for each in self.fields.values() for place in each.places]
        found = {(*place.path, key) for place in places for key in place.keys} | {
            place.path for place in places if not place.keys
        }
        return frozenset(map(".".join, found if self.anchor is None else {*found, self.anchor}))

    def decode(self, raw: dict[str, Any]) -> Decoded:
        """Never raises for what a vendor may send: a bad value is refused, the rest goes on."""
        values: dict[str, Any] = {}
        refused: list[Refusal] = []
        self._decode(raw, values, refused)
        return Decoded(values, refused, self.keys(values, raw), self._anchor(raw))

    def keys(self, values: Dict[str, Any], raw: dict[str, Any]) -> tuple[str, ...]:
        """The link keys of these values: those of the first `match` that has one. Values may be a record's own claims."""
        for match in self.match:
            key = self._own_key(raw) if match.kind == "id" else _KEY_OF[match.kind](values.get(match.field))
            if key is not None:
                return (key,)
        return ()

    def encode(self, changes: Dict[str, Any], raw: dict[str, Any] | None, creating: bool = False) -> dict[str, Any]:
        """The vendor's top-level keys that change, each whole; of those in `merges` only what changes inside.

        Raises Refused (with `field`) where the value cannot be put, or the field is not written. Nothing to change: {}.
        """
        old = raw or {}
        new = old
        for name, value in changes.items():
            mapped = self.fields.get(name)
            if mapped is None or not mapped.writes(creating):
                raise Refused("not_writable", field=name)
            try:
                new = mapped.put(value, new)
            except Refused as refused:
                raise Refused(refused.code, **{**refused.data, "field": name}) from None
        return self._changed(old, new)

    def encode_anchor(self, golden_id: str, raw: dict[str, Any] | None) -> dict[str, Any]:
        """The change that writes our id into the record; {} if it is there, or this object has no place for it."""
        old = raw or {}
        return {} if self.anchor is None else self._changed(old, write_path(self.anchor, golden_id, old))

    def writable(self, creating: bool = False) -> frozenset[str]:
        return frozenset(name for name, mapped in self.fields.items() if mapped.writes(creating))

    def mapped_raw(self, name: str, raw: dict[str, Any]) -> Any:
        """The vendor's own value behind a field; of several places a dict of path to value. None if it is not mentioned."""
        found: dict[str, Any] = {}
        for place in self.fields[name].places:
            value = self._raw_at(place.path, raw)
            for key in place.keys:
                inner = self._raw_at((*place.path, key), raw)
                if inner is not ABSENT:
                    found[".".join((*place.path, key))] = inner
            if not place.keys and value is not ABSENT:
                found[".".join(place.path)] = value
        if not found:
            return None
        whole = len(self.fields[name].places) == 1 and not self.fields[name].places[0].keys
        return next(iter(found.values())) if whole else found

    def _own_key(self, raw: dict[str, Any]) -> str | None:
        return id_key(self.connector, self.entity, raw.get("id"))

    def _raw_at(self, path: tuple[str, ...], raw: dict[str, Any]) -> Any:
        try:
            return read_path(path, raw)
        except Refused:
            return ABSENT

    def _anchor(self, raw: dict[str, Any]) -> str | None:
        found = ABSENT if self.anchor is None else self._raw_at(self.anchor, raw)
        return found.strip() if isinstance(found, str) and not is_blank(found.strip()) else None

    def _changed(self, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        changed = _difference(old, new)
        for key in self.merges & changed.keys():
            if isinstance(changed[key], dict):
                inside = old.get(key)
                changed[key] = _difference(inside if isinstance(inside, dict) else {}, changed[key])
        return {key: self._blanked(value) for key, value in changed.items()}

    def _blanked(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._blanked(each) for key, each in value.items()}
        return self.blank if value is None else value


def _difference(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in new.items() if (was := old.get(key, ABSENT)) is not value and was != value}
