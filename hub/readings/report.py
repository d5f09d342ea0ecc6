"""The report of a demo: what was read, agreed and sent, each number counted where it happened."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection as Database

from hub import connections
from hub.context import Hub
from hub.readings.arr.compared import compared
from hub.readings.differences import tally
from hub.readings.digest import digest
from hub.readings.duplicates import suspected
from hub.readings.rows import fetch, single
from hub.readings.sending import SENT, counted_values
from mappings.currency import amount_text

_STORED = (
    "SELECT r.connection, count(*), count(*) FILTER (WHERE (r.entity IS NULL OR r.golden_id IS NOT NULL OR r.deleted IS NOT NULL)"
    " AND NOT EXISTS (SELECT 1 FROM due d WHERE d.golden_id = r.golden_id)), count(*) FILTER (WHERE r.golden_id IS NOT NULL)"
    " FROM record r WHERE EXISTS (SELECT 1 FROM log l WHERE l.record_id = r.id AND l.kind IN ('observation', 'tombstone'))"
    " GROUP BY r.connection"
)
_READ = "SELECT connection, CASE WHEN count(*) = count(source_says) THEN sum(source_says)::int8 END, sum(read)::int8 FROM stream GROUP BY connection"
_CHANGED = (
    "SELECT r.connection, count(DISTINCT c.golden_id) FROM change c JOIN run r ON r.id = c.run WHERE r.connection IS NOT NULL"
    " GROUP BY r.connection"
)
_WRITTEN = (
    "SELECT connection, count(DISTINCT coalesce(record_id::text, key)) FILTER (WHERE status = 'confirmed'),"
    " count(*) FILTER (WHERE status = 'refused'), count(*) FILTER (WHERE status IN ('planned', 'sending', 'unclear'))"
    " FROM intent GROUP BY connection"
)
_SENT = (
    "SELECT connection, sum(weight)::int8 FROM (SELECT DISTINCT ON (i.connection, coalesce(i.record_id::text, i.key), f.key)"
    " i.connection, CASE WHEN f.key = ANY(%s) AND jsonb_typeof(f.value->'value') = 'object'"
    " THEN (SELECT count(*) FROM jsonb_object_keys(f.value->'value')) ELSE 1 END AS weight"
    " FROM intent i, jsonb_each(i.fields::jsonb) AS f WHERE i.status = 'confirmed'"
    " ORDER BY i.connection, coalesce(i.record_id::text, i.key), f.key, i.id DESC) AS value GROUP BY connection"
)
_OBJECTS = (
    "SELECT connection, object, min(entity), count(*), count(golden_id) FROM record WHERE deleted IS NULL"
    " GROUP BY connection, object ORDER BY connection, object"
)
_REFUSED = "SELECT connection, count(DISTINCT (object, external_id, field)) FROM quarantine GROUP BY connection"
_ARR = (
    "SELECT m.key, sum(m.value::numeric) FROM golden g, jsonb_each_text(g.values->'arr') AS m"
    " WHERE g.entity = 'account' AND g.records > 0 AND jsonb_typeof(g.values->'arr') = 'object' GROUP BY m.key ORDER BY m.key"
)


def report(
    hub: Hub,
    database: Database,
    *,
    rounds: int,
    second_round_writes: int,
    seconds: float,
    peak_rss_bytes: int,
    quiet: bool = True,
) -> dict[str, Any]:
    """The last JSON line of `hub demo --once --json`."""
    counts = counted(hub, database)
    read = sum(each["read"] or 0 for each in counts.values())
    apart = tally(hub, database)
    rows = compared(hub, database)
    return {
        "event": "report",
        "quiet": quiet,
        "rounds": rounds,
        "second_round_writes": second_round_writes,
        "digest": digest(hub, database),
        "connections": counts,
        "objects": objects(database),
        "disagreements": apart.disagreements,
        "differences_decided": sum(sum(by.values()) for by in apart.disagreements.values()),
        "blanks_filled": counted_values(hub, database, SENT).blanks,
        "conflicts": single(database, "SELECT count(*) FROM conflict"),
        "baseline_groups": len(apart.groups),
        "duplicates": [{key: one[key] for key in one if key != "records"} for one in suspected(hub, database)],
        "arr": {currency: amount_text(amount, currency) for currency, amount in fetch(database, _ARR)},
        "arr_rows": {"rows": rows.rows, "matching": rows.matching, "unknown": rows.unknown},
        "arr_crm": {currency: amount_text(amount, currency) for currency, amount in sorted(rows.crm.items())},
        "seconds": round(seconds, 3),
        "records_per_second": round(read / seconds, 1) if seconds > 0 else None,
        "peak_rss_bytes": peak_rss_bytes,
    }


def objects(database: Database) -> dict[str, dict[str, dict[str, Any]]]:
    """By connection and object: what it means here, and how many of its records are there and linked."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for connection, object, entity, living, linked in fetch(database, _OBJECTS):
        found.setdefault(connection, {})[object] = {"entity": entity, "read": living, "linked": linked}
    return found


def counted(hub: Hub, database: Database) -> dict[str, dict[str, int | None]]:
    """Distinct records of all objects, by connection. `source_says` is None where the vendor counts not all of its objects."""
    money = [
        name
        for entity in hub.catalog.entities.values()
        for name, field in entity.fields.items()
        if field.type.name == "money_by_currency"
    ]
    says = {row[0]: row[1:] for row in fetch(database, _READ)}
    stored = {row[0]: row[1:] for row in fetch(database, _STORED)}
    changed = dict(fetch(database, _CHANGED))
    written = {row[0]: row[1:] for row in fetch(database, _WRITTEN)}
    sent = dict(fetch(database, _SENT, [sorted(set(money))]))
    refused = dict(fetch(database, _REFUSED))
    found = {}
    for name in connections.load(hub, database):
        source_says, read = says.get(name, (None, 0))
        records, refusals, waiting = written.get(name, (0, 0, 0))
        in_table = stored.get(name, (0, 0, 0))
        found[name] = {
            "source_says": source_says, "read": read, "stored": in_table[0], "settled": in_table[1], "linked": in_table[2],
            "changed": changed.get(name, 0), "written": records, "sent": sent.get(name, 0),
            "refused": refused.get(name, 0) + refusals, "waiting": waiting,
        }  # fmt: skip
    return found
