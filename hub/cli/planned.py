"""`hub plan`: what would be sent, before it is; and what another ARR policy would come to, before it is in force."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli import rim
from hub.cli.rim import AsJson, _

if TYPE_CHECKING:
    from hub.context import Hub


def register(app: typer.Typer) -> None:
    app.command(help=_("What would be sent, value by value, before anybody confirms it."))(plan)


def plan(
    names: Annotated[list[str] | None, typer.Argument(help=_("Only to these connections."))] = None,
    *,
    policy: Annotated[
        Path | None,
        typer.Option("--policy", metavar="FILE", help=_("A draft of the ARR policy: which accounts, how much, which writes.")),
    ] = None,
    json: AsJson = False,
) -> None:
    from hub.readings.planned import planned as read

    with rim.opened() as hub:
        wanted = [connection.name for connection in rim.chosen(hub, names)] if names else None
        if policy is not None:
            _draft(hub, policy, wanted, json=json)
            return
        with hub.engine.connect() as database:
            columns = ("connection", "record", "field", "old", "new", "status")
            rim.listed(read(hub, database, wanted), as_json=json, columns=columns, empty=_("Nothing would be sent."))


def _draft(hub: Hub, file: Path, wanted: list[str] | None, *, json: bool) -> None:
    from hub.catalog import read_policy
    from hub.readings.planned_policy import planned_policy

    draft = read_policy(file)
    with hub.engine.connect() as database:
        rows = planned_policy(hub, database, draft, wanted)
        if json:
            for row in rows:
                rim.line(row)
            return
        told = list(rows)
    _show(told)


def _show(rows: list[dict[str, Any]]) -> None:
    *lines, report = rows
    accounts, writes = ([row for row in lines if row["event"] == event] for event in ("account", "write"))
    rim.show(_("Now: {name} ({hash})", **report["policy"]))
    rim.show(_("Draft: {name} ({hash})", **report["draft"]))
    columns = ("name", "currency", "old", "new", "difference")
    rim.listed(accounts, as_json=False, columns=columns, empty=_("No account's ARR would change."))
    for currency, sums in report["moved"].items():
        rim.show(_("{currency}: {old} → {new}, {difference}, accounts: {accounts}", currency=currency, **sums))
    columns = ("connection", "record", "field", "old", "new")
    rim.listed(writes, as_json=False, columns=columns, empty=_("Nothing would be sent."))
    for connection, sums in report["writes"].items():
        rim.show(_("{connection}: records: {records}, values: {values}", connection=connection, **sums))
