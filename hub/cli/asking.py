"""`hub records`, `show`, `explain`, `changes`, `digest`: what is agreed, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from hub.cli import paper, rim, why
from hub.cli.rim import AsJson, _

Entity = Annotated[str, typer.Argument(help=_("account, contact, subscription, …"))]
Id = Annotated[str, typer.Argument(help=_("Our id, or CONNECTION:OBJECT:EXTERNAL_ID."))]

changes_group = typer.Typer(invoke_without_command=True, help=_("Every agreed value that changed, oldest first."))


def register(app: typer.Typer) -> None:
    app.command(help=_("The agreed records of an entity."))(records)
    app.command(help=_("One agreed record."))(show)
    app.command(help=_("Why each value is what it is: who says what, which rule decided."))(explain)
    app.add_typer(changes_group, name="changes")
    app.command(help=_("One number for everything that is agreed: equal on two machines if all of it is."))(digest)


def records(
    entity: Entity,
    query: Annotated[str | None, typer.Argument(help=_("Text that some value contains."))] = None,
    *,
    json: AsJson = False,
) -> None:
    from hub.readings.records import records as read

    with rim.opened() as hub, hub.engine.connect() as database:
        found = read(hub, database, entity, query)
        rows = found if json else (_short(row) for row in found)
        rim.listed(rows, as_json=json, columns=("id", "name", "linked", "contested"), empty=_("No such record."))


def _short(row: dict[str, Any]) -> dict[str, Any]:
    values = row["values"]
    name = next((values[key] for key in ("name", "email", "number", "subject") if values.get(key)), "")
    return {
        "id": row["id"],
        "name": name,
        "linked": [link["connection"] for link in row["links"]],
        "contested": row["contested"],
    }


def show(entity: Entity, id: Id, *, json: AsJson = False) -> None:
    from hub.readings.records import show as read

    with rim.opened() as hub, hub.engine.connect() as database:
        row = read(hub, database, entity, id)
    if json:
        rim.line(row)
        return
    rows = [{"field": name, "agreed value": value} for name, value in row["values"].items()]
    rows += [{"field": name, "agreed value": _("needs a decision")} for name in row["contested"]]
    rows += [{"field": _("linked"), "agreed value": ":".join(link.values())} for link in row["links"]]
    rim.listed(rows, as_json=False, columns=("field", "agreed value"), empty="")


def explain(
    entity: Entity,
    id: Id,
    field: Annotated[str | None, typer.Argument(help=_("Only this field."))] = None,
    *,
    json: AsJson = False,
) -> None:
    from hub.readings.explain import explain as read

    with rim.opened() as hub, hub.engine.connect() as database:
        rows = read(hub, database, entity, id, field)
    if json:
        for row in rows:
            rim.line(row)
        return
    for row in rows:
        rim.show(_explained(row))


def _explained(row: dict[str, Any]) -> str:
    head = f"{row['field']}: {rim.plain(row['value'])}"
    why_ = f"    {why.sentence(row)}  [{row['rule']['name']} {row['rule']['version']}]"
    claims = ([row["winner"]] if row["winner"] else []) + row["others"]
    return "\n".join([head, why_, *_figure(row), *(f"    {_claim(each)}" for each in claims)])


def _figure(row: dict[str, Any]) -> Iterator[str]:
    """By which policy finance made it, and of what."""
    if "policy" not in row:
        return
    if row["test"]:
        yield "    " + _("TEST: made of a billing system's test data.")
    if row["code"] is not None:
        yield f"    {paper.why(row['code'])}"
    yield "    " + _("By the policy {name} (version {version}, {hash}).", **row["policy"])


def _claim(claim: dict[str, Any]) -> str:
    by = (claim["actor"] or {}).get("name") or ""
    facts = [why.when(claim), _("run {run}", run=claim["run"]) if claim["run"] else "", by]
    said = _("{connection} says {value}", connection=claim["connection"], value=rim.plain(claim["value"]))
    return "  ".join([said, ", ".join(fact for fact in facts if fact)])


@changes_group.callback()
def changes(
    context: typer.Context,
    *,
    since: Annotated[str | None, typer.Option(help=_("A time (ISO 8601), or a position: later changes only."))] = None,
    entity: Annotated[str | None, typer.Option(help=_("Only this entity."))] = None,
    run: Annotated[int | None, typer.Option(help=_("Only what this run changed."))] = None,
    json: AsJson = False,
) -> None:
    if context.invoked_subcommand is not None:
        return
    from hub.readings.changes import changes as read

    with rim.opened() as hub, hub.engine.connect() as database:
        rows = read(hub, database, since=since, entity=entity, run=run)
        columns = ("at", "entity", "id", "field", "old", "new", "reason", "run")
        rim.listed(rows, as_json=json, columns=columns, empty=_("Nothing changed."))


@changes_group.command(help=_("Fold the whole log again and compare it with what is stored."))
def verify(*, json: AsJson = False) -> None:
    from hub.readings.verify import verify as read

    with rim.opened() as hub, hub.engine.connect() as database:
        differences = list(read(hub, database))
    columns = ("code", "id", "field", "folded", "stored")
    rim.listed(differences, as_json=json, columns=columns, empty=_("The log gives exactly what is stored."))
    if differences:
        rim.leave(rim.FAILED)


def digest(*, json: AsJson = False) -> None:
    from hub.readings.digest import digest as read

    with rim.opened() as hub, hub.engine.connect() as database:
        value = read(hub, database)
    if json:
        rim.line({"digest": value})
    else:
        rim.show(value)
