"""Suspected duplicates: golden records that look like one. Looked for as a whole, kept until the next look; nothing is linked by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection as Database

from conflict.duplicates import Named, suspects
from conflict.links import KEY_BOUND
from hub.bulk import cursor
from hub.context import Hub
from hub.readings.rows import fetch, stream

SHARED_KEY = 0.9
"""Score of two records of one connection that share an exact key and yet stand apart."""

_CUTS = (
    "SELECT least(a.golden_id, b.golden_id), greatest(a.golden_id, b.golden_id) FROM steward_link s"
    " JOIN record a ON (a.connection || ':' || a.object || ':' || a.external_id) = s.a"
    " JOIN record b ON (b.connection || ':' || b.object || ':' || b.external_id) = s.b WHERE s.kind = 'cut' AND a.golden_id <> b.golden_id"
)
_ACCOUNTS = (
    "SELECT g.id, g.values, c.emails FROM golden g LEFT JOIN (SELECT a.id AS account, array_agg(p.values->>'email') AS emails"
    " FROM golden p, LATERAL (SELECT p.values->>'account' AS id UNION SELECT jsonb_array_elements_text(p.values->'accounts')) AS a"
    " WHERE p.entity = 'contact' AND p.records > 0 GROUP BY 1) AS c ON c.account = g.id"
    " WHERE g.entity = 'account' AND g.records > 0"
)
_SHARING = (
    "SELECT k.entity, array_agg(DISTINCT r.golden_id) FROM record_key k JOIN record r ON r.id = k.record_id"
    " WHERE r.deleted IS NULL AND r.golden_id IS NOT NULL GROUP BY k.entity, k.key"
    " HAVING count(*) <= %s AND count(DISTINCT r.golden_id) > 1"
)


def refresh(hub: Hub, database: Database) -> int:
    """Looks again and keeps what was found; returns how many there are."""
    found = [(each["entity"], *each["records"], each["score"], each["evidence"]) for each in suspected(hub, database)]
    with cursor(database) as cur:
        cur.execute("DELETE FROM duplicate WHERE state = 'open'")
        if found:
            cur.executemany(
                "INSERT INTO duplicate (entity, a, b, score, evidence) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                found,
            )
    return len(found)


def duplicates(database: Database) -> Iterator[dict[str, Any]]:
    """What the last look found and nobody decided since, best first."""
    query = (
        "SELECT d.entity, a.id, b.id, a.values, b.values, d.score, d.evidence FROM duplicate d"
        " JOIN golden a ON a.entity = d.entity AND a.smallest = d.a AND a.records > 0"
        " JOIN golden b ON b.entity = d.entity AND b.smallest = d.b AND b.records > 0"
        ' WHERE d.state = \'open\' ORDER BY d.score DESC, d.a COLLATE "C", d.b COLLATE "C"'
    )
    for entity, a, b, left, right, score, evidence in stream(database, query):
        yield line(entity, (a, b), (_name(left), _name(right)), score, evidence)


def line(entity: str, ids: tuple[str, str], names: tuple[str, str], score: float, evidence: Iterable[str]) -> dict[str, Any]:
    return {"entity": entity, "ids": list(ids), "names": list(names), "score": score, "evidence": list(evidence)}


def suspected(hub: Hub, database: Database) -> list[dict[str, Any]]:
    """Looked for now, best first: lines as of `duplicates` with `records`, the smallest record key of each."""
    del hub
    apart = {(a, b) for a, b in fetch(database, _CUTS)}
    found: dict[tuple[str, str], tuple[str, float, tuple[str, ...]]] = {}
    for one in suspects(_accounts(database)):
        found[one.a, one.b] = ("account", one.score, one.evidence)
    for entity, ids in stream(database, _SHARING, [KEY_BOUND]):
        for a, b in zip(sorted(ids), sorted(ids)[1:], strict=False):
            _, score, evidence = found.get((a, b), (entity, 0.0, ()))
            found[a, b] = (entity, max(score, SHARED_KEY), ("same_key", *evidence))
    names = _names(database, {id for pair in found for id in pair})
    lines = [_line(names, pair, *said) for pair, said in found.items() if pair not in apart]
    return sorted(lines, key=lambda each: (-each["score"], each["records"]))


def _line(
    names: dict[str, tuple[str, str]], pair: tuple[str, str], entity: str, score: float, evidence: tuple[str, ...]
) -> dict[str, Any]:
    a, b = sorted(pair, key=lambda id: names[id][0])
    return {**line(entity, (a, b), (names[a][1], names[b][1]), score, evidence), "records": [names[a][0], names[b][0]]}


def _accounts(database: Database) -> Iterator[Named]:
    for id, values, contacts in stream(database, _ACCOUNTS):
        address = values.get("address") or {}
        street = " ".join(str(address[part]) for part in ("line1", "postal_code") if address.get(part))
        yield Named(
            id,
            values.get("name") or "",
            phones=_given(values.get("phone")),
            domains=_given(values.get("domain"), *(values.get("domains") or ())),
            contacts=_given(values.get("billing_email"), *(contacts or ())),
            addresses=(street,) if address.get("line1") and address.get("postal_code") else (),
        )


def _given(*values: str | None) -> tuple[str, ...]:
    return tuple(value for value in values if value)


def _names(database: Database, ids: set[str]) -> dict[str, tuple[str, str]]:
    """Smallest record key and name of each golden record."""
    rows = fetch(database, "SELECT id, smallest, values FROM golden WHERE id = ANY(%s)", [sorted(ids)])
    return {id: (smallest, _name(values)) for id, smallest, values in rows}


def _name(values: dict[str, Any]) -> str:
    return str(next((values[key] for key in ("name", "email", "number", "subject") if values.get(key)), ""))
