"""The tasks: each asks the database again whether it is due, so that a doubled or late ring does nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection as Database

from hub import leases, runs
from hub.hooks.replay import forget
from hub.outbound import deliver_allowed
from hub.readings import duplicates
from hub.runs import Outcome
from hub.session import Session, view_of
from hub.settling.due import settle_due
from hub.sync import reread as sync_again
from hub.sync import sync
from scheduler import due, process
from scheduler.app import FORGET, LOOK, SLICE, TICK, app

Ring = TypeVar("Ring", bound=Callable[..., None])


def task(name: str) -> Callable[[Ring], Any]:
    """Celery's decorator, which has no types."""
    made: Callable[[Ring], Any] = app.task(name=name)
    return made


@task("tick")
def tick() -> None:
    """Rings for everything that is due. Of several beats one is heard: the lease of a tick is never given back."""
    hub = process.hub()
    with hub.engine.begin() as database:
        if leases.take(hub, database, "tick", TICK * 0.9) is None:
            return
        runs.bury(hub, database)
        if leases.take(hub, database, "forget", FORGET) is not None:
            forget(hub, database)
        work = due.work(database, hub.clock.micros())
    if work.settle:
        settle.delay()
    for name in work.deliver:
        deliver.delay(name)
    for name in work.read:
        read.delay(name)
    for name in work.reread:
        reread.delay(name)


@task("read")
def read(name: str) -> None:
    """A run of one connection; what it planned anywhere is rung at once."""
    _run(name, due.to_read, sync)


@task("reread")
def reread(name: str) -> None:
    """As `read`, of the records that webhooks and stale writes named."""
    _run(name, due.to_reread, sync_again)


def _run(name: str, still_due: Callable[[Database, int], list[str]], run: Callable[..., Outcome | None]) -> None:
    hub = process.hub()
    with hub.engine.connect() as database:
        if name not in still_due(database, hub.clock.micros()):
            return
    connection = process.connection(hub, name)
    outcome = None if connection is None else run(hub, connection, within=SLICE)
    if outcome is None:
        return
    if outcome.changed:
        look_for_duplicates.delay()
    with hub.engine.connect() as database:
        ready = due.to_deliver(database, hub.clock.micros())
    for other in ready:
        deliver.delay(other)


@task("deliver")
def deliver(name: str) -> None:
    hub = process.hub()
    with hub.engine.connect() as database:
        if name not in due.to_deliver(database, hub.clock.micros()):
            return
    connection = process.connection(hub, name)
    if connection is not None:
        deliver_allowed(hub, connection)


@task("duplicates")
def look_for_duplicates() -> None:
    """At most once in LOOK seconds: the lease is not given back. What changes meanwhile is seen at the next change, or by `hub duplicates`."""
    hub = process.hub()
    with hub.engine.begin() as database:
        if leases.take(hub, database, "duplicates", LOOK) is not None:
            duplicates.refresh(hub, database)


@task("settle")
def settle() -> None:
    """Golden records that a run left due when it died."""
    hub = process.hub()
    settle_due(Session(hub, view_of(hub)))
