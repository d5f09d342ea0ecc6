"""Reads whole records: properties, associations and communication preferences, a hundred at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from connectors.hubspot.api import Api
from connectors.hubspot.bodies import Links, Row, actor, merged, record
from connectors.hubspot.config import HubSpotConfig
from connectors.hubspot.consent import Preferences
from connectors.hubspot.kinds import Kind
from connectors.kit.contract import Actor, Record
from connectors.kit.errors import AuthFailed, Gone

BATCH = 100
WITH_HISTORY = 50  # HubSpot takes fewer inputs when it has to look up their past
PRIMARY = 1


class Reader:
    """What several verbs need to read."""

    def __init__(self, api: Api, config: HubSpotConfig) -> None:
        self.api = api
        self._config = config
        self.preferences = Preferences(api, config.legal_basis)
        self._names: dict[int, str] | None = None

    def rows(
        self, kind: Kind, ids: Sequence[str], *, archived: bool = False, history: bool = False, more: Iterable[str] = ()
    ) -> dict[str, Row]:
        """By the id that was asked for: a merged record's row has another. Ids that are not there are left out."""
        found: dict[str, Row] = {}
        names = sorted({*kind.properties, "hs_merged_object_ids", *more})
        for some in chunks(ids, WITH_HISTORY if history else BATCH):
            body: dict[str, Any] = {
                "inputs": [{"id": id} for id in some],
                "properties": names,
                "propertiesWithHistory": names if history else [],
            }
            query = [("archived", "true")] if archived else []
            answer = self.api.post("objects", kind.object, "batch", "read", body=body, query=query, reads=True)
            for row in answer["results"]:
                found.update(dict.fromkeys((*merged(row), str(row["id"])), row))
        return {id: found[id] for id in ids if id in found}

    def records(self, kind: Kind, rows: Sequence[Row], *, inline: bool = False) -> list[Record]:
        """`inline`: the rows come with their associations, as lists give them."""
        links = {str(row["id"]): _inline(kind, row) for row in rows if inline and not _cut(row)}
        rest = [str(row["id"]) for row in rows if str(row["id"]) not in links]
        links.update(self.links(kind, rest))
        said = self.preferences.read(_emails(rows)) if kind.object == "contacts" else None
        return [
            record(kind, row, links[str(row["id"])], None if said is None else said.get(email_of(row), {}), self._actor(row))
            for row in rows
        ]

    def links(self, kind: Kind, ids: Sequence[str]) -> dict[str, dict[str, list[str]]]:
        """Associated ids by object: the primary one first, the others by size."""
        found: dict[str, dict[str, list[str]]] = {id: {other: [] for other in kind.links} for id in ids}
        for other in kind.links:
            ranked: dict[str, list[tuple[bool, int]]] = {id: [] for id in ids}
            for id, to, primary in self._associated(kind, other, ids):
                ranked.setdefault(id, []).append((not primary, to))
            for id in ids:
                found[id][other] = [str(to) for _, to in sorted(ranked[id])]
        return found

    def _associated(self, kind: Kind, other: str, ids: Sequence[str]) -> Iterator[tuple[str, int, bool]]:
        for some in chunks(ids, BATCH):
            inputs = [{"id": id} for id in some]
            while inputs:
                answer = self.api.post("associations", kind.object, other, "batch", "read", body={"inputs": inputs}, reads=True)
                inputs = []
                for each in answer["results"]:
                    id = str(each["from"]["id"])
                    for to in each["to"]:
                        yield id, int(to["toObjectId"]), any(type.get("label") == "Primary" for type in to["associationTypes"])
                    after = ((each.get("paging") or {}).get("next") or {}).get("after")
                    if after is not None:
                        inputs.append({"id": id, "after": after})

    def owners(self, *, archived: bool, after: str | None) -> tuple[list[Row], str | None]:
        query = [("limit", "100"), ("archived", str(archived).lower()), *([("after", after)] if after else [])]
        answer = self.api.get("owners", query=query)
        return answer["results"], next_page(answer)

    def owner(self, id: str) -> Row:
        """Active or not."""
        try:
            row: Row = self.api.get("owners", id)
        except Gone:
            row = self.api.get("owners", id, query=[("archived", "true")])
        return row

    def _actor(self, row: Row) -> Actor | None:
        if "propertiesWithHistory" not in row:
            return None
        if self._names is None:
            self._names = self._users()
        return actor(row, self._config.app_id, self._names)

    def _users(self) -> dict[int, str]:
        """Names by user id; none where the key may not read owners, for a change without a name is still a change."""
        try:
            return {row["userId"]: _name(row) for row in self._all_owners() if isinstance(row.get("userId"), int)}
        except AuthFailed as error:
            if error.code != "scope_missing":
                raise
            return {}

    def _all_owners(self) -> Iterator[Row]:
        after: str | None = None
        while True:
            rows, after = self.owners(archived=False, after=after)
            yield from rows
            if after is None:
                return


def chunks(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def next_page(answer: Row) -> str | None:
    after = ((answer.get("paging") or {}).get("next") or {}).get("after")
    return None if after is None else str(after)


def _inline(kind: Kind, row: Row) -> Links:
    links: dict[str, list[str]] = {}
    for other in kind.links:
        found = ((row.get("associations") or {}).get(other) or {}).get("results") or []
        primary = {each["id"] for each in found if not str(each.get("type", "")).endswith("_unlabeled")}
        links[other] = [
            id for _, _, id in sorted({(each["id"] not in primary, int(each["id"]), str(each["id"])) for each in found})
        ]
    return links


def _cut(row: Row) -> bool:
    """Whether a list gave only the first of the associations."""
    return any((found or {}).get("paging") for found in (row.get("associations") or {}).values())


def email_of(row: Row) -> str:
    return str((row.get("properties") or {}).get("email") or "").lower()


def _emails(rows: Sequence[Row]) -> list[str]:
    return sorted({email_of(row) for row in rows} - {""})


def _name(row: Row) -> str:
    return " ".join(filter(None, (row.get("firstName"), row.get("lastName")))) or str(row.get("email") or "")
