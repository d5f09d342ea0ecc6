"""A draft of the ARR policy, planned before it happens: which accounts, how much, which writes. Nothing is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection as Database

from conflict.settle import Settled, settle
from hub.context import Hub
from hub.delivery.fields import dump_fields
from hub.delivery.planning import Planned, due_writes
from hub.finance import Policy
from hub.intake.work import Work
from hub.policy_in_force import PRICED
from hub.readings.rows import batches, stream, work_of
from hub.settling import refs, rollups
from hub.settling.batch import Settling
from hub.settling.loading import Golden, load
from hub.view import View
from mappings.canonical import Entity
from mappings.currency import amount_text
from mappings.rollups import FIGURES

Json = dict[str, Any]
_ALL = "SELECT id FROM golden WHERE entity = %s AND records > 0 ORDER BY id"


class _Settled(NamedTuple):
    """One golden record by one policy. `code`: why it has no number."""

    settled: Settled
    code: str | None


@dataclass
class _Sums:
    """What the draft comes to, by currency: [ARR now, ARR by the draft, accounts]; writes by connection: [records, values]."""

    connections: list[str] | None
    accounts: int = 0
    moved: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(lambda: [Decimal(0), Decimal(0), 0]))
    writes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def report(self, now: Policy, draft: Policy) -> Json:
        return {
            "event": "report",
            "policy": now.identity,
            "draft": draft.identity,
            "accounts": self.accounts,
            "moved": {
                currency: {
                    "old": amount_text(old, currency), "new": amount_text(new, currency), "difference": amount_text(new - old, currency),
                    "accounts": accounts,
                }
                for currency, (old, new, accounts) in sorted(self.moved.items())
            },
            "writes": {name: {"records": records, "values": values} for name, (records, values) in sorted(self.writes.items())},
        }  # fmt: skip


def planned_policy(hub: Hub, database: Database, draft: Policy, connections: list[str] | None = None) -> Iterator[Json]:
    """A line for each account and currency that moves (`account`), one for each value that would be sent (`write`), then
    the sums (`report`). `connections`: only writes to these. Both policies are asked for now, so that only the draft makes a difference.
    """
    now = work_of(hub, database)
    then = replace(now, view=View(replace(now.view.catalog, policy=draft), now.view.seats))
    sums = _Sums(connections)
    for name in PRICED:
        entity = now.view.entities[name]
        for ids in batches(id for (id,) in stream(database, _ALL, [name])):
            yield from _page(now, then, entity, ids, sums)
    yield sums.report(now.view.policy, draft)


def _page(now: Work, then: Work, entity: Entity, ids: list[str], sums: _Sums) -> Iterator[Json]:
    goldens = load(now, entity.name, ids, {}, lock=False)
    resolve = refs.resolver(now.cur, entity, (sheet for golden in goldens.values() for _, sheet in golden.sheets), {})
    old, new = (_settled(work, entity, goldens, resolve) for work in (now, then))
    moved = {id: golden for id, golden in goldens.items() if _figures(old[id]) != _figures(new[id])}
    for id, golden in moved.items():
        yield from _account(golden, old[id], new[id], sums)
    settling = Settling(moved, {id: new[id].settled for id in moved}, {}, resolve)
    for planned in due_writes(then, entity, settling):
        yield from _writes(entity, planned, sums)


def _settled(work: Work, entity: Entity, goldens: Mapping[str, Golden], resolve: Any) -> dict[str, _Settled]:
    rolled = rollups.rolled(work, entity, goldens)
    found = {}
    for id, golden in goldens.items():
        made, sheets = rolled.get(id, rollups.NOTHING), [sheet for _, sheet in golden.sheets]
        result = settle(
            entity, work.view.rules, sheets, decisions=golden.decisions, now=work.at, resolve=resolve, rolled=made.fields
        )
        found[id] = _Settled(result, made.code)
    return found


def _figures(one: _Settled) -> list[Any]:
    return [one.settled.values.get(name) for name in FIGURES]


def _account(golden: Golden, old: _Settled, new: _Settled, sums: _Sums) -> Iterator[Json]:
    before, after = (one.settled.values.get("arr") or {} for one in (old, new))
    sums.accounts += 1
    for currency in sorted({*before, *after}):
        if before.get(currency) == after.get(currency):
            continue
        amounts = [before.get(currency), after.get(currency)]
        plain = [Decimal(0) if each is None else each for each in amounts]
        row = sums.moved[currency]
        row[:] = [row[0] + plain[0], row[1] + plain[1], row[2] + 1]
        shown = [None if each is None else amount_text(each, currency) for each in amounts]
        yield {
            "event": "account", "id": golden.id, "name": golden.values.get("name"), "currency": currency, "old": shown[0], "new": shown[1],
            "difference": amount_text(plain[1] - plain[0], currency), "code": new.code,
        }  # fmt: skip


def _writes(entity: Entity, planned: Planned, sums: _Sums) -> Iterator[Json]:
    """Only the figures: what else is due there is so without the draft."""
    fields = dump_fields([each for each in planned.fields if each.field in FIGURES], entity)
    if not fields or (sums.connections is not None and planned.sheet.connection not in sums.connections):
        return
    counted = sums.writes[planned.sheet.connection]
    counted[:] = [counted[0] + 1, counted[1] + len(fields)]
    for name, each in fields.items():
        yield {
            "event": "write", "connection": planned.sheet.connection, "record": planned.sheet.key, "verb": "update", "entity": entity.name,
            "id": planned.golden_id, "field": name, "old": each["before"].get(name), "new": each["value"],
        }  # fmt: skip
