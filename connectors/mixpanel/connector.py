"""Mixpanel: how much each account uses the product, read; its group profiles, both ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

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
)
from connectors.kit.errors import Rejected, VendorError
from connectors.mixpanel import doorbell
from connectors.mixpanel.client import Client
from connectors.mixpanel.config import MixpanelConfig
from connectors.mixpanel.export import Export
from connectors.mixpanel.groups import Groups
from connectors.mixpanel.queries import Queries
from connectors.mixpanel.usage import Usage
from connectors.mixpanel.writing import Writer

DOCS = "https://developer.mixpanel.com/reference"
EMPTY = "profiles in this project and region"
HOUR = 3600.0


class Mixpanel(Connector):
    config_model = MixpanelConfig
    facts = Facts(
        name="mixpanel",
        title="Mixpanel",
        roles=frozenset({"product"}),
        objects={
            "groups": Object(frozenset({"update"}), lag=60.0, title="Group profiles", page=f"{DOCS}/engage-query"),
            "usage": Object(lag=60.0, title="Daily usage by company", page=f"{DOCS}/segmentation-query"),
        },
        limits=(
            Limit(60, HOUR, "query", match=r"/api/query/"),
            Limit(60, HOUR, "export", match=r"/api/2\.0/export$"),
            Limit(3, 1.0, "export_burst", match=r"/api/2\.0/export$"),
        ),
        page=f"{DOCS}/rate-limits",
        reads=r"/api/query/",
        hooks="In Mixpanel: Integrations, Custom Webhook, with Basic authentication: its user and password are the settings webhook_user and "
        "webhook_password. Then export a cohort of all customers to it.",
    )

    def __init__(self, config: MixpanelConfig, lent: Lent) -> None:
        super().__init__(config, lent)
        client = Client(config, lent)
        self._groups = Groups(client, config)
        self._usage = Usage(Queries(client, config) if config.source == "query" else Export(client, config), config, lent)
        self._writer = Writer(self._groups, config, lent)

    def check(self) -> Checked:
        """One query. A wrong region, project or data group is no error there: it is an empty project."""
        empty = self._groups.total() == 0
        return Checked(
            f"project {self.config.project_id} ({self.config.region})",
            frozenset(self.facts.objects),
            frozenset() if self.config.project_token is None else frozenset({"groups"}),
            ((EMPTY, "https://docs.mixpanel.com/docs/privacy/eu-residency"),) if empty else (),
        )

    def pull(self, object: str, cursor: str | None) -> Iterator[Page]:
        self._declared(object)
        return self._groups.pages() if object == "groups" else self._usage.pages(cursor)

    def fetch(self, ref: Ref) -> Record:
        """A query for a profile; of a day of usage, as many as a pull takes."""
        self._declared(ref.object)
        return self._groups.one(ref.id) if ref.object == "groups" else self._usage.one(ref.id)

    def fetch_many(self, refs: Sequence[Ref]) -> Sequence[Record | None]:
        """One query for profiles."""
        self._declared(refs[0].object)
        if refs[0].object != "groups":
            return super().fetch_many(refs)
        found = self._groups.by_id([ref.id for ref in refs])
        return [found.get(ref.id) for ref in refs]

    def push(self, change: Change) -> Record:
        outcome = self.push_many([change])[0]
        if isinstance(outcome, VendorError):
            raise outcome
        return outcome

    def push_many(self, changes: Sequence[Change]) -> Sequence[Record | VendorError]:
        allowed = [self._refused(change) for change in changes]
        done = iter(self._writer.push_many([change for change, no in zip(changes, allowed, strict=True) if no is None]))
        return [next(done) if no is None else no for no in allowed]

    def count(self, object: str) -> int | None:
        """Of profiles; usage is made here from reports, so nobody else can count it."""
        self._declared(object)
        return self._groups.total() if object == "groups" else None

    def webhook(self, request: Request) -> list[Event]:
        """Not answered without a password: who knew the address could make us spend the project's queries."""
        doorbell.admit(request, self.config, self.lent.now())
        return [self.understand(request.body)]

    def understand(self, body: bytes) -> Event:
        return doorbell.understand(body, self.config.project_id)

    def thanks(self, request: Request) -> Mapping[str, Any]:
        return doorbell.thanks(request)

    def lag(self, object: str) -> float:
        return float(min(self.facts.objects[object].lag, self.config.lag_seconds))

    def web_url(self, ref: Ref) -> str | None:
        project, workspace, data_group = self.config.project_id, self.config.workspace_id, self.config.data_group_id
        if ref.object != "groups" or workspace is None or data_group is None:
            return None
        where = f"https://{'' if self.config.region == 'us' else self.config.region + '.'}mixpanel.com"
        page = f"{where}/project/{project}/view/{workspace}/app/profile"
        return f"{page}#distinct_id={quote(ref.id, safe='')}&data_group_id={quote(data_group, safe='')}"

    @classmethod
    def limits(cls, config: MixpanelConfig) -> Sequence[Limit]:
        query, *others = cls.facts.limits
        return (Limit(config.queries_per_hour, query.per, query.scope, query.match), *others)

    def _declared(self, object: str) -> None:
        if object not in self.facts.objects:
            raise Rejected("unknown_object", object=object, known=sorted(self.facts.objects))

    def _refused(self, change: Change) -> VendorError | None:
        declared = self.facts.objects.get(change.object)
        if declared is None or change.verb not in declared.verbs:
            return Rejected("not_writable", object=change.object, verb=change.verb)
        return None
