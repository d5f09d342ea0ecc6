"""How a bridge looks: as JSON lines, on paper, and as the rows of a CSV file. All three have the same figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hub.cli import rim
from hub.cli.rim import _
from hub.cli.tieout_screen import labelled
from hub.finance.bridge import COLUMNS, Ahead, totals
from hub.finance.csv import Amount, Cell
from hub.finance.tieout.inputs import instant
from hub.finance.tieout.lines import money
from hub.sentences import N_

if TYPE_CHECKING:
    from hub.finance.bridge import Line
    from hub.readings.arr.bridge import Bridged

FX = "fx"
BEGUN_WITH = {
    "signed": N_("what was signed then"),
    "imported": N_("an imported opening"),
    "unsigned": N_("figures that nobody signed"),
}


def lines(found: Bridged, converted: Sequence[Line], *, accounts: bool) -> Iterator[dict[str, Any]]:
    """A line a currency; then one in the currency of the converted view. `accounts`: each account's line too, and what is known to come."""
    if accounts:
        yield from ({**_line(line), "account": line.account, "of": line.of} for line in (*found.lines, *converted))
    yield from map(_line, totals(found.lines))
    yield from map(_line, totals(converted))
    if accounts:
        for currency, each in _ahead(found).items():
            told = {"scheduled_churn": money(each.scheduled_churn, currency), "contracted": money(each.contracted, currency)}
            yield {"event": "ahead", "currency": currency, **told}


def _line(line: Line) -> dict[str, Any]:
    columns = {name: money(amount, line.currency) for name, amount in line.columns.items()}
    return {"currency": line.currency, **columns, "tags": list(line.tags)}


def _ahead(found: Bridged) -> dict[str, Ahead]:
    sums: dict[str, Ahead] = {}
    for (_account, currency), each in found.ahead.items():
        sums[currency] = sums.get(currency, Ahead()).plus(each)
    return dict(sorted(sums.items()))


def screen(found: Bridged, converted: Sequence[Line], *, accounts: bool) -> None:
    begins = "–" if found.begins is None else instant(found.begins)  # noqa: RUF001  # a dash for nothing
    test = any("test" in line.tags for line in found.lines)
    rim.show(labelled(test) + _("ARR bridge from {begins} to {ends}", begins=begins, ends=instant(found.ends)))
    rim.show(_("It begins with {what}.", what=_(BEGUN_WITH[found.begun_with])))
    rim.show(_("Policy {name} (version {version}, {hash})", **found.policy))
    if accounts:
        _table([*found.lines, *converted], _("No account has ARR at either end."))
    _table(totals(found.lines), _("There is no ARR at either end."))
    if converted:
        rim.show(_("Converted, to be looked at only: movements at the opening rate, the rest is fx."))
        _table(totals(converted), "")
    for currency, each in _ahead(found).items():
        told = {"churn": _shown(each.scheduled_churn, currency), "contracted": _shown(each.contracted, currency)}
        rim.show(
            _("To come: scheduled churn {churn} {currency}; contracted ARR {contracted} {currency}.", currency=currency, **told)
        )


def _table(rows: Iterable[Line], empty: str) -> None:
    told = [_cells(row) for row in rows]
    columns = ["account", "currency", *COLUMNS, FX, "tags"]
    shown = [name for name in columns if name in ("currency", *COLUMNS) or any(row.get(name) for row in told)]
    rim.listed(told, as_json=False, columns=shown, empty=empty)


def _cells(line: Line) -> dict[str, Any]:
    columns = {name: _shown(amount, line.currency) for name, amount in line.columns.items()}
    account = line.account if line.of is None or line.account is None else f"{line.account} ({line.of})"
    return {"account": account, "currency": line.currency, **columns, "tags": list(line.tags)}


def _shown(amount: Decimal | None, currency: str) -> str:
    return "–" if amount is None else f"{Decimal(money(amount, currency) or 0):,f}"  # noqa: RUF001  # a dash for nothing


def table(found: Bridged, converted: Sequence[Line]) -> Iterator[list[Cell]]:
    """A header block, an empty line, then a line for each account and currency, the totals, and what is known to come."""
    yield ["from", "" if found.begins is None else instant(found.begins)]
    yield ["to", instant(found.ends)]
    yield ["opening", found.begun_with]
    yield ["policy", found.policy["name"], found.policy["version"], found.policy["hash"]]
    yield []
    yield ["line", "account", "of", "currency", *COLUMNS, FX, "tags"]
    rows: Sequence[Line]
    for kind, rows in (("account", found.lines), ("total", totals(found.lines))):
        yield from (_row(kind, line) for line in rows)
    for kind, rows in (("converted_account", converted), ("converted_total", totals(converted))):
        yield from (_row(kind, line) for line in rows)
    for currency, each in _ahead(found).items():
        yield ["scheduled_churn", "", "", currency, Amount(each.scheduled_churn, currency)]
        yield ["contracted", "", "", currency, Amount(each.contracted, currency)]


def _row(kind: str, line: Line) -> list[Cell]:
    amounts = [line.columns.get(name) for name in (*COLUMNS, FX)]
    told: list[Cell] = [None if amount is None else Amount(amount, line.currency) for amount in amounts]
    return [kind, line.account or "", line.of or "", line.currency, *told, " ".join(line.tags)]
