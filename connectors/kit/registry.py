"""Which connectors there are: the folders beside this one, and what other distributions offer by entry point."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import connectors
from connectors.kit.contract import Connector
from connectors.kit.practice import World
from connectors.kit.twin import Twin

GROUP = "concord.connectors"

Populate = Callable[[World], dict[str, list[dict[str, Any]]]]


@dataclass(frozen=True, slots=True)
class Plugin:
    """One connector as its package exports it. `twin` and `populate` are None where it has none."""

    name: str
    module: str
    connector: type[Connector]
    twin: type[Twin] | None
    populate: Populate | None


class Broken(Exception):
    """A plugin that cannot be used.

    `code`: import_failed, no_connector, wrong_name, no_twin, doubled_name, unknown_connector.
    """

    def __init__(self, name: str, module: str, code: str, **data: Any) -> None:
        super().__init__(name, code, data)
        self.name, self.module, self.code, self.data = name, module, code, data

    def __str__(self) -> str:
        said = ", ".join(f"{key}={value!r}" for key, value in self.data.items())
        return f"connector {self.name} ({self.module}): {self.code}" + (f" ({said})" if said else "")


@dataclass
class Registry:
    """Names at once; a connector's code is imported when it is asked for. `broken` lists what was found and cannot be used."""

    modules: Mapping[str, str]
    broken: dict[str, Broken] = field(default_factory=dict)
    _loaded: dict[str, Plugin] = field(default_factory=dict)

    @cached_property
    def names(self) -> list[str]:
        return sorted(self.modules)

    def get(self, name: str) -> Plugin:
        """Raises `Broken`."""
        if name in self._loaded:
            return self._loaded[name]
        if name not in self.modules:
            raise Broken(name, "", "unknown_connector", known=", ".join(self.names))
        try:
            self._loaded[name] = _load(name, self.modules[name])
        except Broken as broken:
            self.broken[name] = broken
            raise
        return self._loaded[name]

    def all(self) -> list[Plugin]:
        """Every connector that works; the others are in `broken`."""
        found = []
        for name in self.names:
            try:
                found.append(self.get(name))
            except Broken:
                continue  # noted by get
        return found


def discover(offered: Iterable[EntryPoint] | None = None) -> Registry:
    """`offered`: entry points, by default the installed ones. A name that is taken stays with its first owner."""
    modules = {
        found.name: f"{connectors.__name__}.{found.name}"
        for found in pkgutil.iter_modules(connectors.__path__)
        if found.ispkg and found.name != "kit"
    }
    registry = Registry(modules)
    points = entry_points(group=GROUP) if offered is None else offered
    for point in sorted(points, key=lambda point: (point.name, point.value)):
        owner = modules.setdefault(point.name, point.value)
        if owner != point.value:
            registry.broken[point.value] = Broken(point.name, point.value, "doubled_name", owner=owner)
    return registry


def _load(name: str, path: str) -> Plugin:
    try:
        module = importlib.import_module(path)
    except Exception as error:  # a stranger's code may fail in any way; the others go on
        raise Broken(name, path, "import_failed", error=type(error).__name__, said=str(error)) from error
    connector, twin = getattr(module, "CONNECTOR", None), getattr(module, "TWIN", None)
    if not (isinstance(connector, type) and issubclass(connector, Connector) and hasattr(connector, "facts")):
        raise Broken(name, path, "no_connector")
    if connector.facts.name != name:
        raise Broken(name, path, "wrong_name", says=connector.facts.name)
    if twin is not None and not (isinstance(twin, type) and issubclass(twin, Twin)):
        raise Broken(name, path, "no_twin")
    return Plugin(name, path, connector, twin, getattr(module, "populate", None))
