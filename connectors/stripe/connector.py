"""The Stripe connector: its facts, and its verbs by the other rooms of this folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import msgspec

from connectors.kit import signatures
from connectors.kit.contract import Change, Checked, Connector, Event, Facts, Limit, Object, Page, Record, Ref, Request
from connectors.kit.errors import Gone, Rejected, Unclear
from connectors.stripe import counting, doorbell, scopes, writing
from connectors.stripe.client import Client
from connectors.stripe.config import StripeConfig
from connectors.stripe.kinds import KINDS, Kind
from connectors.stripe.reading import Reading

API = "https://docs.stripe.com/api"
DASHBOARD = "https://dashboard.stripe.com"


class Stripe(Connector):
    facts = Facts(
        name="stripe",
        title="Stripe",
        roles=frozenset({"billing"}),
        objects={
            "customers": Object(verbs=frozenset({"create", "update"}), title="Customers", page=f"{API}/customers"),
            "products": Object(title="Products", page=f"{API}/products"),
            "prices": Object(title="Prices", page=f"{API}/prices"),
            "subscriptions": Object(title="Subscriptions", page=f"{API}/subscriptions"),
            "invoices": Object(title="Invoices", page=f"{API}/invoices"),
        },
        # a sandbox allows 25 in all, a live account 25 an endpoint: https://docs.stripe.com/rate-limits
        limits=(Limit(calls=25, per=1.0), Limit(calls=20, per=1.0, scope="search", match="/search$")),
        page=API,
        hooks="In Stripe: Developers, Webhooks, Add endpoint, for customer.*, invoice.*, price.* and product.*. "
        "Its signing secret (whsec_…) is the setting webhook_secret.",
    )
    config_model = StripeConfig
    config: StripeConfig

    def check(self) -> Checked:
        return scopes.check(self._client)

    def pull(self, object: str, cursor: str | None) -> Iterator[Page]:
        return self._reading().pull(_kind(object), cursor)

    def fetch(self, ref: Ref) -> Record:
        record = self._reading().one(_kind(ref.object), ref.id)
        if record.deleted:
            raise Gone("deleted", object=ref.object, id=ref.id)
        return record

    def push(self, change: Change) -> Record:
        kind = _kind(change.object)
        if change.verb not in self.facts.objects[kind.name].verbs:
            raise Rejected("verb_not_supported", object=kind.name, verb=change.verb)
        try:
            record = self._reading().record(kind, writing.write(self._client, change))
        except msgspec.MsgspecError as error:
            raise Unclear("not_json", said=str(error)) from None
        if record.deleted:
            raise Gone("deleted", object=kind.name, id=record.id)
        return record

    def find(self, object: str, data: Mapping[str, Any]) -> Record | None:
        kind = _kind(object)
        if kind.name != "customers":
            return None
        id = writing.find(self._client, data, self.lent.now())
        return None if id is None else self.fetch(Ref(object, id))

    def count(self, object: str) -> int | None:
        return counting.count(self._client, _kind(object), int(self.lent.now().timestamp()))

    def webhook(self, request: Request) -> list[Event]:
        signatures.stripe(request, self.config.secrets(self.lent.now()), self.lent.now())
        return [self.understand(request.body)]

    def understand(self, body: bytes) -> Event:
        return doorbell.understand(body, self.config.account)

    def web_url(self, ref: Ref) -> str | None:
        if ref.object not in KINDS:
            return None
        key = self.config.api_key.get_secret_value()
        parts = [DASHBOARD, self.config.account, "test" if "_test_" in key else None, ref.object, ref.id]
        return "/".join(part for part in parts if part)

    @cached_property
    def _client(self) -> Client:
        return Client(self.config, self.lent)

    def _reading(self) -> Reading:
        return Reading(self._client, int(self.lent.now().timestamp()))


def _kind(object: str) -> Kind:
    kind = KINDS.get(object)
    if kind is None:
        raise Rejected("unknown_object", object=object, known=sorted(KINDS))
    return kind
