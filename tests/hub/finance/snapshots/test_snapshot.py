"""A snapshot is bytes: the same inputs give the same bytes, in any process, and another byte is another hash."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from snapshot_made import by, inputs, snapshot

from hub.finance import Policy
from hub.finance.snapshots import Snapshot, again, take
from hub.finance.tieout.report import tie_out

ROOT = Path(__file__).parents[4]
AGAIN = """
import sys
from pathlib import Path
from hub.finance.snapshots import Snapshot, again
folder = Path(sys.argv[1])
kept = Snapshot(*((folder / name).read_bytes() for name in ("inputs", "policy", "report")))
made = again(kept)
assert made == kept
print(made.hash)
"""
amounts = st.integers(0, 200_000).map(lambda cents: f"{cents // 100}.{cents % 100:02}")
worlds = st.dictionaries(st.sampled_from(["acme", "boron", "cobalt", "dune"]), amounts)


@given(worlds)
def test_computed_again_it_is_the_same_to_the_byte(crm: dict[str, str]) -> None:
    kept = snapshot(crm)
    assert again(kept) == kept
    assert again(kept).hash == kept.hash


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_computes_the_same_bytes(tmp_path: Path, seed: str) -> None:
    kept = snapshot({"boron": "1200.00", "acme": "1199.99", "cobalt": "0.00"})
    for name in ("inputs", "policy", "report"):
        (tmp_path / name).write_bytes(getattr(kept, name))
    environment = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed}
    done = subprocess.run(
        [sys.executable, "-c", AGAIN, str(tmp_path)], capture_output=True, text=True, env=environment, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == kept.hash


@given(worlds, st.sampled_from(["inputs", "policy", "report"]), st.binary(min_size=1, max_size=3))
def test_another_byte_is_another_hash(crm: dict[str, str], part: str, more: bytes) -> None:
    kept = snapshot(crm)
    assert replace(kept, **{part: getattr(kept, part) + more}).hash != kept.hash


def test_a_byte_that_moves_from_one_part_to_the_next_is_another_hash() -> None:
    assert Snapshot(b"ab", b"c", b"d").hash != Snapshot(b"a", b"bc", b"d").hash


def test_a_policy_change_between_two_runs_is_another_snapshot_and_the_first_stays_as_it_was() -> None:
    """1,200.00 is past due. It counts by default, and not with past_due: exclude; the same bytes of billing gave both."""
    of = inputs({"acme": "1200.00"}, status="past_due")
    first = take(tie_out(of))
    second = take(tie_out(by(Policy(past_due="exclude"), of)))
    assert [line["billing"] for line in first.lines if line["event"] == "row"] == ["1200.00"]
    assert [line["billing"] for line in second.lines if line["event"] == "row"] == ["0.00"]
    assert first.lines[-1]["policy"] != second.lines[-1]["policy"]
    assert first.hash != second.hash
    assert again(first) == first
    assert again(second) == second


def test_the_instant_keeps_its_zone() -> None:
    of = inputs({"acme": "1200.00"})
    local = replace(of, as_of=of.as_of.astimezone(ZoneInfo("Europe/Berlin")))
    assert take(tie_out(local)).as_of.isoformat() == "2026-12-01T00:00:00+01:00"
