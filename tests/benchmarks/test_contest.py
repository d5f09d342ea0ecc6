"""The benchmark does what it says, at a size that tells nothing about speed."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg

from benchmarks.__main__ import run, served
from benchmarks.concord import load, opened
from benchmarks.records import CHANGED_EVERY, page
from benchmarks.report import as_json, table
from benchmarks.situations import SITUATIONS

RECORDS = 2 * CHANGED_EVERY


def test_every_contestant_reads_every_record_in_every_situation() -> None:
    results = run([50, RECORDS], ["download", "copy", "concord"])
    assert set(results) == {(name, size) for name in ("download", "copy", "concord") for size in (50, RECORDS)}
    for (_, size), lines in results.items():
        assert [(line["situation"], line["records"]) for line in lines] == [(each.name, size) for each in SITUATIONS]
        assert all(line["peak_rss_bytes"] > 0 for line in lines)
    shown = as_json(results)
    assert set(shown["times_dlt"].values()) == {None}  # dlt did not run
    assert set(shown["memory_growth"]) == {"download", "copy", "concord"}
    assert all(each.title in table(results) for each in SITUATIONS)


def test_concord_merges_skips_and_plans(database_url: str, tmp_path: Path) -> None:
    """What is measured is the work itself: two records of each golden one, the better source wins, the other is to be corrected."""
    with (
        served(tmp_path / "pages", RECORDS) as api,
        opened(database_url, api, tmp_path / "home") as hub,
        psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as database,
    ):

        def count(what: str) -> int:
            found = database.execute(f"SELECT count(*) FROM {what}".encode()).fetchone()  # our own words
            assert found is not None
            return int(found[0])

        initial, merging, unchanged, changed = SITUATIONS
        assert load(hub, api, initial) == RECORDS
        assert (count("golden"), count("record"), count("intent")) == (RECORDS, RECORDS, 0)
        assert load(hub, api, merging) == RECORDS
        assert count("golden WHERE records = 2 AND values->>'name' LIKE 'The %'") == RECORDS
        assert count("intent WHERE connection = 'first' AND status = 'planned'") == RECORDS
        (planned,) = database.execute("SELECT fields FROM intent LIMIT 1").fetchone() or ("{}",)
        assert set(json.loads(planned)) == {"name", "employees", "region"}
        before = count("log"), count("change")
        assert load(hub, api, unchanged) == RECORDS
        assert (count("log"), count("change")) == before
        assert load(hub, api, changed) == RECORDS
        edited = RECORDS // CHANGED_EVERY
        assert (count("log"), count("change")) == (before[0] + edited, before[1] + edited)


def test_records_are_nested_and_about_a_kilobyte() -> None:
    rows = json.loads(page(0, 1_000, "second", None))["data"]
    sizes = [len(json.dumps(row, separators=(",", ":"))) for row in rows]
    assert 1_000 < sum(sizes) / len(sizes) < 1_250
    first = json.loads(page(0, 1_000, "first", None))["data"]
    for a, b in zip(first, rows, strict=True):
        assert sum(a[part][key] != b[part][key] for part in a if part != "id" for key in a[part]) == 3
