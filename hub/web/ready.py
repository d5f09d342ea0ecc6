"""Is the database reachable and of this program's revision? Answered within two seconds, whatever the database does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from hub import db
from hub.clock import SystemClock
from hub.words import Problem

SECONDS = 1.8
STATEMENT_WITHIN = 1_500
"""Milliseconds: a question of a page."""
LATE = 60_000_000
"""Microseconds without a tick after which nobody seems to look at what is due."""


async def within(seconds: float, ask: Callable[..., Any], *about: Any) -> Any:
    """The answer, or {"ready": False, "why": …}. A thread that hangs on the network is left to its own time-out."""
    loop = asyncio.get_running_loop()
    try:
        return await asyncio.wait_for(loop.run_in_executor(None, ask, *about), seconds)
    except TimeoutError:
        return {"ready": False, "why": "database_slow"}
    except (SQLAlchemyError, Problem):
        return {"ready": False, "why": "database_unreachable"}


def look(engine: Engine) -> dict[str, Any]:
    """`schedule`: on_time, late (no worker or beat runs) or never."""
    with engine.connect() as database:
        found = MigrationContext.configure(database).get_current_revision()
        if found != _needed():
            return {"ready": False, "why": "database_behind", "found": found, "needed": _needed()}
        until = database.execute(text("SELECT until FROM lease WHERE name = 'tick'")).scalar()
    late = until is not None and SystemClock().micros() - until > LATE
    return {"ready": True, "schedule": "never" if until is None else "late" if late else "on_time"}


@cache
def _needed() -> str | None:
    return ScriptDirectory(str(db.MIGRATIONS)).get_current_head()
