"""`hub plan`: what would be sent, before it is."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli import rim
from hub.cli.rim import AsJson, _


def register(app: typer.Typer) -> None:
    app.command(help=_("What would be sent, value by value, before anybody confirms it."))(plan)


def plan(
    names: Annotated[list[str] | None, typer.Argument(help=_("Only to these connections."))] = None, *, json: AsJson = False
) -> None:
    from hub.readings.planned import planned as read

    with rim.opened() as hub, hub.engine.connect() as database:
        wanted = [connection.name for connection in rim.chosen(hub, names)] if names else None
        rows = read(hub, database, wanted)
        columns = ("connection", "record", "field", "old", "new", "status")
        rim.listed(rows, as_json=json, columns=columns, empty=_("Nothing would be sent."))
