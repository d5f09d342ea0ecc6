"""A dotted path into a row as the vendor holds it: `properties.name`, `items.data.0.quantity`."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


def read(row: Any, path: str) -> Any:
    """None where the path ends early."""
    for step in path.split("."):
        if isinstance(row, list):
            row = row[int(step)] if step.isdecimal() and int(step) < len(row) else None
        elif isinstance(row, dict):
            row = row.get(step)
        else:
            return None
    return row


def put(row: Row, path: str, value: Any, changes: Row, *, merged: bool, drop: bool) -> None:
    """Add to `changes` what a person's edit sends: the top-level key whole, or, if the vendor merges it, what changes alone.

    `drop`: a blank inside takes its key away (as Stripe's metadata), else it is null.
    """
    top, *steps = path.split(".")
    if not steps:
        changes[top] = value
        return
    held = row.get(top)
    into = changes.setdefault(top, {} if merged or not isinstance(held, dict) else dict(held))
    for step in steps[:-1]:
        into[step] = dict(into.get(step) or {})
        into = into[step]
    if value is None and drop:
        into.pop(steps[-1], None)
    else:
        into[steps[-1]] = value
