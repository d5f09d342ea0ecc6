"""Fields made from golden children: counted, summed and dated by `mappings.rollups`, ARR by `hub.finance`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from conflict.settle import Rolled
from hub.clock import from_micros, to_micros
from hub.finance import Total, account
from hub.intake.work import Work
from hub.settling.batch import Settling
from hub.settling.loading import Golden
from hub.settling.values import load_values
from mappings.canonical import Entity
from mappings.rollups import FIGURES, ROLLUPS, Missing, Rollup, ref_entities


class Child(NamedTuple):
    """A golden child with its values loaded. `open`: fields that wait for a person, or all, if its last read was refused whole.
    `test`: from a connection that holds test data."""

    id: str
    values: dict[str, Any]
    open: frozenset[str]
    test: bool = False

    @property
    def counted(self) -> dict[str, Any]:
        """Test data count where nothing else can be expected."""
        return {"live": True} if self.test else {}


class Made(NamedTuple):
    """What the children of one golden record make of it, and the next instant at which time alone changes that.

    `code`: why finance gives no number. `test`: its figures are made of test data.
    """

    fields: dict[str, Rolled]
    next: int | None = None
    code: str | None = None
    test: bool = False


NOTHING = Made({})
Children = Mapping[tuple[str, str, str], list[Child]]
_OWED = Rollup("past_due_since", "invoice", frozenset({"status", "owed_since", "subscription"}))
"""Not a field: what finance needs to know of the invoices where its policy counts days."""
_NO_NUMBER = ("partial", "error")


def rolled(work: Work, entity: Entity, goldens: Mapping[str, Golden]) -> dict[str, Made]:
    """By golden id, for entities that have rollups and connections that feed them."""
    wanted = [rollup for rollup in ROLLUPS.get(entity.name, ()) if work.view.suppliers(rollup.child)]
    if not wanted:
        return {}
    # In this order: children that come in between are then counted too early, never missed in what is called complete.
    scanned = _scanned(work)
    children = _children(work, goldens, [*wanted, _OWED])
    return {id: _Roller(work, golden, children, scanned).made(wanted) for id, golden in goldens.items()}


class _Roller:
    """The rollups of one golden record."""

    def __init__(self, work: Work, golden: Golden, children: Children, scanned: frozenset[tuple[str, str]]) -> None:
        self._view, self._golden, self._children, self._scanned = work.view, golden, children, scanned
        self._linked = {sheet.connection for _, sheet in golden.sheets}
        self._now = from_micros(work.at)
        self._counted = False

    def made(self, wanted: Iterable[Rollup]) -> Made:
        fields = {rollup.field: Rolled(self._roll(rollup)) for rollup in wanted}
        if not self._counted:
            return Made(fields)
        total = self._total
        return Made(
            fields,
            None if total.next is None else to_micros(total.next),
            total.code if total.status in _NO_NUMBER else None,
            any(child.test for child in self._mine("subscription", "account")),
        )

    def _roll(self, rollup: Rollup) -> Any:
        priced = rollup.function in FIGURES
        read = [rollup, _OWED] if priced and self._view.policy.past_due_days is not None else [rollup]
        suppliers = self._view.suppliers(rollup.child)
        linked = self._linked & {connection for connection, _ in suppliers}
        mine = self._mine(rollup.child, rollup.through)
        if not linked and not mine:
            return Missing.NOT_SEEN
        if not all(self._complete(each, linked) for each in read):
            return Missing.PARTIAL
        if not priced:
            return rollup.make([child.values for child in mine], self._now)
        self._counted = True
        total = self._total
        if total.status in _NO_NUMBER:
            return Missing.PARTIAL
        return total.by_currency if rollup.function == "arr" else total.mrr

    def _complete(self, rollup: Rollup, linked: set[str]) -> bool:
        """Everything was read that could be part of it, the parents too: a missing one may hold the next summand."""
        needed = self._view.suppliers(rollup.child) | self._view.suppliers(self._golden.entity)
        if any((connection, object) not in self._scanned for connection, object in needed if connection in linked):
            return False
        return not any(child.open & rollup.needs for child in self._mine(rollup.child, rollup.through))

    @cached_property
    def _total(self) -> Total:
        late = self._past_due_since()
        given = [child.values | late.get(child.id, {}) | child.counted for child in self._mine("subscription", "account")]
        return account(given, self._view.policy, self._now)

    def _past_due_since(self) -> dict[str, dict[str, datetime]]:
        """By subscription: since when its oldest open invoice is owed."""
        found: dict[str, datetime] = {}
        for child in self._mine(_OWED.child, _OWED.through):
            subscription, since = child.values.get("subscription"), child.values.get("owed_since")
            if child.values.get("status") == "open" and subscription is not None and since is not None:
                found[subscription] = min(found.get(subscription, since), since)
        return {id: {"past_due_since": since} for id, since in found.items()}

    def _mine(self, child: str, through: str) -> list[Child]:
        return self._children.get((self._golden.id, child, through), [])


def _children(work: Work, goldens: Mapping[str, Golden], wanted: Iterable[Rollup]) -> Children:
    through, tests = sorted({rollup.through for rollup in wanted}), sorted(work.view.tests)
    work.cur.execute(
        "SELECT f.parent, g.entity, f.field, g.id, g.values, g.contested, EXISTS (SELECT 1 FROM record r JOIN quarantine q"
        " ON q.connection = r.connection AND q.object = r.object AND q.external_id = r.external_id AND q.field = '' AND q.gone_at IS NULL"
        " WHERE r.golden_id = g.id), cardinality(%s::text[]) > 0 AND EXISTS (SELECT 1 FROM record r WHERE r.golden_id = g.id"
        " AND r.connection = ANY(%s)) FROM golden_ref f JOIN golden g ON g.id = f.child"
        " WHERE f.parent = ANY(%s) AND f.field = ANY(%s) AND g.entity = ANY(%s) AND g.records > 0 ORDER BY g.smallest",
        (tests, tests, list(goldens), through, sorted({rollup.child for rollup in wanted})),
    )
    entities = work.view.entities
    found: dict[tuple[str, str, str], list[Child]] = defaultdict(list)
    for parent, entity, field, id, values, contested, unreadable, test in work.cur.fetchall():
        model = entities[entity]
        open_ = frozenset(model.fields) if unreadable else frozenset(key.partition(":")[0] for key in contested)
        found[parent, entity, field].append(Child(id, load_values(model, values), open_, test))
    return found


def _scanned(work: Work) -> frozenset[tuple[str, str]]:
    """What is complete: scanned once, and no unknown row or parent reference refused. Such a row could be anybody's."""
    through = sorted({rollup.through for made in ROLLUPS.values() for rollup in made})
    work.cur.execute(
        "SELECT connection, object FROM stream WHERE first_scan IS NOT NULL EXCEPT"
        " SELECT q.connection, q.object FROM quarantine q WHERE q.gone_at IS NULL AND (q.field = ANY(%s) OR q.field = '' AND NOT EXISTS"
        " (SELECT 1 FROM record r WHERE r.connection = q.connection AND r.object = q.object AND r.external_id = q.external_id))",
        (through,),
    )
    return frozenset(work.cur.fetchall())


