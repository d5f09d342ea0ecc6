"""`hub twins`: practice systems on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli import rim
from hub.cli.rim import AsJson, _

group = typer.Typer(no_args_is_help=True, help=_("Practice systems: stand-ins for vendors, on this machine alone."))

Names = Annotated[list[str], typer.Argument(metavar="[NAME]...", show_default=False, help=_("Which vendors; all by default."))]
Customers = Annotated[
    Path | None, typer.Option(metavar="FILE", help=_("A CSV of customers with a header; its names fill the practice systems."))
]
Seed = Annotated[int, typer.Option(help=_("The same seed gives the same customers on every machine."))]
Today = Annotated[str | None, typer.Option(metavar="DATE", help=_("The day that seeded dates count from; today by default."))]
Home = Annotated[Path | None, typer.Option(metavar="FOLDER", help=_("Instead of HUB_HOME."))]


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="twins")


@group.command(help=_("Serve practice systems until Ctrl-C."))
def serve(
    names: Names = [],  # noqa: B006  # typer copies it
    *,
    data: Annotated[
        list[str], typer.Option("--data", metavar="NAME=FILE", help=_("Rows in the vendor's shape, served as they stand."))
    ] = [],  # noqa: B006
    customers: Customers = None,
    seed: Seed = 7,
    today: Today = None,
    speed: Annotated[float, typer.Option(help=_("60 makes a minute of the practice world cost a second."))] = 1.0,
    resume: Annotated[
        bool, typer.Option("--resume", help=_("Go on with what they held when they were last served here."))
    ] = False,
    home: Home = None,
    json: AsJson = False,
) -> None:
    from hub.clock import SystemClock
    from hub.practice import serving, twins
    from hub.supervising import Told

    folder, clock = _home(home), SystemClock()
    wanted, files = serving.names_to_serve(names, data)
    base = base_of(customers, seed, today)
    if any(name not in files for name in wanted):
        base.world()  # a file that cannot be read is told here, once
    twins.make_ready(folder, wanted, resume=resume)
    roles = {name: twins.Spec(name, folder, base, files.get(name), speed).role() for name in wanted}
    with Told(clock) as told:
        serving.serve(folder, roles, clock, told, lambda served: _say(served, as_json=json))


@group.command(help=_("Make a running practice system misbehave."))
def fail(
    name: Annotated[str, typer.Argument(help=_("Which practice system."))],
    fault: Annotated[str, typer.Argument(help=_("rate_limited, server_error, drop_after_apply, …"))],
    *,
    times: Annotated[int, typer.Option(min=1, help=_("How many requests."))] = 1,
    match: Annotated[
        str, typer.Option(metavar="PATTERN", help=_("Only requests like this: a regular expression over METHOD PATH."))
    ] = "",
    home: Home = None,
    json: AsJson = False,
) -> None:
    from hub.practice import telling, twins

    answer = telling.tell(twins.address(_home(home), name), "faults", name=fault, times=times, match=match)
    rim.listed(answer["armed"], as_json=json, columns=("fault", "times", "match"), empty="")


def base_of(customers: Path | None, seed: int, today: str | None) -> Any:
    """The customer base that the options describe. Raises Problem."""
    from datetime import date

    from hub.clock import SystemClock
    from hub.practice.twins import Base
    from hub.words import Problem

    try:
        day = SystemClock().now().date() if today is None else date.fromisoformat(today)
    except ValueError:
        raise Problem("not_a_date", value=today) from None
    return Base(seed, day, None if customers is None else customers.absolute())


def _home(home: Path | None) -> Path:
    from hub import logs, settings

    read = settings.read()
    rim.speak(read.lang)
    logs.set_up(read.log)
    return read.home if home is None else home.expanduser().absolute()


def _say(served: Any, *, as_json: bool) -> None:
    if as_json:
        from hub.practice.twins import told

        rim.line(told(served))
    else:
        rim.show(_("Practice {name} answers at {url}", name=served.name, url=served.url))
