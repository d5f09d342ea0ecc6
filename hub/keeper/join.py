"""A user of the keeper: takes a share in `users.lock`, starts the keeper if there is none, and learns the addresses."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hub.clock import Clock, SystemClock
from hub.keeper.locks import EXCLUSIVE, SHARED, Lock, is_free, take
from hub.keeper.rooms import Rooms
from hub.settings import Settings
from hub.words import Problem

ANSWER_WITHIN, END_WITHIN = 60.0, 5.0
SOURCES = Path(__file__).parents[2]
START = f"import sys; sys.path.append({str(SOURCES)!r}); from hub.keeper.process import main; main(*sys.argv[1:])"


@dataclass(frozen=True)
class Services:
    database_url: str
    redis_url: str | None
    """For redis-py; None if the caller did not ask for Redis and none is set."""

    @property
    def broker_url(self) -> str | None:
        return self.redis_url and broker_url(self.redis_url)


def broker_url(redis_url: str) -> str:
    """The same address as Celery spells it."""
    if not redis_url.startswith("unix://"):
        return redis_url
    return redis_url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)


@contextmanager
def keep(settings: Settings, *, redis: bool = True, durable: bool = True, clock: Clock | None = None) -> Iterator[Services]:
    """The two addresses; what HUB_DATABASE_URL and HUB_REDIS_URL do not name is kept for as long as the block runs.

    `durable=False` gives up fsync (tests, demo); the first user decides. Raises Problem.
    """
    wanted = ["redis"] if redis and settings.redis_url is None else []
    if settings.database_url is None:
        wanted = ["postgres", *(["redis"] if settings.redis_url is None else []), *([] if durable else ["forgetful"])]
    elif not wanted:
        yield Services(settings.database_url, settings.redis_url)
        return
    rooms = Rooms(settings.home)
    rooms.make()
    clock = clock or SystemClock()
    users = _share(rooms, clock)
    try:
        notice = _join(rooms, wanted, clock)
        if settings.database_url is None and "PostgreSQL" not in notice:
            raise Problem("keeper_differs", home=str(rooms.home))
        yield Services(settings.database_url or notice["PostgreSQL"], settings.redis_url or notice.get("Redis"))
    finally:
        _leave(rooms, users, clock)


def _share(rooms: Rooms, clock: Clock) -> Lock:
    """Waits while a keeper is ending: it holds the lock alone then."""
    deadline = clock.monotonic() + END_WITHIN
    while (users := take(rooms.users_lock, SHARED)) is None:
        if clock.monotonic() > deadline:
            raise Problem("keeper_busy", home=str(rooms.home), seconds=END_WITHIN, log=str(rooms.log("keeper")))
        clock.sleep(0.02)
    return users


def _join(rooms: Rooms, wanted: list[str], clock: Clock) -> dict[str, str]:
    deadline = clock.monotonic() + ANSWER_WITHIN
    started = False
    while clock.monotonic() < deadline:
        keeper = take(rooms.keeper_lock, EXCLUSIVE)
        if keeper is None:
            notice = rooms.read_notice()
            if notice is not None and "problem" not in notice:
                return notice
        elif started:
            keeper.close()
            raise _problem(rooms)
        else:
            started = True
            _start(rooms, wanted, keeper)
        clock.sleep(0.01)
    raise Problem("keeper_busy", home=str(rooms.home), seconds=ANSWER_WITHIN, log=str(rooms.log("keeper")))


def _start(rooms: Rooms, wanted: list[str], keeper: Lock) -> None:
    """Hands the lock over with its descriptor, so that there is never an instant with two keepers."""
    rooms.notice.unlink(missing_ok=True)
    with rooms.log("keeper").open("ab") as log:
        subprocess.run(
            [sys.executable, "-P", "-c", START, str(rooms.home), *wanted],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(keeper.fd,),
            start_new_session=True,
            check=True,
        )
    keeper.close()


def _problem(rooms: Rooms) -> Problem:
    notice = rooms.read_notice()
    if notice is None:
        log = rooms.log("keeper")
        return Problem("service_failed", service="The keeper", log=str(log), tail=log.read_text()[-2000:])
    return Problem(notice["problem"], **notice["data"])


def _leave(rooms: Rooms, users: Lock, clock: Clock) -> None:
    """The last one out waits for the end, so that the folder can be removed or used again at once."""
    last = users.take(EXCLUSIVE)
    users.close()
    deadline = clock.monotonic() + END_WITHIN
    while last and not is_free(rooms.keeper_lock) and clock.monotonic() < deadline:
        clock.sleep(0.02)