def parents_due(work: Work, entity: Entity, settling: Settling) -> set[tuple[str, str]]:
    """Keeps `golden_ref` in step, and returns (golden id, entity) of the parents whose rollups may differ now."""
    uses = work.view.through(entity.name)
    if not uses:
        return set()
    changed = settling.changed
    before = {
        (id, field, parent) for id in changed for field in uses for parent in _ids(settling.goldens[id].values.get(field))
    }
    after = {
        (id, field, parent) for id in changed for field in uses for parent in _ids(settling.outcomes[id].values.get(field))
    }
    if gone := before - after:
        work.cur.execute(
            "DELETE FROM golden_ref f USING unnest(%s::text[], %s::text[], %s::text[]) AS g(c, f, p) WHERE f.child = g.c AND f.field = g.f AND f.parent = g.p",
            tuple(list(column) for column in zip(*gone, strict=True)),
        )
    if new := after - before:
        work.cur.execute(
            "INSERT INTO golden_ref (child, field, parent) SELECT * FROM unnest(%s::text[], %s::text[], %s::text[]) ON CONFLICT DO NOTHING",
            tuple(list(column) for column in zip(*sorted(new), strict=True)),
        )
    parent_entity = ref_entities(entity)
    return {(parent, parent_entity[field]) for _, field, parent in before | after}


def _ids(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)
