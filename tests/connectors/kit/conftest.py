"""A connector fresh from the scaffold, importable as `connectors.acme` for the tests of one module."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import connectors
from connectors.kit.registry import Plugin, discover
from connectors.kit.scaffold import scaffold


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plugin]:
    root: Path = tmp_path_factory.mktemp("checkout")
    (root / "connectors" / "kit").mkdir(parents=True)
    scaffold("acme", root)
    connectors.__path__.append(str(root / "connectors"))
    try:
        yield discover().get("acme")
    finally:
        connectors.__path__.remove(str(root / "connectors"))
        for module in [name for name in sys.modules if name.startswith("connectors.acme")]:
            del sys.modules[module]
