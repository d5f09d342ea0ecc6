"""Which golden record a record belongs to, kept up to date around the records that changed: `conflict.links` decides, this finds and stores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from conflict.links import Node, components
from hub.bulk import Cursor
from hub.intake.work import Row, Work

FETCH_BOUND = 2_000
"""A key with more holders than this is not even looked at; `links.KEY_BOUND` says from when on it is no key."""


@dataclass(slots=True)
class Linked:
    """`touched`: golden ids whose records changed. `minted`: those that are new, with the smallest key of their records."""

    touched: set[str]
    minted: set[str]
    joined: dict[str, str]  # golden id that gave way -> the one that stays
    moved: list[int]  # known records that changed hands


class Found(NamedTuple):
    """A record of the neighbourhood, as links see it, with where it is linked now."""

    id: int
    node: Node
    golden_id: str | None


def link(work: Work, entity: str, rows: Sequence[Row], many: frozenset[str]) -> Linked:
    """`rows`: new records, or records whose keys or anchor changed, that were deleted or came back; their `golden_id` is set. Keys are already stored.

    `many`: connections of which several records may be one golden record.
    """
    found = _neighbourhood(work.cur, entity, rows)
    by_key = {item.node.key: item for item in found.values()}
    joins, cuts = _steward(work.cur, by_key)
    groups = components([item.node for item in found.values()], many=many, joins=joins, cuts=cuts)
    result = Linked(set(), set(), {}, [])
    placed = _place(work, entity, groups, by_key, result)
    ours = {row.id: row for row in rows}
    moves: list[tuple[int, str]] = []
    for key, golden_id in placed.items():
        item = by_key[key]
        if item.golden_id == golden_id:
            continue
        result.touched.add(golden_id)
        if item.golden_id is not None:
            result.touched.add(item.golden_id)
            result.moved.append(item.id)
        if item.id in ours:
            ours[item.id].golden_id = golden_id
        if item.id not in ours or ours[item.id].known:
            moves.append((item.id, golden_id))
    if moves:
        work.cur.execute(
            "UPDATE record r SET golden_id = m.golden_id FROM unnest(%s::int8[], %s::text[]) AS m(id, golden_id) WHERE r.id = m.id",
            ([id for id, _ in moves], [golden for _, golden in moves]),
        )
    return result


def _neighbourhood(cur: Cursor, entity: str, rows: Sequence[Row]) -> dict[int, Found]:
    """Everything that could be one with `rows`: closed under shared keys, anchors, steward links and present links."""
    found = {
        row.id: Found(
            row.id, Node(row.key, row.connection, row.sheet.created, row.keys, row.anchor, row.sheet.deleted), row.golden_id
        )
        for row in rows
    }
    frontier = list(found.values())
    while frontier:
        wanted = _neighbours(cur, entity, frontier) - found.keys()
        frontier = _load(cur, wanted) if wanted else []
        found.update((item.id, item) for item in frontier)
    return _resolve_anchors(cur, found)


def _neighbours(cur: Cursor, entity: str, items: Iterable[Found]) -> set[int]:
    items = list(items)
    keys = sorted({key for item in items for key in item.node.keys})
    anchors = sorted(
        {item.node.anchor for item in items if item.node.anchor} | {item.golden_id for item in items if item.golden_id}
    )
    names = [item.node.key for item in items]
    ids: set[int] = set()
    if keys:
        cur.execute(
            "SELECT array_agg(record_id) FROM record_key WHERE entity = %s AND key = ANY(%s) GROUP BY key HAVING count(*) BETWEEN 2 AND %s",
            (entity, keys, FETCH_BOUND),
        )
        for (holders,) in cur.fetchall():
            ids.update(holders)
    if anchors:
        cur.execute("SELECT id FROM record WHERE anchor = ANY(%s) OR golden_id = ANY(%s)", (anchors, anchors))
        ids.update(row[0] for row in cur.fetchall())
    cur.execute(
        "SELECT r.id FROM steward_link s JOIN record r ON (r.connection || ':' || r.object || ':' || r.external_id) = s.b WHERE s.a = ANY(%s)"
        " UNION SELECT r.id FROM steward_link s JOIN record r ON (r.connection || ':' || r.object || ':' || r.external_id) = s.a WHERE s.b = ANY(%s)",
        (names, names),
    )
    ids.update(row[0] for row in cur.fetchall())
    return ids


def _load(cur: Cursor, ids: set[int]) -> list[Found]:
    cur.execute(
        "SELECT r.id, r.connection || ':' || r.object || ':' || r.external_id, r.connection, coalesce(r.created, -(2::int8 ^ 53)::int8), r.anchor,"
        " r.golden_id, coalesce((SELECT array_agg(k.key ORDER BY k.key) FROM record_key k WHERE k.record_id = r.id), '{}'), r.deleted IS NOT NULL"
        " FROM record r WHERE r.id = ANY(%s)",
        (sorted(ids),),
    )
    return [
        Found(id, Node(key, connection, created, tuple(keys), anchor, deleted), golden)
        for id, key, connection, created, anchor, golden, keys, deleted in cur.fetchall()
    ]


def _resolve_anchors(cur: Cursor, found: dict[int, Found]) -> dict[int, Found]:
    """An anchor names a golden record that there is, or was: what nobody knows (another hub's id) anchors nothing."""
    names = sorted({item.node.anchor for item in found.values() if item.node.anchor})
    if not names:
        return found
    cur.execute(
        "SELECT id, id FROM golden WHERE id = ANY(%s) UNION ALL SELECT old, golden_id FROM alias WHERE old = ANY(%s)",
        (names, names),
    )
    real = dict(cur.fetchall())
    return {
        id: item._replace(node=item.node._replace(anchor=real.get(item.node.anchor))) if item.node.anchor else item
        for id, item in found.items()
    }


def _steward(cur: Cursor, by_key: dict[str, Found]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    names = list(by_key)
    cur.execute("SELECT kind, a, b FROM steward_link WHERE a = ANY(%s) AND b = ANY(%s) ORDER BY position", (names, names))
    rows = cur.fetchall()
    return [(a, b) for kind, a, b in rows if kind == "join"], [(a, b) for kind, a, b in rows if kind == "cut"]


def _place(
    work: Work, entity: str, groups: Sequence[Sequence[str]], by_key: dict[str, Found], result: Linked
) -> dict[str, str]:
    """A golden id for each record key. A join keeps the older id and aliases the other; a split returns it, or mints one."""
    held = sorted({item.golden_id for item in by_key.values() if item.golden_id})
    born: dict[str, int] = {}
    smallest: dict[str, str] = {}
    if held:
        work.cur.execute("SELECT id, born, smallest FROM golden WHERE id = ANY(%s)", (held,))
        for id, when, name in work.cur.fetchall():
            born[id], smallest[id] = when, name
    holders: dict[str, list[Sequence[str]]] = {}
    for group in groups:
        for id in {g for key in group if (g := by_key[key].golden_id)}:
            holders.setdefault(id, []).append(group)
    mine_of: dict[str, list[str]] = {}
    for id, found in holders.items():
        keeper = found[0] if len(found) == 1 else _keeper(work.cur, id, found, smallest[id])
        mine_of.setdefault(keeper[0], []).append(id)
    former = _former(work.cur, [group for group in groups if group[0] not in mine_of])
    placed: dict[str, str] = {}
    for group in groups:
        mine = sorted(mine_of.get(group[0], ()), key=lambda id: (born[id], id))
        kept = mine[0] if mine else former.get(group[0]) or _mint(work, entity, result)
        for id in mine[1:]:
            result.joined[id] = kept
        placed.update(dict.fromkeys(group, kept))
    if result.joined:
        _alias(work.cur, result.joined)
    return placed


def _keeper(cur: Cursor, id: str, groups: Sequence[Sequence[str]], named: str) -> Sequence[str]:
    """Of the groups that a split makes, the one that keeps the id: not one that had an id of its own before it was joined."""
    cur.execute("SELECT g.smallest FROM alias a JOIN golden g ON g.id = a.old WHERE a.golden_id = %s", (id,))
    joined = {row[0] for row in cur.fetchall()}
    stayed = [group for group in groups if joined.isdisjoint(group)] or groups
    return next((group for group in stayed if named in group), stayed[0])


def _mint(work: Work, entity: str, result: Linked) -> str:
    id = work.hub.chance.golden_id(entity)
    result.minted.add(id)
    result.touched.add(id)
    return id


def _former(cur: Cursor, groups: Sequence[Sequence[str]]) -> dict[str, str]:
    """The id that a group had before it was joined to another, by the group's first key. It is taken back for good."""
    of = {key: group[0] for group in groups for key in group}
    cur.execute(
        "SELECT g.smallest, a.old FROM alias a JOIN golden g ON g.id = a.old WHERE g.smallest = ANY(%s) ORDER BY a.old DESC",
        (list(of),),
    )
    former = {of[smallest]: old for smallest, old in cur.fetchall()}
    if former:
        cur.execute("DELETE FROM alias WHERE old = ANY(%s)", (list(former.values()),))
    return former


def _alias(cur: Cursor, joined: dict[str, str]) -> None:
    for old, new in joined.items():
        cur.execute("UPDATE alias SET golden_id = %s WHERE golden_id = %s", (new, old))
        cur.execute(
            "INSERT INTO alias (old, golden_id) VALUES (%s, %s) ON CONFLICT (old) DO UPDATE SET golden_id = excluded.golden_id",
            (old, new),
        )
