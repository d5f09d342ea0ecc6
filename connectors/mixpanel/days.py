"""Which days are read: whole ones of the project's time zone, both ends included, never one that is not over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from connectors.kit.errors import Rejected
from connectors.mixpanel.config import MixpanelConfig

DAY = timedelta(days=1)
MONTH = 30
"""Days of which people are counted as active lately."""


@dataclass(frozen=True, slots=True)
class Window:
    """Asked for: `first` to `last`, which tells who is known at all. Shown: `since` to `last`."""

    first: date
    since: date
    last: date

    def days(self, since: date | None = None) -> list[date]:
        start = self.first if since is None else since
        return [start + n * DAY for n in range((self.last - start).days + 1)]


def last_complete(config: MixpanelConfig, now: datetime) -> date:
    return now.astimezone(ZoneInfo(config.timezone)).date() - DAY


def window(config: MixpanelConfig, now: datetime, cursor: str | None) -> Window:
    """From nothing all of it; later the days that are new and those before, whose events may have come late."""
    last = last_complete(config, now)
    whole = last - (config.first_days - 1) * DAY
    if cursor is None:
        return Window(whole, whole, last)
    known = read(cursor)
    since = min(known, last, max(known - (config.late_days - 1) * DAY, whole))
    return Window(min(whole, since), since, last)


def read(cursor: str) -> date:
    """The last complete day that was read."""
    try:
        return date.fromisoformat(cursor)
    except ValueError:
        raise Rejected("cursor", cursor=cursor[:200]) from None
