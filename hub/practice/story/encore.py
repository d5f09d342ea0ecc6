"""The encore: the worker is ended in the middle of its work. Everything is accounted for, and nothing happens twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from hub.practice.demo import kill_wanted
from hub.practice.story.acts import Seen
from hub.practice.story.running import Running
from hub.sentences import N_

SYSTEM, FIELD, VALUE = "hubspot", "tier", "enterprise"
MANY = 18  # a handful: no safety stop


def kill(stage: Running) -> Iterator[Seen]:
    """A handful of tiers is edited in the CRM; while the others are told of it, the worker dies. Ends where it began."""
    stage.mark()
    since = stage.hub.clock.micros()
    edited = [(place, values.get(FIELD)) for place, values in islice(stage.customers(SYSTEM), MANY)]
    with stage.between_reads():
        for place, _ in edited:
            stage.edit(SYSTEM, place, stage.encoded(SYSTEM, place, FIELD, VALUE, blindly=True))
    _end_worker(stage)
    stage.settle()
    yield from _accounted(stage, since)
    with stage.between_reads():
        for place, before in edited:
            stage.edit(SYSTEM, place, stage.encoded(SYSTEM, place, FIELD, before, blindly=True))
    stage.settle()


def _end_worker(stage: Running) -> None:
    """As soon as a write is on its way; the demo itself ends its child."""
    query = "SELECT count(*) FROM intent WHERE status = 'sending'"
    wanted = kill_wanted(stage.hub.settings.home)
    for _ in range(100):
        if stage.count(query):
            break
        stage.rest(0.02)
    wanted.touch()
    stage.until(lambda _: not wanted.exists())


def _accounted(stage: Running, since: int) -> Iterator[Seen]:
    counted = dict(
        stage.ask("SELECT status, count(*) FROM intent WHERE planned_at > %s AND status <> 'void' GROUP BY status", since)
    )
    open_ = sum(counted.get(status, 0) for status in ("planned", "sending", "unclear"))
    data = {
        "planned": sum(counted.values()),
        "confirmed": counted.get("confirmed", 0),
        "refused": counted.get("refused", 0),
        "open": open_,
    }
    sentence = N_("planned {planned} = confirmed {confirmed} + refused {refused} + open {open}")
    yield Seen(counted.get("confirmed", 0) > 0 and open_ == 0 and not counted.get("refused"), sentence, data)
    twice = sum(count - 1 for name in stage.twins for count in Counter(stage.sent(name)).values())
    yield Seen(twice == 0, N_("{count} updates arrived twice in a request log"), {"count": twice})
    died = stage.count("SELECT count(*) FROM run WHERE started_at > %s AND status = 'running'", since)
    yield Seen(died == 0, N_("{count} runs left unfinished"), {"count": died})
