"""What people read of a source: its state, its promise, what is left of its quota. Words for both the terminal and the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from hub.clock import from_micros
from hub.frequency import DAY, HOUR, MINUTE, span
from hub.quota import Left
from hub.readings.freshness import Freshness
from hub.sentences import N_

Say = Callable[..., str]
"""A sentence in the reader's language, with its data."""

STATES = {
    "on_time": ("●", N_("on time")),
    "reading": ("●", N_("reading")),
    "not_read": ("○", N_("not read yet")),
    "late": ("▲", N_("late")),
    "waiting_for_quota": ("▲", N_("waiting for quota")),
    "incomplete": ("▲", N_("incomplete")),
    "stopped": ("■", N_("stopped")),
    "reconnect": ("▲", N_("reconnect needed")),
    "paused": ("○", N_("paused")),
}
WRITES = {"off": N_("off"), "ask": N_("ask"), "on": N_("on")}
WINDOWS = {1.0: N_("second"), MINUTE: N_("minute"), HOUR: N_("hour"), DAY: N_("day")}


def state(say: Say, fresh: Freshness) -> str:
    mark, word = STATES[fresh.state]
    return f"{mark} {say(word)}"


def kept(say: Say, fresh: Freshness) -> str:
    """Is the promise kept? Empty before the first read, and where nobody reads."""
    if fresh.late_by is not None:
        return say(N_("late by {span}"), span=span(fresh.late_by))
    return "" if fresh.fresh_at is None or fresh.state == "paused" else say(N_("on time"))


def ago(say: Say, fresh: Freshness, now: datetime) -> str:
    if fresh.fresh_at is None:
        return ""
    return say(N_("{span} ago"), span=span((now - from_micros(fresh.fresh_at)).total_seconds()))


def quota(say: Say, fresh: Freshness, now: datetime) -> str:
    return " · ".join(_left(say, each, now) for each in fresh.quota)


def _left(say: Say, left: Left, now: datetime) -> str:
    limit = left.limit
    window = say(WINDOWS[limit.per]) if limit.per in WINDOWS else span(limit.per)
    said = say(N_("{left} of {calls} per {window}"), left=left.calls, calls=limit.calls, window=window)
    if limit.scope != "all":
        said = f"{limit.scope}: {said}"
    if left.back is None:
        return said
    return say(N_("{quota}, back in {span}"), quota=said, span=span((from_micros(left.back) - now).total_seconds()))
