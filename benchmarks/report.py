"""Results as a table and as JSON: ratios first, because seconds belong to one machine."""

from __future__ import annotations

import os
import platform
from typing import Any

from benchmarks.situations import SITUATIONS

Results = dict[tuple[str, int], list[dict[str, Any]]]
"""By contestant and number of records: one entry a situation, as `contest` prints them."""


def as_json(results: Results) -> dict[str, Any]:
    return {
        "machine": machine(),
        "results": [{"contestant": name, "size": size, **line} for (name, size), lines in results.items() for line in lines],
        "times_dlt": {situation.name: ratio(results, situation.name) for situation in SITUATIONS},
        "memory_growth": {name: growth(results, name) for name in dict.fromkeys(name for name, _ in results)},
    }


def machine() -> dict[str, Any]:
    return {"cores": os.cpu_count(), "system": platform.system(), "python": platform.python_version()}


def ratio(results: Results, situation: str) -> float | None:
    """How many times as fast as dlt Concord is at the largest size; None where one of the two did not run."""
    ours, theirs = _line(results, "concord", situation), _line(results, "dlt", situation)
    return None if ours is None or theirs is None else round(theirs["seconds"] / ours["seconds"], 1)


def growth(results: Results, name: str) -> float | None:
    """Peak memory at the largest size over that at the smallest; None with one size."""
    peaks = [max(line["peak_rss_bytes"] for line in results[key]) for key in sorted(results) if key[0] == name]
    return round(peaks[-1] / peaks[0], 2) if len(peaks) > 1 else None


def table(results: Results) -> str:
    """Markdown, so that it can be put into docs/performance.md as it is."""
    size = max(size for _, size in results)
    names = [name for name, found in results if found == size]
    out = ["| situation | times dlt | " + " | ".join(f"{name}: wall / CPU s (records/s)" for name in names) + " |"]
    out.append("| --- | --- |" + " --- |" * len(names))
    for situation in SITUATIONS:
        times = ratio(results, situation.name)
        cells = [_cell(_line(results, name, situation.name)) for name in names]
        out.append(f"| {situation.title} | {'' if times is None else f'{times} x'} | {' | '.join(cells)} |")
    sizes = sorted({size for _, size in results})
    out += ["", "| peak memory | " + " | ".join(f"{size:,} records" for size in sizes) + " | growth |"]
    out.append("| --- |" + " --- |" * (len(sizes) + 1))
    for name in names:
        peaks = [max(line["peak_rss_bytes"] for line in results[name, size]) / 2**20 for size in sizes]
        out.append(f"| {name} | {' | '.join(f'{peak:.0f} MiB' for peak in peaks)} | {growth(results, name) or ''} |")
    return "\n".join(out)


def _line(results: Results, name: str, situation: str) -> dict[str, Any] | None:
    size = max(size for _, size in results)
    return next((line for line in results.get((name, size), []) if line["situation"] == situation), None)


def _cell(line: dict[str, Any] | None) -> str:
    return (
        "" if line is None else f"{line['seconds']:.2f} / {line['cpu_seconds']:.2f} ({line['records'] / line['seconds']:,.0f})"
    )
