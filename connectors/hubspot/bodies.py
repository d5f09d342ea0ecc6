"""From HubSpot's rows to records: one fixed order of keys, so that equal records are equal bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.hubspot.kinds import Kind
from connectors.kit.contract import Actor, ActorKind, Record

Row = dict[str, Any]
Links = Mapping[str, Sequence[str]]

# https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide, "sourceType" of a property's history
SOURCES: dict[str, ActorKind] = {
    **dict.fromkeys(
        ("CRM_UI", "CRM_UI_BULK_ACTION", "CONTACTS_WEB", "MOBILE_IOS", "MOBILE_ANDROID", "SALES", "BATCH_UPDATE"), "person"
    ),
    **dict.fromkeys(("FORM", "CONVERSATIONS", "MEETINGS"), "person"),
    **dict.fromkeys(("IMPORT", "CRM_IMPORT", "MIGRATION"), "import"),
    **dict.fromkeys(("INTEGRATION", "API", "INTEGRATIONS_SYNC", "DATA_SYNC", "SALESFORCE", "EXTENSION"), "integration"),
    **dict.fromkeys(("AUTOMATION_PLATFORM", "WORKFLOWS", "AUTOMATION", "CONTACTS_WORKFLOWS"), "workflow"),
    **dict.fromkeys(("CALCULATED", "MERGE_OBJECTS", "MERGE_CONTACTS", "MERGE_COMPANIES", "HEISENBERG", "ENRICHMENT"), "vendor"),
    **dict.fromkeys(("COMPANY_INSIGHTS", "BIDEN", "DEFAULT", "LEARNER", "EMAIL", "COMMUNICATION_PREFERENCES"), "vendor"),
}


def record(kind: Kind, row: Row, links: Links, subscriptions: Mapping[str, Row] | None, actor: Actor | None) -> Record:
    """`subscriptions`: by the type's id. None: nobody could read them, so the body does not speak of them.

    The time of the last change is no part of the body: our own writes, and properties that nobody maps, move it.
    """
    held: Row = row.get("properties") or {}
    archived = row.get("archived") is True
    body: Row = {
        "id": row["id"],
        "properties": {name: held[name] for name in sorted(kind.properties) if name in held},
        "createdAt": row.get("createdAt"),
        "archived": archived,
        "associations": {other: list(links.get(other, ())) for other in kind.links},
    }
    if subscriptions is not None:
        body["subscriptions"] = dict(subscriptions)
    return Record(
        kind.object,
        str(row["id"]),
        dumped(body),
        version=version(row),
        updated=moment(row.get("updatedAt")),
        created=moment(row.get("createdAt")),
        deleted=archived,
        actor=actor,
        merged=merged(row),
    )


def owner(row: Row) -> Record:
    """A deactivated user is archived, but no tombstone: records still name it."""
    keys = ("id", "email", "firstName", "lastName", "type", "userId", "teams", "createdAt", "archived")
    body = {key: row[key] for key in keys if key in row}
    return Record(
        "owners", str(row["id"]), dumped(body), version(row), moment(row.get("updatedAt")), moment(row.get("createdAt"))
    )


def email_event(row: Row) -> Record:
    """An event never changes. HubSpot finds it by time and id together, so both are its id here."""
    at = datetime.fromtimestamp(int(row["created"]) / 1000, UTC)
    body = {key: row[key] for key in sorted(row)}
    return Record("email_events", f"{row['created']}.{row['id']}", dumped(body), None, at, at)


def dumped(body: Any) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def version(row: Row) -> str | None:
    said = row.get("updatedAt")
    return said if isinstance(said, str) else None


def merged(row: Row) -> tuple[str, ...]:
    """Ids that this record swallowed."""
    said = (row.get("properties") or {}).get("hs_merged_object_ids")
    return tuple(id for id in said.split(";") if id) if isinstance(said, str) else ()


def moment(said: object) -> datetime | None:
    """HubSpot's ISO time; None where it is none, for a record is worth more than its date."""
    if not isinstance(said, str) or len(said) > 40:
        return None
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo is not None else found.replace(tzinfo=UTC)


def millis(said: object) -> int | None:
    found = moment(said)
    return None if found is None else round(found.timestamp() * 1000)


def actor(row: Row, app_id: str | None, names: Mapping[int, str]) -> Actor | None:
    """Who made the newest change, from the history of the properties that we read."""
    newest = max(_versions(row), key=lambda version: version["timestamp"], default=None)
    if newest is None:
        return None
    kind, source = SOURCES.get(newest.get("sourceType", ""), "unknown"), str(newest.get("sourceId") or "")
    if kind == "integration" and app_id is not None and source == app_id:
        return Actor("concord")
    user = newest.get("updatedByUserId")
    name = names.get(user, "") if isinstance(user, int) else str(newest.get("sourceLabel") or source)
    return Actor(kind, name)


def _versions(row: Row) -> Iterable[Row]:
    for versions in (row.get("propertiesWithHistory") or {}).values():
        if versions and isinstance(versions[0].get("timestamp"), str):
            yield versions[0]  # newest first
