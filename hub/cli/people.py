"""`hub people`: add, list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli import rim
from hub.cli.rim import AsJson, _

if TYPE_CHECKING:
    from hub.context import Hub

Signs = Annotated[
    str | None, typer.Option("--as", metavar="NAME", help=_("Who signs, as `hub people` lists them; HUB_AS, if not given."))
]
Decides = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="NAME",
        help=_("Who decides; HUB_AS, if not given. As long as `hub people` lists nobody: who is logged in."),
    ),
]

group = typer.Typer(invoke_without_command=True, help=_("Who signs and decides, by name and role."))


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="people")


@group.callback()
def people(context: typer.Context, *, json: AsJson = False) -> None:
    if context.invoked_subcommand is None:
        _list(json)


@group.command("list", help=_("Everybody."))
def list_(*, json: AsJson = False) -> None:
    _list(json)


def _list(as_json: bool) -> None:
    from hub.people import everybody

    with rim.opened() as hub, hub.engine.connect() as database:
        found = everybody(database).values()
    rows = [{"name": each.name, "email": each.email, "roles": sorted(each.roles)} for each in found]
    empty = _("Nobody is known yet: `hub people add NAME --email E --role finance`.")
    rim.listed(rows, as_json=as_json, columns=("name", "email", "roles"), empty=empty)


@group.command(help=_("Add somebody; somebody who is there already gets this e-mail and these roles."))
def add(
    name: Annotated[str, typer.Argument(help=_("As `--as` is to name them."))],
    *,
    email: Annotated[str, typer.Option(help=_("Where they are reached."))],
    role: Annotated[
        list[str] | None,
        typer.Option("--role", "--roles", help=_("Such as finance, who alone signs; repeatable, or with commas.")),
    ] = None,
    json: AsJson = False,
) -> None:
    from hub import people

    roles = [each.strip() for given in role or () for each in given.split(",") if each.strip()]
    with rim.opened() as hub, hub.engine.begin() as database:
        person = people.add(hub, database, name, email, roles)
    row = {"name": person.name, "email": person.email, "roles": sorted(person.roles)}
    rim.listed([row], as_json=json, columns=("name", "email", "roles"), empty="")


def decider(hub: Hub, name: str | None) -> str:
    """Who decides, by name. Raises `Problem`."""
    from hub import people

    return people.decider(hub, name, rim.person())
