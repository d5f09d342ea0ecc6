"""`hub dead`: updates that a vendor refused, values that we could not accept."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from hub.cli import rim
from hub.cli.people import Decides, decider
from hub.cli.rim import AsJson, _

RAW_SHOWN = 60
"""Letters of a raw value in a table."""

Ids = Annotated[list[str], typer.Argument(metavar="ID...", help=_("As `hub dead list` shows them."))]

group = typer.Typer(invoke_without_command=True, help=_("Updates that were refused, and values that could not be accepted."))


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="dead")


@group.callback()
def dead(context: typer.Context, *, json: AsJson = False) -> None:
    if context.invoked_subcommand is None:
        _list(json)


@group.command("list", help=_("All of them, with reason and raw value."))
def list_(*, json: AsJson = False) -> None:
    _list(json)


def _list(as_json: bool) -> None:
    from hub.readings.refusals import refusals

    with rim.opened() as hub, hub.engine.connect() as database:
        rows = refusals(database)
        if not as_json:
            rows = map(_short, rows)
        columns = ("id", "connection", "object", "record", "field", "why", "raw")
        rim.listed(rows, as_json=as_json, columns=columns, empty=_("Nothing was refused."))


def _short(row: dict[str, Any]) -> dict[str, Any]:
    """A line for people; programs, and who asks with --json, see all of it."""
    raw = " ".join((row.get("raw") or "").split())
    return {
        **row,
        "field": row.get("field") or list(row.get("fields", ())),
        "why": rim.told(row),
        "raw": raw if len(raw) <= RAW_SHOWN else raw[:RAW_SHOWN] + " …",
    }


@group.command(help=_("Try again: read the kept value anew, or plan the update anew."))
def retry(ids: Ids, *, json: AsJson = False) -> None:
    from hub import refused

    with rim.opened() as hub:
        rows = [{"id": id, "outcome": refused.retry(hub, id)} for id in ids]
    rim.listed(rows, as_json=json, columns=("id", "outcome"), empty="")


@group.command(help=_("Leave it at that: it is not listed any more."))
def drop(ids: Ids, *, as_: Decides = None) -> None:
    from hub import refused

    with rim.opened() as hub:
        by = decider(hub, as_)
        for id in ids:
            refused.drop(hub, id, by=by)
