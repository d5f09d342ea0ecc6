"""From Zendesk's rows to records: one fixed order of keys, so that equal records are equal bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.kit.contract import Actor, Record
from connectors.zendesk.kinds import METRICS, STAFF, TICKETS, Kind

Row = dict[str, Any]

ANSWER = ("type", "rating", "rating_category", "value", "selections", "created_at", "updated_at")
QUESTION = ("id", "type", "sub_type", "alias")
OPTION = ("id", "rating")


def record(kind: Kind, row: Row, *, merged: tuple[str, ...] = (), actor: Actor | None = None) -> Record:
    updated = row.get("updated_at") or _last_answer(row)
    return Record(
        kind.object,
        str(row["id"]),
        dumped(body(kind, row)),
        version=updated if isinstance(updated, str) else None,
        updated=moment(updated),
        created=moment(row.get("created_at") or first_answer(row)),
        deleted=gone(kind, row),
        actor=actor,
        merged=merged,
    )


def body(kind: Kind, row: Row) -> Row:
    """What does not change from read to read, whichever way the record was read."""
    found = {key: row[key] for key in kind.keys if key in row}
    if isinstance(found.get("tags"), list):
        found["tags"] = sorted(found["tags"], key=str)
    if isinstance(found.get("via"), dict):
        found["via"] = {"channel": found["via"].get("channel")}
    if kind is TICKETS:
        metrics = found.get("metric_set")
        found["metric_set"] = {key: metrics[key] for key in METRICS if key in metrics} if isinstance(metrics, dict) else None
    if isinstance(found.get("answers"), list):
        found["answers"] = [_answer(each) for each in found["answers"]]
    return found


def _answer(said: Any) -> Any:
    """Without the words of the question, which come in whichever language was asked for."""
    if not isinstance(said, dict):
        return said
    kept = {key: said[key] for key in ANSWER if key in said}
    question = said.get("question")
    if isinstance(question, dict):
        kept["question"] = {key: question[key] for key in QUESTION if key in question}
        options = [each for each in question.get("options") or [] if isinstance(each, dict)]
        kept["question"]["options"] = [{key: each[key] for key in OPTION if key in each} for each in options]
    return kept


def gone(kind: Kind, row: Row) -> bool:
    """Deleted tickets and users stay in the exports, and can be read by id for a while.

    https://developer.zendesk.com/documentation/ticketing/managing-tickets/using-the-incremental-export-api
    """
    match kind.object:
        case "tickets":
            return row.get("status") == "deleted"
        case "users":
            return row.get("active") is False or row.get("role") in STAFF
        case "organizations":
            return bool(row.get("deleted_at"))
        case "agents":
            return row.get("active") is False or row.get("role") not in STAFF
        case _:
            return False


def dumped(body: Any) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def moment(said: object) -> datetime | None:
    """An ISO time; None where it is none, for a record is worth more than its date."""
    if not isinstance(said, str) or len(said) > 40:
        return None
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo is not None else found.replace(tzinfo=UTC)


def seconds(said: object) -> int:
    found = moment(said)
    return 0 if found is None else int(found.timestamp())


def _answers(row: Mapping[str, Any]) -> list[Row]:
    said = row.get("answers")
    return [each for each in said if isinstance(each, dict)] if isinstance(said, list) else []


def first_answer(row: Mapping[str, Any]) -> str | None:
    """A survey response says only of each answer when it was given."""
    return min((each["created_at"] for each in _answers(row) if isinstance(each.get("created_at"), str)), default=None)


def _last_answer(row: Mapping[str, Any]) -> str | None:
    return max((each["updated_at"] for each in _answers(row) if isinstance(each.get("updated_at"), str)), default=None)
