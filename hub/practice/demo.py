"""The demo: practice systems, a customer base, and the hub as it runs in production, until everything agrees."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection as Database

from hub import db, outbound
from hub.cli.entries import Entry, add_entry
from hub.clock import Clock, SystemClock
from hub.connections import SENSITIVITIES
from hub.context import Hub
from hub.keeper import Services, keep
from hub.opening import make_hub
from hub.practice import demo_home, keyboard, quiet, telling, twins
from hub.practice.listening import heard
from hub.practice.memory import peak_rss
from hub.practice.serving import await_answer
from hub.practice.twins import Base, Spec
from hub.practice.voice import Voice
from hub.readings.report import report
from hub.readings.status import idle
from hub.settings import Settings
from hub.supervising import Supervisor, Told
from hub.supervising.roles import hub_role
from hub.words import Problem

LOOK_EVERY = 0.2
FACES = "hub.practice.faces"
"""The hub's pages and, beside them, the practice systems side by side."""
QUIET, NOT_QUIET = 0, 1
NOT_CLEARED = {"support": {"commercial"}}
"""By role: what a demo's systems may not hold."""

Then = Callable[[Hub, Callable[[float], None]], int]
"""What is done once everything agrees: it is handed the hub and a way to rest, and gives the exit status."""


class Ended(Exception):
    """Somebody pressed Ctrl-C."""


@dataclass
class Demo:
    """`seconds`: within which it has to be quiet; `began` moves on while a person is waited for."""

    settings: Settings
    base: Base
    voice: Voice
    seconds: float
    clock: Clock
    told: Told
    supervisor: Supervisor
    hub: Hub
    began: float

    def left(self) -> float:
        return self.began + self.seconds - self.clock.monotonic()

    def wait_for(self, holds: Callable[[Database], bool]) -> bool:
        """False when time is up. Raises `Ended`."""
        while self.left() > 0:
            with self.hub.engine.begin() as database:
                if holds(database):
                    return True
            self.rest(LOOK_EVERY)
        return False

    def rest(self, seconds: float) -> None:
        if not self.told.wait(seconds):
            raise Ended
        if kill_wanted(self.settings.home).exists():
            self._kill_worker()
        self.supervisor.look()

    def _kill_worker(self) -> None:
        """Without a word of warning, as a power cut does; the supervisor starts another."""
        kill_wanted(self.settings.home).unlink()
        for child in self.supervisor.children:
            if child.role.name == "worker" and child.process is not None:
                child.process.kill()


def run(settings: Settings, base: Base, voice: Voice, *, once: bool, seconds: float, then: Then | None = None) -> int:
    """The exit status. Raises Problem."""
    settings = settings.model_copy(
        update={
            "database_url": None,
            "redis_url": None,
            "connections": None,
            "arr_policy": None,
            **({"port": 0} if once else {}),
        }
    )
    base.world()  # a file that cannot be read is told before anything is touched
    demo_home.claim(settings.home)
    clock = SystemClock()
    began = clock.monotonic()
    with Told(clock) as told, keep(settings, durable=False, clock=clock) as services, Supervisor([], clock) as supervisor:
        for name in _start_twins(settings, base, supervisor):
            served = await_answer(settings.home, name, supervisor, told)
            if served is None:
                return QUIET
            voice.say("practice_system", name=name, url=served.url)
        db.upgrade(services.database_url)
        engine = db.engine(services.database_url)
        try:
            demo = Demo(settings, base, voice, seconds, clock, told, supervisor, make_hub(settings, engine), began)
            return _play(demo, services, once=once, then=then)
        except Ended:
            return QUIET
        finally:
            engine.dispose()


def _start_twins(settings: Settings, base: Base, supervisor: Supervisor) -> list[str]:
    names = twins.offered()
    twins.make_ready(settings.home, names)
    for name in names:
        supervisor.add(Spec(name, settings.home, base, hurried=True).role(_log(settings, f"twin-{name}")))
    return names


def _log(settings: Settings, name: str) -> Path:
    return settings.home / "log" / f"{name}.log"


