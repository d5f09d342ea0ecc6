"""What a person with paper expects of billing objects, whichever vendor they are of."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

Json = dict[str, Any]

AS_OF = "2026-11-30T12:00:00Z"


class Case(NamedTuple):
    """`figures` are a currency's MRR and ARR, `hand` is the computation on paper."""

    name: str
    hand: str
    file: Json
    outcome: str
    code: str | None
    figures: dict[str, tuple[str, str]] | None
    policy: str = ""
    as_of: str = AS_OF


def file(*subscriptions: Json, **more: Any) -> Json:
    return {"subscriptions": list(subscriptions)} | more


def ok(name: str, hand: str, content: Json, mrr: str, arr: str, currency: str = "USD", **more: Any) -> Case:
    return Case(name, hand, content, "ok", None, {currency: (mrr, arr)}, **more)


def error(name: str, code: str, content: Json, hand: str = "incomplete: no number", **more: Any) -> Case:
    return Case(name, hand, content, "error", code, None, **more)


def excluded(name: str, code: str, content: Json, hand: str = "does not count: 0", zero: str = "0.00", **more: Any) -> Case:
    return Case(name, hand, content, "excluded", code, {"USD": (zero, zero)}, **more)


def unix(instant: str) -> int:
    return int(datetime.fromisoformat(instant).timestamp())
