"""Which intents may be sent now, taken under lock; what became of the record since the plan decides whether they still mean anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conflict.sheet import Sheet
from connectors.kit.contract import Change
from hub.bulk import Json, decode_json, encode_json
from hub.delivery.fields import Field, load_fields, unmoved
from hub.delivery.gate import gate_open
from hub.intake.work import Work, record_key
from hub.settling import sheets
from hub.settling.store import mark_due
from mappings.mapping import Mapping
from mappings.strict_json import load_json
from mappings.values import Refused

GRACE = 2_000_000
"""Microseconds that the last request of a dead sender is given to arrive before it is looked up."""
BATCH = 100


@dataclass(slots=True)
class Intent:
    """An open intent with the record it is for, as it is now. `attempts` counts this one."""

    id: int
    key: str
    connection: str
    object: str
    verb: str
    record_id: int | None
    external_id: str | None
    golden_id: str
    entity: str
    fields: list[Field]
    attempts: int
    version: str | None
    raw: dict[str, Any] | None
    sheet: Sheet | None
    anchored: bool  # another record of this object carries our id already

    def change(self, mapping: Mapping) -> Change:
        """In the vendor's shape, with our id where the object has a place for it. Raises `Refused`."""
        data = mapping.encode({field.name: field.value for field in self.fields}, self.raw, creating=self.verb == "create")
        if not data:
            raise Refused("nothing_to_send", fields=[field.name for field in self.fields])
        ours = {} if self.anchored and not mapping.many else mapping.encode_anchor(self.golden_id, self.raw)
        for key, value in ours.items():
            data[key] = {**data[key], **value} if isinstance(data.get(key), dict) and isinstance(value, dict) else value
        return Change(self.object, self.verb, self.external_id, data, self.key, self.version)  # type: ignore[arg-type]  # stored verbs are the contract's


_SELECT = (
    "SELECT i.id, i.key, i.connection, i.object, i.verb, i.record_id, r.external_id, i.golden_id, i.entity, i.fields, i.attempts, r.version,"
    " p.body, r.sheet, EXISTS (SELECT 1 FROM record o WHERE o.anchor = i.golden_id AND o.connection = i.connection AND o.object = i.object"
    " AND o.id <> coalesce(i.record_id, 0) AND o.deleted IS NULL), r.deleted IS NOT NULL"
    " FROM intent i LEFT JOIN record r ON r.id = i.record_id LEFT JOIN payload p ON p.position = r.position"
)


_FREE = "NOT EXISTS (SELECT 1 FROM change c JOIN run w ON w.id = c.run WHERE c.golden_id = i.golden_id AND w.status IN ('running', 'waiting') AND w.id <> %s)"
"""Nothing is sent of a golden record that a run is still changing, or that a run above the limits changed: a person looks first."""


def open_entities(work: Work, connection: str) -> list[str]:
    """Nothing is written for an entity before every connection of it has completed one scan (a person may waive that)."""
    entities = sorted({mapping.entity for (name, _), mapping in work.view.by_object.items() if name == connection})
    return [entity for entity in entities if gate_open(work, entity)]


def claim(work: Work, connection: str, owner: str) -> list[tuple[Intent, Change]]:
    """Takes up to BATCH planned intents of a connection and marks them as being sent; what moved since is void and planned again."""
    work.cur.execute(
        f"{_SELECT} WHERE i.connection = %s AND i.entity = ANY(%s) AND i.status = 'planned' AND i.next_at <= %s AND {_FREE}"
        " ORDER BY i.id LIMIT %s FOR UPDATE OF i SKIP LOCKED",
        (connection, open_entities(work, connection), work.at, work.run or 0, BATCH),
    )
    ready: list[tuple[Intent, Change]] = []
    for intent, deleted in [_intent(work, row) for row in work.cur.fetchall()]:
        mapping = work.view.mapping(intent.connection, intent.object)
        if (
            mapping is None
            or deleted
            or (intent.sheet is not None and not all(unmoved(field, intent.sheet) for field in intent.fields))
        ):
            _void(work, intent)
            continue
        try:
            ready.append((intent, intent.change(mapping)))
        except Refused as refused:
            refuse(work, intent, refused.code, refused.data)
    if ready:
        work.cur.execute(
            "UPDATE intent SET status = 'sending', attempts = attempts + 1, owner = %s, sent_at = %s, sent_run = %s"
            " WHERE id = ANY(%s)",
            (owner, work.at, work.run, [intent.id for intent, _ in ready]),
        )
    return ready


def claim_unclear(work: Work, connection: str, owner: str) -> list[Intent]:
    """Writes of which nobody knows whether they happened: unclear ones, and those whose sender died.

    The caller holds the lease of deliveries to this connection, so another sender's write is a dead sender's.
    """
    work.cur.execute(
        f"{_SELECT} WHERE i.connection = %s AND ((i.status = 'unclear' AND i.next_at <= %s)"
        " OR (i.status = 'sending' AND i.owner <> %s AND i.sent_at <= %s)) ORDER BY i.id LIMIT %s FOR UPDATE OF i SKIP LOCKED",
        (connection, work.at, owner, work.at - GRACE, BATCH),
    )
    found = [intent for intent, _ in [_intent(work, row) for row in work.cur.fetchall()]]
    if found:
        work.cur.execute(
            "UPDATE intent SET status = 'sending', owner = %s, sent_at = %s WHERE id = ANY(%s)",
            (owner, work.at, [intent.id for intent in found]),
        )
    return found


def _intent(work: Work, row: tuple[Any, ...]) -> tuple[Intent, bool]:
    (
        id,
        key,
        connection,
        object,
        verb,
        record_id,
        external_id,
        golden_id,
        entity,
        fields,
        attempts,
        version,
        body,
        sheet,
        anchored,
        deleted,
    ) = row
    name = record_key(connection, object, external_id or "")
    return Intent(
        id, key, connection, object, verb, record_id, external_id, golden_id, entity,
        load_fields(fields, work.view.entities[entity]), attempts + 1, version,
        None if body is None else load_json(bytes(body)),
        None if sheet is None else sheets.load(decode_json(sheet), name, entity, work.view), bool(anchored),
    ), bool(deleted)  # fmt: skip


def _void(work: Work, intent: Intent) -> None:
    work.cur.execute("UPDATE intent SET status = 'void', done_at = %s WHERE id = %s", (work.at, intent.id))
    mark_due(work, [(intent.golden_id, intent.entity)])


def refuse(work: Work, intent: Intent, code: str, data: dict[str, Any]) -> None:
    """For good: a dead letter with its reason, to be retried or dropped by a person."""
    work.cur.execute(
        "UPDATE intent SET status = 'refused', done_at = %s, error = %s WHERE id = %s",
        (work.at, Json(encode_json({"code": code, "data": data})), intent.id),
    )


def put_back(work: Work, ids: list[int], not_before: int, *, status: str = "planned") -> None:
    """Later, with the same key."""
    work.cur.execute("UPDATE intent SET status = %s, next_at = %s WHERE id = ANY(%s)", (status, not_before, ids))


def try_anew(work: Work, intent: Intent) -> None:
    """A look-up proved that an update did not happen. Vendors replay a saved failure under its key (Stripe), so the key changes."""
    key = intent.key if intent.verb == "create" else f"{intent.key.partition('.')[0]}.{intent.attempts}"
    work.cur.execute(
        "UPDATE intent SET status = 'planned', next_at = %s, key = %s WHERE id = %s",
        (work.at, key, intent.id),
    )
