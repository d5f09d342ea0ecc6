"""Dead letters and quarantine: what a vendor refused of ours, and what we refused of a vendor's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection as Database

from hub.bulk import decode_json
from hub.readings.rows import moment, stream

RAW_SHOWN = 2_000

_WRITES = (
    "SELECT i.id, i.connection, i.object, r.external_id, i.golden_id, i.fields, i.error, i.done_at, i.sent_run, i.attempts FROM intent i"
    " LEFT JOIN record r ON r.id = i.record_id WHERE i.status = 'refused' AND NOT coalesce(i.error ? 'dropped', false) ORDER BY i.id"
)
_VALUES = "SELECT id, connection, object, external_id, field, code, data, raw, at, run FROM quarantine WHERE gone_at IS NULL ORDER BY id"


def refusals(database: Database) -> Iterator[dict[str, Any]]:
    """Writes first. `fields`: what was to be written; `raw`: what the vendor's record says."""
    for id, connection, object, external_id, golden_id, fields, error, at, run, attempts in stream(database, _WRITES):
        said = error or {}
        yield {
            "id": f"write-{id}", "kind": "refused", "connection": connection, "object": object, "record": external_id, "golden": golden_id,
            "fields": {name: each["value"] for name, each in decode_json(fields).items()}, "code": said.get("code"),
            "data": said.get("data", {}), "at": moment(at), "run": run, "attempts": attempts,
        }  # fmt: skip
    for id, connection, object, external_id, field, code, data, raw, at, run in stream(database, _VALUES):
        yield {
            "id": f"value-{id}", "kind": "quarantine", "connection": connection, "object": object, "record": external_id, "field": field,
            "code": code, "data": data, "raw": None if raw is None else bytes(raw[:RAW_SHOWN]).decode("utf-8", "replace"),
            "at": moment(at), "run": run,
        }  # fmt: skip
