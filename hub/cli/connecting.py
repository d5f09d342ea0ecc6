"""`hub connections`: add, set, list, test, pause, resume, waive, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli import rim
from hub.cli.rim import AsJson, _

if TYPE_CHECKING:
    from hub.context import Hub

Name = Annotated[str, typer.Argument(help=_("The connection's name."))]
Set = Annotated[list[str], typer.Option("--set", metavar="KEY=VALUE", help=_("A setting; KEY=@FILE reads it from a file."))]
Env = Annotated[
    list[str], typer.Option("--env", metavar="KEY=VAR", help=_("A setting from an environment variable: for secrets."))
]
Writes = Annotated[str | None, typer.Option(help=_("off: listen only; ask: confirm each delivery; on: deliver."))]
Role = Annotated[list[str], typer.Option("--role", help=_("What rules call it: crm, billing, support, …"))]
MayHold = Annotated[
    list[str],
    typer.Option("--may-hold", help=_("Which sensitivities it may store: none, personal, commercial, strategic, internal.")),
]
Every = Annotated[
    str | None,
    typer.Option(metavar="60s", help=_("How often it is read: 30s, 5m, 1h, 1d; default: as its roles promise.")),
]
Mode = Annotated[
    str | None,
    typer.Option(help=_("live; test: a vendor's test account, whose objects count and whose figures are labelled TEST.")),
]

group = typer.Typer(no_args_is_help=True, help=_("The systems that are connected."))


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="connections")


@group.command(help=_("Connect a system. It is only listened to until --writes says otherwise."))
def add(
    connector: Annotated[str, typer.Argument(help=_("Which vendor: stripe, hubspot, …"))],
    name: Name,
    *,
    twin: Annotated[
        bool, typer.Option("--twin", help=_("The practice system of that vendor that `hub twins serve` runs."))
    ] = False,
    set: Set = [],  # noqa: B006  # typer copies it
    env: Env = [],  # noqa: B006
    writes: Writes = None,
    mode: Mode = None,
    role: Role = [],  # noqa: B006
    may_hold: MayHold = [],  # noqa: B006
    every: Every = None,
) -> None:
    from hub.cli.entries import Entry, add_entry, settings_of, twin_settings
    from hub.frequency import seconds

    with rim.opened() as hub:
        given = (twin_settings(hub, connector) if twin else {}) | settings_of(set, env)
        entry = Entry(
            name,
            connector,
            given,
            writes or "off",
            frozenset(role) or None,
            frozenset(may_hold) or None,
            seconds(every),
            mode,
            twin=twin,
        )
        with hub.engine.begin() as database:
            add_entry(hub, database, entry)
    rim.say(_("{name} is connected. `hub connections test {name}` tries it; `hub sync {name}` reads it.", name=name))


@group.command("set", help=_("Change a connection. Settings that are not named stay."))
def set_(
    name: Name,
    *,
    set: Set = [],  # noqa: B006
    env: Env = [],  # noqa: B006
    writes: Writes = None,
    mode: Mode = None,
    role: Role = [],  # noqa: B006
    may_hold: MayHold = [],  # noqa: B006
    every: Every = None,
) -> None:
    from hub.cli.entries import Changes, change_entry, settings_of

    with rim.opened() as hub:
        [connection] = rim.chosen(hub, [name])
        changes = Changes(settings_of(set, env), writes, frozenset(role) or None, frozenset(may_hold) or None, every, mode)
        change_entry(hub, connection, changes)
        if connection.writes == "off" and writes not in (None, "off"):
            _prepare(hub, name)


def _prepare(hub: Hub, name: str) -> None:
    """Writing was switched on: what it needs there is made now, so that whatever is missing is known before anything is sent."""
    from connectors.kit.errors import VendorError
    from hub import connections

    [connection] = rim.chosen(hub, [name])
    try:
        made = connections.prepare(hub, connection)
    except VendorError as error:
        rim.say(f"{name}: {rim.worded(error.code, error.data, 'vendor')}")
        rim.say(_("Nothing could be made there for writing: `hub check` says what is missing."))
        return
    if made:
        rim.say(_("{name}: made for writing: {made}", name=name, made=", ".join(made)))


@group.command("list", help=_("All connections. Secrets are not shown."))
def list_(*, json: AsJson = False) -> None:
    with rim.opened() as hub:
        rows = [_row(hub, one) for one in rim.chosen(hub, [])]
    columns = ("name", "connector", "roles", "writes", "mode", "state", "every", "workspace")
    rim.listed(rows, as_json=json, columns=columns, empty=_("Nothing is connected yet: `hub connections add CONNECTOR NAME`."))


def _row(hub: Any, one: Any) -> dict[str, Any]:
    from hub.connections import secret_fields

    hidden = secret_fields(hub.catalog.connector(one.connector).config_model)
    return {
        "name": one.name, "connector": one.connector, "roles": sorted(one.roles), "writes": one.writes, "mode": one.mode, "state": one.state,
        "every": one.every, "workspace": one.workspace, "may_hold": sorted(one.may_hold), "confirmed": one.confirmed, "waived": one.waived,
        "settings": {key: None if key in hidden else value for key, value in one.config.items()},
    }  # fmt: skip


@group.command("test", help=_("Try the credentials: which workspace, what can be read and written, which scopes are missing."))
def try_out(name: Name, *, json: AsJson = False) -> None:
    from connectors.kit.errors import VendorError
    from hub import connections

    with rim.opened() as hub:
        [connection] = rim.chosen(hub, [name])
        try:
            with connections.opened(hub, connection) as connector:
                found = connector.check()
        except VendorError as error:
            rim.say(f"{name}: {rim.worded(error.code, error.data, 'vendor')}")
            rim.leave(rim.FAILED)
        with hub.engine.begin() as database:
            state = {"state": "active", "why": None} if connection.state == "reconnect" else {}
            connections.change(database, name, workspace=found.workspace, **state)
    row = {
        "name": name, "workspace": found.workspace, "reads": sorted(found.reads), "writes": sorted(found.writes),
        "missing": [{"scope": scope, "page": page} for scope, page in found.missing],
    }  # fmt: skip
    rim.listed([row], as_json=json, columns=("name", "workspace", "reads", "writes", "missing"), empty="")
    if found.missing:
        rim.leave(rim.FAILED)


@group.command(help=_("Neither read nor write it until it is resumed."))
def pause(name: Name) -> None:
    _change(name, state="paused")


@group.command(help=_("Read it again, from where it stopped."))
def resume(name: Name) -> None:
    _change(name, state="active", why=None, failures=0, next_pull=0)


@group.command(help=_("Do not wait for its first whole read before others are written to."))
def waive(name: Name) -> None:
    _change(name, waived=True)


@group.command(help=_("Forget the connection and its secrets. What was read from it stays."))
def remove(name: Name) -> None:
    from hub import connections

    with rim.opened() as hub:
        rim.chosen(hub, [name])
        with hub.engine.begin() as database:
            connections.remove(database, name)


def _change(name: str, **values: Any) -> None:
    from hub import connections

    with rim.opened() as hub:
        rim.chosen(hub, [name])
        with hub.engine.begin() as database:
            connections.change(database, name, **values)
