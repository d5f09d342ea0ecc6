"""The ARR check in the terminal: header, totals, the rows that differ, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.table import Table

from hub.cli import rim
from hub.cli.rim import _
from hub.cli.tieout_words import CLASSES, INCOMPLETE, MISSING, SIDES, WHY
from hub.finance.tieout.inputs import TEST, Source, instant
from mappings.currency import amount_text

if TYPE_CHECKING:
    from hub.finance.tieout import Report
    from hub.finance.tieout.report import Total
    from hub.finance.tieout.rows import Cell, Row


def screen(report: Report, by: str, *, every: bool) -> None:
    """`by`: who looks."""
    for line in _head(report, by):
        rim.show(line)
    rim.show(_totals(report))
    rim.show(_subscriptions(report))
    rows = report.rows if every else report.differing
    if rows:
        rim.show(_rows(report, rows))
    hidden = len(report.rows) - len(rows)
    if hidden:
        rim.show(_("Rows that match: {count} (--all shows them).", count=hidden))
    if report.at_zero:
        rim.show(_("At zero, because nothing there counts: {count}.", count=len(report.at_zero)))
        if every:
            rim.show(_rows(report, report.at_zero))


def _head(report: Report, by: str) -> Iterable[str]:
    policy = report.inputs.policy.identity
    yield labelled(report.inputs.test) + _(
        "ARR check as of {as_of}  policy {name} (version {version}, {hash})", as_of=instant(report.inputs.as_of), **policy
    )
    yield _("Asked by {by}, known up to position {position} of the log", by=by, position=report.inputs.known_at)
    yield _verdict(report)
    for source in report.inputs.sources:
        yield _source(source)


def labelled(test: bool) -> str:
    """What stands before every figure that counts test objects."""
    return f"{TEST}  " if test else ""


def _verdict(report: Report) -> str:
    if not report.rows and not report.tally.read:
        return "▲ " + _("No subscriptions were read. That is a failure, not a pass.")
    if not report.rows:
        return "▲ " + _("No subscription counts, so there is nothing to compare. That is a failure, not a pass.")
    if not report.inputs.complete:
        return "▲ " + _("Not everything was read, so this proves nothing and cannot be signed.")
    if report.ties_out:
        return "● " + _("Ties out: {rows} of {rows} rows match, to the cent.", rows=len(report.rows))
    return "▲ " + _("Does not tie: {differing} of {rows} rows.", differing=len(report.differing), rows=len(report.rows))


def _source(source: Source) -> str:
    counts = ", ".join(_counted(name, each.says, each.read) for name, each in source.objects.items())
    read_at = _("never read whole") if source.read_at is None else instant(source.read_at)
    missing = ", ".join(_(MISSING[code]) for code in source.missing)
    state = _("not complete: {missing}", missing=missing) if missing else _("complete")
    mode = TEST if source.test else _("live")
    told = (_("Read: {connection}", connection=source.connection), mode, counts, read_at, state)
    return "  ".join(part for part in told if part)


def _counted(object: str, says: int | None, read: int) -> str:
    if says is None:
        return _("{read} {object}", read=read, object=object)
    return _("{read} of {says} {object}", read=read, says=says, object=object)


def _totals(report: Report) -> Table:
    amounts = [_("Billing"), *(_side(name) for name in report.inputs.sides), _("difference")]
    table = _table(["", *amounts, _("rows that match")], amounts)
    for currency, total in report.totals.items():
        matching = _("{matching} of {rows}", matching=total.matching, rows=total.rows)
        values = [_money(each.value, currency) for each in total.sides.values()]
        table.add_row(currency, _money(total.billing, currency), *values, _difference(total, currency), matching)
    return table


def _difference(total: Total, currency: str) -> str:
    """Of the first side that differs."""
    told = [each.difference for each in total.sides.values()]
    first = next((each for each in told if each is None or each), Decimal(0))
    return f"{_money(first, currency)} {'●' if total.ties_out else '▲'}"


def _subscriptions(report: Report) -> str:
    tally = report.tally
    out, bad = sum(tally.excluded.values()), sum(tally.error.values())
    codes = ", ".join(f"{count} {code}" for code, count in {**tally.excluded, **tally.error}.items())
    told = _(
        "Subscriptions {read} = {counted} counted + {out} left out + {bad} in error",
        read=tally.read, counted=tally.counted, out=out, bad=bad,
    )  # fmt: skip
    return f"{told} ({codes})" if codes else told


def _rows(report: Report, rows: Iterable[Row]) -> Table:
    amounts = [_("Billing"), *(_side(name) for name in report.inputs.sides), _("difference")]
    table = _table([_("Account"), _("cur"), *amounts, _("class"), _("why"), _("open"), _("do")], amounts)
    for row in sorted(rows, key=lambda row: (_who(row).casefold(), row.currency)):
        cells = [_money(cell.value, row.currency) for cell in row.cells.values()]
        table.add_row(_who(row), row.currency, _money(row.billing, row.currency), *cells, *_told(row, report.inputs.as_of))
    return table


def _who(row: Row) -> str:
    return row.name or row.account or ", ".join(row.customers) or "?"


def _told(row: Row, as_of: datetime) -> list[str]:
    """Difference, class, why, how long it has been open, what to do."""
    worst = row.worst
    if worst is None:
        return [_money(Decimal(0), row.currency), _(CLASSES["match"]), "", "", ""]
    open_ = "" if row.since is None else _("{days} d", days=max(0, (as_of - row.since).days))
    why, do = _why(worst)
    return [_money(worst.difference, row.currency), _(CLASSES[worst.kind]), why, open_, do]


def _why(cell: Cell) -> tuple[str, str]:
    if cell.reason in WHY:
        why, do = WHY[cell.reason]
        return _(why), _(do)
    why, do = INCOMPLETE
    return _(why, code=cell.reason), _(do)


def _side(name: str) -> str:
    role, colon, connection = name.partition(":")
    return _(SIDES[role]) + (f" {connection}" if colon else "")


def _money(amount: Decimal | None, currency: str) -> str:
    return "\u2013" if amount is None else f"{Decimal(amount_text(amount, currency)):,f}"


def _table(columns: Iterable[str], amounts: Collection[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold", justify="right" if name in amounts else "left")
    return table
