"""How far the vendor's clock is from ours, as every answer's Date tells: bounds, never a guess."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from connectors.kit.calls import Headers, header

WIDE = timedelta(seconds=1)
"""A Date header is cut to whole seconds."""

Bounds = tuple[timedelta, timedelta]


class VendorClock:
    """Vendor time minus ours lies between the two `bounds`; None until an answer carried a Date."""

    def __init__(self) -> None:
        self.bounds: Bounds | None = None

    def heard(self, headers: Headers, sent: datetime, received: datetime) -> None:
        """The answer was written at some moment between `sent` and `received`, and says which one that was at the vendor's."""
        said = _date(headers)
        if said is None:
            return
        low, high = said - received, said + WIDE - sent
        if self.bounds is not None:
            kept = max(low, self.bounds[0]), min(high, self.bounds[1])
            low, high = kept if kept[0] <= kept[1] else (low, high)  # one of the clocks was set: begin again
        self.bounds = low, high


def _date(headers: Headers) -> datetime | None:
    said = header(headers, "date")
    if said is None:
        return None
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
