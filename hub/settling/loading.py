"""Golden records under lock, in id order, and the sheets, decisions and references that they are settled from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conflict.decisions import Decision
from conflict.links import Node, followers
from conflict.sheet import Sheet
from hub.bulk import decode_json
from hub.intake.work import Row, Work, record_key, sorted_ids
from hub.settling import sheets


@dataclass(slots=True)
class Golden:
    """A golden record as stored (`known`), or about to be minted. `values` are dumped JSON."""

    id: str
    entity: str
    known: bool
    values: dict[str, Any] = field(default_factory=dict)
    contested: dict[str, str] = field(default_factory=dict)
    smallest: str = ""
    born: int = 0
    version: int = 0
    verdicts: str = ""
    next_at: int | None = None
    records: int = 0  # living ones, as stored
    documents: str = ""
    sheets: list[tuple[int, Sheet]] = field(default_factory=list)  # (record id, sheet), by record key
    decisions: list[Decision] = field(default_factory=list)


def load(work: Work, entity: str, ids: Iterable[str], rows: Mapping[int, Row], *, lock: bool = True) -> dict[str, Golden]:
    """`rows`: records of this transaction, taken from memory rather than read again. `lock`: until the transaction ends."""
    wanted = sorted_ids(ids)
    found = _stored(work, wanted, lock=lock)
    for id in wanted:
        if id not in found:
            found[id] = Golden(id, entity, known=False)
    for record_id, golden_id, sheet in _sheets(work, wanted, rows):
        found[golden_id].sheets.append((record_id, sheet))
    for golden in found.values():
        golden.sheets = with_leads(golden.sheets)
    _decisions(work, found)
    return found


def _stored(work: Work, ids: list[str], *, lock: bool) -> dict[str, Golden]:
    work.cur.execute(
        "SELECT id, entity, true, values, contested, smallest, born, version, verdicts, next_at, records, documents FROM golden"  # noqa: S608  # our own
        f" WHERE id = ANY(%s) ORDER BY id {'FOR UPDATE' if lock else ''}",
        (ids,),
    )
    return {row[0]: Golden(*row) for row in work.cur.fetchall()}


def _sheets(work: Work, ids: list[str], rows: Mapping[int, Row]) -> list[tuple[int, str, Sheet]]:
    wanted = set(ids)
    out = [(row.id, row.golden_id, row.sheet) for row in rows.values() if row.golden_id in wanted]
    work.cur.execute(
        "SELECT id, golden_id, connection, object, external_id, entity, sheet, deleted IS NOT NULL FROM record WHERE golden_id = ANY(%s) AND NOT id = ANY(%s)",
        (ids, list(rows)),
    )
    for id, golden_id, connection, object, external_id, entity, text, deleted in work.cur.fetchall():
        key = record_key(connection, object, external_id)
        out.append((id, golden_id, sheets.load(decode_json(text), key, entity, work.view)._replace(deleted=deleted)))
    return out


def with_leads(found: list[tuple[int, Sheet]]) -> list[tuple[int, Sheet]]:
    """By record key; of several living records of one connection the oldest leads and the rest follow."""
    if len(found) == 1:
        return found
    found = sorted(found, key=lambda pair: pair[1].key)
    behind = followers(Node(sheet.key, sheet.connection, sheet.created) for _, sheet in found if not sheet.deleted)
    return [(id, sheet._replace(follower=True)) if sheet.key in behind else (id, sheet) for id, sheet in found]


def _decisions(work: Work, found: dict[str, Golden]) -> None:
    work.cur.execute(
        "SELECT coalesce(a.golden_id, d.golden_id), d.position, d.field, d.kind, d.value, d.names, d.until FROM decision d"
        " LEFT JOIN alias a ON a.old = d.golden_id WHERE coalesce(a.golden_id, d.golden_id) = ANY(%s) ORDER BY d.position",
        (list(found),),
    )
    grouped: dict[str, list[Any]] = defaultdict(list)
    for row in work.cur.fetchall():
        grouped[row[0]].append(row)
    for id, rows in grouped.items():
        golden = found[id]
        fields = work.view.entities[golden.entity].fields
        for _, position, name, kind, value, names, until in rows:
            type_: Any = fields[name.partition(":")[0]].type
            loaded = (type_.member if type_.family else type_).load(value)
            golden.decisions.append(Decision(kind, name, loaded, position, frozenset((n[0], n[1]) for n in names), until))
