"""`hub up`, `hub web`, `hub worker`, `hub beat`: roles over the configured or embedded services, until told to end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from hub.clock import Clock, SystemClock
from hub.keeper import Services, keep
from hub.keeper.locks import is_free
from hub.keeper.rooms import Rooms
from hub.settings import Settings
from hub.supervising.roles import hub_role
from hub.supervising.signals import Told
from hub.supervising.supervisor import Supervisor

log = structlog.stdlib.get_logger("hub.supervising")

LOOK_EVERY = 0.2
Prepare = Callable[[Services], None]


def run(
    settings: Settings, names: Sequence[str], *, patience: float, prepare: Prepare | None = None, clock: Clock | None = None
) -> None:
    """Returns when told to end. `prepare` is called whenever the services are there, before anything runs. Raises Problem."""
    clock = clock or SystemClock()
    with Told(clock) as told:
        while not told:
            _run_once(settings, names, patience, prepare, clock, told)


def _run_once(
    settings: Settings, names: Sequence[str], patience: float, prepare: Prepare | None, clock: Clock, told: Told
) -> None:
    """Until told, or until the keeper died: that is a new start, because its addresses may be others."""
    with keep(settings, clock=clock) as services:
        if prepare is not None:
            prepare(services)
        roles = [hub_role(name, settings, services, patience=patience) for name in names]
        with Supervisor(roles, clock) as supervisor:
            while told.wait(LOOK_EVERY):
                supervisor.look()
                if not keeper_lives(settings):
                    log.warning("keeper_ended", home=str(settings.home))
                    return


def keeper_lives(settings: Settings) -> bool:
    """Always, where both services are configured: then there is none."""
    if settings.database_url is not None and settings.redis_url is not None:
        return True
    return not is_free(Rooms(settings.home).keeper_lock)
