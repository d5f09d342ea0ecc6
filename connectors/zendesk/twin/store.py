"""The records of an account: one place where they are made, changed, merged and deleted, and where that is noted."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connectors.zendesk.twin import events, values
from connectors.zendesk.twin.answers import Details, Invalid, Row, iso, seconds
from connectors.zendesk.twin.feed import Feed
from connectors.zendesk.twin.shapes import CUSTOM, blank

if TYPE_CHECKING:
    from connectors.zendesk.twin import ZendeskTwin

EXPORTED = ("organizations", "users", "tickets")
UNIQUE = {"organizations": ("name", "external_id"), "users": ("email", "external_id"), "tickets": ()}
SYSTEM = "system"  # an actor whose changes move generated_timestamp, and updated_at not


class Store:
    """Rows live in the twin's tables under their id as text; the rest is made from them and from what happened."""

    def __init__(self, twin: ZendeskTwin) -> None:
        self.twin = twin
        self.feeds = {object: Feed() for object in EXPORTED}
        self.gone: dict[int, Row] = {}  # deleted organizations
        self.before: dict[tuple[str, int], Row] = {}  # the state before the last change, for a stale read
        self.aliases: dict[str, int] = {}  # further e-mail addresses of users
        self.at: datetime | None = None  # when what happens now is said to happen; None: now
        self._owners: dict[tuple[str, str, str], int] = {}  # (object, key, value) -> id
        self._minted: dict[str, int] = {}
        self._revisions: dict[tuple[str, int], int] = {}

    # Reading.

    def get(self, object: str, id: Any) -> Row | None:
        return self.twin.table(object).get(str(id))

    def rows(self, object: str) -> list[Row]:
        """By id."""
        return sorted(self.twin.table(object).values(), key=lambda row: int(row["id"]))

    def by(self, object: str, key: str, value: Any) -> Row | None:
        """The living record with this name, external id or e-mail address; letters' case does not matter."""
        if value is None:
            return None
        id = self._owners.get((object, key, str(value).lower()))
        if id is None and (object, key) == ("users", "email"):
            id = self.aliases.get(str(value).lower())
        return None if id is None else self.get(object, id)

    def fields(self, object: str) -> dict[str, Row]:
        """Custom fields of organizations or users, by key."""
        if object not in CUSTOM:
            return {}
        return {row["key"]: row for row in self.rows(CUSTOM[object])}

    def shown(self, object: str, row: Row) -> Row:
        """As it is served: with its address, and every custom field there is, null where nobody said anything."""
        # The account's own address, not this server's: equal records are equal bytes wherever they are served.
        out = {"url": f"https://{self.twin.subdomain}.zendesk.com/api/v2/{object}/{row['id']}.json", **row}
        if object in CUSTOM:
            unset = {key: False if field["type"] == "checkbox" else None for key, field in self.fields(object).items()}
            out[CUSTOM[object]] = unset | (row.get(CUSTOM[object]) or {})
        return out

    def revision(self, object: str, id: int) -> int:
        return self._revisions.get((object, id), 0)

    def now(self) -> datetime:
        return self.at or self.twin.clock.now()

    # Writing.

    def load(self, object: str, row: Row) -> None:
        """A row that was there from the start, as it stands; the keys that every row has at Zendesk are added where it has them not."""
        for key, value in blank(object).items():
            row.setdefault(key, value)
        row.setdefault("created_at", row.get("updated_at") or iso(self.now()))
        row.setdefault("updated_at", row["created_at"])
        self.twin.table(object)[str(row["id"])] = row
        self._minted[object] = max(self._minted.get(object, 0), int(row["id"]) if str(row["id"]).isdigit() else 0)
        if object in EXPORTED:
            self._stamp(object, row, row.get("generated_timestamp") or seconds(row["updated_at"]))
            self._own(object, row)

    def next_id(self, object: str) -> int:
        base = 0 if object == "tickets" else 30_000_000_000_000 + int(self.twin.mint("base", object)[-8:], 16)
        self._minted[object] = max(self._minted.get(object, 0), base) + 1
        return self._minted[object]

    def checked(self, object: str, sent: Mapping[str, Any], row: Row | None) -> Row:
        """The values as they will be held. Raises `Invalid`."""
        kept, refused = values.taken(object, sent)
        if row is None and "name" in values.WRITABLE[object] and "name" not in kept:
            refused["name"] = [{"description": "Name: cannot be blank", "error": "BlankValue"}]
        if object in CUSTOM and CUSTOM[object] in kept:
            held = {} if row is None else row.get(CUSTOM[object]) or {}
            kept[CUSTOM[object]], bad = values.custom(self.fields(object), kept[CUSTOM[object]], held)
            refused |= bad
        refused |= self._doubled(object, kept, row)
        for key in ("organization_id", "requester_id", "assignee_id"):
            table = "organizations" if key == "organization_id" else "users"
            if kept.get(key) is not None and self.get(table, kept[key]) is None:
                label = key.removesuffix("_id").capitalize()
                refused[key] = [{"description": f"{label}: {kept[key]} does not exist", "error": "InvalidValue"}]
        if refused:
            raise Invalid(refused)
        return kept

    def add(self, object: str, kept: Mapping[str, Any], *, id: int | None = None) -> Row:
        now = iso(self.now())
        row = blank(object) | dict(kept) | {"id": id or self.next_id(object), "created_at": now, "updated_at": now}
        if object == "users" and row["organization_id"] is None:
            row["organization_id"] = self._by_domain(row["email"])
        self.twin.table(object)[str(row["id"])] = row
        self._changed(object, row, {}, [("created", {})])
        return row

    def set(self, object: str, row: Row, kept: Mapping[str, Any]) -> Row:
        """Put checked values. A write that changes nothing moves no time and tells nobody."""
        old = copy.deepcopy(row)
        row.update(kept)
        if row == old:
            return row
        if self.twin.actor != SYSTEM:
            row["updated_at"] = iso(self.now())
        self._changed(object, row, old, list(events.kinds(object, old, row, self.fields(object))))
        return row

    def remove(self, object: str, row: Row) -> None:
        """An organization vanishes; a user and a ticket stay, marked."""
        old = copy.deepcopy(row)
        if object == "organizations":
            row["deleted_at"] = row["updated_at"] = iso(self.now())
            del self.twin.table(object)[str(row["id"])]
            self.gone[row["id"]] = row
            self._left("organization_id", row["id"], None)
        elif object == "users":
            row |= {"active": False, "updated_at": iso(self.now())}
            self.aliases = {email: id for email, id in self.aliases.items() if id != row["id"]}
        else:
            row |= {"status": "deleted", "updated_at": iso(self.now())}
        self._changed(object, row, old, [("soft_deleted" if object == "tickets" else "deleted", {})])

    def merge(self, object: str, loser: Row, winner: Row) -> Row:
        """The loser is deleted. Its people, tickets and addresses move; none of its fields do.

        https://support.zendesk.com/hc/en-us/articles/4408887695898 and
        https://developer.zendesk.com/api-reference/ticketing/organizations/organizations/#merge-organization-with-another-organization
        """
        if object == "organizations":
            domains = [*winner["domain_names"], *(name for name in loser["domain_names"] if name not in winner["domain_names"])]
            self._left("organization_id", loser["id"], winner["id"])
            self.remove(object, loser)
            self.set(object, winner, {"domain_names": domains})
            return winner
        addresses = [loser["email"], *[alias for alias, id in self.aliases.items() if id == loser["id"]]]
        self._left("requester_id", loser["id"], winner["id"])
        self.remove(object, loser)
        self.twin.tell(object, loser, [("merged", {"user": {"id": str(winner["id"])}})])
        self.aliases |= {email.lower(): winner["id"] for email in addresses if email is not None}
        return winner

    # What is kept beside the rows.

    def _changed(self, object: str, row: Row, old: Row, news: list[tuple[str, Row]]) -> None:
        key = (object, row["id"])
        self._revisions[key] = self._revisions.get(key, 0) + 1
        if old:
            self.before[key] = old
        self._stamp(object, row, int(self.now().timestamp()))
        self._disown(object, old)
        self._own(object, row)
        self.twin.tell(object, row, news)

    def _stamp(self, object: str, row: Row, stamp: int) -> None:
        self.feeds[object].put(int(row["id"]), stamp)
        if object == "tickets":
            row["generated_timestamp"] = stamp

    def _left(self, key: str, id: int, to: int | None) -> None:
        """What pointed to `id` points to `to`: the system's own update, which moves no updated_at."""
        before, self.twin.actor = self.twin.actor, SYSTEM
        for object in ("users", "tickets"):
            for row in self.rows(object):
                if row.get(key) == id:
                    self.set(object, row, {key: to})
        self.twin.actor = before

    def _doubled(self, object: str, kept: Row, row: Row | None) -> Details:
        refused: Details = {}
        for key in UNIQUE[object]:
            owner = self.by(object, key, kept.get(key))
            if owner is not None and (row is None or owner["id"] != row["id"]):
                said = "is already being used by another user" if key == "email" else "has already been taken"
                label = {"external_id": "External"}.get(key, key.capitalize())
                refused[key] = [{"description": f"{label}: {kept[key]} {said}", "error": "DuplicateValue"}]
        return refused

    def _own(self, object: str, row: Row) -> None:
        """Names and addresses of the deleted are free again."""
        if row.get("active") is False or row.get("status") == "deleted" or self.get(object, row["id"]) is None:
            return
        for key in UNIQUE[object]:
            if row.get(key) is not None:
                self._owners.setdefault((object, key, str(row[key]).lower()), row["id"])

    def _disown(self, object: str, row: Row) -> None:
        for key in UNIQUE[object]:
            name = (object, key, str(row.get(key)).lower())
            if self._owners.get(name) == row.get("id"):
                self._owners.pop(name, None)

    def _by_domain(self, email: str | None) -> int | None:
        """A new user joins the organization that owns the domain of the address."""
        domain = (email or "").rpartition("@")[2].lower()
        return next((row["id"] for row in self.rows("organizations") if domain and domain in row["domain_names"]), None)
