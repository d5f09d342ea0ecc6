"""Records that are missing at a destination: created only where the rules name it and their conditions hold, never over a tombstone."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Dict

from conflict.plan import Refer, due
from conflict.sheet import Sheet
from hub.bulk import encode_json
from hub.delivery.fields import dump_fields
from hub.intake.work import Work
from hub.settling.batch import Settling
from mappings.canonical import Entity
from mappings.mapping import Mapping


def plan(
    work: Work,
    entity: Entity,
    settling: Settling,
    receivers: Dict[tuple[str, str], Mapping],
    refer: Callable[[str, Mapping], Refer],
) -> None:
    """Replaces the open creates of these golden records. Nobody is named by default: then nothing happens here."""
    wanted = work.view.rules.exists(entity.name).create
    if not wanted:
        return
    work.cur.execute(
        "SELECT golden_id, connection FROM intent WHERE golden_id = ANY(%s) AND verb = 'create' AND status IN ('sending', 'unclear', 'refused')",
        (list(settling.goldens),),
    )
    tried = set(work.cur.fetchall())
    work.cur.execute(
        "UPDATE intent SET status = 'void', done_at = %s WHERE golden_id = ANY(%s) AND verb = 'create' AND status = 'planned'",
        (work.at, list(settling.goldens)),
    )
    for connection, conditions in wanted.items():
        for id, golden in settling.goldens.items():
            values = settling.outcomes[id].values
            holds = all(values.get(name) in allowed for name, allowed in conditions.items())
            if (
                not holds
                or (id, connection) in tried
                or not golden.sheets
                or any(sheet.connection == connection for _, sheet in golden.sheets)
            ):
                continue
            for (receiver, object), mapping in receivers.items():
                if receiver == connection and "create" in _verbs(work, connection, object):
                    _intend(work, entity, settling, id, connection, object, mapping, refer(connection, mapping))


def _verbs(work: Work, connection: str, object: str) -> frozenset[str]:
    return work.view.catalog.connector(work.view.seats[connection].connector).facts.objects[object].verbs


def _intend(
    work: Work, entity: Entity, settling: Settling, id: str, connection: str, object: str, mapping: Mapping, refer: Refer
) -> None:
    sheet = Sheet(f"{connection}:{object}:", connection, object, "", entity.name, {})
    fields = due(
        entity,
        work.view.writable(connection, object),
        settling.settled[id],
        sheet,
        mapping.version,
        resolve=settling.resolve,
        refer=refer,
        creating=True,
    )
    if not fields:
        return
    work.cur.execute(
        "INSERT INTO intent (key, connection, object, verb, golden_id, entity, fields, mapping, run, planned_at, next_at)"
        " VALUES (%s, %s, %s, 'create', %s, %s, %s, %s, %s, %s, %s)",
        (
            f"concord-{work.hub.chance.token(26)}", connection, object, id, entity.name,
            encode_json(dump_fields(fields, entity)).decode(), mapping.version, work.run, work.at, work.at,
        ),
    )  # fmt: skip
