"""From a page's bytes to what they say: skip what is known by hash, decode the rest, refuse what cannot be."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from connectors.kit.contract import Record
from hub.bulk import Cursor
from hub.marks import mark
from mappings.mapping import Decoded, Mapping
from mappings.strict_json import BadJson, load_json


class Fresh(NamedTuple):
    """A record whose bytes the hub has not seen before, decoded. `decoded` is None for an object mapped to nothing."""

    record: Record
    hash: bytes
    raw: dict[str, Any] | None
    decoded: Decoded | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A whole row that is not a record we can read: `code` and `data` say why, `raw` is kept."""

    id: str
    code: str
    data: dict[str, Any]
    raw: bytes


class Unseen(NamedTuple):
    """Records whose bytes, or whose being deleted, is news; and how many ids were never read before."""

    records: list[tuple[Record, bytes]]
    new_ids: int


def unseen(
    cur: Cursor, connection: str, object: str, records: Sequence[Record], salt: bytes, *, heirs: Collection[str] = ()
) -> Unseen:
    """The last of several records with one id counts. `heirs`: ids that are news whatever their bytes."""
    last = {record.id: record for record in records}
    hashes = {id: mark(record.body, salt) for id, record in last.items()}
    cur.execute(
        "SELECT external_id, hash, deleted IS NOT NULL FROM record WHERE connection = %s AND object = %s AND external_id = ANY(%s)",
        (connection, object, list(last)),
    )
    known = {row[0]: (row[1], row[2]) for row in cur.fetchall()}
    news = [(record, hashes[id]) for id, record in last.items() if id in heirs or known.get(id) != (hashes[id], record.deleted)]
    return Unseen(news, len(last) - len(known))


def decode(news: Sequence[tuple[Record, bytes]], mapping: Mapping | None) -> tuple[list[Fresh], list[Refused]]:
    """A tombstone needs no decoding; what is not JSON is refused whole."""
    fresh: list[Fresh] = []
    refused: list[Refused] = []
    for record, hash in news:
        if record.deleted:
            fresh.append(Fresh(record, hash, None, None))
            continue
        try:
            raw = load_json(record.body)
        except BadJson as bad:
            refused.append(Refused(record.id, bad.code, bad.data, record.body))
            continue
        fresh.append(Fresh(record, hash, raw, None if mapping is None else mapping.decode(raw)))
    return fresh, refused
