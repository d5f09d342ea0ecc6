"""The account itself: who we are in it, which custom fields are missing, how they are made, which survey it uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.kit.contract import Checked
from connectors.kit.errors import AuthFailed
from connectors.zendesk.api import Api
from connectors.zendesk.config import ZendeskConfig
from connectors.zendesk.kinds import KINDS, OWN, RATINGS, STAFF, SURVEYS, Kind, Own
from connectors.zendesk.refusals import LOGIN_PAGE

PAGES = {
    "organizations": "https://developer.zendesk.com/api-reference/ticketing/organizations/organization_fields/",
    "users": "https://developer.zendesk.com/api-reference/ticketing/users/user_fields/",
}
FIELDS = {"organizations": ("organization_fields", "organization_field"), "users": ("user_fields", "user_field")}
ADMINS_PAGE = "https://support.zendesk.com/hc/en-us/articles/4408832171034"
LIST = 100


class Account:
    def __init__(self, api: Api, config: ZendeskConfig) -> None:
        self._api = api
        self._config = config

    def check(self) -> Checked:
        """Missing fields as `field:OBJECT.KEY`, each with Zendesk's page. The workspace says which survey is in use."""
        me = self._api.get("users/me")["user"]
        if me.get("id") is None:  # without credentials Zendesk answers as an anonymous user
            raise AuthFailed("token_refused", page=LOGIN_PAGE)
        missing = [] if me.get("role") == "admin" else [("role:admin", ADMINS_PAGE)]
        writes = frozenset(OWN) if me.get("role") in STAFF else frozenset()
        missing += [(f"field:{object}.{own.key}", PAGES[object]) for object in OWN for own in self._absent(object)]
        return Checked(f"{self._config.subdomain}.zendesk.com ({self._survey()})", frozenset(KINDS), writes, tuple(missing))

    def prepare(self) -> list[str]:
        """Makes the custom fields that Concord needs; returns their names."""
        made: list[str] = []
        for object, (path, one) in FIELDS.items():
            for own in self._absent(object):
                self._api.post(path, {one: _definition(own)})
                made.append(f"{object}.{own.key}")
        return made

    def describe(self, object: str) -> Sequence[Mapping[str, Any]]:
        """The active custom fields."""
        if object not in FIELDS:
            return []
        return [{"name": row["key"], "label": row.get("title"), "type": row.get("type")} for row in self._fields(object)]

    def _absent(self, object: str) -> list[Own]:
        there = {row.get("key") for row in self._fields(object)}
        return [own for own in OWN[object] if own.key not in there]

    def _fields(self, object: str) -> list[dict[str, Any]]:
        path = FIELDS[object][0]
        rows: list[dict[str, Any]] = []
        after: str | None = None
        while True:
            answer = self._api.get(path, [("page[size]", LIST), *([("page[after]", after)] if after else [])])
            rows += answer[path]
            meta = answer.get("meta") or {}
            if not meta.get("has_more") or meta.get("after_cursor") in {None, after}:
                return [row for row in rows if row.get("active") is not False]
            after = meta["after_cursor"]

    def _survey(self) -> str:
        """One of the two kinds of survey can be active. https://support.zendesk.com/hc/en-us/articles/4408886173338"""
        for kind, words in ((SURVEYS, "CSAT by survey"), (RATINGS, "legacy CSAT")):
            if self._readable(kind):
                return words
        return "no CSAT"

    def _readable(self, kind: Kind) -> bool:
        try:
            self._api.get(kind.path, [("page[size]", 1)])
        except AuthFailed as error:
            if error.code != "scope_missing":
                raise
            return False
        return True


def _definition(own: Own) -> dict[str, Any]:
    return {"key": own.key, "title": own.title, "type": own.type}
