"""What may run under a supervisor: a name, a module of ours, its arguments, and what its environment adds."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hub.keeper import Services
from hub.settings import Settings

SOURCES = Path(__file__).parents[2]
START = f"import sys; sys.path.append({str(SOURCES)!r}); import runpy; runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"


@dataclass(frozen=True, slots=True)
class Role:
    """`log`: where its output goes; None: our own stderr. `patience`: seconds that it may take to end by itself."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None
    patience: float = 8.0

    @property
    def command(self) -> list[str]:
        # -P: a file in the current folder never stands in for a module of ours.
        return [sys.executable, "-P", "-c", START, self.module, *self.arguments]


MODULES = {"web": ("hub.web", ()), "worker": ("scheduler", ("worker",)), "beat": ("scheduler", ("beat",))}
"""Modules by name, because the hub does not import what stands above it."""


def hub_role(name: str, settings: Settings, services: Services, *, log: Path | None = None, patience: float = 8.0) -> Role:
    """web, worker or beat, over services that the supervisor holds. Connections were read by the supervisor as well."""
    module, arguments = MODULES[name]
    told = {
        "HUB_HOME": str(settings.home),
        "HUB_DATABASE_URL": services.database_url,
        "HUB_REDIS_URL": services.redis_url or "",
        "HUB_CONNECTIONS": "",
        "HUB_ARR_POLICY": str(settings.arr_policy or ""),
        "HUB_PORT": str(settings.port),
    }
    return Role(name, module, arguments, told, log, patience)
