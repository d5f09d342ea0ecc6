"""What every billing mapping is held to: any document gives canonical subscriptions that finance answers, or is refused."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from hub.finance import Policy, Total, account
from mappings.billing import Subscriptions
from mappings.values import Refused

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
MOMENT = int(NOW.timestamp())
DAY = 86_400


def total(read: Subscriptions, document: dict[str, Any], as_of: datetime = NOW, **policy: Any) -> Total:
    return account(read(document, as_of), Policy(**policy), as_of)


def told(read: Subscriptions, document: dict[str, Any], as_of: datetime = NOW, **policy: Any) -> tuple[str, str | None, Any]:
    """Outcome, code, and ARR by currency as printed."""
    found = total(read, document, as_of, **policy)
    return found.status, found.code, found.by_currency and {name: str(arr) for name, arr in found.by_currency.items()}


WORDS = st.sampled_from(["", "active", "Active", "month", "1", "1.5", "2026-01-01", "2026-01-01T00:00:00Z", "USD", "usd", "x"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.floats()
    | WORDS
    | st.text(max_size=5)
)
GARBAGE = st.recursive(
    SCALARS, lambda each: st.lists(each, max_size=3) | st.dictionaries(WORDS, each, max_size=3), max_leaves=6
)


def garbled(documents: list[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """One of the documents with one to three of its values, at any depth, replaced by garbage or taken away."""

    @st.composite
    def draw_one(draw: st.DrawFn) -> dict[str, Any]:
        document = {"top": copy.deepcopy(draw(st.sampled_from(documents)))}
        for _ in range(draw(st.integers(1, 3))):
            holder, key = draw(st.sampled_from(list(_places(document)) or [(document, "top")]))
            if draw(st.booleans()) or isinstance(holder, list):
                holder[key] = draw(GARBAGE)
            else:
                holder.pop(key, None)
        top = document.get("top")
        return top if isinstance(top, dict) else {}

    return draw_one()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inside in pairs:
        yield value, key
        yield from _places(inside)


def answers(read: Subscriptions, document: dict[str, Any]) -> None:
    """An amount, an exclusion, an error code, or `Refused`; and nothing else."""
    try:
        found = read(document, NOW)
    except Refused:
        return
    for one in found:
        outcome = account([one], Policy(), NOW)
        assert outcome.status in ("ok", "excluded", "error")
        assert (outcome.code is None) == (outcome.status == "ok")
        assert (outcome.by_currency is None) == (outcome.status == "error")
        for amount in (outcome.by_currency or {}).values():
            assert isinstance(amount, Decimal)
    ids = [one["id"] for one in found if one["id"] is not None]
    assert len(ids) == len(set(ids))
