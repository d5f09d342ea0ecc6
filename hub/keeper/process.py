"""The keeper process: starts the servers, starts them again if they die, and ends them when nobody uses them any more."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from hub.clock import Clock, SystemClock
from hub.keeper.locks import EXCLUSIVE, Lock
from hub.keeper.postgres import PostgreSQL
from hub.keeper.redis import Redis
from hub.keeper.rooms import Rooms
from hub.keeper.service import Service
from hub.words import Problem

LOOK_EVERY = 0.1
LONGEST_PAUSE = 5.0


def main(home: str, *wanted: str) -> None:
    """`wanted`: postgres, redis, forgetful. `keeper.lock` is inherited from the user who started us."""
    if os.fork():
        os._exit(0)  # our starter need not wait for us, and gets no zombie
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    clock, rooms = SystemClock(), Rooms(Path(home))
    sockets = rooms.sockets()
    services: list[Service] = []
    if "postgres" in wanted:
        services.append(PostgreSQL(rooms, sockets, clock, durable="forgetful" not in wanted))
    if "redis" in wanted:
        services.append(Redis(rooms, sockets, clock))
    try:
        serve(rooms, services, clock)
    except Problem as problem:
        rooms.write_notice({"problem": problem.code, "data": problem.data})
    finally:
        end(services)
        if sockets != rooms.run:
            _clear(sockets)


def serve(rooms: Rooms, services: list[Service], clock: Clock) -> None:
    for service in services:
        service.prepare()
        service.start()
    for service in services:
        service.await_answer()
    rooms.write_notice({service.name: service.url for service in services})
    users = Lock(rooms.users_lock)
    pause = LOOK_EVERY
    while not users.take(EXCLUSIVE):
        clock.sleep(LOOK_EVERY)
        for dead in [service for service in services if not service.alive()]:
            print(f"{dead.name} ended; starting it again", file=sys.stderr, flush=True)  # noqa: T201 - our stderr is log/keeper.log
            clock.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            dead.start()
    rooms.notice.unlink(missing_ok=True)


def end(services: list[Service]) -> None:
    for service in services:
        service.tell_to_end()
    for service in services:
        service.await_end()


def _clear(sockets: Path) -> None:
    for one in (sockets / "pg", sockets / "redis.sock", sockets):
        if one.is_dir():
            one.rmdir()
        else:
            one.unlink(missing_ok=True)
