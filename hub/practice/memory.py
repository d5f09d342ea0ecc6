"""How much memory our processes took at most."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

PROC = Path("/proc")


def peak_rss() -> int:
    """Bytes of the largest process of ours: this one, its children and theirs, as long as they run."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ended = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    unit = 1 if sys.platform == "darwin" else 1024
    return max([own * unit, ended * unit, *(_peak(pid) for pid in _descendants())])


def _descendants() -> list[str]:
    """By /proc, where there is one."""
    parents = {}
    for folder in PROC.glob("[0-9]*"):
        try:
            parents[folder.name] = (folder / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue  # it ended meanwhile
    found, frontier = [], [str(Path("/proc/self").resolve().name)]
    while frontier:
        frontier = [pid for pid, parent in parents.items() if parent in frontier]
        found += frontier
    return found


def _peak(pid: str) -> int:
    try:
        lines = (PROC / pid / "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)
