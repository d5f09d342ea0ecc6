"""`hub conflicts`: list, show, resolve, pin."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from hub.cli import rim
from hub.cli.people import Decides, decider
from hub.cli.rim import AsJson, _

ConflictId = Annotated[str, typer.Argument(metavar="ID", help=_("As `hub conflicts list` shows it."))]
From = Annotated[str | None, typer.Option("--from", metavar="CONNECTION", help=_("What this connection says."))]
Value = Annotated[str | None, typer.Option(metavar="V", help=_('This value; "" clears the field. Amounts and lists as JSON.'))]
Note = Annotated[str | None, typer.Option(help=_("Why, for whoever asks later."))]

group = typer.Typer(invoke_without_command=True, help=_("Values that need a person's decision."))


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="conflicts")


@group.callback()
def conflicts(context: typer.Context, *, json: AsJson = False) -> None:
    if context.invoked_subcommand is None:
        _list(None, json)


@group.command("list", help=_("Everything that waits for a decision."))
def list_(*, json: AsJson = False) -> None:
    _list(None, json)


@group.command(help=_("One of them."))
def show(id: ConflictId, *, json: AsJson = False) -> None:
    _list(id, json)


def _list(id: str | None, as_json: bool) -> None:
    from hub.readings.conflicts import conflicts as read

    with rim.opened() as hub, hub.engine.connect() as database:
        rows = list(read(hub, database, id))
    if not as_json:
        rows = [{**row, "claims": "; ".join(_said(claim) for claim in row["claims"])} for row in rows]
    rim.listed(
        rows,
        as_json=as_json,
        columns=("id", "entity", "record", "field", "was", "claims"),
        empty=_("Nothing needs a decision."),
    )


def _said(claim: dict[str, Any]) -> str:
    return _("{connection} says {value}", connection=claim["connection"], value=rim.plain(claim["value"]))


@group.command(help=_("Choose a value. It stands until somebody edits the field."))
def resolve(
    id: ConflictId, *, from_: From = None, value: Value = None, note: Note = None, as_: Decides = None, json: AsJson = False
) -> None:
    from hub import decisions

    choice = _choice(from_, value)
    with rim.opened() as hub:
        _tell(decisions.resolve(hub, id, choice, by=decider(hub, as_), note=note), json)


@group.command(help=_("Keep a value, whatever anybody says, until a date."))
def pin(
    entity: Annotated[str, typer.Argument(help=_("account, contact, …"))],
    id: Annotated[str, typer.Argument(help=_("Our id, or CONNECTION:OBJECT:EXTERNAL_ID."))],
    field: Annotated[str, typer.Argument(help=_("The field, or FIELD:MEMBER of a list."))],
    *,
    from_: From = None,
    value: Value = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help=_("ISO 8601; without it, until the next decision."))] = None,
    note: Note = None,
    as_: Decides = None,
    json: AsJson = False,
) -> None:
    from hub import decisions
    from hub.readings.changes import instant
    from hub.readings.records import find

    choice, ends = _choice(from_, value), None if until is None else instant(until)
    with rim.opened() as hub:
        with hub.engine.connect() as database:
            golden_id = find(hub, database, entity, id)
        _tell(decisions.pin(hub, entity, golden_id, field, choice, until=ends, by=decider(hub, as_), note=note), json)


def _choice(connection: str | None, value: str | None) -> Any:
    from hub.decisions import Choice
    from hub.words import Problem

    if (connection is None) == (value is None):
        raise Problem("one_of_from_and_value")
    return Choice(connection, value)


def _tell(decided: Any, as_json: bool) -> None:
    row = {
        "id": decided.golden_id,
        "field": decided.field,
        "value": decided.value,
        "planned": decided.planned,
        "run": decided.run,
    }
    rim.listed([row], as_json=as_json, columns=("id", "field", "value", "planned"), empty="")
