"""When a month has to be closed: its end, and since when somebody should have done it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hub.finance.policy import CloseAt

LAST_SECOND = timedelta(seconds=1)


class Due(NamedTuple):
    """`end`: the first instant that is not of the month any more. `at`: when it was to be closed."""

    end: datetime
    at: datetime

    def closed_by(self, as_of: datetime) -> bool:
        """Some write a month's end as 24:00, some as 23:59:59."""
        return as_of >= self.end - LAST_SECOND


def due(close_at: CloseAt, now: datetime) -> Due:
    """The newest month whose time to be closed has come."""
    zone = ZoneInfo(close_at.zone)
    here = now.astimezone(zone)
    end = datetime(here.year, here.month, 1, tzinfo=zone)
    this = Due(end, datetime.combine(end.replace(day=close_at.day).date(), close_at.time, zone))
    if this.at <= now:
        return this
    end = (end - timedelta(days=1)).replace(day=1)
    return Due(end, datetime.combine(end.replace(day=close_at.day).date(), close_at.time, zone))
