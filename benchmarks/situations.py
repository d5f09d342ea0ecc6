"""The four situations that every contestant goes through, in this order, on one database. No imports: all contestants read it."""

from __future__ import annotations

from typing import NamedTuple


class Situation(NamedTuple):
    """`source`: whose records are read (a connection's name); `served`: the path that the API serves them under."""

    name: str
    source: str
    served: str
    title: str


SITUATIONS = (
    Situation("initial", "first", "first", "Initial load"),
    Situation("merging", "second", "second", "Second source, three fields of each record differ"),
    Situation("unchanged", "second", "second", "Second source again, nothing changed"),
    Situation("changed", "second", "changed", "Second source again, 1 % changed"),
)
