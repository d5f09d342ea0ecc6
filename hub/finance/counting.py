"""Whether a subscription counts at an instant (rules R1 to R4, R19), and when time alone may change that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from hub.finance.outcome import Unpriceable
from hub.finance.policy import Policy
from hub.finance.shape import instant, structure

NOT_COUNTED = frozenset({"trialing", "unpaid", "canceled", "incomplete", "incomplete_expired", "paused"})
COUNTED = frozenset({"active", "past_due"})
PAUSES = {"void": False, "mark_uncollectible": False, "keep_as_draft": True}  # a draft invoice is still owed


def exclusion(subscription: Mapping[str, Any], policy: Policy, now: datetime) -> str | None:
    """The code of why it does not count at `now`, None if it does; raises `Unpriceable` where that cannot be told."""
    if subscription.get("live") is False:
        return "test_mode"
    return _status(subscription, policy, now) or _cancellation(subscription, policy, now) or _pause(subscription, policy, now)


def instants(subscription: Mapping[str, Any], policy: Policy) -> Iterator[datetime]:
    """Every instant, past or to come, at which the answer of `exclusion` may change without any new data."""
    yield from _given(_ends(subscription))
    yield from _given(instant(structure(subscription.get("pause"), "pause").get("resumes_at"), "pause.resumes_at"))
    if subscription.get("status") == "trialing":
        yield from _given(instant(subscription.get("trial_end"), "trial_end"))
    if policy.scheduled_cancellation == "exclude_at_request":
        yield from _given(instant(subscription.get("canceled_at"), "canceled_at"))
    if subscription.get("status") == "past_due" and policy.past_due_days is not None:
        yield _past_due_until(subscription, policy.past_due_days)


def _given(at: datetime | None) -> tuple[datetime, ...]:
    return () if at is None else (at,)


def _status(subscription: Mapping[str, Any], policy: Policy, now: datetime) -> str | None:
    status, excluded = subscription.get("status"), subscription.get("excluded")
    if excluded is not None and not (status == "trialing" and policy.trialing == "include"):
        return str(excluded)  # a vendor's own word
    if status not in COUNTED | NOT_COUNTED:
        raise Unpriceable("unknown_status", where="status", value=status)
    counted = status in COUNTED
    if status == "past_due":
        counted = policy.past_due == "count" or (
            policy.past_due_days is not None and now < _past_due_until(subscription, policy.past_due_days)
        )
    elif status == "trialing":
        counted = policy.trialing == "include"
    return None if counted else f"status_{status}"


def _past_due_until(subscription: Mapping[str, Any], days: int) -> datetime:
    # Whoever joins the invoices hands in `past_due_since`: the due date (else creation) of the oldest open one.
    since = instant(subscription.get("past_due_since"), "past_due_since")
    if since is None:
        raise Unpriceable("past_due_since_unknown", where="past_due_since")
    return since + timedelta(days=days)


def _cancellation(subscription: Mapping[str, Any], policy: Policy, now: datetime) -> str | None:
    ends = _ends(subscription)
    if ends is not None and ends <= now:
        return "status_canceled"
    if policy.scheduled_cancellation == "exclude_at_request" and (ends is not None or _ends_with_period(subscription)):
        requested = instant(subscription.get("canceled_at"), "canceled_at")
        if requested is None or requested <= now:
            return "scheduled_cancellation"
    return None


def _ends(subscription: Mapping[str, Any]) -> datetime | None:
    for name in ("ended_at", "cancel_at"):
        at = instant(subscription.get(name), name)
        if at is not None:
            return at
    return instant(subscription.get("period_end"), "period_end") if _ends_with_period(subscription) else None


def _ends_with_period(subscription: Mapping[str, Any]) -> bool:
    return subscription.get("cancel_at_period_end") is True


def _pause(subscription: Mapping[str, Any], policy: Policy, now: datetime) -> str | None:
    pause = structure(subscription.get("pause"), "pause")
    resumes = instant(pause.get("resumes_at"), "pause.resumes_at")
    if not pause or (resumes is not None and resumes <= now):
        return None
    behavior = pause.get("behavior")
    if behavior not in PAUSES:
        raise Unpriceable("unknown_pause_behavior", where="pause.behavior", value=behavior)
    counted = {"include_all": True, "exclude_all": False}.get(policy.pause, PAUSES[behavior])
    return None if counted else f"collection_paused_{behavior}"
