"""The full outer join: every account and currency that any side speaks of, each side judged against billing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from hub.finance.outcome import Outcome
from hub.finance.tieout.bill import Bill
from hub.finance.tieout.inputs import Account, Held, Inputs, Subscription, Version
from hub.finance.tieout.reasons import INCOMPLETE, MATCH, Side, judge, open_since
from mappings.currency import NO_CURRENCY

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Cell:
    """One side of a row. `kind`: its class. `difference`: side minus billing; None where nothing can be compared."""

    value: Decimal | None
    difference: Decimal | None
    kind: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """`account`: our id, the key of a file that nobody knows, or None for billing customers that were never read.

    `since`: when the difference came to be.
    """

    account: str | None
    name: str
    customers: tuple[str, ...]
    currency: str
    billing: Decimal | None
    cells: Mapping[str, Cell]
    since: datetime | None = None

    @property
    def worst(self) -> Cell | None:
        """The first side that is not a match."""
        return next((cell for cell in self.cells.values() if cell.kind != MATCH), None)

    @property
    def matches(self) -> bool:
        return self.worst is None


@dataclass(frozen=True, slots=True)
class Joined:
    """`at_zero`: nothing counts there and nobody holds anything else; not among the rows. `outcomes`: how many subscriptions came to each
    (status, code).
    """

    rows: tuple[Row, ...]
    at_zero: tuple[Row, ...]
    outcomes: Counter[tuple[str, str]]


def join(inputs: Inputs) -> Joined:
    rows: list[Row] = []
    at_zero: list[Row] = []
    outcomes: Counter[tuple[str, str]] = Counter()
    for account, bill, sides in _groups(inputs):
        outcomes.update((one.status, one.code or "") for one in bill.total.outcomes)
        for currency in sorted(_currencies(bill, sides)):
            row = _row(account, bill, sides, currency)
            (at_zero if _is_at_zero(row, bill) else rows).append(row)
    return Joined(tuple(rows), tuple(at_zero), outcomes)


def priced(inputs: Inputs) -> Iterator[tuple[Subscription, Version, Outcome]]:
    """Every subscription with its formula, computed again: kept for everybody, they would be most of a report."""
    for _, bill, _ in _groups(inputs):
        yield from bill.priced


Group = tuple[Account, Bill, dict[str, Side]]


def _groups(inputs: Inputs) -> Iterator[Group]:
    """One for each account; then one for each record that speaks beside another one of its side, or for nobody we know."""
    accounts = {each.id: each for each in inputs.accounts}
    billed: dict[str, list[Subscription]] = defaultdict(list)
    strangers: dict[tuple[str, str], list[Subscription]] = defaultdict(list)
    for each in inputs.subscriptions:
        if each.account is not None:
            billed[each.account].append(each)
        else:
            strangers[each.connection, each.customer or ""].append(each)
    sides = {name: _by_account(held) for name, held in inputs.sides.items()}
    carried = {name: _carriers(held, billed, accounts) for name, held in inputs.sides.items()}
    ids = {*accounts, *billed, *(id for held in sides.values() for id in held if id is not None)}
    for id in sorted(ids):
        known = accounts.get(id) or Account(id)
        leads = {name: Side(*_lead(held.get(id), carried[name])) for name, held in sides.items()}
        yield known, _bill(inputs, id, billed.get(id, [])), leads
        for name, held in sides.items():
            for other in held.get(id, [])[1:]:
                yield known, _bill(inputs, id, []), _alone(sides, name, other, other.record in carried[name])
    for (_, customer), mine in sorted(strangers.items()):
        nobody = {name: Side(None) for name in sides}
        yield Account("", "", (customer,) if customer else ()), _bill(inputs, None, mine), nobody
    for name, held in sides.items():
        for other in held.get(None, []):
            yield Account(other.record, ""), _bill(inputs, None, []), _alone(sides, name, other, doubled=False)


def _by_account(held: tuple[Held, ...]) -> dict[str | None, list[Held]]:
    """Leads first."""
    found: dict[str | None, list[Held]] = {}
    for each in sorted(held, key=lambda each: (each.follower, each.record)):
        found.setdefault(each.account, []).append(each)
    return found


def _carriers(held: tuple[Held, ...], billed: Mapping[str, object], accounts: Mapping[str, Account]) -> frozenset[str]:
    """Records that carry a value for a billing customer for whom another record of this side carries one too."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in held:
        if any(amount is not None for amount in each.arr.values()):
            for account in {each.account, each.rival} - {None}:
                found[str(account)].add(each.record)
    customers = {id for id, records in found.items() if len(records) > 1 and (id in billed or _has_customers(accounts.get(id)))}
    return frozenset(record for id in customers for record in found[id])


def _has_customers(account: Account | None) -> bool:
    return account is not None and bool(account.customers)


def _lead(held: list[Held] | None, carried: frozenset[str]) -> tuple[Held | None, bool]:
    return (held[0], held[0].record in carried) if held else (None, False)


def _alone(sides: Mapping[str, object], name: str, held: Held, doubled: bool) -> dict[str, Side]:
    return {other: Side(held, doubled) if other == name else Side(None) for other in sides}


def _bill(inputs: Inputs, id: str | None, subscriptions: list[Subscription]) -> Bill:
    mine = tuple(sorted(subscriptions, key=lambda each: (each.connection, each.id)))
    since = [source.since for source in inputs.sources if source.role == "billing"]
    covered = max((each for each in since if each is not None), default=None) if None not in since else None
    test = frozenset(source.connection for source in inputs.sources if source.test)
    return Bill(id, mine, inputs.policy, inputs.as_of, covered, test)


def _currencies(bill: Bill, sides: Mapping[str, Side]) -> set[str]:
    held = {currency for side in sides.values() for currency in _spoken(side)}
    return (held | set(bill.currencies)) - ({NO_CURRENCY} if held else set())


def _spoken(side: Side) -> set[str]:
    return set() if side.lead is None else {*side.amounts, *side.lead.doubled}


def _row(account: Account, bill: Bill, sides: Mapping[str, Side], currency: str) -> Row:
    billing = bill.amounts.get(currency)
    cells = {name: _cell(bill, side, currency, billing) for name, side in sides.items()}
    worst = next((name for name, cell in cells.items() if cell.kind != MATCH), None)
    since = None if worst is None else open_since(bill, sides[worst])
    return Row(account.id or None, account.name, account.customers, currency, billing, cells, since)


def _cell(bill: Bill, side: Side, currency: str, billing: Decimal | None) -> Cell:
    kind, reason = judge(bill, side, currency)
    value = side.value(currency)
    nothing = kind == INCOMPLETE or (value is None and billing is None)
    return Cell(value, None if nothing else (value or ZERO) - (billing or ZERO), kind, reason)


def _is_at_zero(row: Row, bill: Bill) -> bool:
    nothing = all(not cell.value and cell.reason != "duplicate_link" for cell in row.cells.values())
    return row.currency in bill.excluded and nothing and row.currency not in bill.unsure
