"""A vendor merged records: the survivor inherits their claims, covers and echoes, and stays where they were linked."""

from __future__ import annotations

from collections.abc import Sequence

from conflict.sheet import merged
from connectors.kit.contract import Record
from hub.bulk import allocate, decode_json
from hub.intake.reading import Fresh
from hub.intake.work import Row, Source, Work, record_key
from hub.settling import sheets
from mappings.mapping import Mapping

BY = "vendor merge"
_PASSED_ON = """EXISTS (SELECT 1 FROM steward_link s WHERE s.by = %s AND s.kind = 'join'
 AND record.connection || ':' || record.object || ':' || record.external_id IN (s.a, s.b) AND {survivor} IN (s.a, s.b))"""


def heirs(work: Work, source: Source, page: Sequence[Record]) -> set[str]:
    """Survivors to whom something is still to be passed on: they are news, though not a byte of theirs may have changed."""
    pairs = [(record.id, loser) for record in page for loser in record.merged if loser != record.id]
    if not pairs:
        return set()
    survivor = _PASSED_ON.format(survivor="record.connection || ':' || record.object || ':' || pair.survivor")
    work.cur.execute(
        "SELECT pair.survivor FROM unnest(%s::text[], %s::text[]) AS pair (survivor, loser)"  # noqa: S608  # our own constant
        f" JOIN record ON connection = %s AND object = %s AND external_id = pair.loser WHERE NOT {survivor}",
        (*map(list, zip(*pairs, strict=True)), source.connection, source.object, BY),
    )
    return {row[0] for row in work.cur.fetchall()}


def inherit(work: Work, source: Source, survivor: Row, item: Fresh, mapping: Mapping) -> None:
    """Before the survivor's own read is folded. Idempotent: a merge that is known already passes nothing on again."""
    assert item.decoded is not None  # the caller decoded it
    entity = work.view.entities[mapping.entity]
    work.cur.execute(
        "SELECT id, external_id, sheet FROM record WHERE connection = %s AND object = %s AND external_id = ANY(%s) AND id <> %s"  # noqa: S608  # our own constant
        f" AND NOT {_PASSED_ON.format(survivor='%s')} ORDER BY id FOR UPDATE",
        (source.connection, source.object, list(item.record.merged), survivor.id, BY, survivor.key),
    )
    for id, external_id, text in work.cur.fetchall():
        key = record_key(source.connection, source.object, external_id)
        loser = sheets.load(decode_json(text), key, mapping.entity, work.view)
        survivor.sheet = merged(survivor.sheet, loser, item.decoded.values, entity)
        work.cur.execute("UPDATE record SET deleted = coalesce(deleted, %s) WHERE id = %s", (work.at, id))
        survivor.relink = True
        a, b = sorted((key, survivor.key))
        work.cur.execute(
            "INSERT INTO steward_link (position, kind, a, b, by, at) VALUES (%s, 'join', %s, %s, %s, %s)",
            (allocate(work.cur, "log_position", 1)[0], a, b, BY, work.at),
        )
