"""Everything that a tie-out is computed from, as one plain value. A snapshot keeps it, and computes the same report from it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hub.finance.policy import Policy
from mappings.currency import amount_text

Json = dict[str, Any]

BILLING, GOLDEN, CRM, FILE = "billing", "golden", "crm", "file"
TEST = "TEST"
"""Stands beside every figure that counts a vendor's test objects."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Records of one object: the vendor's own count (None: it gives none) and how many of them we hold."""

    says: int | None
    read: int


@dataclass(frozen=True, slots=True)
class Source:
    """A connection that the report rests on. `missing`: codes of why it cannot be relied on. `since`: start of the first complete reading;
    what was true before is not known. `test`: declared `mode: test`.
    """

    connection: str
    role: str
    read_at: datetime | None
    objects: Mapping[str, Counted] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    since: datetime | None = None
    test: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """A golden account and its billing customers, by the vendors' ids."""

    id: str
    name: str = ""
    customers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A subscription as the vendor showed it. It came to be so after `after` (None: nobody knows) and no later than `at`.

    `body`: canonical JSON text, "" if the vendor had deleted it. `mapping`: version of what decoded it. `hash`: SHA-256 of the vendor's bytes.
    """

    body: str
    at: datetime
    after: datetime | None = None
    mapping: str = ""
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """`account`: golden id, None if its customer is not known. `versions`: oldest first; more than the last only where they may explain."""

    connection: str
    id: str
    customer: str | None
    account: str | None
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """What one record of a side says. A currency with None, or left out, is no amount; without amounts the field is empty.

    `follower`: another record of the same side speaks for the account. `rival`: another account whose billing customer this
    record points at as well. `typed`: somebody wrote it there, after us. `unsure`: it changed at a time that may lie on
    either side of as-of. `doubled`: currencies that one key says twice.
    """

    record: str
    account: str | None
    arr: Mapping[str, Decimal | None]
    since: datetime | None = None
    follower: bool = False
    rival: str | None = None
    typed: bool = False
    unsure: bool = False
    doubled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inputs:
    """`known_at`: position of the log up to which everything was read. `sides`: always in the order golden, crm, file."""

    as_of: datetime
    known_at: int
    policy: Policy
    sources: tuple[Source, ...] = ()
    accounts: tuple[Account, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    sides: Mapping[str, tuple[Held, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        order = {GOLDEN: 0, FILE: 2}  # in between: the CRM, or several by name
        ordered = dict(sorted(self.sides.items(), key=lambda side: (order.get(side[0], 1), side[0])))
        object.__setattr__(self, "sides", ordered)

    @property
    def complete(self) -> bool:
        """Something bills, and every source was read whole and in time."""
        return any(source.role == BILLING for source in self.sources) and not any(source.missing for source in self.sources)

    @property
    def test(self) -> bool:
        """Test objects count."""
        return any(source.test for source in self.sources)


def canonical(value: Any) -> bytes:
    """JSON with one spelling: what is hashed and compared."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def instant(moment: datetime) -> str:
    """ISO 8601 in the zone that people meant; UTC is Z."""
    return moment.isoformat().replace("+00:00", "Z")


def dump(inputs: Inputs) -> Json:
    """As JSON, in one order whatever the order of reading."""
    return {
        "as_of": instant(inputs.as_of),
        "known_at": inputs.known_at,
        "policy": inputs.policy.choices,
        "sources": sorted((_plain(each) for each in inputs.sources), key=canonical),
        "accounts": [_plain(each) for each in sorted(inputs.accounts, key=lambda each: each.id)],
        "subscriptions": sorted((_plain(each) for each in inputs.subscriptions), key=canonical),
        "sides": {name: sorted((_plain(each) for each in held), key=canonical) for name, held in inputs.sides.items()},
    }


def load(stored: Json) -> Inputs:
    """Inverse of `dump`."""
    return Inputs(
        datetime.fromisoformat(stored["as_of"]),
        stored["known_at"],
        Policy(**stored["policy"]),
        tuple(_source(each) for each in stored["sources"]),
        tuple(Account(each["id"], each["name"], tuple(each["customers"])) for each in stored["accounts"]),
        tuple(_subscription(each) for each in stored["subscriptions"]),
        {name: tuple(_held(each) for each in held) for name, held in stored["sides"].items()},
    )


def _plain(value: Any) -> Json:
    return {name: _json(each) for name, each in asdict(value).items()}


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value.astimezone(UTC))
    if isinstance(value, Mapping):
        return {key: amount_text(each, key) if isinstance(each, Decimal) else _json(each) for key, each in value.items()}
    return [_json(each) for each in value] if isinstance(value, list | tuple) else value


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _source(each: Json) -> Source:
    objects = {name: Counted(**counts) for name, counts in each["objects"].items()}
    return Source(
        each["connection"], each["role"], _moment(each["read_at"]), objects, tuple(each["missing"]), _moment(each["since"]),
        each["test"],
    )  # fmt: skip


def _subscription(each: Json) -> Subscription:
    versions = tuple(
        Version(one["body"], datetime.fromisoformat(one["at"]), _moment(one["after"]), one["mapping"], one["hash"])
        for one in each["versions"]
    )
    return Subscription(each["connection"], each["id"], each["customer"], each["account"], versions)


def _held(each: Json) -> Held:
    arr = {currency: None if text is None else Decimal(text) for currency, text in each["arr"].items()}
    return Held(
        each["record"], each["account"], arr, _moment(each["since"]), each["follower"], each["rival"], each["typed"],
        each["unsure"], tuple(each["doubled"]),
    )  # fmt: skip
