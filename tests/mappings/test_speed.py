"""Decoding is on the hot path: a record of 25 plain fields takes microseconds. The bound is loose, for shared machines."""

from __future__ import annotations

import timeit

from mappings.canonical import with_custom
from mappings.load import load_mapping


def test_twenty_five_plain_fields_decode_in_microseconds() -> None:
    names = [f"x{number}" for number in range(25)]
    own = "\n".join(f"  {name}: {{type: text, label: X, help: X.}}" for name in names)
    entities = with_custom(f"account:\n{own}\n")
    fields = "\n".join(f"  {name}: properties.{name}" for name in names)
    mapping = load_mapping(f"connector: t\nobject: t\nentity: account\nfields:\n{fields}\n", entities)
    raw = {"id": "1", "properties": {name: f"some text of {name}" for name in names}}
    best = min(timeit.repeat(lambda: mapping.decode(raw), number=1000, repeat=5)) / 1000
    assert len(mapping.decode(raw).values) == 25
    assert best < 100e-6, f"{best * 1e6:.1f} µs"
