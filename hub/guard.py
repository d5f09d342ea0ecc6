"""Safety stops: what a run changed is measured before anything of it is written; above the limits a person has to look first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from hub.bulk import Json, encode_json
from hub.intake.work import Work
from hub.settling.batch import Settling
from hub.settling.store import ABSENT_MARK

AT_LEAST = 20
"""Shares say nothing of a handful: so many changed values of one field never stop a run."""
ARR_AT_LEAST = 50
"""Accounts in one currency below which a share of its ARR says nothing."""
MOVED = "arr_moved"


def count(work: Work, settling: Settling, first_contact: frozenset[str] = frozenset()) -> None:
    """Adds to the run's count of changed golden values. What a first contact settled is left out: that is a value's beginning."""
    if work.run is None:
        return
    counts: Counter[str] = Counter()
    moved: dict[str, Decimal] = {}
    for outcome in settling.outcomes.values():
        if not outcome.golden.known or (
            first_contact and any(sheet.key in first_contact for _, sheet in outcome.golden.sheets)
        ):
            continue
        changed = {name: change for name, change in outcome.changes.items() if change[0] != ABSENT_MARK}
        counts.update(f"{outcome.golden.entity}.{name}" for name in changed)
        if outcome.golden.entity == "account" and "arr" in changed:
            _add_moved(moved, changed["arr"])
    if counts:
        _store(work, {**counts, **{f"{MOVED}/{currency}": str(amount) for currency, amount in moved.items()}})


def _add_moved(moved: dict[str, Decimal], change: list[Any]) -> None:
    old, new = (side if isinstance(side, dict) and side != ABSENT_MARK else {} for side in change[:2])
    for currency in {*old, *new}:
        moved[currency] = moved.get(currency, Decimal(0)) + abs(
            Decimal(new.get(currency, "0")) - Decimal(old.get(currency, "0"))
        )


def _store(work: Work, counts: dict[str, Any]) -> None:
    work.cur.execute("SELECT changed FROM run WHERE id = %s FOR UPDATE", (work.run,))
    (before,) = work.cur.fetchone() or ({},)
    total = {name: str(Decimal(str(before.get(name, 0))) + Decimal(str(counts.get(name, 0)))) for name in {*before, *counts}}
    work.cur.execute("UPDATE run SET changed = %s WHERE id = %s", (Json(encode_json(total)), work.run))


def exceeded(work: Work, run: int) -> list[dict[str, Any]]:
    """Which limits the run is above: [{"limit", "what", "value", "of"}]; empty if none."""
    changed = _changed(work, run)
    limits = work.view.rules.limits
    found = []
    totals = _living(work, {name.partition(".")[0] for name in changed if "/" not in name})
    for name, text in sorted(changed.items()):
        value = Decimal(text)
        if name.startswith(f"{MOVED}/"):
            of = _total_arr(work, name.partition("/")[2])
            limit = limits.get(MOVED)
            if limit is not None and of > 0 and limit.exceeded(value, of):
                found.append({"limit": MOVED, "what": name.partition("/")[2], "value": text, "of": str(of)})
            continue
        limit = limits.get("changes")
        of = Decimal(totals.get(name.partition(".")[0], 0))
        if limit is not None and value > AT_LEAST and limit.exceeded(value, of):
            found.append({"limit": "changes", "what": name, "value": text, "of": str(of)})
    return found


def _changed(work: Work, run: int) -> dict[str, str]:
    """What the run changed, with what webhooks brought in drops since the pull before it: an import must not slip through one by one.

    Counts again from a run that a person let pass.
    """
    work.cur.execute(
        "SELECT r.id = this.id, r.changed FROM run this JOIN run r ON r.id = this.id OR (r.connection = this.connection AND r.kind = 'reread'"
        " AND r.id < this.id AND r.id > coalesce((SELECT max(o.id) FROM run o WHERE o.connection = this.connection AND o.id < this.id"
        " AND (o.kind = 'sync' OR (o.error ->> 'code' = 'limits' AND o.status <> 'waiting'))), 0)) WHERE this.id = %s",
        (run,),
    )
    rows = work.cur.fetchall()
    own: dict[str, Any] = next((changed for mine, changed in rows if mine), {})
    return {name: str(sum(Decimal(str(changed.get(name, 0))) for _, changed in rows)) for name in own}


def _living(work: Work, entities: Iterable[str]) -> dict[str, int]:
    work.cur.execute(
        "SELECT entity, count(*) FROM golden WHERE entity = ANY(%s) AND records > 0 GROUP BY entity", (sorted(entities),)
    )
    return dict(work.cur.fetchall())


def _total_arr(work: Work, currency: str) -> Decimal:
    """Zero where so few accounts pay in this currency that one of them is a large share of it."""
    work.cur.execute(
        "SELECT coalesce(sum((values->'arr'->>%s)::numeric), 0), count(*) FROM golden"
        " WHERE entity = 'account' AND records > 0 AND values->'arr' ? %s",
        (currency, currency),
    )
    total, count = work.cur.fetchone() or (Decimal(0), 0)
    return Decimal(total) if count >= ARR_AT_LEAST else Decimal(0)
