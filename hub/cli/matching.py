"""`hub duplicates`: list, merge, not-same, unmerge."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli import rim
from hub.cli.people import Decides, decider
from hub.cli.rim import AsJson, _

Entity = Annotated[str, typer.Option("--entity", help=_("account, contact, …"))]
A = Annotated[str, typer.Argument(metavar="ID", help=_("Our id, or CONNECTION:OBJECT:EXTERNAL_ID."))]
B = Annotated[str, typer.Argument(metavar="ID", help=_("The other one."))]

group = typer.Typer(invoke_without_command=True, help=_("Records that look like one. Nothing is merged by itself."))


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="duplicates")


@group.callback()
def duplicates(context: typer.Context, *, json: AsJson = False) -> None:
    if context.invoked_subcommand is None:
        _list(json)


@group.command("list", help=_("Look for them now; the surest first."))
def list_(*, json: AsJson = False) -> None:
    _list(json)


def _list(as_json: bool) -> None:
    from hub.readings.duplicates import duplicates as read
    from hub.readings.duplicates import refresh

    with rim.opened() as hub, hub.engine.begin() as database:
        refresh(hub, database)
        rows = list(read(database))
    rim.listed(rows, as_json=as_json, columns=("entity", "ids", "names", "score", "evidence"), empty=_("Nothing looks double."))


@group.command(help=_("The two are one. The older id stays; the other goes on meaning it."))
def merge(a: A, b: B, *, entity: Entity = "account", as_: Decides = None) -> None:
    _two("merge", a, b, entity, as_)


@group.command("not-same", help=_("The two are not one, and are not asked about again."))
def not_same(a: A, b: B, *, entity: Entity = "account", as_: Decides = None) -> None:
    _two("not_same", a, b, entity, as_)


@group.command(help=_("Take the last merge of a record back."))
def unmerge(id: A, *, entity: Entity = "account", as_: Decides = None) -> None:
    from hub import matching
    from hub.readings.records import find

    with rim.opened() as hub:
        with hub.engine.connect() as database:
            found = find(hub, database, entity, id)
        matching.unmerge(hub, entity, found, by=decider(hub, as_))


def _two(verb: str, a: str, b: str, entity: str, as_: str | None) -> None:
    from hub import matching
    from hub.readings.records import find

    with rim.opened() as hub:
        with hub.engine.connect() as database:
            left, right = find(hub, database, entity, a), find(hub, database, entity, b)
        decide = matching.merge if verb == "merge" else matching.not_same
        decide(hub, entity, left, right, by=decider(hub, as_))
