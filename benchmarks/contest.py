"""What every contestant's process does: each situation against the clock, one JSON line for each. Standard library only."""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable

from benchmarks.situations import SITUATIONS, Situation


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--api", required=True, help="address of the loopback API")
    parser.add_argument("--database", default="", help="address of an empty database")
    return parser.parse_args()


def contest(load: Callable[[Situation], int]) -> None:
    """`load` returns how many records it read. The peak is the process's own, up to the end of that situation."""
    for situation in SITUATIONS:
        wall, cpu = time.perf_counter(), time.process_time()
        records = load(situation)
        line = {
            "situation": situation.name,
            "records": records,
            "seconds": round(time.perf_counter() - wall, 3),
            "cpu_seconds": round(time.process_time() - cpu, 3),
            "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
        print(json.dumps(line), flush=True)
