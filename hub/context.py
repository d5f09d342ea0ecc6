"""What every effectful function of the hub is handed: engine, clock, randomness, secrets, catalog. Nothing is global."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from hub.catalog import Catalog
from hub.chance import Chance
from hub.clock import Clock
from hub.settings import Settings
from hub.vault import Vault


def _pass(name: str) -> None:
    """No simulation: go on."""
    del name


@dataclass(frozen=True)
class Hub:
    """One running hub. `point` is called with a name at each place where a crash would hurt most: simulations raise there."""

    settings: Settings
    engine: Engine
    clock: Clock
    chance: Chance
    vault: Vault
    catalog: Catalog
    salt: bytes
    twin_hosts: frozenset[str] = frozenset()  # host:port of practice systems that this hub itself gave an address
    point: Callable[[str], None] = field(default=_pass)
