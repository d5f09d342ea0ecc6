"""Records of a practice portal: kept with their history and associations, indexed late, merged into new ids."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from connectors.hubspot.twin import schema, values
from connectors.hubspot.twin.answers import Answer, Row, iso
from connectors.hubspot.twin.search import Index

if TYPE_CHECKING:
    from connectors.hubspot.twin import HubSpotTwin

MODIFIED = {"companies": "hs_lastmodifieddate", "contacts": "lastmodifieddate", "deals": "hs_lastmodifieddate"}
DEFAULTS = {
    "companies": ("name", "domain"),
    "contacts": ("email", "firstname", "lastname"),
    "deals": ("amount", "closedate", "dealname", "dealstage", "pipeline"),
}
SOURCES = {
    "person": "CRM_UI",
    "import": "IMPORT",
    "workflow": "AUTOMATION_PLATFORM",
    "vendor": "CALCULATED",
    "integration": "INTEGRATION",
}
# Type ids and names of associations; the first of a pair is the primary one.
TYPES = {
    ("contacts", "companies"): ((1, "contact_to_company"), (279, "contact_to_company_unlabeled")),
    ("companies", "contacts"): ((2, "company_to_contact"), (280, "company_to_contact_unlabeled")),
    ("deals", "companies"): ((5, "deal_to_company"), (341, "deal_to_company_unlabeled")),
    ("companies", "deals"): ((6, "company_to_deal"), (342, "company_to_deal_unlabeled")),
    ("deals", "contacts"): ((3, "deal_to_contact"),),
    ("contacts", "deals"): ((4, "contact_to_deal"),),
}


class Store:
    """Rows live in the twin's tables; `index`, `emails` and `unique` are made from them."""

    def __init__(self, twin: HubSpotTwin) -> None:
        self.twin = twin
        self.schema = schema.portal()
        self.groups: dict[str, dict[str, Row]] = {object: {} for object in MODIFIED}
        self.index = Index()
        self.merged: dict[tuple[str, str], str] = {}
        self.unique: dict[tuple[str, str, str], str] = {}  # (object, property, value) -> id
        self.order: dict[str, list[int]] = {object: [] for object in MODIFIED}
        self.minted = dict.fromkeys(MODIFIED, 90_000_000_000)

    # Reading.

    def get(self, object: str, id: str) -> Row | None:
        """The record under this id, or the one that it was merged into."""
        id = self.merged.get((object, id), id)
        return self.twin.table(object).get(id)

    def by(self, object: str, name: str, value: str) -> Row | None:
        id = self.unique.get((object, name, value.strip().lower()))
        return None if id is None else self.twin.table(object).get(id)

    def shown(self, object: str, row: Row, asked: Sequence[str], history: Sequence[str] = (), to: Sequence[str] = ()) -> Row:
        """The record as it is served: the properties that were asked for, never others."""
        always = ("createdate", MODIFIED[object], "hs_object_id")
        names = dict.fromkeys([*(asked or DEFAULTS[object]), *always])
        known, held = self.schema[object], row["properties"]
        out = {"id": row["id"], "properties": {name: held.get(name) for name in names if name in known}}
        if history:
            out["propertiesWithHistory"] = {name: self.history(row, name) for name in history if name in known}
        out |= {key: row[key] for key in ("createdAt", "updatedAt", "archived")}
        if row["archived"]:
            out["archivedAt"] = row["archivedAt"]
        links = {other: [{"id": id, "type": kind} for id, _, kind in self.links(object, row, other)] for other in to}
        if any(links.values()):
            out["associations"] = {other: {"results": found} for other, found in links.items() if found}
        return out

    def history(self, row: Row, name: str) -> list[Row]:
        """Newest first, at most 20, as HubSpot keeps it."""
        known: list[Row] = row["history"].get(name, [])
        if known or row["properties"].get(name) is None:
            return known[:20]
        return [
            _version(row["properties"][name], row["createdAt"], row["properties"].get("hs_object_source") or "CRM_UI", "", None)
        ]

    def links(self, object: str, row: Row, other: str) -> Iterator[tuple[str, int, str]]:
        """(id, type id, type name) of every association with records of `other`."""
        names = dict(TYPES.get((object, other), ()))
        for id, types in row["links"].get(other, {}).items():
            for type in types:
                yield id, type, names.get(type, "unlabeled")

    # Writing.

    def add(self, object: str, sent: Mapping[str, Any], *, id: str | None = None) -> Row:
        """A new record; `sent` has been checked."""
        now = iso(self.twin.clock.now())
        if id is None:
            self.minted[object] = max([self.minted[object], *self.order[object][-1:]]) + 1
            id = str(self.minted[object])
        source, label, user = self.author()
        row: Row = {
            "id": id,
            "properties": {},
            "createdAt": now,
            "updatedAt": now,
            "archived": False,
            "links": {},
            "history": {},
        }
        row["properties"] = {
            "createdate": now,
            "hs_object_id": id,
            "hs_object_source": source,
            "hs_object_source_label": source,
            "hs_object_source_id": label,
            "hs_updated_by_user_id": user,
        }
        self.twin.table(object)[id] = row
        insort(self.order[object], int(id))
        self.set(object, row, sent)
        return row

    def set(self, object: str, row: Row, sent: Mapping[str, str | None]) -> None:
        """Put checked values; any write at all moves the modified time."""
        moment = iso(self.twin.clock.now())
        source, label, user = self.author()
        for name, value in sent.items():
            if value != row["properties"].get(name):
                row["history"][name] = [_version(value or "", moment, source, label, user), *self.history(row, name)]
        old = row["properties"]
        row["properties"] = {
            **old,
            **sent,
            MODIFIED[object]: moment,
            "hs_lastmodifieddate": moment,
            "hs_updated_by_user_id": user,
        }
        row["updatedAt"] = moment
        self.keep_unique(object, row["id"], old, row["properties"])
        self.note(object, row)

    def archive(self, object: str, row: Row) -> None:
        row["archived"], row["archivedAt"] = True, iso(self.twin.clock.now())
        self.keep_unique(object, row["id"], row["properties"], {})
        self.note(object, row)

    def restore(self, object: str, row: Row) -> None:
        row["archived"] = False
        row.pop("archivedAt", None)
        self.set(object, row, {})

    def merge(self, object: str, primary: Row, other: Row) -> Row:
        """HubSpot mints a new id for the survivor; both old ids go on answering direct reads, and nothing is archived."""
        kept = {name: value for name, value in other["properties"].items() if value is not None}
        kept |= {name: value for name, value in primary["properties"].items() if value is not None}
        for row in (primary, other):
            self.forget(object, row)
        past = ";".join(filter(None, (kept.pop("hs_merged_object_ids", None), primary["id"], other["id"])))
        made = self.add(object, {name: kept[name] for name in kept if not name.startswith("hs_object_")})
        self.set(object, made, {"hs_merged_object_ids": past})
        for id in past.split(";"):
            self.merged[object, id] = made["id"]
        for row in (primary, other):
            for target, ids in row["links"].items():
                for id, types in ids.items():
                    self.link(object, made, target, id, types)
        return made

    def forget(self, object: str, row: Row) -> None:
        """Gone without a trace (merged away, privacy deletion)."""
        self.keep_unique(object, row["id"], row["properties"], {})
        self.index.note(object, row["id"], None, at=self.twin.clock.now(), lag=self.twin.lag)
        for target, ids in row["links"].items():
            for id in ids:
                self.twin.table(target).get(id, {"links": {}})["links"].get(object, {}).pop(row["id"], None)
        del self.twin.table(object)[row["id"]]
        self.order[object].remove(int(row["id"]))

    def link(self, object: str, row: Row, target: str, id: str, types: list[int] | None = None) -> None:
        """Associate both ways; the first company of a record becomes its primary one."""
        other = self.get(target, id)
        if other is None:
            raise Answer(404, "OBJECT_NOT_FOUND", f"No {target} with id {id}")
        there = row["links"].setdefault(target, {})
        pairs = TYPES.get((object, target), ())
        if types is None:
            types = [pairs[-1][0]] if there or len(pairs) < 2 else [pairs[1][0], pairs[0][0]]
        there[other["id"]] = sorted({*there.get(other["id"], []), *types})
        back = {mine: theirs for (mine, _), (theirs, _) in zip(pairs, TYPES.get((target, object), ()), strict=False)}
        mirrored = other["links"].setdefault(object, {})
        mirrored[row["id"]] = sorted({*mirrored.get(row["id"], []), *(back[type] for type in types if type in back)})

    def unlink(self, object: str, row: Row, target: str, id: str) -> None:
        row["links"].get(target, {}).pop(id, None)
        other = self.get(target, id)
        if other is not None:
            other["links"].get(object, {}).pop(row["id"], None)

    # What is kept beside the rows.

    def note(self, object: str, row: Row, lag: float | None = None) -> None:
        seen = None if row["archived"] else row["properties"]
        self.index.note(object, row["id"], seen, at=self.twin.clock.now(), lag=self.twin.lag if lag is None else lag)

    def taken_in(self, object: str, row: Row) -> None:
        """A row that was there from the start: nobody waits for the index."""
        insort(self.order[object], int(row["id"]))
        self.keep_unique(object, row["id"], {}, {} if row["archived"] else row["properties"])
        self.note(object, row, lag=0)
        for old in filter(None, (row["properties"].get("hs_merged_object_ids") or "").split(";")):
            self.merged[object, old] = row["id"]

    def keep_unique(self, object: str, id: str, old: Row, new: Row) -> None:
        for name in (name for name, row in self.schema[object].items() if row["hasUniqueValue"] or name == "email"):
            if old.get(name) is not None and self.unique.get((object, name, old[name].lower())) == id:
                del self.unique[object, name, old[name].lower()]
            if new.get(name) is not None:
                self.unique.setdefault((object, name, new[name].lower()), id)

    def author(self) -> tuple[str, str, str | None]:
        """(source, its id, user id) of what happens now: a person in the screen, or the app that called."""
        actor = self.twin.actor
        if self.twin.app is not None:
            return "INTEGRATION", self.twin.app, None
        source = SOURCES.get(actor, "CRM_UI")
        user = next((row.get("userId") for row in self.twin.table("owners").values() if row.get("email") == actor), None)
        if source != "CRM_UI":
            return source, actor, None
        return source, f"userId:{user or 1}", str(user or 1)

    def check(
        self, object: str, sent: Mapping[str, Any], held: Mapping[str, Any], id: str | None
    ) -> tuple[dict[str, str | None], list[Row]]:
        """The values as they will be held, and what is refused (a value that must be unique and is not, too)."""
        kept, refused = values.taken(self.schema[object], sent, held=held)
        for name, value in kept.items():
            owner = None if value is None or not self.schema[object][name]["hasUniqueValue"] else self.by(object, name, value)
            if owner is not None and owner["id"] != id:
                message = f"{value} is already used by {owner['id']}"
                refused.append(
                    {"isValid": False, "message": message, "error": "DUPLICATE_UNIQUE_VALUE", "name": name, "code": "DUPLICATE"}
                )
        return kept, refused


def _version(value: str, moment: str, source: str, label: str, user: str | None) -> Row:
    made: Row = {"value": value, "timestamp": moment, "sourceType": source}
    if label:
        made["sourceId"] = label
    if user is not None:
        made["updatedByUserId"] = int(user)
    return made
