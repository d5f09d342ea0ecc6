"""Settle golden records inside the transaction that changed what speaks for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from conflict.settle import Settled, Verdict, conflict_id, settle
from conflict.sheet import Sheet
from hub.bulk import encode_json
from hub.intake.work import Row, Work
from hub.settling import refs, rollups, store
from hub.settling.batch import Settling
from hub.settling.loading import Golden, load
from hub.settling.store import Outcome
from hub.settling.values import dump_values
from mappings.canonical import Entity


def settle_goldens(
    work: Work, entity_name: str, ids: Iterable[str], rows: Mapping[int, Row], moved: Iterable[str] = ()
) -> Settling:
    """Locks, loads, settles, stores, and marks as due whoever depends on what changed.

    `rows`: this transaction's records. `moved`: keys of records whose golden record is another one than before.
    """
    view = work.view
    entity = view.entities[entity_name]
    goldens = load(work, entity_name, ids, rows)
    resolve = refs.resolver(work.cur, entity, (sheet for golden in goldens.values() for _, sheet in golden.sheets), rows)
    rolled = rollups.rolled(work, entity, goldens)
    settled: dict[str, Settled] = {}
    outcomes: dict[str, Outcome] = {}
    for id, golden in goldens.items():
        result = settle(
            entity,
            view.rules,
            [sheet for _, sheet in golden.sheets],
            decisions=golden.decisions,
            now=work.at,
            resolve=resolve,
            rolled=rolled.get(id, rollups.NOTHING).fields,
        )
        settled[id] = result
        outcomes[id] = _outcome(entity, golden, result, rolled.get(id, rollups.NOTHING).next)
    store.save(work, list(outcomes.values()), view.documents(entity_name))
    settling = Settling(goldens, settled, outcomes, resolve)
    _wake(work, entity, settling, set(moved))
    return settling


def _outcome(entity: Entity, golden: Golden, settled: Settled, rolled_next: int | None) -> Outcome:
    values = dump_values(entity, settled.values)
    reasons = {key.partition(":")[0] if ":" in key else key: verdict.reason for key, verdict in settled.verdicts.items()}
    sheets = [sheet for _, sheet in golden.sheets]
    contested = contested_fields(entity, golden, settled)
    moments = [moment for moment in (settled.next, rolled_next) if moment is not None]
    return Outcome(
        golden=golden,
        values=values,
        verdicts=compact(settled.verdicts),
        contested=contested,
        reasons=reasons,
        smallest=min((sheet.key for sheet in sheets), default=golden.smallest),
        living=sum(not sheet.deleted for sheet in sheets),
        next_at=min(moments, default=None),
        changes=store.differences(golden.values, values, reasons),
    )


def contested_fields(entity: Entity, golden: Golden, settled: Settled) -> dict[str, str]:
    """{field or field:member: conflict id} of what waits for a person."""
    return {
        key: _conflict(entity, golden, key, verdict)
        for key, verdict in settled.verdicts.items()
        if verdict.state == "contested"
    }


def _conflict(entity: Entity, golden: Golden, key: str, verdict: Verdict) -> str:
    type: Any = entity.fields[key.partition(":")[0]].type
    claims = []
    for _, sheet in golden.sheets:
        cell = sheet.cells.get(key)
        if sheet.key in verdict.rivals and cell is not None and cell.own is not None:
            claims.append((sheet.key, (type.member if type.family else type).normal(cell.own.value)))
    return conflict_id(entity.name, min(sheet.key for _, sheet in golden.sheets), key, claims)


def compact(verdicts: Mapping[str, Verdict]) -> str:
    """[[state, reason, winner, [field, ...]], ...]: most fields of a record share one winner."""
    groups: dict[tuple[str, str, str | None], list[str]] = {}
    shared: Any = (None, None, None)
    for key, (state, _, reason, winner, _) in verdicts.items():
        if state is not shared[0] or reason is not shared[1] or winner is not shared[2]:
            shared = (state, reason, winner)
            names = groups.setdefault((state, reason.value, winner), [])
        names.append(key)
    found = sorted([state, reason, winner or "", sorted(names)] for (state, reason, winner), names in groups.items())
    return encode_json(found).decode()


def _wake(work: Work, entity: Entity, settling: Settling, moved: set[str]) -> None:
    """Parents of what changed, old and new ones, are due; so is everybody who refers to a record that changed hands."""
    due = set(rollups.parents_due(work, entity, settling))
    if moved and entity.name in work.view.referred:
        due.update(refs.waiting_for(work.cur, moved))
    store.mark_due(work, due)


def lead_of(golden: Golden, connection: str) -> tuple[int, Sheet] | None:
    """The record that speaks and receives for a connection, if it has a living one here."""
    for record_id, sheet in golden.sheets:
        if sheet.connection == connection and not sheet.follower and not sheet.deleted:
            return record_id, sheet
    return None
