"""Group profiles: read whole each time, for the API has no updated-since. https://developer.mixpanel.com/reference/engage-query"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from connectors.kit.contract import Page, Record
from connectors.kit.errors import Gone, Rejected, Retry
from connectors.mixpanel.client import Client
from connectors.mixpanel.config import MixpanelConfig

WHOLE = "whole"
"""The cursor: a session cannot be resumed, so every pull begins again."""

LONGEST = 255
"""Characters of an id."""


class Groups:
    def __init__(self, client: Client, config: MixpanelConfig) -> None:
        self._client, self._config = client, config

    def pages(self) -> Iterator[Page]:
        if self._config.data_group_id is None:
            yield Page((), WHOLE, complete=True, full=True)
            return
        number, session = 0, None
        while True:
            answer = self._page(number, session)
            records, unreadable = _records(answer["results"])
            last = len(answer["results"]) < answer["page_size"]
            yield Page(records, WHOLE, complete=last, full=True, unreadable=unreadable)
            if last:
                return
            number, session = number + 1, answer["session_id"]

    def by_id(self, ids: Sequence[str]) -> dict[str, Record]:
        """One query, however many ids (at most a page)."""
        if not ids:
            return {}
        answer = self._ask(distinct_ids=json.dumps(list(ids)))
        return {record.id: record for record in _records(answer["results"])[0]}

    def one(self, id: str) -> Record:
        found = {} if self._config.data_group_id is None else self.by_id([id])
        if id not in found:
            raise Gone("not_found")
        return found[id]

    def total(self) -> int:
        """The vendor's own count, of an answer without properties."""
        return 0 if self._config.data_group_id is None else int(self._ask(output_properties="[]")["total"])

    def _page(self, number: int, session: str | None) -> Any:
        try:
            answer = self._ask(page=number or None, session_id=session)
        except Rejected as error:
            raise (Retry("session_expired") if number else error) from error
        if answer["page"] != number:
            raise Retry("page_repeated", object="groups")
        return answer

    def _ask(self, **form: Any) -> Any:
        answer = self._client.post("engage", data_group_id=self._config.data_group_id, **form)
        shape = {"results": list, "page": int, "page_size": int, "session_id": str, "total": int}
        if not isinstance(answer, dict) or not all(isinstance(answer.get(key), kind) for key, kind in shape.items()):
            raise Retry("not_json", why="no page of profiles")
        return answer


def properties(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(record.body)["$properties"]
    return found


def _records(rows: Sequence[Any]) -> tuple[list[Record], list[tuple[str, bytes]]]:
    records, unreadable = [], []
    for row in rows:
        id = row.get("$distinct_id") if isinstance(row, dict) else None
        if id in (None, "") or len(str(id)) > LONGEST or not isinstance(row.get("$properties"), dict):
            unreadable.append(("not_a_record", json.dumps(row).encode()))
            continue
        body = {"$distinct_id": str(id), "$properties": row["$properties"]}
        records.append(Record("groups", str(id), json.dumps(body, sort_keys=True, separators=(",", ":")).encode()))
    return records, unreadable
