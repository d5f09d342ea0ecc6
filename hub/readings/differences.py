"""Where linked records said something else than what is agreed: one pass over all golden records, memory flat."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, NamedTuple

from sqlalchemy import Connection as Database

from conflict.claim import GOLDEN
from conflict.columns import is_reference, part_type
from hub.bulk import cursor, decode_json
from hub.context import Hub
from hub.readings.rows import batches, stream
from hub.session import view_of
from hub.settling.refs import look_up, target
from hub.view import View
from mappings.canonical import Entity
from mappings.rollups import ROLLUPS, ref_entities
from mappings.values import RefValue, is_blank

SAMPLES = 5
_ROWS = (
    "SELECT g.id, g.entity, g.smallest, g.values, g.verdicts, r.keys, r.sheets FROM golden g, LATERAL (SELECT"
    " array_agg(connection || ':' || object || ':' || external_id ORDER BY id) AS keys, array_agg(sheet ORDER BY id) AS sheets"
    " FROM record WHERE golden_id = g.id AND deleted IS NULL) AS r"
    " WHERE cardinality(r.keys) > 1 OR (g.entity = ANY(%s) AND cardinality(r.keys) = 1)"
)


class Difference(NamedTuple):
    """A losing claim. `winner`, `loser`: connections. `first`: both date from the first reads of their records."""

    entity: str
    id: str
    record: str  # smallest record key
    field: str
    winner: str
    loser: str
    agreed: Any
    said: Any
    first: bool


class Claim(NamedTuple):
    """One own claim as stored: dumped JSON."""

    record: str
    key: str
    value: Any
    first: bool


def differences(hub: Hub, database: Database) -> Iterator[Difference]:
    """Every non-blank own claim, covered or not, of a linked record that means something else than the agreed value."""
    view = view_of(hub)
    for page in batches(stream(database, _ROWS, [list(ROLLUPS)])):
        resolve = _resolver(database, view, page)
        for row in page:
            yield from _of_record(view, resolve, row)


@dataclass(slots=True)
class Group:
    """First-day differences of one field between two connections. `samples`: both values, by smallest record key."""

    entity: str
    field: str
    winner: str
    loser: str
    count: int = 0
    samples: list[dict[str, Any]] = dataclass_field(default_factory=list)

    def add(self, one: Difference) -> None:
        self.count += 1
        if len(self.samples) < SAMPLES:
            self.samples.append({"record": one.record, "agreed": one.agreed, "said": one.said})


@dataclass(slots=True)
class Tally:
    """`disagreements`: {field: {winner: number of losing values}}. `groups`: what differed already when records first met."""

    disagreements: dict[str, dict[str, int]]
    groups: list[Group]


def tally(hub: Hub, database: Database) -> Tally:
    """All differences counted. Groups hold fields whose rule goes by time or asks: elsewhere order decides as ever."""
    rules, entities = view_of(hub).rules, hub.catalog.entities
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    groups: dict[tuple[str, str, str, str], Group] = {}
    for each in differences(hub, database):
        counts[each.field][each.winner] += 1
        if each.first and rules.table(entities[each.entity])[each.field].rule.strategy in ("latest", "ask"):
            name = (each.entity, each.field, each.winner, each.loser)
            groups.setdefault(name, Group(*name)).add(each)
    by_winner = {field: dict(sorted(by.items())) for field, by in sorted(counts.items())}
    return Tally(by_winner, [groups[name] for name in sorted(groups)])


def _of_record(view: View, resolve: Mapping[str, str], row: tuple[Any, ...]) -> Iterator[Difference]:
    id, entity_name, smallest, values, verdicts, keys, sheets = row
    entity = view.entities[entity_name]
    claims = _claims(keys, sheets)
    decided = _decided(verdicts)
    for key, (winner, by_rollup) in decided.items():
        said = claims.get(key)
        field, _, member = key.partition(":")
        if said is None or (len(said) < 2 and not by_rollup) or (field not in values and not member):
            continue
        agreed = _agreed(values, field, member, entity)
        firsts = {claim.record for claim in said if claim.first}
        for claim in said:
            if _means(entity, key, claim, agreed, resolve):
                continue
            both = claim.first and (winner in firsts)
            yield Difference(
                entity_name, id, smallest, field, _connection(view, entity, field, winner), claim.record.partition(":")[0],
                agreed, claim.value, both,
            )  # fmt: skip


def _claims(keys: list[str], sheets: list[str]) -> dict[str, list[Claim]]:
    """Own claims by cell key, from the stored form of sheets: most are equal to the agreed value and need no loading."""
    found: dict[str, list[Claim]] = defaultdict(list)
    for record, text in zip(keys, sheets, strict=True):
        for _, _, _, first, values, *_ in decode_json(text).get("own", ()):
            for key, value in values.items():
                found[key].append(Claim(record, key, value, bool(first)))
    return found


def _decided(verdicts: str) -> dict[str, tuple[str, bool]]:
    """{cell key: (winner, whether it was rolled up)} of what is settled."""
    return {
        key: (winner, winner == GOLDEN)
        for state, _, winner, keys in decode_json(verdicts)
        if state == "settled"
        for key in keys
    }


def _agreed(values: Mapping[str, Any], field: str, member: str, entity: Entity) -> Any:
    if not member:
        return values[field]
    held = values.get(field)
    return held.get(member) if entity.fields[field].type.name == "map" and held is not None else member in map(str, held or ())


def _means(entity: Entity, key: str, claim: Claim, agreed: Any, resolve: Mapping[str, str]) -> bool:
    """Whether a claim says what is agreed, or nothing."""
    if claim.value == agreed or is_blank(claim.value):
        return True
    field = entity.fields[key.partition(":")[0]]
    type = part_type(field.type) if ":" in key else field.type
    if is_reference(field.type):
        return ":" in key or _golden_of(claim, entity, resolve) in (None, agreed)
    said = type.normal(type.load(claim.value))
    return said is None or bool(said == type.normal(type.load(agreed)))


def _golden_of(claim: Claim, entity: Entity, resolve: Mapping[str, str]) -> str | None:
    return resolve.get(
        target(claim.record, RefValue(claim.value["object"], claim.value["id"]), ref_entities(entity)[claim.key])
    )


def _connection(view: View, entity: Entity, field: str, winner: str) -> str:
    """A rollup speaks for the connection that owns the field."""
    if winner != GOLDEN:
        return winner.partition(":")[0]
    named = view.rules.table(entity)[field].rule.named or {}
    return min(named, key=lambda name: (named[name], name), default=GOLDEN)


def _resolver(database: Database, view: View, page: list[tuple[Any, ...]]) -> dict[str, str]:
    """Golden ids by target name of all references that the records of a page say."""
    wanted: set[str] = set()
    for _, entity_name, _, _, _, keys, sheets in page:
        entity = view.entities[entity_name]
        kinds = ref_entities(entity)
        if not kinds:
            continue
        for key, said in _claims(keys, sheets).items():
            if key in kinds:
                wanted.update(
                    target(each.record, RefValue(each.value["object"], each.value["id"]), kinds[key])
                    for each in said
                    if isinstance(each.value, dict)
                )
    if not wanted:
        return {}
    with cursor(database) as cur:
        return look_up(cur, wanted, {})
