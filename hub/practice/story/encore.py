"""The encore: the worker is ended in the middle of its work. Everything is accounted for, and nothing happens twice."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from hub.practice.demo import kill_wanted
from hub.practice.story.acts import import_at_once
from hub.practice.story.running import Running
from hub.practice.story.seen import Play
from hub.sentences import N_

SYSTEM, FIELD, VALUE = "hubspot", "tier", "enterprise"
MANY = 18  # a handful: no safety stop


def kill(stage: Running) -> Play:
    """A handful of tiers is edited in the CRM; while the others are told of it, the worker dies. Ends where it began."""
    stage.mark()
    since = stage.hub.clock.micros()
    before = {place: values.get(FIELD) for place, values in islice(stage.customers(SYSTEM), MANY)}
    import_at_once(stage, SYSTEM, FIELD, dict.fromkeys(before, VALUE))
    _end_worker(stage)
    yield stage.did(N_("{count} tiers were edited in {system}; the worker was ended while it told the others"),
                    count=MANY, system=stage.title(SYSTEM))  # fmt: skip
    stage.settle()
    yield from _accounted(stage, since)
    import_at_once(stage, SYSTEM, FIELD, before)
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


def _accounted(stage: Running, since: int) -> Play:
    query = "SELECT status, count(*) FROM intent WHERE planned_at > %s AND status <> 'void' GROUP BY status"
    counted: Counter[str] = Counter(dict(stage.ask(query, since)))
    words = {"planned": counted.total(), "confirmed": counted["confirmed"], "refused": counted["refused"]}
    words["open"] = sum(counted[status] for status in ("planned", "sending", "unclear"))
    sentence = N_("planned {planned} = confirmed {confirmed} + refused {refused} + open {open}")
    yield stage.saw(words["confirmed"] > 0 == words["open"] == words["refused"], sentence, **words)
    twice = sum(count - 1 for name in stage.twins for count in Counter(stage.sent(name)).values())
    yield stage.saw(twice == 0, N_("Updates that arrived twice in a request log: {count}"), count=twice)
    died = stage.count("SELECT count(*) FROM run WHERE started_at > %s AND status = 'running'", since)
    yield stage.saw(died == 0, N_("Runs left unfinished: {count}"), count=died)
