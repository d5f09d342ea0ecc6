"""Zendesk, both ways: organizations and end users; tickets, agents and what customers answered are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

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
from connectors.kit.errors import Rejected, VendorError
from connectors.kit.signatures import zendesk
from connectors.zendesk.account import Account
from connectors.zendesk.api import Api
from connectors.zendesk.bodies import record
from connectors.zendesk.config import ZendeskConfig
from connectors.zendesk.doorbell import understand
from connectors.zendesk.kinds import KINDS, Kind
from connectors.zendesk.pulling import Puller
from connectors.zendesk.reading import Reader
from connectors.zendesk.writing import Writer

DOCS = "https://developer.zendesk.com/api-reference"
UPSERT: frozenset[Verb] = frozenset({"create", "update"})
MINUTE = 60.0
EXPORTS = r"/incremental/"


class Zendesk(Connector):
    config_model = ZendeskConfig
    facts = Facts(
        name="zendesk",
        title="Zendesk",
        roles=frozenset({"support"}),
        objects={
            "agents": Object(title="Agents", page=f"{DOCS}/ticketing/users/users/"),
            "organizations": Object(
                UPSERT | {"delete"}, lag=60.0, title="Organizations", page=f"{DOCS}/ticketing/organizations/organizations/"
            ),
            "users": Object(UPSERT, lag=60.0, title="End users", page=f"{DOCS}/ticketing/users/users/"),
            "tickets": Object(lag=60.0, title="Tickets", page=f"{DOCS}/ticketing/tickets/tickets/"),
            "ratings": Object(title="Satisfaction ratings", page=f"{DOCS}/ticketing/ticket-management/satisfaction_ratings/"),
            "survey_responses": Object(
                title="Survey responses", page=f"{DOCS}/ticketing/ticket-management/csat_survey_responses/"
            ),
        },
        limits=(Limit(400, MINUTE), Limit(10, MINUTE, scope="exports", match=EXPORTS)),
        page="https://developer.zendesk.com/api-reference/introduction/rate-limits/",
        hooks="In Zendesk: Admin Center, Apps and integrations, Webhooks, Create webhook, Zendesk events, for organization, user and "
        "ticket events. Its signing secret goes into webhook_secret.",
    )

    def __init__(self, config: ZendeskConfig, lent: Lent) -> None:
        super().__init__(config, lent)
        self._api = Api(config, lent)
        self._reader = Reader(self._api)
        self._puller = Puller(self._api, self._reader, config, lent)
        self._writer = Writer(self._api, self._reader, lent)
        self._account = Account(self._api, config)

    @classmethod
    def limits(cls, config: ZendeskConfig) -> Sequence[Limit]:
        """By plan and add-on, which only the settings know."""
        return (
            Limit(config.requests_per_minute, MINUTE),
            Limit(config.exports_per_minute, MINUTE, scope="exports", match=EXPORTS),
        )

    def lag(self, object: str) -> float:
        """The exports tell whole seconds that are over."""
        return float(self.config.withheld_seconds) + 1.0 if KINDS[object].export else 0.0

    def check(self) -> Checked:
        return self._account.check()

    def prepare(self) -> list[str]:
        """Makes the custom fields that `check` says are missing; returns their names."""
        return self._account.prepare()

    def describe(self, object: str) -> Sequence[Mapping[str, Any]]:
        return self._account.describe(self._kind(object).object)

    def pull(self, object: str, cursor: str | None) -> Iterator[Page]:
        return self._puller.pull(self._kind(object), cursor)

    def fetch(self, ref: Ref) -> Record:
        return self._reader.record(self._kind(ref.object), ref.id)

    def fetch_many(self, refs: Sequence[Ref]) -> Sequence[Record | None]:
        return self._reader.records(self._kind(refs[0].object), [ref.id for ref in refs])

    def push(self, change: Change) -> Record:
        refused = self._refused(change)
        if refused is not None:
            raise refused
        return self._writer.push(change)

    def push_many(self, changes: Sequence[Change]) -> Sequence[Record | VendorError]:
        allowed = [self._refused(change) for change in changes]
        done = iter(self._writer.push_many([change for change, no in zip(changes, allowed, strict=True) if no is None]))
        return [next(done) if no is None else no for no in allowed]

    def count(self, object: str) -> int | None:
        """Zendesk calls it approximate; above 100,000 it is up to a day old, and then None."""
        return self._reader.count(self._kind(object))

    def find(self, object: str, data: Mapping[str, Any]) -> Record | None:
        kind = self._kind(object)
        row = self._reader.find(kind, data)
        return None if row is None else record(kind, row)

    def webhook(self, request: Request) -> list[Event]:
        now = self.lent.now()
        zendesk(request, self.config.secrets(now), now)
        return [self.understand(request.body)]

    def understand(self, body: bytes) -> Event:
        return understand(body)

    def web_url(self, ref: Ref) -> str | None:
        kind = KINDS.get(ref.object)
        if kind is None or not kind.page:
            return None
        return f"https://{self.config.subdomain}.zendesk.com/{kind.page.format(id=ref.id)}"

    def _kind(self, object: str) -> Kind:
        if object not in KINDS:
            raise Rejected("unknown_object", object=object, known=sorted(KINDS))
        return KINDS[object]

    def _refused(self, change: Change) -> VendorError | None:
        declared = self.facts.objects.get(change.object)
        if declared is None or change.verb not in declared.verbs:
            return Rejected("not_writable", object=change.object, verb=change.verb)
        return None
