"""`hub tieout`: does ARR match billing, to the cent?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli import rim
from hub.cli.rim import AsJson, _

if TYPE_CHECKING:
    from datetime import datetime

    from hub.context import Hub
    from hub.finance.snapshots import Adjustment
    from hub.finance.tieout import Report

group = typer.Typer(
    invoke_without_command=True, help=_("Does ARR match billing, to the cent? Account by account, currency by currency.")
)

AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="INSTANT", help=_("An instant with its time zone; now, if not given."))
]
Against = Annotated[Path | None, typer.Option(help=_("Finance's own CSV file, as one more column."))]


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="tieout")


@group.callback()
def tieout(
    context: typer.Context,
    *,
    as_of: AsOf = None,
    csv: Annotated[Path | None, typer.Option(help=_("Also write the report to this CSV file."))] = None,
    against: Against = None,
    every: Annotated[bool, typer.Option("--all", help=_("Also the rows that match, and those at zero."))] = False,
    json: AsJson = False,
) -> None:
    if context.invoked_subcommand is not None:
        return
    from hub.cli.tieout_snapshot import adjusted, adjustment
    from hub.signing import adjustments

    with rim.opened() as hub:
        report = gathered(hub, rim.instant(as_of), against)
        with hub.engine.connect() as database:
            beside = tuple(adjustments(database, report.inputs.as_of).values())
        by = hub.settings.as_ or rim.person()
    if csv is not None:
        _save(report, csv, by, beside)
    if json:
        from hub.finance.tieout.lines import lines

        for line in (*map(adjustment, beside), *lines(report, every=every)):
            rim.line(line)
    else:
        from hub.cli.tieout_screen import screen

        screen(report, by, every=every)
        adjusted(beside)
    rim.leave(status(report))


def gathered(hub: Hub, as_of: datetime | None = None, against: Path | None = None) -> Report:
    """One state of the tables, however long it takes. Raises `Problem`."""
    from hub import connections
    from hub.cli import files
    from hub.readings.arr.gather import report

    with hub.engine.connect().execution_options(isolation_level="REPEATABLE READ") as database:
        sheet = None if against is None else files.sheet(against, connections.load(hub, database))
        return report(hub, database, as_of, sheet)


def status(report: Report) -> int:
    """Exit status: a report of nothing, or of what was not read whole, is a failure and no pass."""
    if not report.complete:
        return rim.FAILED
    return rim.DONE if report.ties_out else rim.WAITS


def _save(report: Report, path: Path, by: str, adjustments: tuple[Adjustment, ...]) -> None:
    from hub.cli.files import save
    from hub.cli.paper import paper
    from hub.finance.tieout.table import Beside, table

    save(table(report, Beside(by, adjustments, paper)), path)
