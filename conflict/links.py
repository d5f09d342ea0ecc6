"""Links: which records are one. A function of keys, anchors, steward links and cuts; scores never link."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Sequence
from itertools import combinations
from typing import Final, NamedTuple

from conflict.claim import NEVER

KEY_BOUND: Final = 50
"""A key that more records than this hold is no key: it says nothing about who they are."""

Pair = tuple[str, str]


class Node(NamedTuple):
    """A record as links see it. `keys`: exact keys of its own claims, covered or not. `anchor`: the golden record that
    a delivered write, or our id at the vendor, names. `deleted`: a tombstone, which takes no other record's place.
    """

    key: str
    connection: str
    created: int = NEVER
    keys: Collection[str] = ()
    anchor: str | None = None
    deleted: bool = False


def components(
    nodes: Iterable[Node],
    *,
    many: Container[str] = frozenset(),
    joins: Iterable[Pair] = (),
    cuts: Iterable[Pair] = (),
) -> list[tuple[str, ...]]:
    """The groups of records that are one, each sorted, in the order of their first record key.

    `many`: connections of which several records may be one. Of others one living record stays: the anchored one, else the
    oldest; the rest stand alone, unless a steward linked them. `joins`, `cuts`: pairs of record keys by a steward.
    """
    known = {node.key: node for node in sorted(nodes)}
    steward = [pair for pair in sorted(set(map(_ordered, joins))) if known.keys() >= set(pair)]
    apart = frozenset(map(_ordered, cuts))
    alone: set[str] = set()
    while True:
        groups = _groups([node for node in known.values() if node.key not in alone], steward, apart)
        extra = {key for group in groups if len(group) > 1 for key in _extra([known[key] for key in group], many, steward)}
        if not extra:
            return sorted([*groups, *((key,) for key in alone)])
        alone |= extra


def _ordered(pair: Pair) -> Pair:
    return min(pair), max(pair)


def _groups(nodes: Sequence[Node], steward: Sequence[Pair], cuts: frozenset[Pair]) -> list[tuple[str, ...]]:
    """Joined by the strongest evidence first; two groups between which there is a cut are never joined."""
    group_of: dict[str, set[str]] = {node.key: {node.key} for node in nodes}
    for a, b in [*steward, *_pairs_by_anchor(nodes), *_pairs_by_key(nodes)]:
        if a not in group_of or b not in group_of:
            continue
        left, right = group_of[a], group_of[b]
        if left is right or (cuts and any(_ordered((x, y)) in cuts for x in left for y in right)):
            continue
        left |= right
        for key in right:
            group_of[key] = left
    return sorted(tuple(sorted(group)) for key, group in group_of.items() if key == min(group))


def _pairs_by_anchor(nodes: Iterable[Node]) -> list[Pair]:
    holders: dict[str, list[str]] = {}
    for node in nodes:
        if node.anchor is not None:
            holders.setdefault(node.anchor, []).append(node.key)
    return sorted(pair for keys in holders.values() if len(keys) > 1 for pair in combinations(keys, 2))


def _pairs_by_key(nodes: Iterable[Node]) -> list[Pair]:
    return sorted({pair for keys in _holders(nodes).values() if 1 < len(keys) <= KEY_BOUND for pair in combinations(keys, 2)})


def _holders(nodes: Iterable[Node]) -> dict[str, list[str]]:
    """Record keys by exact key, in the order of the nodes."""
    holders: dict[str, list[str]] = {}
    for node in nodes:
        for key in set(node.keys):
            holders.setdefault(key, []).append(node.key)
    return holders


def _extra(group: Sequence[Node], many: Container[str], steward: Sequence[Pair]) -> list[str]:
    """The records of a group that have to stand alone."""
    by_connection: dict[str, list[Node]] = {}
    for node in group:
        if node.connection not in many and not node.deleted:
            by_connection.setdefault(node.connection, []).append(node)
    linked = {key for pair in steward for key in pair}
    extra = []
    for nodes in by_connection.values():
        first, *rest = sorted(nodes, key=lambda node: (node.key not in linked, node.anchor is None, *_age(node)))
        extra += [node.key for node in rest if not {first.key, node.key} <= linked]
    return extra


def _age(node: Node) -> tuple[bool, int, str]:
    """Sorts the oldest first; what has no known date comes last."""
    return node.created == NEVER, node.created, node.key


def followers(group: Iterable[Node], *, leads: Container[str] = frozenset()) -> frozenset[str]:
    """The records of one golden record that neither claim nor receive: all of a connection but its lead.

    The lead is the one that a steward named (`leads`), else the oldest.
    """
    seen: set[str] = set()
    found = set()
    for node in sorted(group, key=lambda node: (node.connection, node.key not in leads, *_age(node))):
        if node.connection in seen:
            found.add(node.key)
        seen.add(node.connection)
    return frozenset(found)


def suspects(nodes: Iterable[Node], groups: Iterable[Sequence[str]], cuts: Iterable[Pair] = ()) -> list[Pair]:
    """Pairs of records that share a key or an anchor and yet are not one: suspected duplicates, unless a steward cut them."""
    nodes = sorted(nodes)
    group_of = {key: group[0] for group in groups for key in group}
    apart = frozenset(map(_ordered, cuts))
    pairs = {_ordered(pair) for pair in [*_pairs_by_anchor(nodes), *_pairs_by_key(nodes)]}
    return sorted(pair for pair in pairs - apart if group_of[pair[0]] != group_of[pair[1]])
