"""What a connector is: five verbs over the vendor's own records. It knows neither the canonical model nor the engine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal, Protocol

import httpx
from pydantic import BaseModel, ConfigDict, Field

from connectors.kit.errors import Gone, VendorError
from connectors.kit.vendor_clock import VendorClock

Verb = Literal["create", "update", "delete"]
ActorKind = Literal["person", "import", "integration", "workflow", "vendor", "concord", "unknown"]


@dataclass(frozen=True, slots=True)
class Ref:
    """One record at the vendor: the object's name and the vendor's id as text."""

    object: str
    id: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who made the change, as far as the payload tells. It cannot be filled in later."""

    kind: ActorKind = "unknown"
    name: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as the vendor holds it.

    `body` is the record's JSON as bytes: as received where the vendor sends whole records, else assembled by the
    connector in one fixed key order. The hub hashes it and decodes it only when the hash is new, so equal records must
    give equal bytes: nothing that changes from read to read may be in it.
    `version`: whatever the vendor calls it, compared for equality only. `updated`, `created`: the vendor's clock, UTC.
    `merged`: ids that this record swallowed (vendor merges).
    """

    object: str
    id: str
    body: bytes
    version: str | None = None
    updated: datetime | None = None
    created: datetime | None = None
    deleted: bool = False
    actor: Actor | None = None
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """`cursor` resumes after this page once the page is stored; `complete` says that the scan saw everything up to it.

    A pull yields at least one page; the last one of a pull that got to the end has `complete=True`. `full` says that the
    pull started from nothing, so that what it did not show is not there (the only ground for inferring a deletion).
    `unreadable`: rows that are not records (no id, not an object), as (reason code, raw bytes): to quarantine, never lost.
    """

    records: Sequence[Record]
    cursor: str | None
    complete: bool = False
    full: bool = False
    unreadable: Sequence[tuple[str, bytes]] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One write, in the vendor's own shape.

    `data`: the top-level keys to send, each whole (nested parts already merged by the mapping), JSON values.
    `key`: idempotency key, stable across tries of the same intent. `base`: the version it was planned on.
    `id` is None for a create.
    """

    object: str
    verb: Verb
    id: str | None
    data: Mapping[str, Any]
    key: str
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A webhook as it arrived: raw bytes, lower-case header names, the public URL."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a webhook told: a doorbell, never data.

    `id`: the vendor's own id of the event, the same when it is told again; empty where the vendor gives none (the hub then
    takes a hash of `body`). `kind`: the vendor's word for it. `body`: its own bytes; of a batch, its part.
    `refs`: records to read because of it. `pulls`: objects to pull, where it names no single record.
    `key`: the idempotency key of the write that caused it, where the vendor tells: of our own writes we need no word.
    `ignored`: code why there is nothing to read (a type that we do not read); `bad`: code why it cannot be understood.
    """

    id: str
    kind: str
    body: bytes
    refs: tuple[Ref, ...] = ()
    pulls: tuple[str, ...] = ()
    key: str = ""
    ignored: str = ""
    bad: str = ""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an OAuth token endpoint gave. `refresh` None: the one before stays good. `expires`: aware UTC, None if it does not say."""

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What `check` found: the workspace's name, and which objects can be read and written with these credentials."""

    workspace: str
    reads: frozenset[str]
    writes: frozenset[str]
    missing: tuple[tuple[str, str], ...] = ()  # (scope, or `property:NAME`, the vendor's page on it)


