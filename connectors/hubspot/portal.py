"""The account itself: what the service key may do, which properties are missing, and how they are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.hubspot.api import Api
from connectors.hubspot.config import HubSpotConfig
from connectors.hubspot.kinds import OWN, Mapped, Own, own
from connectors.hubspot.refusals import SCOPES_PAGE
from connectors.kit.contract import Checked
from connectors.kit.errors import AuthFailed, Gone, Rejected

PROPERTIES_PAGE = "https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"
GROUP = "concord"
READS = {
    "companies": ("crm.objects.companies.read",),
    "contacts": ("crm.objects.contacts.read", "communication_preferences.read"),
    "deals": ("crm.objects.deals.read",),
    "owners": ("crm.objects.owners.read",),
    "email_events": ("content",),
}
PREFERENCES = {"communication_preferences.read", "communication_preferences.write"}  # contacts go on without them
WRITES = {
    "companies": ("crm.objects.companies.write",),
    "contacts": ("crm.objects.contacts.write", "communication_preferences.write"),
}
FIELD_TYPES = {"string": "text", "number": "number", "date": "date"}


class Portal:
    def __init__(self, api: Api, config: HubSpotConfig) -> None:
        self._api = api
        self._config = config
        self.id = config.portal_id

    def check(self, mapped: Mapped) -> Checked:
        """Missing scopes, and properties that a person has to make because we may not, as `property:OBJECT.NAME (TYPE)`."""
        account = self._api.get("account-info", "details")
        self.id = str(account["portalId"])
        scopes = self._scopes()
        missing = (
            [] if scopes is None else sorted({scope for all in (*READS.values(), *WRITES.values()) for scope in all} - scopes)
        )
        lost = set(missing) - PREFERENCES
        reads = frozenset(object for object, needed in READS.items() if lost.isdisjoint(needed))
        writes = frozenset(object for object, needed in WRITES.items() if lost.isdisjoint(needed) and object in reads)
        by_hand = sorted(object for object in writes if scopes is None or f"crm.schemas.{object}.write" not in scopes)
        absent = [f"property:{object}.{each.name} ({each.type})" for object in by_hand for each in self._absent(object, mapped)]
        pages = [(scope, SCOPES_PAGE) for scope in missing] + [(name, PROPERTIES_PAGE) for name in absent]
        return Checked(f"{account.get('uiDomain', 'hubspot')} {self.id}", reads, writes, tuple(pages))

    def prepare(self, mapped: Mapped) -> list[str]:
        """Makes the properties that Concord needs, in a group of their own; returns their names."""
        made: list[str] = []
        for object in OWN:
            absent = self._absent(object, mapped)
            if absent:
                self._group(object)
                inputs = [_definition(each) for each in absent]
                self._api.post("properties", object, "batch", "create", body={"inputs": inputs})
                made += [f"{object}.{each.name}" for each in absent]
        return made

    def describe(self, object: str) -> Sequence[Mapping[str, Any]]:
        """The properties that the account has made itself."""
        rows = self._properties(object)
        return [{key: row[key] for key in ("name", "label", "type")} for row in rows if not row.get("hubspotDefined")]

    def _scopes(self) -> frozenset[str] | None:
        """None where HubSpot does not say: an OAuth token is known elsewhere."""
        token = self._config.access_token.get_secret_value()
        try:
            said = self._api.post("token-info", body={"tokenKey": token}, reads=True)
        except (Gone, Rejected):
            return None
        return frozenset(map(str, said.get("scopes") or []))

    def _absent(self, object: str, mapped: Mapped) -> list[Own]:
        try:
            there = {row["name"] for row in self._properties(object)}
        except AuthFailed as error:
            if error.code != "scope_missing":
                raise
            return []  # a key that may not read the schema can't say what is missing
        return [each for each in own(object, mapped) if each.name not in there]

    def _properties(self, object: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._api.get("properties", object)["results"]
        return rows

    def _group(self, object: str) -> None:
        groups = self._api.get("properties", object, "groups")["results"]
        if all(group["name"] != GROUP for group in groups):
            self._api.post("properties", object, "groups", body={"name": GROUP, "label": "Concord"})


def _definition(own: Own) -> dict[str, Any]:
    return {
        "name": own.name,
        "label": own.label,
        "type": own.type,
        "fieldType": FIELD_TYPES[own.type],
        "groupName": GROUP,
        "hasUniqueValue": own.unique,
    }
