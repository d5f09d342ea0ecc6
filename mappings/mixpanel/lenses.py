"""Mixpanel's own shapes: times of profiles, which are UTC and do not say so."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mappings.lens import scalar
from mappings.scalars import wrong
from mappings.transforms import Transform
from mappings.values import Refused


def _utc(argument: Any) -> Any:
    if argument is not None:
        raise Refused("takes_no_argument")

    def get(external: Any) -> datetime:
        if not isinstance(external, str):
            raise wrong("text", external)
        try:
            moment = datetime.fromisoformat(external.strip())
            return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            raise Refused("not_a_time", value=external[:60]) from None

    return scalar(get, None)


_ALL = (
    Transform(
        "mixpanel.utc", _utc, ((None, "2026-01-31T12:00:00", datetime(2026, 1, 31, 12, tzinfo=UTC)),), frozenset({"datetime"})
    ),
)

LENSES = {transform.name: transform for transform in _ALL}
