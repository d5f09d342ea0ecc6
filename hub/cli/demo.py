"""`hub demo`: practice systems, customers, and the hub between them."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli import rim, scenes
from hub.cli.rim import AsJson, _
from hub.cli.twins import Customers, Seed, Today, base_of
from hub.words import Problem

group = typer.Typer(
    invoke_without_command=True,
    help=_("See it work: practice systems that disagree, until they agree. Nothing leaves this machine."),
)
Timeout = Annotated[float, typer.Option(min=1, help=_("Seconds within which everything has to agree."))]


def register(app: typer.Typer) -> None:
    scenes.register(group)
    app.add_typer(group, name="demo")


@group.callback()
def demo(
    context: typer.Context,
    *,
    once: Annotated[bool, typer.Option("--once", help=_("End when everything agrees; the state stays in HUB_HOME."))] = False,
    customers: Customers = None,
    seed: Seed = 7,
    today: Today = None,
    timeout: Timeout = 300,
    count: Annotated[
        int | None,
        typer.Option(min=1, show_default=False, help=_("So many invented customers, instead of those of the story.")),
    ] = None,
    json: AsJson = False,
) -> None:
    from dataclasses import replace

    from hub import logs, settings
    from hub.practice import demo as practice
    from hub.practice.twins import titles
    from hub.practice.voice import Lines, Story

    if context.invoked_subcommand is not None:
        return
    if customers is not None and count is not None:
        raise Problem("customers_or_count")
    read = settings.read()
    rim.speak(read.lang)
    logs.set_up(read.log)
    base = replace(base_of(customers, seed, today), count=count)
    voice = Lines() if json else Story(_, seed, _whose(base), titles())
    status = practice.run(read, base, voice, once=once, seconds=timeout)
    if status != rim.DONE:
        rim.say(_("Not everything agreed within {seconds:.0f} s. Each process says more in {folder}.",
                  seconds=timeout, folder=read.home / "log"))  # fmt: skip
    rim.leave(status)


def _whose(base: object) -> str:
    from hub.practice.twins import CUSTOMERS, Base

    assert isinstance(base, Base)
    if base.tells_story:
        return _("Lanternfish Software, {count} invented customers", count=CUSTOMERS)
    if base.customers is not None:
        return _("the customers of {file}", file=base.customers.name)
    return _("{count} invented customers", count=base.count)
