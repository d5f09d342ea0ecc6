"""HubSpot, both ways: companies, contacts, deals, owners, e-mail engagement. Polling is enough; webhooks make it quicker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from connectors.hubspot import doorbell
from connectors.hubspot.api import Api
from connectors.hubspot.bodies import email_event, owner
from connectors.hubspot.config import HubSpotConfig
from connectors.hubspot.kinds import Kind, kinds
from connectors.hubspot.portal import Portal
from connectors.hubspot.pulling import Puller
from connectors.hubspot.reading import Reader
from connectors.hubspot.writing import Writer
from connectors.kit.contract import (
    Change,
    Checked,
    Connector,
    Event,
    Facts,
    Lent,
    Limit,
    Object,
    Page,
    Record,
    Ref,
    Request,
    Verb,
)
from connectors.kit.errors import Gone, Rejected, VendorError
from connectors.kit.signatures import hubspot_v3

DOCS = "https://developers.hubspot.com/docs/api-reference"
DAY = 86_400.0
NO_SEARCH = r"^(?!.*/search$)"
WRITES: frozenset[Verb] = frozenset({"create", "update", "delete"})


class HubSpot(Connector):
    config_model = HubSpotConfig
    facts = Facts(
        name="hubspot",
        title="HubSpot",
        roles=frozenset({"crm", "marketing"}),
        objects={
            "companies": Object(WRITES, lag=30.0, title="Companies", page=f"{DOCS}/crm-companies-v3/guide"),
            "contacts": Object(WRITES, lag=30.0, title="Contacts", page=f"{DOCS}/crm-contacts-v3/guide"),
            "deals": Object(lag=30.0, title="Deals", page=f"{DOCS}/crm-deals-v3/guide"),
            "owners": Object(title="Owners", page=f"{DOCS}/crm-crm-owners-v3/guide"),
            "email_events": Object(lag=30.0, title="E-mail events", page=f"{DOCS}/legacy/marketing/email-events"),
        },
        limits=(Limit(190, 10.0, match=NO_SEARCH), Limit(250_000, DAY), Limit(5, 1.0, scope="search", match=r"/search$")),
        page="https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines",
        reads=r"/(search|batch/read|access-token-info)$",
        hooks="In HubSpot, of a project app: Webhooks, as target URL, for creation, deletion, merge, restore, association and property change "
        "of companies, contacts and deals, and contact.privacyDeletion. The app's client secret is the setting client_secret.",
    )

    def __init__(self, config: HubSpotConfig, lent: Lent) -> None:
        super().__init__(config, lent)
        self._api = Api(config, lent)
        self._reader = Reader(self._api, config)
        self._puller = Puller(self._api, self._reader, config, lent)
        self._writer = Writer(self._api, self._reader)
        self._portal = Portal(self._api, config)

    @cached_property
    def _kinds(self) -> dict[str, Kind]:
        return kinds(self.config, self.mapped)

    @classmethod
    def limits(cls, config: HubSpotConfig) -> Sequence[Limit]:
        """By plan, which only the settings know."""
        ten, day, search = cls.facts.limits
        return (replace(ten, calls=config.calls_per_ten_seconds), replace(day, calls=config.calls_per_day), search)

    def check(self) -> Checked:
        return self._portal.check(self.mapped)

    def lag(self, object: str) -> float:
        return float(min(self.facts.objects[object].lag, self.config.lag_seconds))

    def prepare(self) -> list[str]:
        """Makes the properties that `check` says are missing; returns their names."""
        return self._portal.prepare(self.mapped)

    def pull(self, object: str, cursor: str | None) -> Iterator[Page]:
        self._declared(object)
        if object == "owners":
            return self._puller.owners(cursor)
        if object == "email_events":
            return self._puller.email_events(cursor)
        return self._puller.records(self._kinds[object], cursor)

    def fetch(self, ref: Ref) -> Record:
        self._declared(ref.object)
        if ref.object == "owners":
            return owner(self._reader.owner(ref.id))
        if ref.object == "email_events":
            return email_event(self._api.get("email-events", *ref.id.split(".", 1)))
        kind = self._kinds[ref.object]
        row = self._reader.rows(kind, [ref.id], history=True).get(ref.id)
        if row is None:
            raise Gone("not_found")
        if str(row["id"]) != ref.id:
            raise Gone("merged", into=str(row["id"]))
        return self._reader.records(kind, [row])[0]

    def fetch_many(self, refs: Sequence[Ref]) -> Sequence[Record | None]:
        kind = self._kinds.get(refs[0].object)
        if kind is None:
            return super().fetch_many(refs)
        asked = self._reader.rows(kind, [ref.id for ref in refs], history=True)
        rows = [row for id, row in asked.items() if str(row["id"]) == id]  # a merged one answers with another id
        found = {record.id: record for record in self._reader.records(kind, rows)}
        return [found.get(ref.id) for ref in refs]

    def push(self, change: Change) -> Record:
        outcome = self.push_many([change])[0]
        if isinstance(outcome, VendorError):
            raise outcome
        return outcome

    def push_many(self, changes: Sequence[Change]) -> Sequence[Record | VendorError]:
        allowed = [self._refused(change) for change in changes]
        done = iter(
            self._writer.push_many(self._kinds, [change for change, no in zip(changes, allowed, strict=True) if no is None])
        )
        return [next(done) if no is None else no for no in allowed]

    def count(self, object: str) -> int | None:
        """By the search without a filter. Owners and events have none: their list is walked once more, only to count."""
        self._declared(object)
        if object not in self._kinds:
            return self._puller.walked(object)
        return int(self._api.post("objects", object, "search", body={"filterGroups": [], "limit": 1}, reads=True)["total"])

    def find(self, object: str, data: Mapping[str, Any]) -> Record | None:
        """By our id or a contact's e-mail, without delay; by a company's domain through the search, which lags."""
        self._declared(object)
        kind, properties = self._kinds[object], data.get("properties") or {}
        found = [
            self._by(object, name, properties[name]) for name in ("concord_id", kind.unique) if name and properties.get(name)
        ]
        ids = [id for id in found if id is not None]
        if not ids and properties.get("domain"):
            ids = self._by_domain(object, str(properties["domain"]))
        rows = self._reader.rows(kind, ids[:1])
        return self._reader.records(kind, list(rows.values()))[0] if rows else None

    def describe(self, object: str) -> Sequence[Mapping[str, Any]]:
        self._declared(object)
        return self._portal.describe(object) if object in self._kinds else []

    def webhook(self, request: Request) -> list[Event]:
        now = self.lent.now()
        hubspot_v3(request, self.config.secrets(now), now, url=self.config.webhook_url)
        return [self.understand(part) for part in doorbell.split(request.body)]

    def understand(self, body: bytes) -> Event:
        return doorbell.understand(body, self.config.portal_id, self.config.app_id)

    def web_url(self, ref: Ref) -> str | None:
        kind = self._kinds.get(ref.object)
        if kind is None or self._portal.id is None:
            return None
        return f"https://app.hubspot.com/contacts/{self._portal.id}/record/{kind.type_id}/{ref.id}"

    def _declared(self, object: str) -> None:
        if object not in self.facts.objects:
            raise Rejected("unknown_object", object=object, known=sorted(self.facts.objects))

    def _refused(self, change: Change) -> VendorError | None:
        declared = self.facts.objects.get(change.object)
        if declared is None or change.verb not in declared.verbs:
            return Rejected("not_writable", object=change.object, verb=change.verb)
        return None

    def _by(self, object: str, name: str, value: object) -> str | None:
        body = {"inputs": [{"id": str(value)}], "idProperty": name, "properties": ["hs_object_id"]}
        rows = self._api.post("objects", object, "batch", "read", body=body, reads=True)["results"]
        return str(rows[0]["id"]) if rows else None

    def _by_domain(self, object: str, domain: str) -> list[str]:
        filters = [{"propertyName": "domain", "operator": "EQ", "value": domain.strip().lower()}]
        body = {
            "filterGroups": [{"filters": filters}],
            "limit": 10,
            "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
        }
        rows = self._api.post("objects", object, "search", body=body, reads=True)["results"]
        return [str(row["id"]) for row in rows]
