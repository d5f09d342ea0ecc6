"""Decoding is on the hot path: a record of 25 plain fields costs about what its JSON costs to parse, side by side in one run."""

from __future__ import annotations

import json
import timeit

from mappings.canonical import with_custom
from mappings.load import load_mapping


def test_twenty_five_plain_fields_cost_no_more_than_a_few_times_their_json() -> None:
    names = [f"x{number}" for number in range(25)]
    own = "\n".join(f"  {name}: {{type: text, label: X, help: X.}}" for name in names)
    entities = with_custom(f"account:\n{own}\n")
    fields = "\n".join(f"  {name}: properties.{name}" for name in names)
    mapping = load_mapping(f"connector: t\nobject: t\nentity: account\nfields:\n{fields}\n", entities)
    raw = {"id": "1", "properties": {name: f"some text of {name}" for name in names}}
    body = json.dumps(raw)
    assert len(mapping.decode(raw).values) == 25
    # By turns, so that whatever else the machine does meets both; the best of each.
    rounds = [
        (timeit.timeit(lambda: mapping.decode(raw), number=200), timeit.timeit(lambda: json.loads(body), number=200))
        for _ in range(20)
    ]
    decoding, parsing = (min(times) for times in zip(*rounds, strict=True))
    assert decoding < 10 * parsing, f"{decoding / parsing:.1f} times"
