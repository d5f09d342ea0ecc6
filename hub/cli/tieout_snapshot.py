"""How a snapshot looks: as JSON lines, and on paper."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from hub.cli import rim
from hub.cli.rim import _
from hub.cli.tieout_screen import labelled
from hub.finance.snapshots.differences import differing, name
from hub.finance.tieout.inputs import instant
from hub.finance.tieout.lines import money
from hub.sentences import N_

if TYPE_CHECKING:
    from hub.finance.snapshots import Adjustment, Signature, Snapshot
    from hub.finance.snapshots.changes import Changed
    from hub.signing import Stored

Row = dict[str, Any]


def listed(found: Iterable[Stored], as_json: bool) -> None:
    rows = [_snapshot(each) for each in found]
    if not as_json:
        rows = [_cells(row) for row in rows]
    columns = ("snapshot", "state", "as_of", "ties_out", "rows", "prepared", "reviewed", "closed", "sign_off", "hash")
    rim.listed(rows, as_json=as_json, columns=columns, empty=_("No snapshot yet: `hub tieout prepare` makes one."))


def _snapshot(stored: Stored) -> Row:
    facts = stored.facts
    return {
        "event": "snapshot",
        "snapshot": facts.id,
        "state": stored.state,
        "as_of": instant(stored.as_of),
        "hash": facts.hash,
        "policy": stored.policy,
        "sign_off": facts.sign_off,
        "ties_out": stored.ties_out,
        "rows": facts.rows,
        "by": stored.by,
        "at": instant(stored.at),
        "signatures": [_signature(each) for each in stored.signatures],
    }


def _signature(step: Signature) -> Row:
    accepted = [asdict(each) for each in step.accepted]
    told = {"old": step.old, "new": step.new, "by": step.by, "at": instant(step.at), "hash": step.hash}
    return told | {"comment": step.comment, "accepted": accepted}


def _cells(row: Row) -> Row:
    signed = {each["new"]: f"{each['by']} {each['at'][:10]}" for each in row["signatures"]}
    return row | signed | {"hash": row["hash"][:12], "sign_off": _(_SIGN_OFF[row["sign_off"]])}


_SIGN_OFF = {"four_eyes": N_("four eyes"), "single": N_("*single*")}


def adjustment(each: Adjustment) -> Row:
    return asdict(each) | {"event": "adjustment", "amount": money(each.amount, each.currency), "until": instant(each.until)}


def show(
    stored: Stored,
    kept: Snapshot,
    beside: Mapping[tuple[str, str], Adjustment],
    changed: Sequence[Changed] | None,
    same: bool | None,
    *,
    every: bool,
    as_json: bool,
) -> None:
    """`changed` None: not compared. `same`: whether computing it again gave the same bytes; None: not tried."""
    head = _snapshot(stored) | ({} if same is None else {"verified": same})
    if as_json:
        lines = kept.lines if every else [*differing(kept.lines), kept.lines[-1]]
        for line in (head, *lines, *map(adjustment, beside.values()), *(_changed(each) for each in changed or ())):
            rim.line(line)
        return
    for text in _head(head, test="mode" in kept.lines[-1]):
        rim.show(text)
    rows([line for line in kept.lines if line["event"] == "row"] if every else differing(kept.lines))
    _beside(stored, beside)
    if changed is not None:
        _since(changed)


def _head(head: Row, *, test: bool) -> Iterator[str]:
    told = {key: head[key] for key in ("snapshot", "state", "as_of")}
    yield labelled(test) + _("Snapshot {snapshot}: {state}, as of {as_of}", **told)
    yield _("Policy {name} (version {version}, {hash})", **head["policy"])
    if head["sign_off"] == "single":
        yield "*single*: " + _("one person may prepare and review it.")
    yield f"SHA-256 {head['hash']}"
    if "verified" in head:
        yield "● " + _("Computed again: the same to the byte.") if head["verified"] else "▲ " + _("Computed again: it differs.")
    for each in head["signatures"]:
        yield f"{each['new']}: {each['by']}, {each['at']}" + (f" ({each['comment']})" if each["comment"] else "")


def rows(lines: Iterable[Mapping[str, Any]]) -> None:
    """Of a report, as a table."""
    told = [{**row, "account": name(row)} for row in lines]
    columns = ("account", "currency", "billing", "difference", "class", "reason")
    rim.listed(told, as_json=False, columns=columns, empty=_("Every row matches."))


def _beside(stored: Stored, beside: Mapping[tuple[str, str], Adjustment]) -> None:
    accepted = [each for step in stored.signatures for each in step.accepted]
    if accepted:
        rim.show(_("Accepted:"))
        rim.listed(
            map(asdict, accepted), as_json=False, columns=("account", "currency", "difference", "reason", "comment"), empty=""
        )
    adjusted(beside.values())


def adjusted(beside: Collection[Adjustment]) -> None:
    """Lines beside the figures; nothing, if there are none."""
    if beside:
        rim.show(_("Beside the figures, not in ARR:"))
        columns = ("account", "currency", "amount", "until", "reason", "by")
        rim.listed(map(adjustment, beside), as_json=False, columns=columns, empty="")


def _since(changed: Sequence[Changed]) -> None:
    if changed:
        rim.show(_("Changed since it was taken:"))
    columns = ("account", "currency", "was", "restatement", "restated", "now", "class", "class_now")
    rim.listed(map(_changed, changed), as_json=False, columns=columns, empty=_("Nothing has changed since it was taken."))


def _changed(each: Changed) -> Row:
    """`restatement`: how far the snapshot's own figure would be another one today; null where that is not known."""
    was, restated, now = (money(one.billing, each.currency) for one in (each.was, each.restated, each.now))
    return {
        "event": "post_close_change",
        "account": each.account,
        "currency": each.currency,
        "was": was,
        "restated": restated if each.known else None,
        "restatement": money(each.restatement, each.currency),
        "now": now,
        "class": each.was.kind,
        "class_now": each.now.kind,
    }
