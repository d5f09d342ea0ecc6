"""Values and rows that we refused. An entry stays open until the source is repaired or a person drops it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from hub.bulk import Json, copy, encode_json
from hub.intake.work import Work

Entry = tuple[str, str, str, dict[str, Any], bytes]
"""external id, field ("" for a whole row), code, data, raw"""


def raw_bytes(raw: Any) -> bytes:
    """What was refused, as JSON where it can be said in JSON."""
    try:
        return encode_json(raw)
    except (TypeError, ValueError, msgspec.MsgspecError):
        return repr(raw).encode("utf-8", "backslashreplace")


def replace(
    work: Work, connection: str, object: str, ids: Sequence[str], entries: Iterable[Entry], mapping: str | None
) -> tuple[int, set[str]]:
    """Opens `entries` for the records `ids` and closes what is repaired: an equal entry keeps its first date. Returns how many were opened,
    and the fields of all that were opened or closed."""
    cur = work.cur
    if not ids:
        return 0, set()
    wanted = {(entry[0], entry[1]): entry for entry in entries}
    cur.execute(
        "SELECT id, external_id, field, code, raw FROM quarantine WHERE connection = %s AND object = %s"
        " AND external_id = ANY(%s) AND gone_at IS NULL",
        (connection, object, list(ids)),
    )
    closed = []
    touched = set()
    for id, external_id, field, code, raw in cur.fetchall():
        entry = wanted.get((external_id, field))
        if entry is not None and (entry[2], entry[4]) == (code, raw):
            del wanted[external_id, field]
        else:
            closed.append(id)
            touched.add(field)
    if closed:
        cur.execute("UPDATE quarantine SET gone_at = %s WHERE id = ANY(%s)", (work.at, closed))
    copy(
        cur,
        "quarantine",
        "connection, object, external_id, field, code, data, raw, run, mapping, at",
        ("text", "text", "text", "text", "text", "jsonb", "bytea", "int8", "text", "int8"),
        (
            (connection, object, id, field, code, Json(encode_json(data)), raw, work.run, mapping, work.at)
            for id, field, code, data, raw in wanted.values()
        ),
    )
    return len(wanted), touched | {field for _, field in wanted}
