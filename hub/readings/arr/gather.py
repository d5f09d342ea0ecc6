"""Gathers the inputs of a tie-out from one state of the tables, and the history of those subscriptions that it may explain something with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection as Database

from hub.clock import from_micros
from hub.context import Hub
from hub.finance.csv import Sheet
from hub.finance.tieout.inputs import CRM, FILE, GOLDEN, Held, Inputs, Source
from hub.finance.tieout.report import Report, tie_out
from hub.readings.arr import billed, held, sources
from hub.readings.arr.keys import file_side
from hub.readings.rows import single
from hub.session import view_of
from hub.view import View
from hub.words import Problem

_KNOWN = "SELECT greatest((SELECT max(position) FROM log), (SELECT max(position) FROM change), 0)"


def report(hub: Hub, database: Database, as_of: datetime | None = None, sheet: Sheet | None = None) -> Report:
    """`database`: should read one state throughout (`REPEATABLE READ`). Raises `Problem` where as-of is before the first complete reading."""
    view = view_of(hub)
    moment = as_of or from_micros(hub.clock.micros())
    rests_on = sources.sources(hub, database, view, moment)
    _covered(rests_on, moment)
    bills = sources.billing(view)
    found = billed.billed(database, view, bills, moment)
    agreed = held.golden(database, bills, moment)
    inputs = Inputs(
        moment,
        single(database, _KNOWN),
        view.policy,
        rests_on,
        tuple(agreed.accounts),
        tuple(billed.with_history(database, view, found, found.late)),
        {GOLDEN: agreed.held} | _crm_sides(database, view, bills, moment) | _file_side(database, view, sheet),
    )
    return _explained(database, view, found, tie_out(_lean(inputs)))


def _covered(rests_on: Collection[Source], as_of: datetime) -> None:
    """Billing systems give only the present: what was true before the first complete reading, nobody can know."""
    first = max((each.since for each in rests_on if each.role == "billing" and each.since is not None), default=None)
    if first is not None and as_of < first:
        names = ", ".join(each.connection for each in rests_on if each.role == "billing")
        raise Problem("as_of_not_covered", as_of=as_of.isoformat(), first=first.isoformat(), connections=names)


def _crm_sides(database: Database, view: View, bills: Collection[str], as_of: datetime) -> dict[str, tuple[Held, ...]]:
    """One is called `crm`; several bear the names of their connections."""
    names = list(sources.crm(view))
    return {CRM if len(names) == 1 else f"{CRM}:{name}": held.crm(database, view, name, bills, as_of) for name in names}


def _file_side(database: Database, view: View, sheet: Sheet | None) -> dict[str, tuple[Held, ...]]:
    return {} if sheet is None else {FILE: file_side(database, view, sheet)}


def _lean(inputs: Inputs) -> Inputs:
    """Without accounts that are neither billed nor have any amount."""
    spoken = {each.account for each in inputs.subscriptions} | {
        each.account for side in inputs.sides.values() for each in side if each.arr
    }
    kept = tuple(each for each in inputs.accounts if each.customers or each.id in spoken)
    ids = {each.id for each in kept}
    sides = {name: tuple(each for each in side if each.account in ids or each.arr) for name, side in inputs.sides.items()}
    return replace(inputs, accounts=kept, sides=sides)


def _explained(database: Database, view: View, found: billed.Billed, report: Report) -> Report:
    """Rows that differ may be explained by what billing said before."""
    doubtful = {row.account for row in report.differing}
    wanted = {(each.connection, each.id) for each in report.inputs.subscriptions if each.account in doubtful}
    if not wanted & found.records.keys():
        return report
    told = tuple(billed.with_history(database, view, found, wanted | found.late))
    return report if told == report.inputs.subscriptions else tie_out(replace(report.inputs, subscriptions=told))