def _play(demo: Demo, services: Services, *, once: bool, then: Then | None) -> int:
    names = _connect(demo)
    for name in ("web", "worker", "beat"):
        role = hub_role(name, demo.settings, services, log=_log(demo.settings, name), patience=6.0)
        demo.supervisor.add(replace(role, module=FACES) if name == "web" else role)
    lags = quiet.lags(demo.hub)
    listening = _listen(demo, names, lags)
    if listening is not None and not once:
        _await_enter(demo)
    reached = listening is not None and _let_writing_go(demo, names, lags)
    status = _report(demo, lags, listening, reached=reached, once=once)
    if then is not None and status == QUIET:
        return then(make_hub(demo.settings, demo.hub.engine), demo.rest)
    while not once:
        demo.rest(LOOK_EVERY)
    return status


def _connect(demo: Demo) -> list[str]:
    """Each as its role promises: billing and support every minute, CRM every five, product every hour."""
    names = twins.offered()
    with demo.hub.engine.begin() as database:
        for name in names:
            config = twins.address(demo.settings.home, name).config
            roles = demo.hub.catalog.connector(name).facts.roles
            may_hold = frozenset(SENSITIVITIES).difference(*(NOT_CLEARED.get(role, ()) for role in roles))
            add_entry(demo.hub, database, Entry(name, name, config, writes="on", may_hold=may_hold, twin=True))
    return names


def _listen(demo: Demo, names: list[str], lags: dict[str, int]) -> Mapping[str, Any] | None:
    """Everything is read once; nothing is written, because nobody has confirmed the first delivery. None: time was up."""
    demo.voice.say("listening", systems=sorted(lags))
    if not demo.wait_for(lambda database: quiet.all_read(database, lags) and idle(database)):
        return None
    _ring_here(demo, names)
    with demo.hub.engine.connect() as database:
        found = heard(demo.hub, database)
        demo.voice.say("listened", written=quiet.writes_since(database, 0), **found)
    return found


def _ring_here(demo: Demo, names: list[str]) -> None:
    """Practice systems tell their edits to our own address."""
    while (here := web_address(demo.settings)) is None and demo.left() > 0:
        demo.rest(LOOK_EVERY)
    for name in names:
        with suppress(Problem):  # a twin that sends none is polled
            telling.tell(twins.address(demo.settings.home, name), "webhooks", url=f"{here}/hooks/{name}")


def _await_enter(demo: Demo) -> None:
    """The clock stands still for the person who reads."""
    if not (demo.voice.for_people and keyboard.somebody()):
        return
    demo.voice.say("enter")
    since = demo.clock.monotonic()
    while not keyboard.enter_pressed():
        demo.rest(LOOK_EVERY / 2)
    demo.began += demo.clock.monotonic() - since


def _let_writing_go(demo: Demo, names: list[str], lags: dict[str, int]) -> bool:
    for name in names:
        outbound.confirmed(demo.hub, name)
    demo.voice.say("writing", systems=names)
    since = demo.hub.clock.micros()
    return demo.wait_for(lambda database: quiet.quiet(database, lags, since, demo.hub.clock.micros()))


def _report(demo: Demo, lags: dict[str, int], listening: Mapping[str, Any] | None, *, reached: bool, once: bool) -> int:
    with demo.hub.engine.connect() as database:
        rounds = quiet.fewest_runs(database, lags)
    seconds = demo.clock.monotonic() - demo.began
    again = _second_round(demo, lags) if reached else None
    with demo.hub.engine.connect() as database:
        found = report(
            demo.hub,
            database,
            rounds=rounds,
            second_round_writes=again or 0,
            seconds=seconds,
            peak_rss_bytes=peak_rss(),
            quiet=again is not None,
        )
    here = None if once else web_address(demo.settings)
    page = None if here is None else f"{here}/{'tour' if demo.base.tells_story else 'windows'}"
    demo.voice.report({**found, "second_round_writes": again, "listening": listening}, page)
    return NOT_QUIET if again is None else QUIET


def _second_round(demo: Demo, lags: dict[str, int]) -> int | None:
    """Everybody is read and written to once more. None: time was up before."""
    since = demo.hub.clock.micros()

    def done(database: Database) -> bool:
        return quiet.all_read_again(database, lags, since, demo.hub.clock.micros()) and idle(database)

    if not demo.wait_for(done):
        return None
    with demo.hub.engine.connect() as database:
        return quiet.writes_since(database, since)


def kill_wanted(home: Path) -> Path:
    """While this file is there, somebody wants to see the worker of the running demo end in the middle of its work."""
    return home / "run" / "kill-worker"


def web_address(settings: Settings) -> str | None:
    """Where the status page of this HUB_HOME answers."""
    try:
        return str(json.loads((settings.home / "run" / "web.json").read_bytes())["url"])
    except FileNotFoundError:
        return None
