"""The catalog as seen by the connections that there are: bound rules, who supplies what, where values may be written."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from functools import cached_property

from conflict.rules import BoundRules
from hub.catalog import Catalog
from hub.finance import Policy
from mappings.canonical import Entity
from mappings.fieldmap import FieldMap
from mappings.mapping import Mapping
from mappings.rollups import FIGURES, ROLLUPS, ref_entities


@dataclass(frozen=True)
class Seat:
    """What the core needs to know of one connection."""

    name: str
    connector: str
    roles: frozenset[str]
    writes: str
    may_hold: frozenset[str]
    confirmed: bool
    waived: bool
    mode: str = "live"


@dataclass(frozen=True)
class View:
    """Made anew for each run, so that a connection added or changed meanwhile counts from the next run on."""

    catalog: Catalog
    seats: Dict[str, Seat]
    _cache: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict, repr=False)
    _writable: dict[tuple[str, str], Dict[str, FieldMap]] = field(default_factory=dict, repr=False)

    @cached_property
    def rules(self) -> BoundRules:
        return self.catalog.rules.bind({name: seat.roles for name, seat in self.seats.items()})

    @property
    def entities(self) -> Dict[str, Entity]:
        return self.catalog.entities

    @cached_property
    def ranks(self) -> dict[str, int]:
        return self.catalog.ranks

    @property
    def policy(self) -> Policy:
        return self.catalog.policy

    def documents(self, entity: str) -> str:
        """Versions of what makes its verdicts: the rules, and the ARR policy where finance makes a field of it."""
        priced = any(rollup.function in FIGURES for rollup in ROLLUPS.get(entity, ()))
        return f"{self.rules.version} {self.policy.hash}" if priced else self.rules.version

    @cached_property
    def tests(self) -> frozenset[str]:
        """Connections to accounts that hold test data only: what they bill counts, and every figure of it is labelled."""
        return frozenset(name for name, seat in self.seats.items() if seat.mode == "test")

    @cached_property
    def by_object(self) -> dict[tuple[str, str], Mapping]:
        """Mappings by (connection, object)."""
        return {
            (seat.name, object): mapping
            for seat in self.seats.values()
            for (connector, object), mapping in self.catalog.mappings.items()
            if connector == seat.connector
        }

    def mapping(self, connection: str, object: str) -> Mapping | None:
        """None: the object is read and kept, but means nothing to us yet."""
        return self.by_object.get((connection, object))

    def suppliers(self, entity: str) -> frozenset[tuple[str, str]]:
        """(connection, object) of everything that is mapped to `entity`."""
        if entity not in self._cache:
            self._cache[entity] = frozenset(where for where, mapping in self.by_object.items() if mapping.entity == entity)
        return self._cache[entity]

    def many(self, entity: str) -> frozenset[str]:
        """Connections of which several records may be one golden record of `entity`."""
        return frozenset(
            connection for (connection, _), mapping in self.by_object.items() if mapping.entity == entity and mapping.many
        )

    def through(self, entity: str) -> frozenset[str]:
        return self.catalog.through(entity)

    @cached_property
    def referred(self) -> frozenset[str]:
        """Entities that some reference field refers to."""
        return frozenset(kind for entity in self.entities.values() for kind in ref_entities(entity).values())

    def writable(self, connection: str, object: str) -> Dict[str, FieldMap]:
        """The mapped fields that this connection may hold, by the sensitivities it is cleared for."""
        if (connection, object) not in self._writable:
            mapping, may_hold = self.by_object[connection, object], self.seats[connection].may_hold
            fields = self.entities[mapping.entity].fields
            self._writable[connection, object] = {
                name: each for name, each in mapping.fields.items() if fields[name].sensitivity in may_hold
            }
        return self._writable[connection, object]

    def writes_references(self, entity: str) -> bool:
        """Whether a destination is told of references: how it calls the referred record may be known only at the end of a scan."""
        refs = ref_entities(self.entities[entity]).keys()
        return any(refs & mapping.writable() for _, _, mapping in self.receivers(entity))

    def receivers(self, entity: str) -> list[tuple[str, str, Mapping]]:
        """(connection, object, mapping) of where values of `entity` could be written, by name."""
        return [
            (connection, object, mapping)
            for (connection, object), mapping in sorted(self.by_object.items(), key=lambda item: item[0])
            if mapping.entity == entity
            and "update" in self.catalog.connector(self.seats[connection].connector).facts.objects[object].verbs
        ]
