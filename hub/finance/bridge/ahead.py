"""What is known to come, below the line: churn that was asked for, and the ARR of what is contracted (CARR)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from hub.finance.arr import arr
from hub.finance.bridge.movements import ZERO, Key
from hub.finance.outcome import Outcome
from hub.finance.policy import Policy
from hub.finance.tieout.bill import Bill
from hub.finance.tieout.inputs import Inputs, Subscription

Body = Mapping[str, Any]
FUTURE = "status_future"


@dataclass(frozen=True, slots=True)
class Ahead:
    """`scheduled_churn`: minus the ARR that ends by a cancellation already asked for. `contracted`: the ARR once everything that is
    agreed has happened: price steps, discounts that end, subscriptions that begin, cancellations. Trials are not contracted."""

    scheduled_churn: Decimal = ZERO
    contracted: Decimal = ZERO

    def plus(self, other: Ahead) -> Ahead:
        return Ahead(self.scheduled_churn + other.scheduled_churn, self.contracted + other.contracted)


def ahead(inputs: Inputs) -> dict[Key, Ahead]:
    """By account and currency, as of the inputs' instant. Subscriptions without a figure add nothing."""
    found: dict[Key, Ahead] = {}
    for account, body in _bodies(inputs):
        outcome = arr(body, inputs.policy, inputs.as_of)
        for currency in outcome.arr or {}:
            key = account, currency
            found[key] = found.get(key, Ahead()).plus(_of(body, outcome, currency, inputs))
    return {key: each for key, each in found.items() if each != Ahead()}


def _bodies(inputs: Inputs) -> Iterator[tuple[str, Body]]:
    mine: dict[str, list[Subscription]] = {}
    for each in inputs.subscriptions:
        mine.setdefault(each.account or each.customer or "-", []).append(each)
    test = frozenset(source.connection for source in inputs.sources if source.test)
    for account, subscriptions in sorted(mine.items()):
        bill = Bill(account, tuple(subscriptions), inputs.policy, inputs.as_of, test=test)
        yield from ((account, body) for body in bill.bodies)


def _of(body: Body, outcome: Outcome, currency: str, inputs: Inputs) -> Ahead:
    policy, now = inputs.policy, inputs.as_of
    amount = (outcome.arr or {}).get(currency, ZERO)
    if outcome.status == "ok" and _ends(body, policy, now):
        return Ahead(scheduled_churn=-amount)
    if outcome.status == "ok":
        return Ahead(contracted=_at_last(body, outcome, policy, currency))
    if outcome.code == FUTURE:
        begun = {**body, "excluded": None, "status": "active"}
        return Ahead(contracted=_at_last(begun, arr(begun, policy, now), policy, currency))
    return Ahead()


def _ends(body: Body, policy: Policy, now: datetime) -> bool:
    """Somebody asked for its end."""
    asked = arr(body, replace(policy, scheduled_cancellation="exclude_at_request"), now)
    return asked.code == "scheduled_cancellation"


def _at_last(body: Body, outcome: Outcome, policy: Policy, currency: str) -> Decimal:
    """The last figure that is not zero: a term that runs out is not an end that somebody asked for."""
    last = ZERO
    while True:
        last = (outcome.arr or {}).get(currency) or last
        if outcome.next is None:
            return last
        outcome = arr(body, policy, outcome.next)