@dataclass(frozen=True, slots=True)
class Object:
    """Declared, not coded. `verbs`: what `push` can do. `lag`: seconds a change may stay unreadable at the vendor.

    `search`: how a record is found by an exact value before a create ({our word: vendor field}), see `Connector.find`.
    """

    verbs: frozenset[Verb] = frozenset()
    lag: float = 0.0
    title: str = ""
    page: str = ""  # the vendor's page on this object


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` calls in any `per` seconds, for all workers together. `scope`: limits of one name share a bucket.

    `match`: which calls count, a regular expression searched in "METHOD /path"; empty means all.
    """

    calls: int
    per: float
    scope: str = "all"
    match: str = ""


class Config(BaseModel):
    """A connection's settings: titles and `SecretStr` drive forms and redaction. `base_url` reaches a twin or a proxy."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    base_url: str | None = Field(None, title="API address", description="Leave empty for the vendor's own")


class Lent(Protocol):
    """What the hub lends a connector: HTTP with time-outs, retries, quota, redaction, call log and address guard; the clock.

    `http`, `requests_session` and `urllib3_pool` are three faces of one set of rules (connectors/kit/transport.py).
    The SDKs' own retries stay off.
    """

    def http(self, *, base_url: str, headers: Mapping[str, str] | None = None) -> httpx.Client: ...
    def requests_session(self) -> Any: ...
    def urllib3_pool(self) -> Any: ...
    def now(self) -> datetime: ...
    def sleep(self, seconds: float) -> None: ...

    def bearer(self, renew: Callable[[str | None], Tokens], *, hosts: Collection[str] = ()) -> None:
        """From now on every call carries the connection's access token, which the hub keeps.

        `renew(refresh token or None)` asks the vendor for new ones, with a client made by `http`; its calls carry no token.
        The hub calls it before a token expires and once after a 401, under a row lock: of all workers one renews, and what
        it got is stored before it is used. It raises `AuthFailed` where only a person can help. The first refresh token is the
        setting `refresh_token`. `hosts`: who may see the token, where others are called as well (files at a signed address).
        """

    @property
    def clock(self) -> VendorClock:
        """What the vendor's answers tell of its clock."""
        ...


@dataclass(frozen=True, slots=True)
class Facts:
    """What a connector declares of itself.

    `reads`: which POSTs only read (search, batch read) and may be repeated, a regular expression searched in the path.
    `hooks`: where at the vendor a person subscribes the webhook's address, to which events, and which setting its secret is.
    """

    name: str
    title: str
    roles: frozenset[str]
    objects: Mapping[str, Object]
    limits: Sequence[Limit] = ()
    every: float | None = None  # seconds between pulls; None: what its roles promise (hub/frequency.py)
    page: str = ""
    reads: str = ""
    hooks: str = ""


class Connector:
    """Subclass it, set `facts` and `config_model`, write the verbs. `docs/connectors.md` walks through one."""

    facts: ClassVar[Facts]
    config_model: ClassVar[type[Config]] = Config
    mapped: Mapping[str, Collection[str]] | None = None
    """By object, the dotted paths that the mappings name, for a connector that has to ask for them; the hub says it before the first call."""

    def __init__(self, config: Any, lent: Lent) -> None:
        self.config = config
        self.lent = lent

    def check(self) -> Checked:
        raise NotImplementedError

    def pull(self, object: str, cursor: str | None) -> Iterator[Page]:
        """From `cursor` (None: everything). Overlap, lag and re-reads after events are the connector's business."""
        raise NotImplementedError

    def fetch(self, ref: Ref) -> Record:
        """The record as it is now. Raises `Gone` where it is not, `Gone(into=id)` where it was merged away."""
        raise NotImplementedError

    def fetch_many(self, refs: Sequence[Ref]) -> Sequence[Record | None]:
        """As `fetch`, of one object, answers in the order of `refs`; None for one that is gone. Here one by one."""
        return [self._unless_gone(ref) for ref in refs]

    def _unless_gone(self, ref: Ref) -> Record | None:
        try:
            return self.fetch(ref)
        except Gone:
            return None

    def push(self, change: Change) -> Record:
        """Do it, and return the record as the vendor holds it afterwards. Raises `Unclear` rather than guess."""
        raise NotImplementedError

    def webhook(self, request: Request) -> list[Event]:
        """Verify over the raw bytes, return what was told. Raises `Rejected('signature')`. It makes no call."""
        raise NotImplementedError

    def understand(self, body: bytes) -> Event:
        """The event that a kept `Event.body` tells, by today's code. It verifies nothing: the hub did, before it kept it."""
        raise NotImplementedError

    def thanks(self, request: Request) -> Mapping[str, Any]:
        """What the vendor wants to read in the answer, after its events were stored."""
        del request
        return {}

    @classmethod
    def limits(cls, config: Any) -> Sequence[Limit]:
        """How often this connection may call, where its settings (a plan, an add-on) know better than the declaration."""
        del config
        return cls.facts.limits

    def lag(self, object: str) -> float:
        """Seconds a change may stay unreadable, where a connection's settings know better than the declaration."""
        return self.facts.objects[object].lag

    def web_url(self, ref: Ref) -> str | None:
        """Where a person opens the record at the vendor."""
        del ref
        return None

    # Optional verbs. The hub asks `provides(name)` before it calls them.

    def push_many(self, changes: Sequence[Change]) -> Sequence[Record | VendorError]:
        """Answers in the order of `changes`, one each; one bad row never fails the others."""
        raise NotImplementedError

    def count(self, object: str) -> int | None:
        """How many live records the vendor says it has, counted by the vendor, not from our pages. None: it gives no count."""
        raise NotImplementedError

    def find(self, object: str, data: Mapping[str, Any]) -> Record | None:
        """The record that a create with this `data` would duplicate, looked up by the vendor's own exact search."""
        raise NotImplementedError

    def prepare(self) -> list[str]:
        """Makes what writing needs at the vendor (custom properties), and returns what it made. Called before a first delivery."""
        raise NotImplementedError

    def describe(self, object: str) -> Sequence[Mapping[str, Any]]:
        """Custom fields: name, label, type."""
        raise NotImplementedError

    @classmethod
    def provides(cls, verb: str) -> bool:
        """Whether the connector wrote this verb itself."""
        return getattr(cls, verb) is not getattr(Connector, verb)


@dataclass(slots=True)
class Served:
    """A running twin, as `hub twins serve` prints it."""

    name: str
    url: str
    config: dict[str, Any] = field(default_factory=dict)
    webhook_secret: str | None = None
