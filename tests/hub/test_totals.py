"""When a run may be called succeeded: the vendor's count against ours, and what its lag still keeps from being read."""

from __future__ import annotations

import pytest

from hub.runs import Totals


def totals(**values: int | bool | None) -> Totals:
    return Totals(**{"read": 0, "stored": 0, "settled": 0, "complete": True, **values})  # type: ignore[arg-type]  # counts and flags


@pytest.mark.parametrize(
    ("says", "said", "lagging", "held", "short"),
    [
        (100, None, False, 99, True),
        (100, None, False, 100, False),
        (100, None, True, 99, False),  # made within the lag: the next run proves it
        (100, 100, True, 99, True),  # it was there long ago
        (100, 99, True, 99, False),
        (90, 100, True, 90, False),  # some were deleted since
        (None, None, True, 5, False),
    ],
)
def test_an_incremental_run_must_hold_what_was_readable(
    says: int | None, said: int | None, lagging: bool, held: int, short: bool
) -> None:
    found = totals(source_says=says, said=said, lagging=lagging, held=held).missing(full=False)
    assert ("held_less_than_source_says" in found) is short


def test_a_first_read_is_proven_by_the_count_of_today() -> None:
    assert totals(source_says=100, lagging=True, read=99, stored=99, settled=99).missing(full=True) == [
        "read_less_than_source_says"
    ]
    assert not totals(source_says=100, lagging=True, read=100, stored=100, settled=100).missing(full=True)
