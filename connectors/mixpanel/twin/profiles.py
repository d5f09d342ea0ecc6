"""Group profiles: /engage pages them, /groups changes them. https://developer.mixpanel.com/reference/group-set-property"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx

from connectors.mixpanel.twin.answers import Answer, Row, form, not_played, number, ok, refused, taken, texts

CUT = 255
MOST, LARGEST = 2_000, 1_048_576
SESSION_LIVES = timedelta(minutes=5)


class Profiles:
    def __init__(self, table: dict[str, Row], now: Callable[[], datetime], mint: Callable[..., str]) -> None:
        self._table, self._now, self._mint = table, now, mint
        self._sessions: dict[str, tuple[datetime, list[str]]] = {}

    def page(self, request: httpx.Request, data_group: str, page_size: int) -> httpx.Response:
        """What a session shows is settled by its first page."""
        said = form(request)
        not_played(request, said, "where", "filter_by_cohort", "as_of_timestamp")
        page = number(request, said, "page", 0)
        session = said.get("session_id") or self._mint("session", str(self._now()), len(self._sessions))
        if page:
            opened, ids = self._sessions.get(session, (None, []))
            if opened is None or self._now() - opened > SESSION_LIVES:
                raise refused(request, f"request for page {page} in uncached query for params")
        else:
            ids = self._asked(request, said) if said.get("data_group_id") == data_group else []
            self._sessions[session] = self._now(), ids
        shown = ids[page * page_size : (page + 1) * page_size]
        only = texts(request, said, "output_properties")
        results = [_profile(self._table[id], only) for id in shown if id in self._table]
        body = {"page": page, "page_size": page_size, "results": results, "session_id": session, "status": "ok"}
        return ok({**body, "total": len(ids)})

    def changed(self, request: httpx.Request, group_key: str, token: str) -> tuple[httpx.Response, list[tuple[str, str]]]:
        """The answer, and what was done as (id, action). Verbose or not, HTTP says 200."""
        said = form(request)
        if len(request.content) > LARGEST:
            raise Answer(
                413, {"code": 413, "error": "request exceeds max limit of 1048576 bytes", "status": "Request Entity Too Large"}
            )
        messages = _messages(request, said)
        good = [message for message in messages if _understood(message)]
        if not good or len(messages) > MOST:
            return taken(request, "data, missing or empty" if not messages else "no valid group update in it"), []
        # Whose token it is nobody tells: what is sent to a stranger's project is gone.
        ours = [message for message in good if message["$token"] == token and message["$group_key"] == group_key]
        return taken(request), [(str(message["$group_id"]), self._apply(message)) for message in ours]

    def _asked(self, request: httpx.Request, said: dict[str, str]) -> list[str]:
        wanted = texts(request, said, "distinct_ids")
        if wanted is None:
            wanted = [said["distinct_id"]] if "distinct_id" in said else sorted(self._table)
        return [id for id in wanted if id in self._table]

    def _apply(self, message: Row) -> str:
        id = str(message["$group_id"])
        if "$delete" in message:
            self._table.pop(id, None)
            return "delete"
        action = "update" if id in self._table else "create"
        held = self._table.setdefault(id, {"id": id, "$properties": {}})["$properties"]
        held.update({name: _cut(value) for name, value in message.get("$set", {}).items()})
        for name, value in message.get("$set_once", {}).items():
            held.setdefault(name, _cut(value))
        for name in message.get("$unset", []):
            held.pop(name, None)
        for name, values in message.get("$union", {}).items():
            held[name] = list(dict.fromkeys([*held.get(name, []), *values]))
        if message.get("$ignore_time") is not True:
            held["$last_seen"] = self._now().strftime("%Y-%m-%dT%H:%M:%S")
        return action


def _messages(request: httpx.Request, said: dict[str, str]) -> list[Any]:
    text = request.content if "json" in request.headers.get("content-type", "") else said.get("data", "")
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return found if isinstance(found, list) else [found]


def _understood(message: Any) -> bool:
    verbs = {"$set", "$set_once", "$unset", "$union", "$delete"}
    named = isinstance(message, dict) and all(message.get(key) for key in ("$token", "$group_key", "$group_id"))
    return named and bool(verbs & set(message))


def _profile(row: Row, only: list[str] | None) -> Row:
    held = row["$properties"]
    return {
        "$distinct_id": row["id"],
        "$properties": held if only is None else {name: held[name] for name in only if name in held},
    }


def _cut(value: Any) -> Any:
    return value[:CUT] if isinstance(value, str) else value
