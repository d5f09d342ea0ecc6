"""`hub twins serve`: practice systems under a supervisor, each told about when it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from connectors.kit import registry
from connectors.kit.contract import Served
from hub.clock import Clock
from hub.practice import telling, twins
from hub.supervising import Role, Supervisor, Told
from hub.words import Problem

ANSWER_WITHIN = 60.0


def names_to_serve(names: Sequence[str], data: Sequence[str]) -> tuple[list[str], dict[str, Path]]:
    """Which twins, and what some of them hold (`NAME=FILE`). Those with data alone, where no names are given. Raises Problem."""
    known = twins.offered()
    files = {}
    for pair in data:
        name, equals, file = pair.partition("=")
        if not equals or not file:
            raise Problem("not_a_pair", form="--data NAME=FILE")
        files[name] = Path(file).absolute()
    wanted = [*dict.fromkeys([*names, *files])] or known
    for name in wanted:
        if name not in known:
            raise Problem("twin_not_offered", name=name, known=", ".join(known))
    for name, path in files.items():
        _known_objects(name, path)
    return wanted, files


def _known_objects(name: str, path: Path) -> None:
    """A misspelt object would be served to nobody."""
    twin = registry.discover().get(name).twin
    assert twin is not None  # it is offered
    for object in twins.read_data(path):
        if object not in twin.objects:
            known = ", ".join(twin.objects)
            raise Problem("twin_data_object", path=str(path), name=name, object=object, known=known)


def serve(home: Path, roles: dict[str, Role], clock: Clock, told: Told, say: Callable[[Served], None]) -> None:
    """Until told to end."""
    try:
        with Supervisor(list(roles.values()), clock) as supervisor:
            for name in roles:
                served = await_answer(home, name, supervisor, told)
                if served is not None:
                    say(served)
            while told.wait(0.2):
                supervisor.look()
    finally:
        twins.make_ready(home, list(roles), resume=True)


def await_answer(home: Path, name: str, supervisor: Supervisor, told: Told) -> Served | None:
    """None: told to end meanwhile. Raises Problem `twin_silent`."""
    deadline = supervisor.clock.monotonic() + ANSWER_WITHIN
    while supervisor.clock.monotonic() < deadline:
        try:
            served = twins.address(home, name)
            telling.ask(served, "clock")
        except Problem:
            supervisor.look()
            if not told.wait(0.05):
                return None
        else:
            return served
    raise Problem("twin_silent", name=name, url="-", why=f"{ANSWER_WITHIN:.0f} s")
