"""A person at a terminal: is there one, and has Enter been pressed."""

from __future__ import annotations

import select
import sys


def somebody() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def enter_pressed() -> bool:
    """Without waiting; the end of the input counts."""
    ready, _, _ = select.select([sys.stdin], [], [], 0)
    if ready:
        sys.stdin.readline()
    return bool(ready)
