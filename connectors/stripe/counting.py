"""How many records Stripe says it has: a list gives no total, a search does, up to 10,000 and up to a minute late."""

from __future__ import annotations

from connectors.stripe.client import Client
from connectors.stripe.kinds import Kind

EXACT = 10_000  # https://docs.stripe.com/api/pagination/search: "only accurate up to 10,000"
BY_TIME = "created>0"
FIRST = 1_262_304_000  # 2010: nothing at Stripe is older


def count(client: Client, kind: Kind, now: int) -> int | None:
    """None where Stripe's own number is not exact."""
    total = 0
    for query in kind.counts:
        part = client.total(kind.path, query)
        if part is not None and part >= EXACT and query == BY_TIME:
            part = _in_parts(client, kind, FIRST, now + 86_400)
        if part is None or (part >= EXACT and query != BY_TIME):
            return None
        total += part
    return total


def _in_parts(client: Client, kind: Kind, start: int, end: int) -> int | None:
    """Records created in [start, end), halved until each part is small enough to be exact."""
    part = client.total(kind.path, f"created>={start} AND created<{end}")
    if part is None or part < EXACT:
        return part
    if end - start <= 1:
        return None
    middle = (start + end) // 2
    halves = (_in_parts(client, kind, start, middle), _in_parts(client, kind, middle, end))
    return None if None in halves else sum(half for half in halves if half is not None)
