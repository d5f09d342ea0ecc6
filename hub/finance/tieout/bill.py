"""What billing itself says of one account: its subscriptions priced again, at as-of, at other times, and under other policies."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from hub.finance.account import account
from hub.finance.outcome import Outcome, Total
from hub.finance.policy import Policy
from hub.finance.tieout.inputs import Subscription, Version
from mappings.currency import NO_CURRENCY

Money = Mapping[str, Decimal]

_PERIOD = frozenset({"status", "period_start", "period_end"})
_DATED = (
    ("ended_at", _PERIOD | {"ended_at", "cancel_at", "canceled_at", "cancel_at_period_end"}),
    ("trial_end", _PERIOD),
)
"""Where the vendor dates a change itself, and the fields that such a change may touch."""


@dataclass(frozen=True)
class Bill:
    """`covered`: before that, nobody knows how billing stood. `test`: connections whose test objects count."""

    id: str | None
    subscriptions: tuple[Subscription, ...]
    policy: Policy
    as_of: datetime
    covered: datetime | None = None
    test: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def _force(self) -> list[tuple[Subscription, Version | None, Version | None]]:
        return [(each, *in_force(each.versions, self.as_of)) for each in self.subscriptions]

    @cached_property
    def bodies(self) -> list[dict[str, Any]]:
        """The canonical subscriptions in force at as-of."""
        return [self._body(each, version) for each, version, _ in self._force if version is not None and version.body]

    @cached_property
    def total(self) -> Total:
        return account(self.bodies, self.policy, self.as_of)

    @property
    def priced(self) -> list[tuple[Subscription, Version, Outcome]]:
        """What came of each subscription that is there at as-of."""
        there = [(each, version) for each, version, _ in self._force if version is not None and version.body]
        return [(*each, outcome) for each, outcome in zip(there, self.total.outcomes, strict=True)]

    @property
    def code(self) -> str | None:
        """Why there is no figure; None if there is one."""
        return self.total.code if self.total.status in ("partial", "error") else None

    @cached_property
    def amounts(self) -> Money:
        """By currency; 0.00 where all subscriptions are excluded."""
        return {} if self.code is not None else self.total.by_currency or {}

    @cached_property
    def currencies(self) -> frozenset[str]:
        """Also of subscriptions without a figure."""
        told = {str(body["currency"]) for body in self.bodies if body.get("currency")}
        return frozenset(told or ({NO_CURRENCY} if self.code is not None else ()))

    @cached_property
    def excluded(self) -> frozenset[str]:
        """Currencies in which there are subscriptions, and none of them counts."""
        counted = {currency for each in self.total.outcomes if each.status == "ok" for currency in each.arr or {}}
        return frozenset(set(self.amounts) - counted)

    @cached_property
    def unsure(self) -> frozenset[str]:
        """Currencies whose figure depends on whether a change came before or after as-of, which nobody can tell."""
        if all(other is None for _, _, other in self._force):
            return frozenset()
        after = [self._body(each, other or version) for each, version, other in self._force if (other or version) is not None]
        then = self._figures([body for body in after if body], self.policy, self.as_of)
        return frozenset(key for key in {*self.amounts, *then} if self.amounts.get(key) != then.get(key))

    @property
    def seen_at(self) -> datetime | None:
        """When the newest of what is in force was first read."""
        return max((version.at for _, version, _ in self._force if version is not None), default=None)

    def under(self, policy: Policy, *, live: bool = False) -> Money:
        """The same subscriptions under another policy. `live`: as if test objects counted."""
        return self._figures([body | {"live": True} if live else body for body in self.bodies], policy, self.as_of)

    def monthly(self) -> Money:
        return {} if self.code is not None else self.total.mrr or {}

    def at(self, moment: datetime) -> Money:
        """As it was known, and priced, at another time."""
        known = ((each, _last(each.versions, moment)) for each in self.subscriptions)
        return self._figures(
            [self._body(each, one) for each, one in known if one is not None and one.body], self.policy, moment
        )

    def moments(self) -> set[datetime]:
        """Times at which billing may have stood otherwise, as far as it is covered."""
        found = {version.at for each in self.subscriptions for version in each.versions}
        return set() if self.covered is None else {at for at in found if at > self.covered} | {self.covered}

    def _body(self, subscription: Subscription, version: Version | None) -> dict[str, Any]:
        if version is None or not version.body:
            return {}
        body: dict[str, Any] = json.loads(version.body)
        body["account"] = self.id or subscription.customer
        return body | {"live": True} if subscription.connection in self.test else body

    @staticmethod
    def _figures(bodies: Iterable[dict[str, Any]], policy: Policy, now: datetime) -> Money:
        total = account(bodies, policy, now)
        return {} if total.status in ("partial", "error") else total.by_currency or {}


def in_force(versions: tuple[Version, ...], moment: datetime) -> tuple[Version | None, Version | None]:
    """What was true then; and what may have been true instead, if nobody can tell."""
    known = _last(versions, moment)
    later = next((each for each in versions if each.at > moment), None)
    if later is None:
        return known, None
    changed = _dated(known, later)
    if changed is not None:
        return (later if changed <= moment else known), None
    if later.after is not None and later.after >= moment:
        return known, None
    return known, later


def _last(versions: tuple[Version, ...], moment: datetime) -> Version | None:
    return next((each for each in reversed(versions) if each.at <= moment), None)


def _dated(before: Version | None, after: Version) -> datetime | None:
    """When the one became the other, where the vendor says so itself."""
    new = json.loads(after.body) if after.body else {}
    if before is None:
        return _instant(new.get("created_at"))
    old = json.loads(before.body) if before.body else {}
    differ = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    for name, touched in _DATED:
        at = _instant(new.get(name))
        if at is not None and differ <= touched and at <= after.at and (after.after is None or at > after.after):
            return at
    return None


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
