"""Which connectors there are, and that a broken one stops nobody else."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from connectors.kit.registry import GROUP, Broken, Plugin, discover

GOOD = """
from connectors.kit.contract import Connector, Facts
class CONNECTOR(Connector):
    facts = Facts(name="{name}", title="T", roles=frozenset(), objects={{}})
"""


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def offered(folder: Path, name: str, code: str) -> EntryPoint:
    module = f"stranger_{name}_{folder.name}".replace("-", "_")
    (folder / f"{module}.py").write_text(code)
    return EntryPoint(name, module, GROUP)


def test_folders_are_found_and_the_kit_is_none(acme: Plugin) -> None:
    names = discover(()).names
    assert "acme" in names
    assert "kit" not in names


def test_nothing_is_imported_before_it_is_asked_for(elsewhere: Path) -> None:
    point = offered(elsewhere, "lazy", GOOD.format(name="lazy"))
    registry = discover([point])
    assert "lazy" in registry.names
    assert point.value not in sys.modules
    assert registry.get("lazy").connector.facts.name == "lazy"
    assert registry.get("lazy") is registry.get("lazy")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("raise RuntimeError('half an install')", "import_failed"),
        ("import no_such_sdk", "import_failed"),
        ("def (", "import_failed"),
        ("CONNECTOR = 3", "no_connector"),
        ("", "no_connector"),
        (GOOD.format(name="other"), "wrong_name"),
        (GOOD.format(name="ill") + "\nTWIN = 3\n", "no_twin"),
    ],
)
def test_a_broken_plugin_is_named_and_the_others_go_on(elsewhere: Path, acme: Plugin, code: str, why: str) -> None:
    registry = discover([offered(elsewhere, "ill", code), offered(elsewhere, "well", GOOD.format(name="well"))])
    names = {plugin.name for plugin in registry.all()}
    assert {"acme", "well"} <= names
    assert "ill" not in names
    assert registry.broken["ill"].code == why
    assert "connector ill (" in str(registry.broken["ill"])
    with pytest.raises(Broken):
        registry.get("ill")


def test_a_name_belongs_to_its_first_owner(elsewhere: Path, acme: Plugin) -> None:
    registry = discover([offered(elsewhere, "acme", GOOD.format(name="acme"))])
    assert registry.get("acme").module == "connectors.acme"
    (broken,) = registry.broken.values()
    assert (broken.name, broken.code, broken.data["owner"]) == ("acme", "doubled_name", "connectors.acme")


def test_an_unknown_name_lists_the_known_ones(acme: Plugin) -> None:
    with pytest.raises(Broken, match="unknown_connector") as caught:
        discover(()).get("acne")
    assert "acme" in caught.value.data["known"]
